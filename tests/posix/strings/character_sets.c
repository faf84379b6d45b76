// iconv between the sets that libc has built in: results, errors, incomplete input, full output.
#include "../report.h"

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>

static void convert(const char* to, const char* from, const char* bytes, size_t size, size_t room) {
  iconv_t converter = iconv_open(to, from);
  printf("%s -> %s: ", from, to);
  if (converter == (iconv_t)-1) {
    puts(strerrorname_np(errno));
    return;
  }
  char output[64] = "";
  char *in = (char*)bytes, *out = output;
  size_t in_left = size, out_left = room;
  errno = 0;
  size_t result = iconv(converter, &in, &in_left, &out, &out_left);
  printf("%d %s, %zu left, ", (int)result, strerrorname_np(errno), in_left);
  report_bytes("output", output, room - out_left);
  iconv_close(converter);
}

int main(void) {
  convert("UCS-4BE", "UTF-8", "a\xc3\xa9\xf0\x9f\x98\x80", 7, 64);
  convert("UTF-8", "UCS-4LE", "a\0\0\0\xac\x20\0\0", 8, 64);
  convert("UTF-8", "UCS-2LE", "a\0\xac\x20", 4, 64);
  convert("ASCII", "UTF-8", "abc\xc3\xa9", 5, 64);
  convert("ASCII//TRANSLIT", "UTF-8", "\xe2\x80\x9cq\xe2\x80\x9d\xc3\xa9", 9, 64);
  convert("ASCII//IGNORE", "UTF-8", "a\xc3\xa9z", 4, 64);
  convert("UTF-8", "ASCII", "abc\x80", 4, 64);
  convert("UCS-4BE", "UTF-8", "a\xe4\xb8", 3, 64);
  convert("UCS-4BE", "UTF-8", "abc", 3, 8);
  convert("UCS-4BE", "UTF-8", "\xed\xa0\x80", 3, 64);
  convert("UTF-8", "UCS-4BE", "\0\x11\0\0", 4, 64);
  convert("WCHAR_T", "UTF-8", "\xe4\xb8\xad", 3, 64);
  convert("UTF-8", "NO-SUCH-SET", "", 0, 64);
  convert("NO-SUCH-SET", "UTF-8", "", 0, 64);
  SHOW(iconv_close((iconv_t)-1));
  setlocale(LC_ALL, "C");
  printf("%s\n", nl_langinfo(CODESET));
  setlocale(LC_ALL, "C.UTF-8");
  printf("%s\n", nl_langinfo(CODESET));
  return 0;
}
