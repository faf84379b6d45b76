// gmtime, timegm, mktime and localtime: years before 1970 and beyond 2038, what gets normalised,
// zones.
#include "../report.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

static void show(const char* what, const struct tm* tm) {
  printf("%s: %d-%02d-%02d %02d:%02d:%02d day %d of year, week day %d, dst %d\n", what,
         tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
         tm->tm_yday, tm->tm_wday, tm->tm_isdst);
}

int main(void) {
  static const time_t times[] = {0,
                                 -1,
                                 86399,
                                 951782400,
                                 2147483647,
                                 2147483648LL,
                                 4294967296LL,
                                 -2147483649LL,
                                 -62135596801LL,
                                 253402300800LL,
                                 67767976233532799LL};
  struct tm tm;
  for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++) {
    SHOW_POINTER(gmtime_r(&times[i], &tm));
    show("gmtime", &tm);
    printf("back: %d\n", timegm(&tm) == times[i]);
  }
  time_t beyond = LLONG_MAX;
  SHOW_POINTER(gmtime_r(&beyond, &tm));
  SHOW_POINTER(localtime_r(&beyond, &tm));

  tm = (struct tm){.tm_year = 100, .tm_mon = 14, .tm_mday = -5, .tm_hour = 49, .tm_sec = -3601};
  SHOW(timegm(&tm));
  show("normalised", &tm);
  tm = (struct tm){.tm_year = INT_MAX, .tm_mon = INT_MAX, .tm_mday = 1};
  SHOW(timegm(&tm));
  tm = (struct tm){
      .tm_year = 69, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23, .tm_min = 59, .tm_sec = 59};
  SHOW(timegm(&tm));

  // The hours that a change to summer time skips and repeats.
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  printf("%s %s %ld %d\n", tzname[0], tzname[1], (long)timezone, daylight);
  for (int dst = -1; dst <= 1; dst++) {
    tm = (struct tm){
        .tm_year = 124, .tm_mon = 2, .tm_mday = 31, .tm_hour = 2, .tm_min = 30, .tm_isdst = dst};
    printf("skipped: %lld\n", (long long)mktime(&tm));
    show("  is", &tm);
    tm = (struct tm){
        .tm_year = 124, .tm_mon = 9, .tm_mday = 27, .tm_hour = 2, .tm_min = 30, .tm_isdst = dst};
    if (dst >= 0) printf("repeated: %lld\n", (long long)mktime(&tm));
    show("  is", &tm);
  }
  time_t summer = 1720000000;
  localtime_r(&summer, &tm);
  show("summer", &tm);
  printf("%s %ld\n", tm.tm_zone, (long)tm.tm_gmtoff);
  static const char* const zones[] = {"UTC",
                                      "EST5EDT",
                                      "<+0330>-3:30",
                                      "NZST-12NZDT,M9.5.0,M4.1.0/3",
                                      "America/New_York",
                                      "Asia/Kolkata",
                                      ":Europe/Berlin",
                                      "Nonsense/Zone",
                                      ""};
  for (unsigned i = 0; i < sizeof zones / sizeof zones[0]; i++) {
    setenv("TZ", zones[i], 1);
    localtime_r(&summer, &tm);
    show(zones[i], &tm);
    printf("  %s %ld\n", tm.tm_zone, (long)tm.tm_gmtoff);
  }
  char text[32];
  summer = 0;
  printf("%s", asctime_r(gmtime_r(&summer, &tm), text));
  printf("%s", ctime_r(&summer, text));
  printf("%g\n", difftime(1LL << 40, -5));
  return 0;
}
