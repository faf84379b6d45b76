// Text to parse, read as far as needed.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parser_internal.h"
#include "shell.h"

void source_of_string(struct source* source, const char* text) {
  *source = (struct source){.descriptor = -1, .line = 1};
  text_append(&source->text, text);
}

// Adds at least a character, or returns false. A shell whose commands are its standard input must
// leave what follows a line to the commands that it runs, hence takes single bytes.
static bool read_more(struct source* source) {
  if (source->descriptor < 0) return false;
  if (source->is_prompting) {
    const char* name = source->text.size == 0 ? "PS1" : "PS2";
    const char* prompt = variable_value(name);
    fputs(prompt ? prompt : source->text.size == 0 ? "$ " : "> ", stderr);
  }
  char bytes[4096];
  bool has_any = false;
  while (true) {
    const ssize_t got = read(source->descriptor, bytes, source->is_shared ? 1 : sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return has_any;
    text_append_bytes(&source->text, bytes, (size_t)got);
    has_any = true;
    if (!source->is_shared || bytes[0] == '\n') return true;
  }
}

static int character_at(struct source* source, size_t distance) {
  while (source->position + distance >= source->text.size) {
    if (!read_more(source)) return -1;
  }
  return (unsigned char)source->text.data[source->position + distance];
}

static void skip_continued_lines(struct source* source) {
  while (character_at(source, 0) == '\\' && character_at(source, 1) == '\n') {
    source->position += 2;
    ++source->line;
  }
}

int take_raw_character(struct parser* parser) {
  struct source* source = parser->source;
  const int c = character_at(source, 0);
  if (c >= 0) ++source->position;
  if (c == '\n') ++source->line;
  return c;
}

int peek_character(struct parser* parser) {
  skip_continued_lines(parser->source);
  return character_at(parser->source, 0);
}

int take_character(struct parser* parser) {
  skip_continued_lines(parser->source);
  return take_raw_character(parser);
}

bool source_is_done(const struct source* source) {
  if (source->descriptor >= 0) return false;
  const char* rest = source->text.data ? source->text.data + source->position : "";
  return rest[strspn(rest, " \t\n;")] == '\0';
}
