// sendfile and copy_file_range: offsets, ends, and files that won't do.
#include "../report.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

int main(void) {
  char text[32];
  int from = open("from", O_CREAT | O_RDWR, 0644), to = open("to", O_CREAT | O_RDWR, 0644);
  int ends[2];
  pipe(ends);
  SHOW(write(from, "0123456789", 10));
  off_t offset = 3;
  SHOW(sendfile(to, from, &offset, 4));
  SHOW(offset);
  SHOW(lseek(from, 0, SEEK_CUR));
  SHOW(lseek(to, 0, SEEK_CUR));
  SHOW(lseek(from, 8, SEEK_SET));
  SHOW(sendfile(to, from, NULL, 100));
  SHOW(lseek(from, 0, SEEK_CUR));
  SHOW(sendfile(to, from, NULL, 100));
  SHOW(sendfile(to, from, &offset, 0));
  SHOW(pread(to, text, sizeof text, 0));
  report_bytes("sent", text, 6);
  offset = 0;
  SHOW(sendfile(ends[1], from, &offset, 5));
  SHOW(read(ends[0], text, sizeof text));
  report_bytes("piped", text, 5);
  SHOW(sendfile(to, ends[0], NULL, 5));
  offset = -1;
  SHOW(sendfile(to, from, &offset, 5));
  offset = 100;
  SHOW(sendfile(to, from, &offset, 5));
  int reader = open("from", O_RDONLY), append = open("to", O_WRONLY | O_APPEND);
  SHOW(sendfile(reader, from, NULL, 5));
  SHOW(sendfile(append, from, NULL, 5));
  SHOW(sendfile(to, -1, NULL, 5));
  SHOW(sendfile(to, from, (off_t*)8, 5));

  off_t in = 2, out = 20;
  SHOW(copy_file_range(from, &in, to, &out, 5, 0));
  SHOW(in);
  SHOW(out);
  SHOW(lseek(to, 0, SEEK_END));
  SHOW(pread(to, text, sizeof text, 0));
  report_bytes("copied", text, 25);
  SHOW(lseek(from, 9, SEEK_SET));
  SHOW(copy_file_range(from, NULL, to, NULL, 5, 0));
  SHOW(lseek(from, 0, SEEK_CUR));
  SHOW(copy_file_range(from, NULL, to, NULL, 5, 0));
  in = 0;
  out = 5;
  SHOW(copy_file_range(from, &in, from, &out, 6, 0));
  SHOW(copy_file_range(from, &in, from, &out, 5, 0));
  SHOW(copy_file_range(from, NULL, to, NULL, 5, 1));
  SHOW(copy_file_range(from, NULL, append, NULL, 5, 0));
  SHOW(copy_file_range(from, NULL, ends[1], NULL, 5, 0));
  SHOW(copy_file_range(from, NULL, open(".", O_RDONLY), NULL, 5, 0));
  SHOW(copy_file_range(from, NULL, -1, NULL, 5, 0));
  return 0;
}
