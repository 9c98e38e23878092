/**
 * The words of Beamtalk. Layout is not decided here: Beamtalk.Compiler/Parsing/LayoutTokenSource reads these tokens
 * and adds what depends on lines, columns and the shape of headers.
 */
lexer grammar BeamtalkLexer;

tokens {
    // A name and the colon that touches it.
    KEYWORD,
    // A period, or a newline that ends a statement.
    SEPARATOR,
    // A comma between elements; any other comma is an OPERATOR.
    COMMA,
    // A name or self.name that an assignment operator follows.
    VARIABLE_TARGET, STATE_TARGET,
    // Before a pattern that is assigned to.
    DESTRUCTURE,
    // The bracket of match arms, a guard's keyword, the closing brace of an interpolation.
    ARMS_OPEN, WHEN, INTERPOLATION_CLOSE,
    // Words that are special only in headers.
    ABSTRACT, SEALED, SUBCLASS, PATCH, CLASS_SIDE, UPDATING, TOOL, SHIFT, BODY_OPEN, VARIABLES,
    // Zero-width: what starts here, and where it ends.
    CLASS_MARK, EXTENSION_MARK, SCRIPT_METHOD_MARK, STATEMENT_MARK,
    METHOD_MARK, VARIABLES_MARK, DECLARATION_MARK, CHILDREN_MARK, END_MARK
}

WHITESPACE    : [ \t\r\n\f\u000B\u00A0\uFEFF]+ -> skip ;
RULER         : '////' ~[\r\n]* -> skip ;
DOC_COMMENT   : '///' ~[\r\n]* ;
LINE_COMMENT  : '//' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? '*/' -> skip ;

NIL   : 'nil' ;
TRUE  : 'true' ;
FALSE : 'false' ;
SELF  : 'self' ;
SUPER : 'super' ;

STATE_NAME : 'self.' LowerName ;
NAME       : LowerName ;
CLASS_NAME : (LowerName '@')? UpperName ;

INTEGER : Digits ([eE] '+'? Digits)? | [0-9]+ 'r' [0-9A-Za-z] [0-9A-Za-z_]* ;
FLOAT   : Digits '.' Digits ([eE] [+\-]? Digits)? | Digits [eE] '-' Digits ;

CHARACTER : '$' ('\\u{' [0-9A-Fa-f]* '}' | '\\' [ntr0\\"'{}] | .) ;
SYMBOL    : '#' (AnyName (':' (AnyName ':')*)? | OperatorCharacter+ | '=:=' | ',' | RawText) ;

// A string without interpolation; one with a single { is read in parts.
// No string ends between the two quotes that stand for one.
STRING       : '"' (StringText | StringPlaceholder)* '"' { InputStream.LA(1) != '"' }? ;
STRING_START : '"' -> pushMode(INSIDE_STRING) ;
RAW_STRING   : RawText ;
OPEN_QUOTE   : '\'' ;

HASH_PAREN : '#(' ;
HASH_BRACK : '#[' ;
HASH_BRACE : '#{' -> pushMode(DEFAULT_MODE) ;
LPAREN     : '(' ;
RPAREN     : ')' ;
LBRACK     : '[' ;
RBRACK     : ']' ;
LBRACE     : '{' -> pushMode(DEFAULT_MODE) ;
RBRACE     : '}' -> popMode ;

ASSIGN          : ':=' ;
COMPOUND_ASSIGN : '+=' | '-=' | '*=' ;
TYPED           : '::' ;
COLON           : ':' ;
ARROW           : '=>' ;
MAPS_TO         : '->' ;
EQUALS          : '=' ;
ELLIPSIS        : '...' ;
PERIOD          : '.' ;
SEMICOLON       : ';' ;
CARET           : '^' ;
BANG            : '!' ;
BAR             : '|' ;
OPERATOR        : OperatorCharacter+ | '=:=' | ',' ;

UNKNOWN : . ;

fragment LowerName : [\p{Ll}\p{Lo}\p{Lm}_] [\p{L}\p{Nd}_]* ;
fragment UpperName : [\p{Lu}\p{Lt}] [\p{L}\p{Nd}_]* ;
fragment AnyName   : [\p{L}_] [\p{L}\p{Nd}_]* ;
fragment Digits    : [0-9] [0-9_]* ;
fragment RawText   : '\'' (~['] | '\'\'')* '\'' ;
fragment OperatorCharacter : [+\-*/<>=~&@%?\\] ;
// {} holds no expression, so it is text.
fragment StringText        : ~["\\{] | '\\u{' [0-9A-Fa-f]* '}' | '\\' . | '""' | '{}' ;
fragment StringPlaceholder : '{{' (~["{}\\] | '}' ~["{}\\] | '{' ~["{}\\])* '}}' | '{{' ;

mode INSIDE_STRING;

STRING_TEXT        : (StringText | StringPlaceholder)+ ;
INTERPOLATION_OPEN : '{' -> pushMode(DEFAULT_MODE) ;
STRING_END         : '"' -> popMode ;
STRING_UNKNOWN     : . ;
