// setlocale, newlocale, localeconv and nl_langinfo, with C and C.UTF-8.
#include "../report.h"

#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <wctype.h>

static void* in_thread(void* locale) {
  uselocale((locale_t)locale);
  printf("thread: %zu, %d\n", MB_CUR_MAX, !!iswalpha(L'\u0416'));
  return NULL;
}

int main(void) {
  printf("%s\n", setlocale(LC_ALL, NULL));
  SHOW_POINTER(setlocale(LC_ALL, "no_SUCH"));
  SHOW_POINTER(setlocale(99, "C"));
  printf("%s\n", setlocale(LC_CTYPE, "C.UTF-8"));
  printf("%s\n", setlocale(LC_ALL, NULL));
  printf("%s\n", setlocale(LC_ALL, "POSIX"));
  setenv("LC_ALL", "C.UTF-8", 1);
  printf("%s\n", setlocale(LC_ALL, ""));
  setenv("LC_ALL", "", 1);
  setenv("LANG", "C.UTF-8", 1);
  setenv("LC_TIME", "C", 1);
  printf("%s\n", setlocale(LC_ALL, ""));
  char* saved = strdup(setlocale(LC_ALL, NULL));
  setlocale(LC_ALL, "C");
  printf("%s\n", setlocale(LC_ALL, saved));
  struct lconv* conventions = localeconv();
  printf("<%s> <%s> <%s> %d\n", conventions->decimal_point, conventions->thousands_sep,
         conventions->currency_symbol, conventions->frac_digits);
  printf("%s %s %s %s %s\n", nl_langinfo(DAY_1), nl_langinfo(ABMON_12), nl_langinfo(D_T_FMT),
         nl_langinfo(RADIXCHAR), nl_langinfo(YESEXPR));
  setlocale(LC_ALL, "C");
  locale_t utf8 = SHOW_POINTER(newlocale(LC_ALL_MASK, "C.UTF-8", NULL));
  SHOW_POINTER(newlocale(LC_ALL_MASK, "no_SUCH", NULL));
  SHOW_POINTER(newlocale(LC_CTYPE_MASK, NULL, NULL));
  locale_t mixed = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
  printf("%d %d\n", !!iswalpha_l(L'\u0416', utf8), !!iswalpha(L'\u0416'));
  printf("%s\n", nl_langinfo_l(CODESET, mixed));
  pthread_t thread;
  pthread_create(&thread, NULL, in_thread, utf8);
  pthread_join(thread, NULL);
  printf("main: %zu\n", MB_CUR_MAX);
  locale_t copy = duplocale(utf8);
  SHOW(uselocale(copy) == LC_GLOBAL_LOCALE);
  printf("main: %zu\n", MB_CUR_MAX);
  SHOW(uselocale(LC_GLOBAL_LOCALE) == copy);
  freelocale(copy);
  return 0;
}
