// mkstemp and its relatives, tmpfile, and templates that are none.
#include "../report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char* template, int fd) {
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) return;
  printf("  %.5s, %d bytes, %o, flags %o\n", template, (int)strlen(template),
         (unsigned)status.st_mode & 0777, fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
}

int main(void) {
  umask(0);
  char first[] = "name-XXXXXX", second[] = "name-XXXXXX", suffixed[] = "name-XXXXXX.txt";
  char wrong[] = "name-XXXXX", early[] = "XXXXXX-name", missing[] = "missing/XXXXXX";
  char directory[] = "dir-XXXXXX", appended[] = "name-XXXXXX", temporary[] = "name-XXXXXX";
  int fd = SHOW_OPEN(mkstemp(first));
  show(first, fd);
  SHOW_OPEN(mkstemp(second));
  SHOW(strcmp(first, second) != 0);
  fd = SHOW_OPEN(mkstemps(suffixed, 4));
  show(suffixed, fd);
  SHOW(strcmp(suffixed + 11, ".txt"));
  fd = SHOW_OPEN(mkostemp(appended, O_APPEND | O_CLOEXEC));
  show(appended, fd);
  SHOW(fcntl(fd, F_GETFD));
  SHOW_OPEN(mkstemp(wrong));
  SHOW_OPEN(mkstemp(early));
  SHOW_OPEN(mkstemps(suffixed, 50));
  SHOW_OPEN(mkstemp(missing));
  SHOW_POINTER(mkdtemp(directory));
  struct stat status;
  SHOW(stat(directory, &status));
  printf("%o\n", (unsigned)status.st_mode);
  SHOW_POINTER(mktemp(temporary));
  SHOW(access(temporary, F_OK));

  FILE* file = SHOW_POINTER(tmpfile());
  SHOW(fputs("text", file) >= 0);
  SHOW(fseek(file, 1, SEEK_SET));
  SHOW(fgetc(file));
  fstat(fileno(file), &status);
  printf("without a name: %d\n", (int)status.st_nlink);
  fclose(file);
  char name[L_tmpnam];
  SHOW_POINTER(tmpnam(name));
  SHOW(strncmp(name, P_tmpdir "/", 5));
  SHOW(access(name, F_OK));
  setenv("TMPDIR", directory, 1);
  char* in_directory = tempnam(NULL, "pre");
  SHOW(strncmp(in_directory, directory, strlen(directory)));
  return 0;
}
