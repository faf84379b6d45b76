// What the lexer and the parser share.
#ifndef SHELL_PARSER_INTERNAL_H_
#define SHELL_PARSER_INTERNAL_H_

#include <setjmp.h>

#include "syntax.h"

enum token_kind {
  TOKEN_END,
  TOKEN_NEWLINE,
  TOKEN_WORD,
  TOKEN_DESCRIPTOR,  // the number before a redirection
  TOKEN_AND_IF,
  TOKEN_OR_IF,
  TOKEN_SEMICOLON,
  TOKEN_CASE_END,  // ;;
  TOKEN_AMPERSAND,
  TOKEN_PIPE,
  TOKEN_LEFT,
  TOKEN_RIGHT,
  TOKEN_LESS,
  TOKEN_GREATER,
  TOKEN_APPEND,
  TOKEN_CLOBBER,
  TOKEN_READ_WRITE,
  TOKEN_LESS_AND,
  TOKEN_GREATER_AND,
  TOKEN_HERE,       // <<
  TOKEN_HERE_TABS,  // <<-
};

struct token {
  enum token_kind kind;
  struct word* word;
  int number;
  size_t start;  // in the source's text
};

// A here-document whose text comes after the line that is being read.
struct here_document {
  struct here_document* next;
  struct redirection* redirection;
  char* delimiter;
  bool is_literal;  // the delimiter was quoted
  bool skips_tabs;
};

struct parser {
  struct source* source;
  struct arena* arena;
  bool has_token;
  struct token token;
  struct here_document* pending;
  bool defines_function;
  jmp_buf on_error;
};

// The lexer: the next token, which stays the next until it was taken.
struct token* peek_token(struct parser* parser);
struct token take_token(struct parser* parser);
// Reports what is wrong and leaves by `on_error`.
_Noreturn void syntax_error(struct parser* parser, const char* message, const char* detail);
// The text of a word that is nothing but unquoted text; else null.
const char* plain_text(const struct word* word);
// How a token is called in messages.
const char* token_name(const struct token* token);
bool is_name(const char* text, size_t size);

// The next character, without continued lines; -1 at the end.
int peek_character(struct parser* parser);
int take_character(struct parser* parser);
// The same with the backslash and newline of continued lines.
int take_raw_character(struct parser* parser);

// Where a sequence of parts ends, which decides about what is special in it.
enum word_end {
  END_OF_WORD,             // at blanks and operators
  END_AT_BRACE,            // operand of ${...}
  END_AT_BRACE_IN_QUOTES,  // the same within "..."
  END_AT_QUOTE,            // "..."
  END_AT_PARENTHESES,      // $((...))
  END_OF_TEXT,             // here-document
};
struct part* parse_parts(struct parser* parser, enum word_end end);

// The parser: commands up to a `)`, which is taken.
struct node* parse_substituted_command(struct parser* parser);

#endif
