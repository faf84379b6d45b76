// setvbuf: when bytes reach the file, for each kind of buffering.
#include "../report.h"

#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long size_of(const char* name) {
  struct stat status;
  return stat(name, &status) == 0 ? (long)status.st_size : -1;
}

int main(void) {
  char buffer[16];
  FILE* file = fopen("file", "w");
  printf("buffer %zu, line %d\n", __fbufsize(file), __flbf(file));
  fputs("x", file);
  printf("buffer %zu, pending %zu, file %ld\n", __fbufsize(file), __fpending(file),
         size_of("file"));
  SHOW(fflush(file));
  SHOW(size_of("file"));
  fclose(file);

  file = fopen("file", "w");
  SHOW(setvbuf(file, buffer, _IOFBF, sizeof buffer));
  fputs("0123456789", file);
  SHOW(size_of("file"));
  fputs("0123456789", file);
  SHOW(size_of("file"));
  printf("pending %zu\n", __fpending(file));
  fwrite("0123456789012345678901234567890123456789", 1, 40, file);
  printf("file %ld, pending %zu\n", size_of("file"), __fpending(file));
  __fpurge(file);
  fclose(file);
  SHOW(size_of("file"));

  file = fopen("file", "w");
  SHOW(setvbuf(file, NULL, _IOLBF, 0));
  fputs("no newline", file);
  SHOW(size_of("file"));
  fputs("\nrest", file);
  SHOW(size_of("file"));
  SHOW(__flbf(file) != 0);
  fclose(file);
  file = fopen("file", "w");
  setbuf(file, NULL);
  fputc('a', file);
  SHOW(size_of("file"));
  fprintf(file, "%d%s", 12, "text");
  SHOW(size_of("file"));
  SHOW(setvbuf(file, NULL, 77, 0));
  fclose(file);

  // Reading and writing at the same place, through one stream.
  file = fopen("file", "w+");
  fputs("0123456789", file);
  rewind(file);
  SHOW(fgetc(file));
  SHOW(__freading(file) != 0);
  fseek(file, 0, SEEK_CUR);
  SHOW(fputc('X', file));
  SHOW(__fwriting(file) != 0);
  fflush(file);
  SHOW(fgetc(file));
  printf("%d %d\n", __freadable(file) != 0, __fwritable(file) != 0);
  // fflush(NULL) is for all streams; those that read lose nothing.
  FILE* other = fopen("other", "w");
  fputs("pending", other);
  SHOW(fflush(NULL));
  SHOW(size_of("other"));
  SHOW(fgetc(file));
  fputs(" at exit", other);
  exit(0);
}
