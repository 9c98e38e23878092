/**
 * The sentences of Beamtalk, over the tokens of LayoutTokenSource. Every decision looks at one token, which makes the
 * parser linear and keeps prediction out of its way; what a line is, its marker says.
 * Binary operators are a flat list here: SyntaxBuilder applies their precedence.
 */
parser grammar BeamtalkParser;

options { tokenVocab = BeamtalkLexer; }

unit : item* EOF ;

item
    : CLASS_MARK classHeader END_MARK member*
    | EXTENSION_MARK extension END_MARK
    | SCRIPT_METHOD_MARK method END_MARK
    | STATEMENT_MARK body END_MARK
    ;

// ---- Classes

classHeader : classModifier* superclass SUBCLASS className typeParameters? SEPARATOR* ;

classModifier : ABSTRACT | SEALED ;

superclass : (CLASS_NAME | NAME | NIL) typeArguments? ;

className : CLASS_NAME | NAME | SYMBOL ;

typeParameters : LPAREN CLASS_NAME (COMMA CLASS_NAME)* RPAREN ;

member
    : METHOD_MARK method END_MARK
    | VARIABLES_MARK VARIABLES variable+
    | DECLARATION_MARK KEYWORD expression SEPARATOR* END_MARK
    | CHILDREN_MARK KEYWORD LBRACK elements RBRACK SEPARATOR* END_MARK
    ;

// The last one takes the mark, so that no name can follow an expression: one token still decides.
variable : NAME (TYPED type)? ((EQUALS | ASSIGN) expression)? (variableSeparator+ END_MARK? | END_MARK) ;

variableSeparator : COMMA | SEPARATOR ;

extension : PATCH? CLASS_NAME CLASS_SIDE? SHIFT method ;

// ---- Methods

method : methodModifier* signature (ARROW body | BODY_OPEN body RBRACE SEPARATOR*) ;

methodModifier : CLASS_SIDE | UPDATING | tool ;

tool : TOOL (LPAREN (toolOption (COMMA toolOption)*)? RPAREN)? ;

toolOption : KEYWORD expression ;

signature : selector (MAPS_TO type)? (WHEN block)? ;

selector
    : (NAME | CLASS_NAME)
    | (OPERATOR | EQUALS | MAPS_TO) parameter
    | keywordParameter+
    ;

keywordParameter : KEYWORD parameter ;

parameter : parameterPattern (EQUALS operand)? ;

// ---- Statements

body : temporaries? SEPARATOR* (statement (SEPARATOR statement?)*)? ;

temporaries : BAR NAME* BAR ;

// The same twice: a context less for each statement is worth it.
statement : CARET? target* operation (cascade+ | BANG)? ;

expression : target* operation (cascade+ | BANG)? ;

target
    : (VARIABLE_TARGET | STATE_TARGET) (ASSIGN | COMPOUND_ASSIGN)
    | DESTRUCTURE pattern ASSIGN
    ;

// ---- Messages

operation : binary (KEYWORD binary)* ;

// Operands, each with the unary messages that follow it, and operators between them. Operands of one word stand in
// the list themselves: most are, and a context for each would cost more than all the rest of parsing.
// A class's name or self is a message only to Erlang and Elixir, which is checked later.
binary
    : ((NAME | CLASS_NAME | SELF | SUPER | STATE_NAME | NIL | TRUE | FALSE
      | INTEGER | FLOAT | CHARACTER | SYMBOL | STRING | RAW_STRING) | compound)
      (NAME | CLASS_NAME | SELF)*
      ((OPERATOR | EQUALS | MAPS_TO)
        ((NAME | CLASS_NAME | SELF | SUPER | STATE_NAME | NIL | TRUE | FALSE
        | INTEGER | FLOAT | CHARACTER | SYMBOL | STRING | RAW_STRING) | compound)
        (NAME | CLASS_NAME | SELF)*)*
    ;

// The argument of a binary message binds tighter than the operators of a binary one elsewhere: no operator follows.
cascade
    : SEMICOLON
      ( (NAME | CLASS_NAME | SELF)
      | (OPERATOR | EQUALS | MAPS_TO) operand
      | (KEYWORD binary)+
      )
    ;

// ---- Operands

operand : word (NAME | CLASS_NAME | SELF)* | compound (NAME | CLASS_NAME | SELF)* ;

word
    : NAME | CLASS_NAME | SELF | SUPER | STATE_NAME | NIL | TRUE | FALSE
    | INTEGER | FLOAT | CHARACTER | SYMBOL | STRING | RAW_STRING
    ;

compound
    : interpolatedString
    | LPAREN expression RPAREN
    | block
    | arms
    | HASH_PAREN elements RPAREN
    | HASH_BRACK elements RBRACK
    | LBRACE elements RBRACE
    | HASH_BRACE entries RBRACE
    ;

interpolatedString : STRING_START stringPart* STRING_END ;

stringPart : STRING_TEXT | INTERPOLATION_OPEN expression INTERPOLATION_CLOSE ;

elements : (element (COMMA element?)*)? ;

// The keyword form is for child specifications; elsewhere it is refused later.
element : KEYWORD expression | expression ;

entries : (entry (COMMA entry?)*)? ;

entry : expression ARROW expression ;

block : LBRACK (blockParameter+ (BAR body)? | body) RBRACK ;

blockParameter : COLON NAME (TYPED simpleType)? ;

// ---- Patterns

arms : ARMS_OPEN SEPARATOR* (arm (armSeparator arm?)*)? RBRACK ;

armSeparator : SEMICOLON | SEPARATOR ;

arm : pattern (WHEN block)? MAPS_TO CARET? target* operation BANG? ;

pattern : CLASS_NAME fieldPattern* | atom ;

fieldPattern : KEYWORD parameterPattern ;

// A method's parameters: the next keyword belongs to the selector, so a constructor's fields need parentheses.
parameterPattern : CLASS_NAME | atom ;

atom
    : NAME (TYPED type)?
    | patternLiteral (OPERATOR atom)?
    | LPAREN pattern RPAREN
    | LBRACE patternElements RBRACE
    | HASH_PAREN patternElements RPAREN
    | HASH_BRACK patternElements RBRACK
    | HASH_BRACE patternEntries RBRACE
    ;

patternLiteral : NIL | TRUE | FALSE | INTEGER | FLOAT | CHARACTER | SYMBOL | STRING | RAW_STRING ;

patternElements : (patternElement (COMMA patternElement)*)? ;

patternElement : ELLIPSIS? pattern ;

patternEntries : (patternEntry (COMMA patternEntry)*)? ;

patternEntry : operand ARROW pattern ;

// ---- Types

type : simpleType (BAR simpleType)* ;

simpleType : CLASS_NAME typeArguments? | SYMBOL | NIL | LPAREN type RPAREN ;

typeArguments : LPAREN type (COMMA type)* RPAREN ;
