// fnmatch with each of its flags, and wordexp.
#include "../report.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <wordexp.h>

static void match(const char* pattern, const char* text, int flags) {
  printf("%s %s %d: %d\n", pattern, text, flags, fnmatch(pattern, text, flags));
}

static void expand(const char* words, int flags) {
  wordexp_t result;
  int error = wordexp(words, &result, flags);
  printf("<%s>: %d", words, error);
  if (error == 0) {
    for (size_t i = 0; i < result.we_wordc; i++) printf(" [%s]", result.we_wordv[i]);
    wordfree(&result);
  }
  puts("");
}

int main(void) {
  match("*.c", "a.c", 0);
  match("*.c", ".c", 0);
  match("*.c", ".c", FNM_PERIOD);
  match("*", "a/b", 0);
  match("*", "a/b", FNM_PATHNAME);
  match("a/*", "a/.b", FNM_PATHNAME | FNM_PERIOD);
  match("[!a-c]x", "dx", 0);
  match("[^a-c]x", "ax", 0);
  match("[]-]", "]", 0);
  match("[a", "[a", 0);
  match("\\*", "*", 0);
  match("\\*", "\\*", FNM_NOESCAPE);
  match("a\\", "a\\", 0);
  match("ABC", "abc", FNM_CASEFOLD);
  match("a", "a/b", FNM_LEADING_DIR);
  match("?", "", 0);
  match("", "", 0);
  match("[[:upper:]]?[[:digit:]]", "Xy5", 0);
  match("@(a|bc)*(d)", "bcdd", FNM_EXTMATCH);
  match("!(a*)", "abc", FNM_EXTMATCH);
  match("!(a*)", "bcd", FNM_EXTMATCH);
  match("+([0-9]).?(x)y", "123.y", FNM_EXTMATCH);
  match("a*b*c*d*e*f", "aXbXcXdXeXfXg", 0);
  match("[a/]b", "/b", FNM_PATHNAME);
  setenv("VALUE", "two words", 1);
  setenv("EMPTY", "", 1);
  unsetenv("NONE");
  fclose(fopen("file.c", "w"));
  fclose(fopen("other.c", "w"));
  expand("plain 'quo ted' \"dou ble\"", 0);
  expand("$VALUE \"$VALUE\" x${VALUE}y", 0);
  expand("[$EMPTY] $NONE end", 0);
  expand("${NONE:-default} ${VALUE:+set} ${#VALUE} ${VALUE%words} ${VALUE#two }", 0);
  expand("*.c", 0);
  expand("*.h", 0);
  expand("$((1 + 2 * 3))", 0);
  expand("$NONE", WRDE_UNDEF);
  expand("$(echo command)", WRDE_NOCMD);
  expand("a | b", 0);
  expand("'open", 0);
  expand("a\\ b", 0);
  return 0;
}
