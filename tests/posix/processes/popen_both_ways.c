// popen for reading and writing, several at once; what pclose gives; no descriptor of one is open
// in another.
#include <errno.h>
#include <stdlib.h>

#include "process.h"

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char line[100];
  FILE* reader = popen("echo one; echo two; exit 3", "r");
  while (fgets(line, sizeof line, reader)) printf("read %s", line);
  printf("%s\n", describe_status(pclose(reader)));

  FILE* writer = popen("while read -r x; do echo \"[$x]\"; done", "w");
  fputs("to the shell\nand more\n", writer);
  printf("%s\n", describe_status(pclose(writer)));

  // The second shell does not hold the first one's pipe open, or this would wait for ever.
  FILE* first = popen("read x; read y || echo end after $x", "w");
  FILE* second = popen("read x; echo second $x", "w");
  fputs("a\n", first);
  printf("%s\n", describe_status(pclose(first)));
  fputs("b\n", second);
  printf("%s\n", describe_status(pclose(second)));

  reader = popen("kill -TERM $$", "r");
  printf("%s\n", describe_status(pclose(reader)));
  reader = popen("no-such-command 2>/dev/null", "r");
  printf("%s\n", describe_status(pclose(reader)));
  printf("%d", popen("true", "x") == NULL);
  printf(" %s\n", strerror(errno));
  reader = popen("echo $VARIABLE; pwd >/dev/null; echo \"$0\"", "re");
  printf("%zu\n", fread(line, 1, 4, reader));
  pclose(reader);
  for (int i = 0; i < 50; ++i) {
    snprintf(line, sizeof line, "exit %d", i);
    reader = popen(line, "r");
    if (pclose(reader) != i << 8) printf("%d is wrong\n", i);
  }
  return 0;
}
