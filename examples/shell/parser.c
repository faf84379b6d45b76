// From tokens to trees: recursive descent, one function for each rule of the grammar.
#include <stdio.h>
#include <string.h>

#include "parser_internal.h"
#include "shell.h"

static struct node* parse_list(struct parser* parser);
static struct node* parse_pipeline(struct parser* parser);

static struct node* new_node(struct parser* parser, enum node_kind kind) {
  struct node* node = arena_allocate(parser->arena, sizeof *node);
  node->kind = kind;
  return node;
}

_Noreturn static void unexpected(struct parser* parser) {
  syntax_error(parser, "%s unexpected", token_name(peek_token(parser)));
}

static bool next_is(struct parser* parser, enum token_kind kind) {
  return peek_token(parser)->kind == kind;
}

// Whether the next token is this reserved word. They are only reserved where a command begins,
// which is where this is asked.
static bool next_is_reserved(struct parser* parser, const char* text) {
  const struct token* token = peek_token(parser);
  if (token->kind != TOKEN_WORD) return false;
  const char* plain = plain_text(token->word);
  return plain && strcmp(plain, text) == 0;
}

static bool accept(struct parser* parser, enum token_kind kind) {
  if (!next_is(parser, kind)) return false;
  take_token(parser);
  return true;
}

static bool accept_reserved(struct parser* parser, const char* text) {
  if (!next_is_reserved(parser, text)) return false;
  take_token(parser);
  return true;
}

static void expect(struct parser* parser, enum token_kind kind) {
  if (!accept(parser, kind)) unexpected(parser);
}

static void expect_reserved(struct parser* parser, const char* text) {
  if (accept_reserved(parser, text)) return;
  char message[128];
  snprintf(message, sizeof message, "%.40s unexpected (expecting \"%s\")",
           token_name(peek_token(parser)), text);
  syntax_error(parser, "%s", message);
}

static void skip_newlines(struct parser* parser) {
  while (accept(parser, TOKEN_NEWLINE)) continue;
}

// ---- redirections

static bool starts_redirection(struct parser* parser) {
  const enum token_kind kind = peek_token(parser)->kind;
  return kind == TOKEN_DESCRIPTOR || kind >= TOKEN_LESS;
}

static void note_here_document(struct parser* parser, struct redirection* redirection,
                               const struct word* delimiter, bool skips_tabs) {
  struct here_document* document = arena_allocate(parser->arena, sizeof *document);
  *document = (struct here_document){.redirection = redirection, .skips_tabs = skips_tabs};
  struct text text = {0};
  text_append(&text, "");
  for (const struct part* part = delimiter->parts; part; part = part->next) {
    document->is_literal |= part->kind == PART_QUOTED || part->is_literal;
    const struct part* inner = part->kind == PART_QUOTED ? part->parts : part;
    if (inner && inner->text) text_append(&text, inner->text);
  }
  document->delimiter = text_take(&text, parser->arena);
  struct here_document** end = &parser->pending;
  while (*end) end = &(*end)->next;
  *end = document;
}

static struct redirection* parse_redirection(struct parser* parser) {
  struct redirection* redirection = arena_allocate(parser->arena, sizeof *redirection);
  redirection->descriptor = -1;
  if (next_is(parser, TOKEN_DESCRIPTOR)) redirection->descriptor = take_token(parser).number;
  const enum token_kind kind = take_token(parser).kind;
  if (!next_is(parser, TOKEN_WORD) && !next_is(parser, TOKEN_DESCRIPTOR)) unexpected(parser);
  const struct token target = take_token(parser);
  bool is_input = false;
  switch (kind) {
    case TOKEN_LESS:
      redirection->kind = REDIRECT_INPUT;
      is_input = true;
      break;
    case TOKEN_READ_WRITE:
      redirection->kind = REDIRECT_READ_WRITE;
      is_input = true;
      break;
    case TOKEN_LESS_AND:
      redirection->kind = REDIRECT_DUPLICATE;
      is_input = true;
      break;
    case TOKEN_GREATER:
      redirection->kind = REDIRECT_OUTPUT;
      break;
    case TOKEN_CLOBBER:
      redirection->kind = REDIRECT_CLOBBER;
      break;
    case TOKEN_APPEND:
      redirection->kind = REDIRECT_APPEND;
      break;
    case TOKEN_GREATER_AND:
      redirection->kind = REDIRECT_DUPLICATE;
      break;
    default:
      redirection->kind = REDIRECT_TEXT;
      is_input = true;
      break;
  }
  if (redirection->descriptor < 0) redirection->descriptor = is_input ? 0 : 1;
  redirection->target = target.word;
  if (redirection->kind == REDIRECT_TEXT) {
    redirection->target = arena_allocate(parser->arena, sizeof *redirection->target);
    note_here_document(parser, redirection, target.word, kind == TOKEN_HERE_TABS);
  }
  return redirection;
}

static void parse_redirections(struct parser* parser, struct node* node) {
  struct redirection** end = &node->redirections;
  while (*end) end = &(*end)->next;
  for (; starts_redirection(parser); end = &(*end)->next) *end = parse_redirection(parser);
}

// ---- commands

// NAME=value, if the word is that.
static struct assignment* to_assignment(struct parser* parser, const struct word* word) {
  const struct part* part = word->parts;
  if (!part || part->kind != PART_TEXT || part->is_literal) return NULL;
  const char* equals = strchr(part->text, '=');
  if (!equals || !is_name(part->text, (size_t)(equals - part->text))) return NULL;
  struct assignment* assignment = arena_allocate(parser->arena, sizeof *assignment);
  assignment->name = arena_copy(parser->arena, part->text, (size_t)(equals - part->text));
  assignment->value = arena_allocate(parser->arena, sizeof *assignment->value);
  assignment->value->parts = part->next;
  if (equals[1] != '\0') {
    struct part* rest = arena_allocate(parser->arena, sizeof *rest);
    *rest = (struct part){.next = part->next, .kind = PART_TEXT};
    rest->text = arena_copy(parser->arena, equals + 1, strlen(equals + 1));
    assignment->value->parts = rest;
  }
  return assignment;
}

static struct node* parse_compound(struct parser* parser);

static struct node* parse_function(struct parser* parser, const struct word* name) {
  expect(parser, TOKEN_LEFT);
  expect(parser, TOKEN_RIGHT);
  skip_newlines(parser);
  struct node* node = new_node(parser, NODE_FUNCTION);
  const char* text = plain_text(name);
  if (!text) syntax_error(parser, "%s", "Bad function name");
  node->name = arena_copy(parser->arena, text, strlen(text));
  node->first = parse_compound(parser);
  if (!node->first) unexpected(parser);
  parser->defines_function = true;
  return node;
}

static struct node* parse_simple(struct parser* parser) {
  struct node* node = new_node(parser, NODE_SIMPLE);
  struct assignment** assignments = &node->assignments;
  struct word** words = &node->words;
  while (true) {
    parse_redirections(parser, node);
    if (!next_is(parser, TOKEN_WORD)) break;
    const struct token token = take_token(parser);
    struct assignment* assignment = node->words ? NULL : to_assignment(parser, token.word);
    if (assignment) {
      *assignments = assignment;
      assignments = &assignment->next;
      continue;
    }
    const bool is_first = !node->words && !node->assignments && !node->redirections;
    if (is_first && next_is(parser, TOKEN_LEFT)) return parse_function(parser, token.word);
    *words = token.word;
    words = &token.word->next;
  }
  if (!node->words && !node->assignments && !node->redirections) unexpected(parser);
  return node;
}

// Commands that there must be at least one of.
static struct node* parse_body(struct parser* parser) {
  struct node* body = parse_list(parser);
  if (!body) unexpected(parser);
  return body;
}

// Behind `if` or `elif`.
static struct node* parse_if(struct parser* parser) {
  struct node* node = new_node(parser, NODE_IF);
  node->first = parse_body(parser);
  expect_reserved(parser, "then");
  node->second = parse_body(parser);
  if (accept_reserved(parser, "elif")) {
    node->third = parse_if(parser);
    return node;  // the innermost has taken `fi`
  }
  if (accept_reserved(parser, "else")) node->third = parse_body(parser);
  expect_reserved(parser, "fi");
  return node;
}

static struct node* parse_loop_body(struct parser* parser) {
  expect_reserved(parser, "do");
  struct node* body = parse_body(parser);
  expect_reserved(parser, "done");
  return body;
}

static struct node* parse_while(struct parser* parser, enum node_kind kind) {
  struct node* node = new_node(parser, kind);
  node->first = parse_body(parser);
  node->second = parse_loop_body(parser);
  return node;
}

static struct node* parse_for(struct parser* parser) {
  struct node* node = new_node(parser, NODE_FOR);
  if (!next_is(parser, TOKEN_WORD)) unexpected(parser);
  const char* name = plain_text(take_token(parser).word);
  if (!name || !is_name(name, strlen(name))) syntax_error(parser, "%s", "Bad for loop variable");
  node->name = arena_copy(parser->arena, name, strlen(name));
  skip_newlines(parser);
  if (accept_reserved(parser, "in")) {
    struct word** words = &node->words;
    for (; next_is(parser, TOKEN_WORD); words = &(*words)->next) *words = take_token(parser).word;
    if (!next_is(parser, TOKEN_SEMICOLON) && !next_is(parser, TOKEN_NEWLINE)) unexpected(parser);
    take_token(parser);
  } else {
    node->is_over_arguments = true;
    accept(parser, TOKEN_SEMICOLON);
  }
  skip_newlines(parser);
  node->first = parse_loop_body(parser);
  return node;
}

static struct node* parse_case(struct parser* parser) {
  struct node* node = new_node(parser, NODE_CASE);
  if (!next_is(parser, TOKEN_WORD)) unexpected(parser);
  node->words = take_token(parser).word;
  skip_newlines(parser);
  expect_reserved(parser, "in");
  skip_newlines(parser);
  struct case_item** items = &node->items;
  while (!accept_reserved(parser, "esac")) {
    struct case_item* item = arena_allocate(parser->arena, sizeof *item);
    accept(parser, TOKEN_LEFT);
    struct word** patterns = &item->patterns;
    do {
      if (!next_is(parser, TOKEN_WORD)) unexpected(parser);
      *patterns = take_token(parser).word;
      patterns = &(*patterns)->next;
    } while (accept(parser, TOKEN_PIPE));
    expect(parser, TOKEN_RIGHT);
    item->body = parse_list(parser);
    *items = item;
    items = &item->next;
    const bool has_end = accept(parser, TOKEN_CASE_END);
    skip_newlines(parser);
    if (!has_end) {
      expect_reserved(parser, "esac");
      break;
    }
  }
  return node;
}

// Null if the next token begins none.
static struct node* parse_compound(struct parser* parser) {
  struct node* node = NULL;
  if (accept(parser, TOKEN_LEFT)) {
    node = new_node(parser, NODE_SUBSHELL);
    node->first = parse_body(parser);
    expect(parser, TOKEN_RIGHT);
  } else if (accept_reserved(parser, "{")) {
    node = new_node(parser, NODE_GROUP);
    node->first = parse_body(parser);
    expect_reserved(parser, "}");
  } else if (accept_reserved(parser, "if")) {
    node = parse_if(parser);
  } else if (accept_reserved(parser, "while")) {
    node = parse_while(parser, NODE_WHILE);
  } else if (accept_reserved(parser, "until")) {
    node = parse_while(parser, NODE_UNTIL);
  } else if (accept_reserved(parser, "for")) {
    node = parse_for(parser);
  } else if (accept_reserved(parser, "case")) {
    node = parse_case(parser);
  }
  if (node) parse_redirections(parser, node);
  return node;
}

// Whether a list ends here: at what closes something, or at the end.
static bool ends_list(struct parser* parser) {
  static const char* const closing[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
  const enum token_kind kind = peek_token(parser)->kind;
  if (kind == TOKEN_END || kind == TOKEN_RIGHT || kind == TOKEN_CASE_END) return true;
  for (size_t i = 0; i < sizeof closing / sizeof *closing; ++i) {
    if (next_is_reserved(parser, closing[i])) return true;
  }
  return false;
}

static struct node* parse_one(struct parser* parser) {
  if (ends_list(parser)) unexpected(parser);
  struct node* node = parse_compound(parser);
  return node ? node : parse_simple(parser);
}

static struct node* parse_pipeline(struct parser* parser) {
  if (accept_reserved(parser, "!")) {
    struct node* node = new_node(parser, NODE_NOT);
    node->first = parse_pipeline(parser);
    return node;
  }
  struct node* first = parse_one(parser);
  if (!next_is(parser, TOKEN_PIPE)) return first;
  struct node* pipeline = new_node(parser, NODE_PIPELINE);
  pipeline->children = first;
  while (accept(parser, TOKEN_PIPE)) {
    skip_newlines(parser);
    first = first->next = parse_one(parser);
  }
  return pipeline;
}

static struct node* parse_and_or(struct parser* parser) {
  struct node* node = parse_pipeline(parser);
  while (next_is(parser, TOKEN_AND_IF) || next_is(parser, TOKEN_OR_IF)) {
    struct node* both =
        new_node(parser, take_token(parser).kind == TOKEN_AND_IF ? NODE_AND : NODE_OR);
    skip_newlines(parser);
    both->first = node;
    both->second = parse_pipeline(parser);
    node = both;
  }
  return node;
}

static struct node* in_background(struct parser* parser, struct node* command, size_t start,
                                  size_t end) {
  const char* text = parser->source->text.data;
  while (end > start && strchr(" \t\n", text[end - 1])) --end;
  struct node* node = new_node(parser, NODE_BACKGROUND);
  node->first = command;
  node->source = arena_copy(parser->arena, text + start, end - start);
  return node;
}

// Commands one after the other, over several lines unless `is_line`. Null if there are none.
static struct node* parse_sequence(struct parser* parser, bool is_line) {
  struct node* first = NULL;
  struct node** end = &first;
  while (true) {
    if (!is_line) skip_newlines(parser);
    if (is_line ? next_is(parser, TOKEN_END) || accept(parser, TOKEN_NEWLINE) : ends_list(parser)) {
      break;
    }
    const size_t start = peek_token(parser)->start;
    struct node* node = parse_and_or(parser);
    const struct token* separator = peek_token(parser);
    const enum token_kind kind = separator->kind;
    if (kind == TOKEN_AMPERSAND) node = in_background(parser, node, start, separator->start);
    *end = node;
    end = &node->next;
    if (kind == TOKEN_AMPERSAND || kind == TOKEN_SEMICOLON) {
      take_token(parser);
    } else if (kind != TOKEN_NEWLINE && (is_line ? kind != TOKEN_END : !ends_list(parser))) {
      unexpected(parser);
    }
  }
  if (!first || !first->next) return first;
  struct node* sequence = new_node(parser, NODE_SEQUENCE);
  sequence->children = first;
  return sequence;
}

static struct node* parse_list(struct parser* parser) { return parse_sequence(parser, false); }

struct node* parse_substituted_command(struct parser* parser) {
  // The lexer is in the middle of a word, hence there is no next token yet.
  struct node* node = parse_list(parser);
  expect(parser, TOKEN_RIGHT);
  return node;
}

enum parse_result parse_command(struct source* source, struct arena* arena, struct node** command,
                                bool* is_kept) {
  // What was parsed before is not needed any more.
  const size_t rest = source->text.size - source->position;
  if (source->position > 0) {
    memmove(source->text.data, source->text.data + source->position, rest + 1);
  }
  source->text.size = rest;
  source->position = 0;
  struct parser parser = {.source = source, .arena = arena};
  if (setjmp(parser.on_error) != 0) return PARSE_ERROR;
  if (next_is(&parser, TOKEN_END)) return PARSE_END;
  *command = parse_sequence(&parser, true);
  *is_kept = parser.defines_function;
  return PARSED;
}
