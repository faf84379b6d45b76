// Every conversion of strftime, and strptime back.
#include "../report.h"

#include <locale.h>
#include <stdlib.h>
#include <time.h>

int main(void) {
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  static const time_t moments[] = {1720000000, 1704063599, 0};
  for (int i = 0; i < 3; i++) {
    struct tm tm;
    localtime_r(&moments[i], &tm);
    static const char conversions[] = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%+";
    for (const char* c = conversions; *c != 0; c++) {
      char format[4] = {'%', *c, 0}, text[128] = "untouched";
      size_t length = strftime(text, sizeof text, format, &tm);
      printf("%s %zu <%s>\n", format, length, text);
    }
    static const char* const modified[] = {"%Ec", "%EC", "%Ex", "%EY",  "%Od",    "%OH",
                                           "%_d", "%-d", "%^a", "%#Z",  "%010Y",  "%_5S",
                                           "%E",  "%Q",  "%",   "%+5Y", "%-m/%-d"};
    for (unsigned m = 0; m < sizeof modified / sizeof modified[0]; m++) {
      char text[128] = "untouched";
      size_t length = strftime(text, sizeof text, modified[m], &tm);
      printf("%s %zu <%s>\n", modified[m], length, length > 0 ? text : "");
    }
  }
  char small[4];
  struct tm tm = {.tm_year = 124};
  SHOW(strftime(small, sizeof small, "%Y", &tm));
  SHOW(strftime(small, sizeof small, "", &tm));

  static const char* const parses[][2] = {{"%Y-%m-%d %H:%M:%S", "2024-02-29 23:59:60"},
                                          {"%d %b %Y", "  3 MARCH 1999 rest"},
                                          {"%A, %I %p", "wednesday, 12 am"},
                                          {"%s", "1720000000"},
                                          {"%j %Y", "060 2023"},
                                          {"%y", "68"},
                                          {"%y", "69"},
                                          {"%C%y", "2130"},
                                          {"%H:%M", "24:00"},
                                          {"%z", "-0730"},
                                          {"%z", "Z"},
                                          {"%D %T", "12/31/99 01:02:03"},
                                          {"%U %w %Y", "10 3 2024"},
                                          {"%m", "13"},
                                          {"%n%t%%%d", " \t%7"},
                                          {"%e", ""},
                                          {"%F", "2024-1-5"}};
  for (unsigned i = 0; i < sizeof parses / sizeof parses[0]; i++) {
    memset(&tm, 0, sizeof tm);
    char* rest = strptime(parses[i][1], parses[i][0], &tm);
    printf("%s: %s, %d %d %d %d %d %d, %d %d, %ld\n", parses[i][0],
           rest == NULL ? "no"
           : *rest      ? rest
                        : "all",
           tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday,
           tm.tm_yday, (long)tm.tm_gmtoff);
  }
  return 0;
}
