// Errors of streams: perror, ferror, clearerr, and what fclose tells.
#include "../report.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int main(void) {
  // perror writes to descriptor 2, which is a file here.
  int fd = open("errors", O_CREAT | O_RDWR | O_TRUNC, 0644);
  dup2(fd, 2);
  errno = ENOENT;
  perror("name");
  errno = EACCES;
  perror("");
  errno = 0;
  perror(NULL);
  errno = 12345;
  perror("unknown");
  fprintf(stderr, "%d is not buffered", 5);
  char text[256];
  ssize_t size = pread(fd, text, sizeof text, 0);
  report_bytes("errors", text, size);

  FILE* full = fopen("/dev/full", "w");
  setvbuf(full, NULL, _IOFBF, 4096);
  SHOW(fputs("text", full) >= 0);
  SHOW(ferror(full));
  SHOW(fflush(full));
  SHOW(ferror(full));
  clearerr(full);
  SHOW(ferror(full));
  SHOW(fclose(full));

  FILE* closed = fopen("errors", "r");
  close(fileno(closed));
  SHOW(fgetc(closed));
  SHOW(ferror(closed));
  SHOW(feof(closed));
  SHOW(fclose(closed));
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  pipe(ends);
  close(ends[0]);
  FILE* broken = fdopen(ends[1], "w");
  SHOW(fputs("lost", broken) >= 0);
  SHOW(fclose(broken));
  pipe(ends);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  FILE* waiting = fdopen(ends[0], "r");
  SHOW(fgetc(waiting));
  SHOW(ferror(waiting));
  write(ends[1], "x", 1);
  SHOW(fgetc(waiting));
  clearerr(waiting);
  SHOW(fgetc(waiting));

  static const int errors[] = {0, 1, EDEADLK, EOPNOTSUPP, EHWPOISON, 41, 134, -1, 12345};
  for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    const char* name = strerrorname_np(errors[i]);
    printf("%d %s %s\n", errors[i], name ? name : "-", strerror(errors[i]));
  }
  char small[8];
  printf("%s\n", strerror_r(ENOENT, small, sizeof small));
  printf("%s\n", strerror_r(54321, small, sizeof small));
  return 0;
}
