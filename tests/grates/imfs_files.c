/* A program that works with files below the directory it is given; its output is the same on any
   file system. Run natively and under imfs.  */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOW(call)                                                                      \
  do {                                                                                  \
    errno = 0;                                                                          \
    const long long result_ = (long long)(call);                                        \
    printf("%s: %lld %s\n", #call, result_, result_ < 0 ? strerrorname_np(errno) : ""); \
  } while (0)

static void show_contents(const char* name) {
  char text[256] = "";
  const int fd = open(name, O_RDONLY);
  const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  printf("%s holds %zd [%s]\n", name, size, text);
  if (fd >= 0) close(fd);
}

static int compare(const void* left, const void* right) {
  return strcmp(*(char* const*)left, *(char* const*)right);
}

static void list(const char* name) {
  DIR* const directory = opendir(name);
  if (!directory) {
    printf("%s: %s\n", name, strerrorname_np(errno));
    return;
  }
  char* names[64];
  int count = 0;
  for (struct dirent* entry; (entry = readdir(directory)) && count < 64;) {
    char text[300];
    snprintf(text, sizeof text, "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
    names[count++] = strdup(text);
  }
  closedir(directory);
  qsort(names, (size_t)count, sizeof names[0], compare);
  printf("%s:", name);
  for (int i = 0; i < count; ++i) printf(" %s", names[i]);
  printf("\n");
}

static void read_and_write(void) {
  char text[32] = "";
  const int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0640);
  SHOW(write(fd, "0123456789", 10));
  SHOW(lseek(fd, 3, SEEK_SET));
  SHOW(read(fd, text, 4));
  SHOW(pread(fd, text, 20, 8));
  SHOW(pread(fd, text, 20, 100));
  SHOW(pwrite(fd, "xy", 2, 14));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(ftruncate(fd, 12));
  SHOW(lseek(fd, -13, SEEK_END));
  struct iovec vectors[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
  SHOW(writev(fd, vectors, 3));
  struct stat status;
  SHOW(fstat(fd, &status));
  printf("%o %lld bytes, %d links\n", status.st_mode, (long long)status.st_size,
         (int)status.st_nlink);
  SHOW(open("a", O_CREAT | O_EXCL | O_WRONLY, 0600));
  SHOW(open("missing", O_RDONLY));
  SHOW(open("a/b", O_RDONLY));
  SHOW(open(".", O_WRONLY));
  const int reader = open("a", O_RDONLY);
  SHOW(write(reader, "x", 1));
  SHOW(close(reader));
  SHOW(close(reader));
  SHOW(close(fd));
  show_contents("a");
  const int appender = open("a", O_WRONLY | O_APPEND);
  SHOW(lseek(appender, 0, SEEK_SET));
  SHOW(write(appender, "end", 3));
  SHOW(close(appender));
  SHOW(truncate("a", 5));
  SHOW(close(open("a", O_WRONLY)));
  show_contents("a");
  SHOW(close(open("a", O_WRONLY | O_TRUNC)));
  show_contents("a");
}

static void directories(void) {
  SHOW(mkdir("d", 0755));
  SHOW(mkdir("d", 0755));
  SHOW(mkdir("x/y", 0755));
  SHOW(close(open("d/one", O_CREAT | O_WRONLY, 0600)));
  SHOW(close(open("d/two", O_CREAT | O_WRONLY, 0600)));
  SHOW(mkdir("d/sub", 0700));
  list("d");
  SHOW(rmdir("d"));
  SHOW(rename("d/one", "d/two"));
  SHOW(rename("d", "d/sub/in-itself"));
  SHOW(rename("d/two", "d/sub"));
  SHOW(rename("d/sub", "d/moved"));
  list("d");
  SHOW(unlink("d/moved"));
  SHOW(rmdir("d/two"));
  SHOW(unlink("d/two"));
  SHOW(unlink("d/two"));
  const int fd = open("d", O_RDONLY | O_DIRECTORY);
  SHOW(close(openat(fd, "three", O_CREAT | O_WRONLY, 0600)));
  SHOW(faccessat(fd, "three", R_OK, 0));
  struct stat status;
  SHOW(fstatat(fd, "../d/./three", &status, 0));
  SHOW(unlinkat(fd, "three", 0));
  SHOW(unlinkat(fd, "moved", AT_REMOVEDIR));
  SHOW(fchdir(fd));
  SHOW(access("../a", F_OK));
  char path[4096];
  printf("in %s\n", getcwd(path, sizeof path) ? strrchr(path, '/') : "?");
  SHOW(chdir(".."));
  SHOW(rmdir("d"));
  SHOW(openat(fd, "ghost", O_CREAT | O_WRONLY, 0600));
  SHOW(close(fd));
  list(".");
}

static void descriptors(void) {
  const int fd = open("b", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const int copy = dup(fd);
  SHOW(copy - fd);
  SHOW(write(fd, "one", 3));
  SHOW(write(copy, "two", 3));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(copy, F_GETFD));
  SHOW(fcntl(fd, F_GETFL) & O_ACCMODE);
  SHOW(fcntl(copy, F_SETFL, O_APPEND));
  SHOW(fcntl(fd, F_GETFL) & O_APPEND);
  SHOW(fcntl(fd, F_DUPFD, 60));
  SHOW(dup2(fd, 61));
  SHOW(dup2(0, 61));
  SHOW(close(61));
  SHOW(close(60));
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    if (write(copy, "child", 5) != 5) _exit(1);
    close(fd);
    close(copy);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  SHOW(WEXITSTATUS(status));
  SHOW(lseek(fd, 0, SEEK_CUR));
  show_contents("b");
  struct pollfd polled[2] = {{fd, POLLIN | POLLOUT, 0}, {-1, POLLIN, 7}};
  SHOW(poll(polled, 2, -1));
  SHOW(polled[0].revents);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  SHOW(select(fd + 1, &set, NULL, NULL, NULL));
  SHOW(FD_ISSET(fd, &set) != 0);
  char* const text = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  printf("mapped: %.6s\n", text == MAP_FAILED ? "no" : text);
  SHOW(close(copy));
  SHOW(close(fd));
  SHOW(write(fd, "x", 1));
  SHOW(unlink("b"));
}

static void streams(void) {
  FILE* const file = fopen("numbers", "w+");
  for (int i = 0; i < 20000; ++i) fprintf(file, "%d\n", i);
  rewind(file);
  long long sum = 0;
  for (int i; fscanf(file, "%d", &i) == 1;) sum += i;
  printf("sum %lld at %ld\n", sum, ftell(file));
  fclose(file);
  SHOW(unlink("numbers"));
}

int main(int argc, char** argv) {
  if (argc < 2 || chdir(argv[1]) != 0) {
    perror(argc < 2 ? "usage" : argv[1]);
    return 2;
  }
  umask(022);
  read_and_write();
  directories();
  descriptors();
  streams();
  SHOW(unlink("a"));
  list(".");
  return 0;
}
