// The language: what the parser makes of a text, and everything else works on.
//
// Source: POSIX.1-2017, Shell & Utilities, 2 "Shell Command Language".
#ifndef SHELL_SYNTAX_H_
#define SHELL_SYNTAX_H_

#include <stdbool.h>

#include "memory.h"

// A word is a sequence of parts, which expansion turns into texts and fields.
enum part_kind {
  PART_TEXT,        // `text`, as it is
  PART_QUOTED,      // "...": `parts`
  PART_PARAMETER,   // $NAME, ${NAME}, ${NAME operation operand}
  PART_COMMAND,     // $(...) or `...`
  PART_ARITHMETIC,  // $((...)): `parts`
};

// How a parameter is expanded. Those with a colon treat an empty value like none.
enum parameter_operation {
  PARAMETER_VALUE,
  PARAMETER_LENGTH,           // ${#NAME}
  PARAMETER_DEFAULT,          // ${NAME:-operand}
  PARAMETER_ASSIGN,           // ${NAME:=operand}
  PARAMETER_REQUIRE,          // ${NAME:?operand}
  PARAMETER_ALTERNATIVE,      // ${NAME:+operand}
  PARAMETER_SHORTEST_PREFIX,  // ${NAME#operand}
  PARAMETER_LONGEST_PREFIX,   // ${NAME##operand}
  PARAMETER_SHORTEST_SUFFIX,  // ${NAME%operand}
  PARAMETER_LONGEST_SUFFIX,   // ${NAME%%operand}
};

struct part {
  struct part* next;
  enum part_kind kind;
  bool is_literal;  // of PART_TEXT: quoted, so that none of its characters are special
  char* text;       // PART_TEXT; the name of a PART_PARAMETER
  struct part* parts;
  enum parameter_operation operation;
  bool empty_is_unset;  // the operation has a colon
  struct word* operand;
  struct node* command;
};

struct word {
  struct word* next;
  struct part* parts;
};

enum redirection_kind {
  REDIRECT_INPUT,       // <
  REDIRECT_OUTPUT,      // >
  REDIRECT_CLOBBER,     // >|
  REDIRECT_APPEND,      // >>
  REDIRECT_READ_WRITE,  // <>
  REDIRECT_DUPLICATE,   // <& and >&
  REDIRECT_TEXT,        // <<: `target` is the text
};

struct redirection {
  struct redirection* next;
  enum redirection_kind kind;
  int descriptor;
  struct word* target;
};

struct assignment {
  struct assignment* next;
  char* name;
  struct word* value;
};

enum node_kind {
  NODE_SIMPLE,
  NODE_PIPELINE,    // `children`, two or more
  NODE_NOT,         // ! first
  NODE_AND,         // first && second
  NODE_OR,          // first || second
  NODE_BACKGROUND,  // first &
  NODE_SEQUENCE,    // `children`
  NODE_GROUP,       // { first }
  NODE_SUBSHELL,    // ( first )
  NODE_IF,          // if first; then second; else third; fi
  NODE_WHILE,       // while first; do second; done
  NODE_UNTIL,
  NODE_FOR,       // for name in words; do first; done
  NODE_CASE,      // case words in items esac
  NODE_FUNCTION,  // name() first
};

struct case_item {
  struct case_item* next;
  struct word* patterns;
  struct node* body;  // null for none
};

struct node {
  struct node* next;  // among the children of another
  enum node_kind kind;
  struct node *first, *second, *third, *children;
  struct redirection* redirections;  // of a simple or a compound command
  struct assignment* assignments;    // of NODE_SIMPLE
  struct word* words;
  char* name;
  bool is_over_arguments;  // of NODE_FOR: without `in`, it goes over "$@"
  struct case_item* items;
  char* source;  // of NODE_BACKGROUND: how it was written
};

// Where text to parse comes from.
struct source {
  const char* name;   // for messages; null for the shell's
  int descriptor;     // -1 if `text` is all there is
  bool is_shared;     // others read from the descriptor too: nothing beyond a line is taken
  bool is_prompting;  // a person is asked for every line
  struct text text;   // from the begin of the command that is being read
  size_t position;
  int line;
};
void source_of_string(struct source* source, const char* text);

enum parse_result { PARSED, PARSE_END, PARSE_ERROR };

// Reads the next complete command: lines, until everything that was opened is closed. *command is
// null for an empty line. Says on standard error what is wrong. `is_kept` tells whether the command
// defines functions, so that the arena must stay.
enum parse_result parse_command(struct source* source, struct arena* arena, struct node** command,
                                bool* is_kept);

// Whether the rest of the text is blank, without reading on.
bool source_is_done(const struct source* source);

#endif
