// wordexp: words as the shell expands them, with its commands.
#include <stdlib.h>
#include <wordexp.h>

#include "process.h"

static void expand(const char* words, int flags) {
  wordexp_t result = {0};
  const int error = wordexp(words, &result, flags);
  printf("%s: %d", words, error);
  for (size_t i = 0; error == 0 && i < result.we_wordc; ++i) printf(" [%s]", result.we_wordv[i]);
  puts("");
  if (error == 0) wordfree(&result);
}

int main(void) {
  setenv("A", "value", 1);
  setenv("HOME", "/home/me", 1);
  fclose(fopen("file1", "w"));
  fclose(fopen("file2", "w"));
  expand("plain 'single quotes' \"double $A\" $A ~/x", 0);
  expand("$(echo from a shell) `echo back`", 0);
  expand("\"$(printf 'a  b')\" $(echo two words)", 0);
  expand("file* none*", 0);
  expand("$((6 * 7)) ${A:-x} ${B:-default} ${#A}", 0);
  expand("$(echo forbidden)", WRDE_NOCMD);
  expand("$UNDEFINED_VARIABLE", WRDE_UNDEF);
  expand("a | b", 0);
  expand("$(unterminated", 0);
  return 0;
}
