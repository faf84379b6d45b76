// getline, getdelim, fgets, gets-like reading: long lines, no newline at the end, NULs.
#include "../report.h"

#include <stdlib.h>

int main(void) {
  FILE* file = fopen("file", "w+");
  fputs("first\n\nthird with more text\n", file);
  for (int i = 0; i < 5000; i++) fputc('a' + i % 26, file);
  fputs("\n", file);
  fwrite("nul\0inside\nlast", 1, 15, file);
  rewind(file);
  char* line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, file)) >= 0) {
    printf("%zd, fits %d, ends with newline %d, terminated %d\n", length, capacity > (size_t)length,
           line[length - 1] == '\n', line[length] == 0);
  }
  SHOW(length);
  SHOW(feof(file));
  SHOW(ferror(file));
  rewind(file);
  while ((length = getdelim(&line, &capacity, 't', file)) >= 0 && length < 100)
    report_bytes("to t", line, length);
  rewind(file);
  capacity = 0;
  free(line);
  line = NULL;
  SHOW(getdelim(&line, &capacity, EOF, file));
  SHOW(getline(NULL, &capacity, file));
  SHOW(getline(&line, NULL, file));
  rewind(file);
  char text[8];
  for (int i = 0; i < 6; i++) {
    memset(text, '#', sizeof text);
    SHOW_POINTER(fgets(text, sizeof text, file));
    report_bytes("text", text, sizeof text);
  }
  SHOW_POINTER(fgets(text, 1, file));
  SHOW(text[0]);
  fseek(file, -4, SEEK_END);
  SHOW_POINTER(fgets(text, sizeof text, file));
  SHOW_POINTER(fgets(text, sizeof text, file));
  rewind(file);
  SHOW(fread(text, 3, 2, file));
  SHOW(fread(text, 0, 2, file));
  fseek(file, -4, SEEK_END);
  SHOW(fread(text, 3, 2, file));
  SHOW(feof(file));
  SHOW(fwrite(text, 5, 0, file));
  fclose(file);
  file = fopen("file", "r");
  SHOW(fwrite(text, 1, 1, file));
  SHOW(ferror(file));
  SHOW(fputc('c', file));
  SHOW(puts("") >= 0);
  return 0;
}
