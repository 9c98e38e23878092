" vim -u NONE -es -N -i NONE -S editors/vim/test/run.vim: names what is wrong, and ends with 1 then.
let s:root = expand('<sfile>:p:h:h')
let &runtimepath = s:root . ',' . $VIMRUNTIME
filetype plugin indent on
syntax enable
let s:failures = []

function! s:GroupAt(line, text) abort
  let l:column = stridx(getline(a:line), a:text) + 1
  return l:column == 0 ? 'not there' : synIDattr(synID(a:line, l:column, 1), 'name')
endfunction

function! s:Expect(what, actual, expected) abort
  if a:actual !=# a:expected
    call add(s:failures, a:what . ' is ' . a:actual . ' instead of ' . a:expected)
  endif
endfunction

execute 'edit ' . fnameescape(s:root . '/../test/fixtures/tricky.bt')
call s:Expect('the file type', &filetype, 'beamtalk')
for [s:pattern, s:text, s:group] in [
      \ ['A remark of the classic', '"A', 'beamtalkRemark'],
      \ ['A comment, and', '// A', 'beamtalkComment'],
      \ ['   comment \*/', 'comment', 'beamtalkBlockComment'],
      \ ['@annotated', '@', 'beamtalkAnnotation'],
      \ ['Documents the class', 'Documents', 'beamtalkDocComment'],
      \ ['subclass: Box', 'abstract', 'beamtalkClassModifier'],
      \ ['subclass: Box', 'subclass', 'beamtalkSubclass'],
      \ ['subclass: Box', 'Box', 'beamtalkClassName'],
      \ ['field: items', 'field', 'beamtalkDeclaration'],
      \ ['16rFF', '16rFF', 'beamtalkNumber'],
      \ ['class of: item', 'class', 'beamtalkModifier'],
      \ ['class of: item', 'of:', 'beamtalkSelector'],
      \ ['  + other', '+', 'beamtalkHeader'],
      \ ['greeting =>', 'greeting', 'beamtalkHeader'],
      \ ['^    "hello"', 'hello', 'beamtalkString'],
      \ ['String >> shout', 'shout', 'beamtalkExtension'],
      \ ['^patch', 'patch', 'beamtalkPatch'],
      \ ['it''''s', 'not', 'beamtalkRawString'],
      \ ['^x :=', 'inner', 'beamtalkString'],
      \ ['^x :=', 'length', 'beamtalkVariable'],
      \ ['^x :=', 'placeholder', 'beamtalkPlaceholder'],
      \ ['^x :=', '\n', 'beamtalkEscape'],
      \ ['^y :=', '$a', 'beamtalkCharacter'],
      \ ['^y :=', '#at:put:', 'beamtalkSymbol'],
      \ ['^y :=', 'any text', 'beamtalkSymbol'],
      \ ['^z :=', '3.14', 'beamtalkFloat'],
      \ ['match: \[', 'match:', 'beamtalkControl'],
      \ ['^block :=', ':x', 'beamtalkBlockParameter'],
      \ ['^done :=', '"=> 2"', 'beamtalkRemark'],
      \ ['^Object subclass: Next', 'Next', 'beamtalkClassName'],
      \ ]
  call s:Expect(s:pattern . ': ' . s:text, s:GroupAt(search(s:pattern, 'nw'), s:text), s:group)
endfor

" What fmt has made is indented as it is (lines that only their author could place left out).
enew!
setfiletype beamtalk
call setline(1, ['Actor subclass: C', 'state: a = 1', 'foo =>', 'xs do: [:x |', 'x bar', ']', 'y'])
silent normal! gg=G
call s:Expect('the indentation', join(map(getline(1, '$'), 'matchstr(v:val, "^ *")->len()'), ' '), '0 2 2 4 6 4 4')

call writefile(s:failures, '/dev/stderr')
execute empty(s:failures) ? 'qall!' : 'cquit!'
