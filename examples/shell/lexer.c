// From characters to tokens and the parts of words.
//
// The language can't be cut into tokens first and parsed then: where a word ends depends on what is
// open in it, and $(...) holds whole commands. So the lexer calls the parser for those, and the
// parser asks for one token at a time.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser_internal.h"
#include "shell.h"

void syntax_error(struct parser* parser, const char* message, const char* detail) {
  const char* name = parser->source->name ? parser->source->name : shell.name;
  fprintf(stderr, "%s: %d: Syntax error: ", name, parser->source->line);
  fprintf(stderr, message, detail);
  fputc('\n', stderr);
  longjmp(parser->on_error, 1);
}

static bool is_name_start(int c) { return c == '_' || isalpha(c); }
static bool is_name_character(int c) { return c == '_' || isalnum(c); }

bool is_name(const char* text, size_t size) {
  if (size == 0 || !is_name_start((unsigned char)text[0])) return false;
  for (size_t i = 1; i < size; ++i) {
    if (!is_name_character((unsigned char)text[i])) return false;
  }
  return true;
}

const char* plain_text(const struct word* word) {
  const struct part* part = word->parts;
  return part && !part->next && part->kind == PART_TEXT && !part->is_literal ? part->text : NULL;
}

// ---- parts of words

struct parts {
  struct parser* parser;
  struct part *first, **end;
  struct text text;  // what the next PART_TEXT will be
  bool is_literal;
};

static struct part* add_part(struct parts* parts, enum part_kind kind) {
  struct part* part = arena_allocate(parts->parser->arena, sizeof *part);
  part->kind = kind;
  *parts->end = part;
  parts->end = &part->next;
  return part;
}

static void finish_text(struct parts* parts) {
  if (parts->text.size == 0) return;
  struct part* part = add_part(parts, PART_TEXT);
  part->is_literal = parts->is_literal;
  part->text = text_take(&parts->text, parts->parser->arena);
}

static void add_character(struct parts* parts, int c, bool is_literal) {
  if (is_literal != parts->is_literal) finish_text(parts);
  parts->is_literal = is_literal;
  text_add(&parts->text, (char)c);
}

// Behind $( or `: a command.
static struct node* parse_backquoted(struct parser* parser, bool is_quoted) {
  struct text text = {0};
  text_append(&text, "");
  while (true) {
    int c = take_raw_character(parser);
    if (c < 0) syntax_error(parser, "%s", "EOF in backquote substitution");
    if (c == '`') break;
    if (c == '\\') {
      c = take_raw_character(parser);
      if (c < 0) syntax_error(parser, "%s", "EOF in backquote substitution");
      if (c != '$' && c != '`' && c != '\\' && !(c == '"' && is_quoted)) text_add(&text, '\\');
    }
    text_add(&text, (char)c);
  }
  struct source source;
  source_of_string(&source, text.data);
  text_free(&text);
  source.name = parser->source->name;
  source.line = parser->source->line;
  text_append(&source.text, "\n)");
  struct parser inner = {.source = &source, .arena = parser->arena};
  struct node* node = NULL;
  if (setjmp(inner.on_error) == 0) {
    node = parse_substituted_command(&inner);
    text_free(&source.text);
    parser->defines_function |= inner.defines_function;
    return node;
  }
  text_free(&source.text);
  longjmp(parser->on_error, 1);
}

static char* take_name(struct parser* parser) {
  struct text name = {0};
  int c = peek_character(parser);
  if (is_name_start(c)) {
    while (is_name_character(peek_character(parser))) text_add(&name, (char)take_character(parser));
  } else {
    text_add(&name, (char)take_character(parser));
  }
  return text_take(&name, parser->arena);
}

static bool is_special_parameter(int c) { return c > 0 && strchr("@*#?-$!", c) != NULL; }

// Behind "${".
static void parse_braced_parameter(struct parts* parts, bool is_quoted) {
  struct parser* parser = parts->parser;
  struct part* part = add_part(parts, PART_PARAMETER);
  int c = peek_character(parser);
  if (c == '#') {
    take_character(parser);
    c = peek_character(parser);
    // ${#} and operations on $# are no lengths.
    if (c == '}' || c == ':' || c == '%' || c == '=' || c == '+') {
      part->text = "#";
    } else {
      part->operation = PARAMETER_LENGTH;
      if (!is_name_character(c) && !is_special_parameter(c)) {
        syntax_error(parser, "%s", "Bad substitution");
      }
    }
  }
  if (part->text == NULL) {
    if (!is_name_character(c) && !is_special_parameter(c)) {
      syntax_error(parser, "%s", "Bad substitution");
    }
    if (isdigit(c)) {
      struct text number = {0};
      while (isdigit(peek_character(parser))) text_add(&number, (char)take_character(parser));
      part->text = text_take(&number, parser->arena);
    } else {
      part->text = take_name(parser);
    }
  }
  c = take_character(parser);
  if (c == '}') return;
  if (part->operation == PARAMETER_LENGTH) syntax_error(parser, "%s", "Bad substitution");
  if (c == ':') {
    part->empty_is_unset = true;
    c = take_character(parser);
  }
  switch (c) {
    case '-':
      part->operation = PARAMETER_DEFAULT;
      break;
    case '=':
      part->operation = PARAMETER_ASSIGN;
      break;
    case '?':
      part->operation = PARAMETER_REQUIRE;
      break;
    case '+':
      part->operation = PARAMETER_ALTERNATIVE;
      break;
    case '#':
      part->operation = PARAMETER_SHORTEST_PREFIX;
      break;
    case '%':
      part->operation = PARAMETER_SHORTEST_SUFFIX;
      break;
    default:
      syntax_error(parser, "%s", "Bad substitution");
  }
  const bool is_pattern = part->operation >= PARAMETER_SHORTEST_PREFIX;
  if (is_pattern && part->empty_is_unset) syntax_error(parser, "%s", "Bad substitution");
  if (is_pattern && peek_character(parser) == c) {
    take_character(parser);
    ++part->operation;  // the longest comes after the shortest
  }
  part->operand = arena_allocate(parser->arena, sizeof *part->operand);
  // In patterns quotes count, whatever the expansion lies in.
  part->operand->parts =
      parse_parts(parser, is_quoted && !is_pattern ? END_AT_BRACE_IN_QUOTES : END_AT_BRACE);
  if (take_character(parser) != '}') syntax_error(parser, "%s", "Missing '}'");
}

// Behind "$".
static void parse_dollar(struct parts* parts, bool is_quoted) {
  struct parser* parser = parts->parser;
  const int c = peek_character(parser);
  if (c == '{') {
    finish_text(parts);
    take_character(parser);
    parse_braced_parameter(parts, is_quoted);
  } else if (c == '(') {
    finish_text(parts);
    take_character(parser);
    if (peek_character(parser) == '(') {
      take_character(parser);
      struct part* part = add_part(parts, PART_ARITHMETIC);
      part->parts = parse_parts(parser, END_AT_PARENTHESES);
      if (take_character(parser) != ')' || take_character(parser) != ')') {
        syntax_error(parser, "%s", "Missing '))'");
      }
    } else {
      struct part* part = add_part(parts, PART_COMMAND);
      part->command = parse_substituted_command(parser);
    }
  } else if (is_name_character(c) || is_special_parameter(c)) {
    finish_text(parts);
    add_part(parts, PART_PARAMETER)->text = take_name(parser);
  } else {
    add_character(parts, '$', is_quoted);
  }
}

static bool ends_word(int c) { return c > 0 && strchr(" \t\n;&|<>()", c) != NULL; }

static bool is_escapable_in_quotes(int c, enum word_end end) {
  if (c == '"') return end != END_OF_TEXT;
  if (c == '}') return end == END_AT_BRACE_IN_QUOTES;
  return c == '$' || c == '`' || c == '\\';
}

struct part* parse_parts(struct parser* parser, enum word_end end) {
  struct parts parts = {.parser = parser, .end = &parts.first};
  // Whether blanks and quotes are nothing special.
  const bool is_quoted = end != END_OF_WORD && end != END_AT_BRACE;
  int depth = 0;  // of parentheses
  while (true) {
    int c = peek_character(parser);
    if (c < 0) {
      if (end == END_OF_WORD || end == END_OF_TEXT) break;
      syntax_error(parser, "%s",
                   end == END_AT_QUOTE ? "Unterminated quoted string" : "Missing '}'");
    }
    if (end == END_OF_WORD && ends_word(c)) break;
    if ((end == END_AT_BRACE || end == END_AT_BRACE_IN_QUOTES) && c == '}') break;
    if (end == END_AT_QUOTE && c == '"') break;
    if (end == END_AT_PARENTHESES && c == ')' && depth-- == 0) break;
    if (end == END_AT_PARENTHESES && c == '(') ++depth;
    take_character(parser);
    if (c == '\\') {
      c = take_raw_character(parser);
      if (c < 0) {
        add_character(&parts, '\\', true);
      } else {
        if (is_quoted && !is_escapable_in_quotes(c, end)) add_character(&parts, '\\', true);
        add_character(&parts, c, true);
      }
    } else if (c == '\'' && !is_quoted) {
      finish_text(&parts);
      struct part* part = add_part(&parts, PART_QUOTED);
      struct text text = {0};
      while ((c = take_raw_character(parser)) != '\'') {
        if (c < 0) syntax_error(parser, "%s", "Unterminated quoted string");
        text_add(&text, (char)c);
      }
      if (text.size == 0) continue;
      part->parts = arena_allocate(parser->arena, sizeof *part->parts);
      *part->parts = (struct part){.kind = PART_TEXT, .is_literal = true};
      part->parts->text = text_take(&text, parser->arena);
    } else if (c == '"' && (!is_quoted || end == END_AT_BRACE_IN_QUOTES)) {
      finish_text(&parts);
      struct part* part = add_part(&parts, PART_QUOTED);
      part->parts = parse_parts(parser, END_AT_QUOTE);
      take_character(parser);
    } else if (c == '$') {
      parse_dollar(&parts, is_quoted);
    } else if (c == '`') {
      finish_text(&parts);
      add_part(&parts, PART_COMMAND)->command = parse_backquoted(parser, is_quoted);
    } else {
      add_character(&parts, c, is_quoted);
    }
  }
  finish_text(&parts);
  return parts.first;
}

// ---- here-documents

static struct part* parse_document(struct parser* parser, const char* text) {
  struct source source;
  source_of_string(&source, text);
  source.name = parser->source->name;
  source.line = parser->source->line;
  struct parser inner = {.source = &source, .arena = parser->arena};
  if (setjmp(inner.on_error) != 0) {
    text_free(&source.text);
    longjmp(parser->on_error, 1);
  }
  struct part* parts = parse_parts(&inner, END_OF_TEXT);
  text_free(&source.text);
  return parts;
}

// Reads a line; false at the end of the text.
static bool take_line(struct parser* parser, struct text* line) {
  line->size = 0;
  text_append(line, "");
  int c = take_raw_character(parser);
  if (c < 0) return false;
  for (; c >= 0 && c != '\n'; c = take_raw_character(parser)) text_add(line, (char)c);
  return true;
}

static void read_here_documents(struct parser* parser) {
  while (parser->pending) {
    struct here_document* document = parser->pending;
    parser->pending = document->next;
    struct text text = {0}, line = {0};
    text_append(&text, "");
    while (take_line(parser, &line)) {
      const char* start = line.data + (document->skips_tabs ? strspn(line.data, "\t") : 0);
      if (strcmp(start, document->delimiter) == 0) break;
      text_append(&text, start);
      text_add(&text, '\n');
    }
    struct word* word = document->redirection->target;
    if (document->is_literal) {
      word->parts = arena_allocate(parser->arena, sizeof *word->parts);
      *word->parts = (struct part){.kind = PART_TEXT, .is_literal = true};
      word->parts->text = arena_copy(parser->arena, text.data, text.size);
    } else {
      word->parts = parse_document(parser, text.data);
    }
    text_free(&text);
    text_free(&line);
  }
}

// ---- tokens

static const struct {
  const char* text;
  enum token_kind kind;
} operators[] = {
    // The longer ones first.
    {"<<-", TOKEN_HERE_TABS},  {"<<", TOKEN_HERE},   {"<&", TOKEN_LESS_AND},
    {"<>", TOKEN_READ_WRITE},  {">>", TOKEN_APPEND}, {">|", TOKEN_CLOBBER},
    {">&", TOKEN_GREATER_AND}, {"&&", TOKEN_AND_IF}, {"||", TOKEN_OR_IF},
    {";;", TOKEN_CASE_END},    {"<", TOKEN_LESS},    {">", TOKEN_GREATER},
    {"&", TOKEN_AMPERSAND},    {"|", TOKEN_PIPE},    {";", TOKEN_SEMICOLON},
    {"(", TOKEN_LEFT},         {")", TOKEN_RIGHT},
};

// Takes the longest operator that starts with `first`.
static enum token_kind take_operator(struct parser* parser, int first) {
  char text[4] = {(char)first};
  enum token_kind found = TOKEN_END;
  for (size_t size = 1;; ++size) {
    bool is_longer = false;
    const int next = peek_character(parser);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; ++i) {
      if (strcmp(operators[i].text, text) == 0) found = operators[i].kind;
      is_longer |= strncmp(operators[i].text, text, size) == 0 && next > 0 &&
                   operators[i].text[size] == next;
    }
    if (!is_longer) return found;
    text[size] = (char)take_character(parser);
  }
}

const char* token_name(const struct token* token) {
  switch (token->kind) {
    case TOKEN_END:
      return "end of file";
    case TOKEN_NEWLINE:
      return "newline";
    case TOKEN_DESCRIPTOR:
      return "redirection";
    case TOKEN_WORD:
      return plain_text(token->word) ? plain_text(token->word) : "word";
    default:
      break;
  }
  for (size_t i = 0; i < sizeof operators / sizeof *operators; ++i) {
    if (operators[i].kind == token->kind) return operators[i].text;
  }
  return "token";
}

static struct token read_token(struct parser* parser) {
  int c;
  while ((c = peek_character(parser)) == ' ' || c == '\t') take_character(parser);
  if (c == '#') {
    while ((c = take_raw_character(parser)) >= 0 && c != '\n') continue;
    if (c == '\n') {
      --parser->source->position;
      --parser->source->line;
    }
    c = peek_character(parser);
  }
  // Not parser->token: reading a word may read the tokens of commands within it.
  struct token token = {.start = parser->source->position};
  if (c < 0) {
    token.kind = TOKEN_END;
    read_here_documents(parser);
  } else if (c == '\n') {
    take_character(parser);
    token.kind = TOKEN_NEWLINE;
    read_here_documents(parser);
  } else if (ends_word(c)) {
    take_character(parser);
    token.kind = take_operator(parser, c);
  } else {
    token.kind = TOKEN_WORD;
    token.word = arena_allocate(parser->arena, sizeof *token.word);
    token.word->parts = parse_parts(parser, END_OF_WORD);
    const char* text = plain_text(token.word);
    c = peek_character(parser);
    if ((c == '<' || c == '>') && text && strspn(text, "0123456789") == strlen(text) &&
        strlen(text) < 6) {
      token.kind = TOKEN_DESCRIPTOR;
      token.number = atoi(text);
    }
  }
  return token;
}

struct token* peek_token(struct parser* parser) {
  if (!parser->has_token) parser->token = read_token(parser);
  parser->has_token = true;
  return &parser->token;
}

struct token take_token(struct parser* parser) {
  peek_token(parser);
  parser->has_token = false;
  return parser->token;
}
