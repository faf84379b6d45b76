// regcomp and regexec: basic and extended, groups, back references, anchors, errors.
#include "../report.h"

#include <locale.h>
#include <regex.h>

static void match(const char* pattern, int flags, const char* text, int execution_flags) {
  regex_t expression;
  regmatch_t groups[6];
  int error = regcomp(&expression, pattern, flags);
  printf("/%s/ %d: ", pattern, flags);
  if (error != 0) {
    char message[64];
    regerror(error, &expression, message, sizeof message);
    printf("error %d %s\n", error, message);
    return;
  }
  error = regexec(&expression, text, 6, groups, execution_flags);
  printf("<%s> ", text);
  if (error != 0) {
    puts("no");
  } else {
    for (size_t i = 0; i <= expression.re_nsub && i < 6; i++)
      printf("[%d,%d)", (int)groups[i].rm_so, (int)groups[i].rm_eo);
    puts("");
  }
  regfree(&expression);
}

int main(void) {
  const int extended = REG_EXTENDED;
  match("a*b", 0, "xaaab", 0);
  match("\\(a\\|b\\)*c", 0, "ababc", 0);
  match("(a|b)*c", 0, "(a|b)c", 0);
  match("(a|ab)(c|bcd)(d*)", extended, "abcd", 0);
  match("(a*)(a|aa)", extended, "aaaa", 0);
  match("\\(.*\\)\\1", 0, "abcabc", 0);
  match("^(..)*$", extended, "odd", 0);
  match("x{2,3}", extended, "axxxxb", 0);
  match("x\\{2\\}", 0, "axxxxb", 0);
  match("[[:digit:]]+([.][[:digit:]]*)?", extended, "pi 3.14!", 0);
  match("[^]a-c-]", extended, "]-abcx", 0);
  match("[[.hyphen.]]", extended, "a-b", 0);
  match("[[=a=]]", extended, "ba", 0);
  match("a.c", extended, "a\nc", 0);
  match("a.c", extended | REG_NEWLINE, "a\nc", 0);
  match("^b$", extended | REG_NEWLINE, "a\nb\nc", 0);
  match("^b$", extended, "a\nb\nc", 0);
  match("^a", extended, "a", REG_NOTBOL);
  match("a$", extended, "a", REG_NOTEOL);
  match("ABC", extended | REG_ICASE, "xabcx", 0);
  match("\\bword\\b", extended, "a word.", 0);
  match("\\<w.*d\\>", extended, "a word.", 0);
  match("\\w+\\s\\W", extended, "ab -", 0);
  match("", extended, "abc", 0);
  match("()", extended, "abc", 0);
  match("(|a)+", extended, "aaa", 0);
  match("(a+)(b?)(c*)(d)?", extended, "aab", 0);
  match("a|b|", extended, "xyz", 0);
  match("*a", 0, "*a", 0);
  match("*a", extended, "*a", 0);
  match("(", extended, "", 0);
  match("(", 0, "(", 0);
  match("[a", extended, "", 0);
  match("[z-a]", extended, "", 0);
  match("a{2,1}", extended, "", 0);
  match("a{70000}", extended, "", 0);
  match("[[:nonsense:]]", extended, "", 0);
  match("\\", extended, "", 0);
  match("\\1", 0, "", 0);
  setlocale(LC_ALL, "C.UTF-8");
  match("^.$", extended, "\xc3\xa9", 0);
  match("[\xc3\xa0-\xc3\xbf]+", extended, "x\xc3\xa9\xc3\xa8y", 0);
  match("\xc3\x89", extended | REG_ICASE, "\xc3\xa9", 0);
  match("[[:alpha:]]+", extended,
        "1\xd0\x96\xd0\xb6"
        "2",
        0);
  return 0;
}
