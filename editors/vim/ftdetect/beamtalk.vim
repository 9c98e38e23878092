" Beamtalk, a live Smalltalk for the BEAM.
autocmd BufNewFile,BufRead *.bt setfiletype beamtalk
