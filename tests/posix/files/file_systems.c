// statfs, statvfs, pathconf.
#include "../report.h"

#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

int main(void) {
  struct statfs by_name, by_descriptor;
  struct statvfs portable;
  int fd = open("file", O_CREAT | O_RDWR, 0644), ends[2];
  pipe(ends);
  SHOW(statfs(".", &by_name));
  SHOW(fstatfs(fd, &by_descriptor));
  printf("the same: %d %d %d\n", by_name.f_type == by_descriptor.f_type,
         by_name.f_blocks == by_descriptor.f_blocks, by_name.f_bsize == by_descriptor.f_bsize);
  printf("type %lx, names of %ld, blocks of %ld\n", (long)by_name.f_type, (long)by_name.f_namelen,
         (long)by_name.f_bsize);
  printf("free: %d\n", by_name.f_bavail <= by_name.f_bfree && by_name.f_bfree <= by_name.f_blocks);
  SHOW(statvfs("file", &portable));
  printf("%lu %lu %lu %d\n", (unsigned long)portable.f_bsize, (unsigned long)portable.f_frsize,
         (unsigned long)portable.f_namemax, !!(portable.f_flag & ST_RDONLY));
  printf("the same: %d\n", portable.f_blocks == by_name.f_blocks);
  SHOW(fstatvfs(ends[0], &portable));
  printf("pipe: %lu\n", (unsigned long)portable.f_namemax);
  SHOW(fstatfs(ends[0], &by_name));
  printf("type %lx\n", (long)by_name.f_type);
  SHOW(statfs("missing", &by_name));
  SHOW(statfs("file/x", &by_name));
  SHOW(statfs("", &by_name));
  SHOW(fstatfs(-1, &by_name));
  SHOW(fstatfs(open("file", O_PATH), &by_name));
  SHOW(statfs(".", (struct statfs*)8));

  SHOW(pathconf(".", _PC_NAME_MAX));
  SHOW(pathconf(".", _PC_PATH_MAX));
  SHOW(fpathconf(ends[0], _PC_PIPE_BUF));
  SHOW(pathconf(".", _PC_NO_TRUNC));
  SHOW(pathconf(".", _PC_CHOWN_RESTRICTED));
  SHOW(pathconf(".", _PC_2_SYMLINKS));
  SHOW(pathconf(".", _PC_FILESIZEBITS));
  SHOW(pathconf("missing", _PC_NAME_MAX));
  SHOW(pathconf(".", 999));
  SHOW(fpathconf(-1, _PC_NAME_MAX));
  SHOW(pathconf("", _PC_NAME_MAX));
  return 0;
}
