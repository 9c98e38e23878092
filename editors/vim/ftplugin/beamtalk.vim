" Vim filetype plugin. Language: Beamtalk
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

let s:save_cpo = &cpo
set cpo&vim

setlocal comments=s1:/*,mb:*,ex:*/,:///,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal shiftwidth=2 softtabstop=2 expandtab
setlocal textwidth=120
setlocal suffixesadd=.bt
setlocal define=^\\s*\\%(\\%(abstract\\\|sealed\\)\\s\\+\\)*\\S\\+\\s\\+subclass:\\s\\+
" :Format asks beamtalk fmt; a text with errors stays as it is.
let b:beamtalk_command = get(g:, 'beamtalk_command', 'beamtalk')

function! s:Format() abort
  let l:view = winsaveview()
  let l:errors = tempname()
  let l:text = join(getline(1, '$'), "\n") . "\n"
  let l:formatted = systemlist(b:beamtalk_command . ' fmt - 2>' . shellescape(l:errors), l:text)
  if v:shell_error
    echohl WarningMsg
    echomsg get(readfile(l:errors), 0, 'beamtalk fmt failed')
    echohl None
  elseif l:formatted !=# getline(1, '$')
    silent keepjumps call setline(1, l:formatted)
    if line('$') > len(l:formatted)
      silent execute 'keepjumps ' . (len(l:formatted) + 1) . ',$delete _'
    endif
    call winrestview(l:view)
  endif
  call delete(l:errors)
endfunction

command! -buffer -bar Format call s:Format()

if get(g:, 'beamtalk_format_on_save', 0)
  augroup beamtalk_format
    autocmd! * <buffer>
    autocmd BufWritePre <buffer> call s:Format()
  augroup END
endif

" :make shows what `beamtalk check` finds.
let &l:makeprg = b:beamtalk_command . ' check %:S'
setlocal errorformat=%f:%l:%c:\ %trror\ BT%n:\ %m,%f:%l:%c:\ %tarning\ BT%n:\ %m,%-G%.%#

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< shiftwidth< softtabstop< expandtab<'
      \ . ' textwidth< suffixesadd< define< makeprg< errorformat<'
      \ . ' | silent! delcommand -buffer Format'
      \ . ' | silent! autocmd! beamtalk_format * <buffer>'
      \ . ' | unlet! b:beamtalk_command'

let &cpo = s:save_cpo
unlet s:save_cpo
