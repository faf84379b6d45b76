// Arguments and environment, as the runner sets them. The program's own name differs between
// worlds.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  printf("%d\n", argc);
  for (int i = 1; i < argc; i++) printf("<%s>\n", argv[i]);
  printf("%d\n", argv[argc] == NULL);
  const char* value = getenv("LINDEN_TEST_VALUE");
  printf("%s\n", value == NULL ? "unset" : value);
  printf("%s\n", getenv("LINDEN_TEST_ABSENT") == NULL ? "unset" : "set");
  setenv("LINDEN_TEST_ABSENT", "now", 1);
  printf("%s\n", getenv("LINDEN_TEST_ABSENT"));
}
