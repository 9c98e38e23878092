" Vim indent file. Language: Beamtalk
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=BeamtalkIndent(v:lnum)
setlocal indentkeys=!^F,o,O,0],0),0}
setlocal autoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< autoindent<'

if exists('*BeamtalkIndent')
  finish
endif

" Code without strings, characters and comments, so that only brackets that count are left.
function! s:Bare(line) abort
  let l:bare = substitute(a:line, '\$.', '', 'g')
  let l:bare = substitute(l:bare, '"\%(\\.\|""\|[^"]\)*"', '""', 'g')
  let l:bare = substitute(l:bare, "'\\%(''\\|[^']\\)*'", "''", 'g')
  return substitute(l:bare, '\s*//.*$', '', '')
endfunction

function! s:Count(text, pattern) abort
  return len(split(a:text, a:pattern, 1)) - 1
endfunction

" A line is as deep as the one above, deeper behind a class, an arrow or what opens a bracket, and level with the line
" that opened what it closes. Where a method ends only its author knows.
function! BeamtalkIndent(lnum) abort
  let l:above = prevnonblank(a:lnum - 1)
  if l:above == 0
    return 0
  endif

  let l:line = s:Bare(getline(l:above))
  let l:indent = indent(l:above)
  let l:opened = s:Count(l:line, '[[({]') - s:Count(substitute(l:line, '^\s*[])}]\+', '', ''), '[])}]')
  if l:opened > 0 || l:line =~# '\%(=>\|->\)\s*$' || l:line =~# '\<subclass:\s\+\S\+'
    let l:indent += shiftwidth()
  elseif l:opened < 0
    let l:indent -= shiftwidth()
  endif

  return getline(a:lnum) =~# '^\s*[])}]' ? max([0, l:indent - shiftwidth()]) : max([0, l:indent])
endfunction
