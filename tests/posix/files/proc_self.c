// What /proc/self says of descriptors, arguments and names.
#include "../report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char* base(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

int main(int argc, char** argv) {
  char text[512], name[64];
  ssize_t size = readlink("/proc/self/exe", text, sizeof text - 1);
  text[size < 0 ? 0 : size] = 0;
  printf("exe: %s\n", base(text));
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  write(fd, "contents", 8);
  dup2(fd, 77);
  SHOW(readlink("/proc/self/fd/77", text, sizeof text) > 4);
  text[readlink("/proc/self/fd/77", text, sizeof text - 1)] = 0;
  printf("77: %s\n", base(text));
  struct stat by_name, by_descriptor;
  SHOW(stat("/proc/self/fd/77", &by_name));
  SHOW(fstat(77, &by_descriptor));
  SHOW(by_name.st_ino == by_descriptor.st_ino);
  SHOW(lstat("/proc/self/fd/77", &by_name));
  SHOW(S_ISLNK(by_name.st_mode));
  SHOW(lstat("/proc/self/fd/78", &by_name));
  SHOW_OPEN(open("/proc/self/fd/78", O_RDONLY));
  SHOW(truncate("/proc/self/fd/77", 3));
  SHOW(lseek(fd, 0, SEEK_END));
  unlink("file");
  SHOW(fstat(77, &by_descriptor));
  SHOW(by_descriptor.st_nlink);

  DIR* directory = opendir("/proc/self/fd");
  int found = 0, other = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, "77") == 0) found = entry->d_type == DT_LNK;
    if (entry->d_name[0] != '.' && fcntl(atoi(entry->d_name), F_GETFD) < 0) other++;
  }
  printf("listed: %d, not open: %d\n", found, other);

  int arguments = SHOW_OPEN(open("/proc/self/cmdline", O_RDONLY));
  size = read(arguments, text, sizeof text);
  printf("first argument: %d\n", size > 0 && strcmp(text, argv[0]) == 0);
  SHOW(size == (ssize_t)strlen(argv[0]) + 1);
  prctl(PR_SET_NAME, "a name of its own");
  FILE* name_file = fopen("/proc/self/comm", "r");
  printf("%s", fgets(name, sizeof name, name_file));
  snprintf(name, sizeof name, "/proc/%d/fd/77", (int)getpid());
  SHOW(stat(name, &by_name));
  SHOW(access("/proc/self/no-such-file", F_OK));
  SHOW(access("/proc/self/maps", R_OK));
  SHOW(access("/proc/self/status", R_OK));
  SHOW(access("/dev/fd/77", F_OK));
  SHOW(access("/dev/stdin", F_OK));
  FILE* status = fopen("/proc/self/status", "r");
  while (fgets(text, sizeof text, status) != NULL) {
    if (strncmp(text, "Name:", 5) == 0 || strncmp(text, "Threads:", 8) == 0) printf("%s", text);
  }
  return 0;
}
