// Modes of what gets created: the one that is asked for, less the umask, for every kind of file.
#include "../report.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_mode(const char* name) {
  struct stat status;
  if (lstat(name, &status) != 0) perror(name);
  printf("%s: %o\n", name, (unsigned)(status.st_mode & ~(S_ISUID | S_ISGID)));
}

static void* in_another_thread(void* unused) {
  (void)unused;
  printf("a thread's umask is the process's: %o\n", (unsigned)umask(0));
  return NULL;
}

int main(void) {
  umask(0);
  close(open("open-0", O_CREAT | O_WRONLY, 0666));
  close(creat("creat-0", 0777));
  SHOW(mkdir("directory-0", 01777));
  SHOW(mkfifo("fifo-0", 0666));
  SHOW(mknod("node-0", S_IFREG | 0640, 0));
  printf("umask: %o\n", (unsigned)umask(027));
  close(open("open-27", O_CREAT | O_WRONLY, 0666));
  close(creat("creat-27", 0777));
  SHOW(mkdir("directory-27", 0777));
  SHOW(mkfifo("fifo-27", 0666));
  SHOW(mknod("node-27", S_IFREG | 0666, 0));
  SHOW(symlink("x", "link-27"));
  const char* names[] = {"open-0",   "creat-0",      "directory-0", "fifo-0",  "node-0", "open-27",
                         "creat-27", "directory-27", "fifo-27",     "node-27", "link-27"};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) show_mode(names[i]);

  // A file that exists keeps its mode, and one without any rights can be written by who made it.
  close(open("open-0", O_CREAT | O_WRONLY | O_TRUNC, 0600));
  show_mode("open-0");
  int fd = SHOW_OPEN(open("none", O_CREAT | O_RDWR, 0));
  SHOW(write(fd, "x", 1));
  show_mode("none");
  // Bits beyond 0777 of a mask are dropped.
  umask(07777);
  printf("umask: %o\n", (unsigned)umask(022));
  umask(0131);
  pthread_t thread;
  pthread_create(&thread, NULL, in_another_thread, NULL);
  pthread_join(thread, NULL);
  printf("umask: %o\n", (unsigned)umask(022));
  return 0;
}
