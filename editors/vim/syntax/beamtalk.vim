" Vim syntax file. Language: Beamtalk
if exists('b:current_syntax')
  finish
endif

let s:save_cpo = &cpo
set cpo&vim

syntax iskeyword @,48-57,_,192-255
syntax sync minlines=200

syntax match beamtalkVariable "\<[a-z_]\k*\>"
syntax match beamtalkClassName "\<\%([a-z_]\k*@\)\?[A-Z]\k*\>"
syntax match beamtalkKeywordPart "\<\K\k*:\ze\%([^:=]\|$\)"
syntax match beamtalkControl "\<\%(ifTrue\|ifFalse\|ifNil\|ifNotNil\|whileTrue\|whileFalse\|timesRepeat\|match\|receive\|after\|and\|or\|ensure\|ifCurtailed\|when\):\ze\%([^:=]\|$\)"
syntax keyword beamtalkSelf self super
syntax keyword beamtalkConstant nil true false
syntax match beamtalkStateName "\<self\.[a-z_]\k*" contains=beamtalkSelf

syntax match beamtalkOperator "[-+*/<>=~&@%?\\]\+"
syntax match beamtalkOperator ":=\|::\|=:="
syntax match beamtalkArrow "=>\|->"
syntax match beamtalkReturn "\^"
syntax match beamtalkDelimiter "[][(){};,.!|]"
syntax match beamtalkBlockParameter ":[a-z_]\k*\>"

syntax match beamtalkNumber "\<\d\+r[0-9A-Za-z][0-9A-Za-z_]*\>"
syntax match beamtalkNumber "\<\d[0-9_]*\%([eE]+\?\d[0-9_]*\)\?\>"
syntax match beamtalkFloat "\<\d[0-9_]*\.\d[0-9_]*\%([eE][-+]\?\d[0-9_]*\)\?\>"
syntax match beamtalkFloat "\<\d[0-9_]*[eE]-\d[0-9_]*\>"
syntax match beamtalkCharacter "\$\%(\\u{\x*}\|\\[ntr0\\\"'{}]\|.\)"
syntax match beamtalkSymbol "#\%(\K\k*\%(:\%(\K\k*:\)*\)\?\|=:=\|,\|[-+*/<>=~&@%?\\]\+\)"
syntax region beamtalkSymbol start=+#'+ skip=+''+ end=+'+

syntax cluster beamtalkCode contains=beamtalkVariable,beamtalkClassName,beamtalkKeywordPart,beamtalkControl,beamtalkSelf,beamtalkConstant,beamtalkStateName,beamtalkOperator,beamtalkArrow,beamtalkReturn,beamtalkDelimiter,beamtalkBlockParameter,beamtalkNumber,beamtalkFloat,beamtalkCharacter,beamtalkSymbol,beamtalkString,beamtalkRawString,beamtalkBraces
syntax region beamtalkBraces matchgroup=beamtalkDelimiter start="#\?{" end="}" contains=@beamtalkCode,beamtalkComment,beamtalkBlockComment
syntax match beamtalkEscape "\\\%(u{\x\+}\|[ntr0\"\\{}']\)\|\"\"" contained
syntax match beamtalkPlaceholder "{{\%([^\"{}\\]\|}}\@!\|{{\@!\)*}}\|{{\|{}" contained
syntax region beamtalkInterpolation matchgroup=beamtalkEscape start="{\%([{}]\)\@!" end="}" contained contains=@beamtalkCode
syntax region beamtalkString start=+"+ skip=+\\.\|""+ end=+"+ contains=beamtalkEscape,beamtalkPlaceholder,beamtalkInterpolation
syntax region beamtalkRawString start=+'+ skip=+''+ end=+'+

" A string alone on its line is a remark at the margin, or where it ends like a sentence; see editors/README.md.
syntax match beamtalkRemark +^"\%([^"]\|""\)*"\ze\s*\.\?\s*\%(//.*\)\?$+
syntax match beamtalkRemark +^\s\+"\%([^"]\|""\)*\%([.!?:]"\|"\s*\.\)\ze\s*\%(//.*\)\?$+
syntax match beamtalkRemark +\%(\.\s\+\)\@<="\%([^"]\|""\)*"\ze\s*\.\?\s*\%(//.*\)\?$+

syntax match beamtalkModifier "^\s*\%(class\|updating\|tool\)\>\ze.*=>" contained
syntax match beamtalkModifier "\<\%(class\|updating\|tool\)\>\ze\s" contained
syntax match beamtalkSelector "#\?\K\k*:\ze\%([^:=]\|$\)" contained
syntax match beamtalkHeader "^\s*\%(\%(class\|updating\|tool\%(\s*([^)]*)\)\?\)\s\+\)*#\?\K\k*\ze\s*\%(->\|when:\|=>\)" contains=beamtalkModifier,beamtalkSymbol,beamtalkNumber
syntax match beamtalkHeader "^\s*\%(\%(class\|updating\)\s\+\)*#\?[-+*/<>=~&@%?\\,]\+\ze\s\+\S.\{-}\s=>" contains=beamtalkModifier
syntax match beamtalkKeywordHeader "^\s*\%(\%(class\|updating\|tool\%(\s*([^)]*)\)\?\)\s\+\)*#\?\K\k*:[^:=/].\{-}=>" contains=beamtalkModifier,beamtalkSelector,@beamtalkHeaderParts
syntax cluster beamtalkHeaderParts contains=beamtalkClassName,beamtalkSymbol,beamtalkNumber,beamtalkFloat,beamtalkString,beamtalkRawString,beamtalkBraces,beamtalkArrow,beamtalkOperator,beamtalkControl,beamtalkDelimiter,beamtalkConstant,beamtalkCharacter
syntax match beamtalkExtension "^\s*\%(patch\s\+\)\?\%(\k\+@\)\?[A-Z]\k*\%(\s\+class\)\?\s*>>\s*#\?\K\k*:\?" contains=beamtalkPatch,beamtalkClassName,beamtalkExtensionClass,beamtalkSelector
syntax match beamtalkPatch "^\s*patch\>" contained
syntax match beamtalkExtensionClass "\<class\>" contained
syntax match beamtalkClass "^\s*\%(\%(abstract\|sealed\)\s\+\)*\%(\k\+@\)\?\K\k*\%(([^)]*)\)\?\s\+subclass:\s\+\K\k*" contains=beamtalkClassModifier,beamtalkSubclass,beamtalkClassName
syntax keyword beamtalkClassModifier abstract sealed contained
syntax match beamtalkSubclass "\<subclass:" contained
syntax match beamtalkDeclaration "^\s*\%(state\|field\|classState\):"

syntax keyword beamtalkTodo TODO FIXME XXX contained
syntax match beamtalkComment "//.*$" contains=beamtalkTodo,@Spell
syntax match beamtalkDocComment "///\%([^/].*\)\?$" contains=beamtalkDocCode,@Spell
syntax match beamtalkDocCode "`[^`]*`" contained
syntax match beamtalkDocCode "///\zs \{4,}.*$" contained
syntax region beamtalkBlockComment start="/\*" end="\*/" contains=beamtalkTodo,@Spell
syntax match beamtalkAnnotation "^\s*@\a.*$"

highlight default link beamtalkClassName Type
highlight default link beamtalkKeywordPart Function
highlight default link beamtalkSelector Function
highlight default link beamtalkHeader Function
highlight default link beamtalkExtension Function
highlight default link beamtalkControl Conditional
highlight default link beamtalkSelf Special
highlight default link beamtalkConstant Constant
highlight default link beamtalkStateName Identifier
highlight default link beamtalkOperator Operator
highlight default link beamtalkArrow Operator
highlight default link beamtalkReturn Statement
highlight default link beamtalkDelimiter Delimiter
highlight default link beamtalkBlockParameter Identifier
highlight default link beamtalkNumber Number
highlight default link beamtalkFloat Float
highlight default link beamtalkCharacter Character
highlight default link beamtalkSymbol Constant
highlight default link beamtalkString String
highlight default link beamtalkRawString String
highlight default link beamtalkEscape SpecialChar
highlight default link beamtalkPlaceholder SpecialChar
highlight default link beamtalkRemark Comment
highlight default link beamtalkComment Comment
highlight default link beamtalkDocComment SpecialComment
highlight default link beamtalkDocCode Special
highlight default link beamtalkBlockComment Comment
highlight default link beamtalkAnnotation PreProc
highlight default link beamtalkTodo Todo
highlight default link beamtalkModifier StorageClass
highlight default link beamtalkClassModifier StorageClass
highlight default link beamtalkSubclass Structure
highlight default link beamtalkDeclaration StorageClass
highlight default link beamtalkPatch Keyword
highlight default link beamtalkExtensionClass StorageClass

let b:current_syntax = 'beamtalk'
let &cpo = s:save_cpo
unlet s:save_cpo
