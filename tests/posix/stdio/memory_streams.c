// fmemopen and open_memstream: positions, ends, NULs, sizes.
#include "../report.h"

#include <stdlib.h>
#include <wchar.h>

int main(void) {
  char buffer[12] = "0123456789";
  FILE* file = SHOW_POINTER(fmemopen(buffer, sizeof buffer, "r+"));
  SHOW(fgetc(file));
  SHOW(fseek(file, 0, SEEK_END));
  SHOW(ftell(file));
  SHOW(fseek(file, 4, SEEK_SET));
  SHOW(fputs("XY", file) >= 0);
  SHOW(fflush(file));
  report_bytes("buffer", buffer, sizeof buffer);
  SHOW(fseek(file, 13, SEEK_SET));
  SHOW(fseek(file, 10, SEEK_SET));
  SHOW(fputs("too long", file) >= 0);
  SHOW(fflush(file));
  report_bytes("buffer", buffer, sizeof buffer);
  fclose(file);

  file = SHOW_POINTER(fmemopen(buffer, sizeof buffer, "w"));
  report_bytes("truncated", buffer, 2);
  SHOW(fprintf(file, "%d", 42));
  SHOW(fclose(file));
  report_bytes("written", buffer, 4);
  file = SHOW_POINTER(fmemopen(buffer, sizeof buffer, "a"));
  SHOW(ftell(file));
  SHOW(fputs("!", file) >= 0);
  fclose(file);
  report_bytes("appended", buffer, 4);
  char text[] = "one\ntwo\nthree";
  file = fmemopen(text, strlen(text), "r");
  char line[16];
  while (fgets(line, sizeof line, file) != NULL) report_bytes("line", line, strlen(line));
  SHOW(feof(file));
  SHOW(fputc('x', file));
  fclose(file);
  SHOW_POINTER(fmemopen(buffer, 4, "q"));
  file = SHOW_POINTER(fmemopen(NULL, 20, "w+"));
  fputs("own memory", file);
  rewind(file);
  SHOW_POINTER(fgets(line, sizeof line, file));
  puts(line);
  fclose(file);

  char* grown = NULL;
  size_t size = 99;
  file = SHOW_POINTER(open_memstream(&grown, &size));
  SHOW(fflush(file));
  printf("%zu <%s>\n", size, grown);
  for (int i = 0; i < 2000; i++) fprintf(file, "%d,", i);
  SHOW(fflush(file));
  printf("%zu %.20s %s\n", size, grown, grown + size - 10);
  SHOW(fseek(file, 10, SEEK_SET));
  fputs("##", file);
  fflush(file);
  printf("%zu %.20s\n", size, grown);
  SHOW(fseek(file, 20000, SEEK_SET));
  fputs("end", file);
  SHOW(fclose(file));
  printf("%zu %d <%s>\n", size, grown[15000], grown + 20000);
  free(grown);
  wchar_t* wide = NULL;
  file = SHOW_POINTER(open_wmemstream(&wide, &size));
  SHOW(fwprintf(file, L"%ls-%d", L"wide", 5));
  fclose(file);
  printf("%zu %ls\n", size, wide);
  free(wide);
  return 0;
}
