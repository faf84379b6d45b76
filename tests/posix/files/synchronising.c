// fsync and its relatives on what can be synchronised and what cannot.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

int main(void) {
  int ends[2];
  pipe(ends);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  int directory = open(".", O_RDONLY);
  int path = open("file", O_PATH);
  int null = open("/dev/null", O_RDWR);
  SHOW(write(fd, "text", 4));
  SHOW(fsync(fd));
  SHOW(fdatasync(fd));
  SHOW(syncfs(fd));
  SHOW(fsync(directory));
  SHOW(fsync(ends[0]));
  SHOW(fdatasync(ends[1]));
  SHOW(fsync(null));
  SHOW(fsync(path));
  SHOW(fsync(-1));
  SHOW(syncfs(-1));
  SHOW(sync_file_range(fd, 0, 4, SYNC_FILE_RANGE_WRITE));
  SHOW(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER));
  SHOW(sync_file_range(fd, 0, 4, 8));
  SHOW(sync_file_range(fd, -1, 4, SYNC_FILE_RANGE_WRITE));
  SHOW(sync_file_range(fd, 4, -8, SYNC_FILE_RANGE_WRITE));
  SHOW(sync_file_range(ends[0], 0, 4, SYNC_FILE_RANGE_WRITE));
  SHOW(sync_file_range(-1, 0, 4, SYNC_FILE_RANGE_WRITE));
  SHOW_ERROR(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  SHOW_ERROR(posix_fadvise(fd, 0, 0, 99));
  SHOW_ERROR(posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL));
  SHOW_ERROR(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL));
  SHOW_ERROR(posix_fadvise(-1, 0, 0, POSIX_FADV_NORMAL));
  SHOW(readahead(fd, 0, 4096));
  SHOW(readahead(ends[0], 0, 4096));
  SHOW(readahead(-1, 0, 4096));
  return 0;
}
