// The functions of string.h on strings: searches, spans, comparisons, bounded copies, tokens.
#include "../report.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

static int sign(int number) { return (number > 0) - (number < 0); }

int main(void) {
  // Lengths and searches at every alignment against the simplest loop.
  char text[160];
  unsigned wrong = 0;
  for (int at = 0; at < 20; at++) {
    for (int length = 0; length < 70; length++) {
      memset(text, 'a', sizeof text);
      text[at + length] = 0;
      wrong += strlen(text + at) != (size_t)length;
      wrong += strnlen(text + at, 30) != (size_t)(length < 30 ? length : 30);
      wrong += strchr(text + at, 'b') != NULL;
      wrong += strchrnul(text + at, 'b') != text + at + length;
      if (length > 0) {
        text[at + length / 2] = 'b';
        wrong += strchr(text + at, 'b') != text + at + length / 2;
        wrong += strrchr(text + at, 'b') != text + at + length / 2;
        wrong += strcspn(text + at, "xyb") != (size_t)length / 2;
      }
      wrong += strchr(text + at, 0) != text + at + length;
    }
  }
  printf("wrong: %u\n", wrong);
  static const char* const pairs[][2] = {{"", ""},           {"a", ""},     {"abc", "abd"},
                                         {"abc", "ab"},      {"\xe9", "z"}, {"Abc", "aBC"},
                                         {"file9", "file10"}};
  for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    const char *a = pairs[i][0], *b = pairs[i][1];
    printf("%d %d %d %d %d %d\n", sign(strcmp(a, b)), sign(strncmp(a, b, 2)),
           sign(strcasecmp(a, b)), sign(strncasecmp(a, b, 3)), sign(strcoll(a, b)),
           sign(strverscmp(a, b)));
  }
  const char* s = "one, two;three";
  SHOW(strspn(s, "enot"));
  SHOW(strcspn(s, ";,"));
  SHOW(strpbrk(s, ";x") - s);
  SHOW(strstr(s, "three") - s);
  SHOW(strstr(s, "") - s);
  SHOW_POINTER(strstr(s, "threes"));
  SHOW(strcasestr(s, "TWO") - s);
  char copy[12];
  memset(copy, '-', sizeof copy);
  strncpy(copy, "abc", 8);
  report_bytes("strncpy", copy, sizeof copy);
  strncpy(copy, "abcdefgh", 4);
  report_bytes("not terminated", copy, sizeof copy);
  strcpy(copy, "ab");
  strncat(copy, "cdefgh", 3);
  report_bytes("strncat", copy, 6);
  SHOW(stpcpy(copy, "xyz") - copy);
  SHOW(stpncpy(copy, "pq", 6) - copy);
  SHOW(strcat(copy, "r") == copy);
  puts(copy);
  char list[] = ",,a,bb;;c,";
  char* rest;
  for (char* token = strtok_r(list, ",;", &rest); token != NULL;
       token = strtok_r(NULL, ",;", &rest))
    printf("<%s>", token);
  char fields[] = "a::b:";
  char* at = fields;
  for (char* field; (field = strsep(&at, ":")) != NULL;) printf("[%s]", field);
  puts("");
  char* duplicate = strndup("duplicate", 4);
  printf("%s %zu\n", duplicate, strlen(strdup("")));
  printf("%d %d %d %d\n", ffs(0), ffs(8), ffsl(-2147483647 - 1), ffsll(1LL << 40));
  char path[] = "/usr/lib//";
  printf("%s %s %s\n", basename("/a/b.c"), basename("/a/"), basename("none"));
  SHOW(strxfrm(copy, "abc", 12));
  char first[] = "anagram";
  strfry(first);
  SHOW(strlen(first));
  int classes = 0;
  for (int c = -1; c < 256; c++) {
    classes = classes * 31 + !!isalnum(c) + 2 * !!ispunct(c) + 4 * !!isspace(c) + 8 * !!isprint(c) +
              16 * !!iscntrl(c) + 32 * !!isxdigit(c) + 64 * !!isblank(c) + toupper(c) - tolower(c);
  }
  printf("%x\n", classes);
  return 0;
}
