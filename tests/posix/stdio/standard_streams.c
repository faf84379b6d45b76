// stdin, stdout and stderr on other files: freopen, dup2, order of what is written.
#include "../report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void show_file(const char* name) {
  char text[256];
  int fd = open(name, O_RDONLY);
  ssize_t size = read(fd, text, sizeof text);
  report_bytes(name, text, size < 0 ? 0 : size);
  close(fd);
}

int main(void) {
  int saved = dup(1);
  printf("before\n");
  fflush(stdout);
  SHOW_POINTER(freopen("out", "w", stdout) == stdout ? stdout : NULL);
  printf("to the file\n");
  fprintf(stderr, "not seen\n");
  fflush(stdout);
  dup2(saved, 1);
  printf("after\n");
  show_file("out");
  SHOW(fileno(stdout));
  SHOW(fileno(stdin));

  FILE* input = fopen("in", "w");
  fputs("first line\nsecond 42 line\nend", input);
  fclose(input);
  SHOW_POINTER(freopen("in", "r", stdin) == stdin ? stdin : NULL);
  SHOW(getchar());
  char word[16];
  int number = 0;
  SHOW(scanf("%15s %*s second %d", word, &number));
  printf("%s %d\n", word, number);
  // What a child reads of a shared descriptor, its parent doesn't.
  fflush(stdout);
  if (fork() == 0) {
    char text[16] = "";
    ssize_t size = read(0, text, sizeof text);
    printf("%zd\n", size);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  SHOW_POINTER(fgets(word, sizeof word, stdin));
  printf("<%s>\n", word);
  SHOW_POINTER(fgets(word, sizeof word, stdin));
  SHOW_POINTER(fgets(word, sizeof word, stdin));
  SHOW(getchar());
  SHOW(feof(stdin));
  // Unflushed output is written once by each process that exits.
  printf("unflushed ");
  if (fork() == 0) exit(0);
  wait(NULL);
  printf("parent\n");
  fflush(stdout);
  SHOW(fclose(stdin));
  SHOW(read(0, word, 1));
  SHOW_OPEN(open("in", O_RDONLY));
  fclose(stdout);
  SHOW(write(1, "x", 1));
  dup2(saved, 1);
  write(1, "closed\n", 7);
  return 3;
}
