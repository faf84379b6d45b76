// The functions of string.h, on every alignment where it matters.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  char text[128], copy[128];
  for (int offset = 0; offset < 16; offset++) {
    for (int length = 0; length < 70; length++) {
      memset(text, '.', sizeof text);
      for (int i = 0; i < length; i++) text[offset + i] = (char)('a' + i % 26);
      text[offset + length] = 0;
      if ((int)strlen(text + offset) != length) return 1;
      strcpy(copy + (15 - offset), text + offset);
      if (strcmp(copy + (15 - offset), text + offset) != 0) return 2;
      if (memchr(text + offset, 0, 128 - (size_t)offset) != text + offset + length) return 3;
      memmove(text + offset + 1, text + offset, (size_t)length);
      if (length > 0 && memcmp(text + offset + 1, copy + (15 - offset), (size_t)length) != 0)
        return 4;
    }
  }
  printf("%d %d\n", strcmp("abc", "abd") < 0, strncmp("abcx", "abcy", 3));
  printf("%s|%s|%s\n", strchr("hello", 'l'), strrchr("hello", 'l'), strstr("one two three", "two"));
  printf("%zu %zu\n", strspn("aabbcc", "ab"), strcspn("hello world", " "));
  char list[] = "a,b;;c";
  for (char* part = strtok(list, ",;"); part != NULL; part = strtok(NULL, ",;"))
    printf("(%s)", part);
  printf("\n%s\n", strpbrk("find the vowel", "aeiou"));
  strcpy(text, "cat");
  strncat(text, "alogue", 3);
  puts(text);
  char* end;
  printf("%ld %s\n", strtol("  -123abc", &end, 10), end);
  printf("%lu %ld\n", strtoul("ff", NULL, 16), strtol("0777", NULL, 0));
  printf("%g %g\n", strtod("1e-3xyz", &end), atof("2.5"));
  for (int c = 0; c < 128; c += 9) {
    printf("%d%d%d%d ", !!isalpha(c), !!isdigit(c), !!isspace(c), !!ispunct(c));
  }
  printf("%c%c\n", toupper('q'), tolower('Q'));
}
