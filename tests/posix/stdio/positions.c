// fseek, ftell, fgetpos, rewind, also beyond 4 GiB and after ungetc.
#include "../report.h"

#include <unistd.h>

int main(void) {
  FILE* file = fopen("file", "w+");
  SHOW(fputs("0123456789", file) >= 0);
  SHOW(ftell(file));
  SHOW(fseek(file, -3, SEEK_CUR));
  SHOW(fgetc(file));
  SHOW(fseek(file, -1, SEEK_SET));
  SHOW(fseek(file, 0, 9));
  SHOW(ftell(file));
  SHOW(fseek(file, 5, SEEK_END));
  SHOW(fgetc(file));
  SHOW(feof(file));
  SHOW(fseek(file, 5, SEEK_END));
  SHOW(feof(file));
  SHOW(fputc('x', file));
  SHOW(fseek(file, 0, SEEK_END));
  SHOW(ftell(file));
  rewind(file);
  fpos_t position;
  SHOW(fgetc(file));
  SHOW(fgetpos(file, &position));
  SHOW(fgetc(file));
  SHOW(fsetpos(file, &position));
  SHOW(fgetc(file));
  SHOW(ungetc('Z', file));
  SHOW(ftell(file));
  SHOW(fgetc(file));
  SHOW(ungetc('Y', file));
  SHOW(fseek(file, 0, SEEK_CUR));
  SHOW(fgetc(file));
  rewind(file);
  SHOW(ungetc('W', file));
  SHOW(fgetc(file));
  SHOW(ungetc(EOF, file));
  for (int i = 0; i < 3; i++) SHOW(ungetc("abc"[i], file));
  for (int i = 0; i < 4; i++) SHOW(fgetc(file));

  SHOW(fseeko(file, 5LL << 30, SEEK_SET));
  SHOW(fputs("far", file) >= 0);
  SHOW(ftello(file));
  SHOW(fseeko(file, -(5LL << 30), SEEK_CUR));
  char text[8];
  SHOW(fread(text, 1, 3, file));
  report_bytes("near", text, 3);
  SHOW(fseeko(file, (5LL << 30) + 1, SEEK_SET));
  SHOW(fread(text, 1, 8, file));
  report_bytes("far", text, 2);
  // The descriptor's offset after fflush of a stream that was reading.
  rewind(file);
  fgetc(file);
  SHOW(fflush(file));
  SHOW(lseek(fileno(file), 0, SEEK_CUR));
  int ends[2];
  pipe(ends);
  FILE* reader = fdopen(ends[0], "r");
  SHOW(fseek(reader, 0, SEEK_SET));
  SHOW(ftell(reader));
  return 0;
}
