// fopen's modes: which create, truncate, read, write, append; flags of the descriptor; errors.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  static const char* const modes[] = {"r",   "r+", "w",  "w+",          "a", "a+", "rb", "wx",
                                      "w+x", "re", "rm", "r,ccs=UTF-8", "z", "",   "+r", "rw"};
  for (unsigned i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    int fd = open("existing", O_CREAT | O_TRUNC | O_WRONLY, 0644);
    write(fd, "0123456789", 10);
    close(fd);
    unlink("new");
    for (int new = 0; new < 2; new++) {
      errno = 0;
      FILE* file = fopen(new ? "new" : "existing", modes[i]);
      printf("%s %s: ", modes[i], new ? "new" : "existing");
      if (file == NULL) {
        puts(strerrorname_np(errno));
        continue;
      }
      int flags = fcntl(fileno(file), F_GETFL);
      printf("access %d%s%s, at %ld", flags & O_ACCMODE, flags & O_APPEND ? " append" : "",
             fcntl(fileno(file), F_GETFD) ? " cloexec" : "", ftell(file));
      int read_errors = fgetc(file) == EOF && ferror(file);
      clearerr(file);
      fseek(file, 2, SEEK_SET);
      int write_errors = fputs("XY", file) < 0 || fflush(file) != 0 || ferror(file);
      printf(", read %s, write %s, at %ld", read_errors ? "error" : "ok",
             write_errors ? "error" : "ok", ftell(file));
      fclose(file);
      char text[32];
      fd = open(new ? "new" : "existing", O_RDONLY);
      ssize_t size = read(fd, text, sizeof text);
      close(fd);
      report_bytes("", text, size);
    }
  }
  umask(022);
  unlink("new");
  fclose(fopen("new", "w"));
  struct stat status;
  stat("new", &status);
  printf("%o\n", (unsigned)status.st_mode);
  SHOW_POINTER(fopen("missing/file", "w"));
  SHOW_POINTER(fopen(".", "w"));
  FILE* directory = SHOW_POINTER(fopen(".", "r"));
  SHOW(fgetc(directory) == EOF && ferror(directory));
  int fd = open("new", O_RDONLY);
  SHOW_POINTER(fdopen(fd, "w"));
  SHOW_POINTER(fdopen(fd, "r"));
  SHOW_POINTER(fdopen(-1, "r"));
  SHOW_POINTER(fdopen(fd, "?"));
  FILE* file = SHOW_POINTER(fopen("new", "w"));
  file = SHOW_POINTER(freopen("existing", "r", file));
  SHOW(fgetc(file));
  SHOW(fcntl(fileno(file), F_GETFL) & O_ACCMODE);
  SHOW_POINTER(freopen("missing", "r", file));
  return 0;
}
