// getrlimit, setrlimit and prlimit: raising, lowering, what is refused; sysconf and confstr.
#include "../report.h"

#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void) {
  struct rlimit limit, old;
  static const struct {
    const char* name;
    int resource;
  } resources[] = {{"cpu", RLIMIT_CPU},     {"fsize", RLIMIT_FSIZE}, {"data", RLIMIT_DATA},
                   {"stack", RLIMIT_STACK}, {"core", RLIMIT_CORE},   {"nofile", RLIMIT_NOFILE},
                   {"as", RLIMIT_AS},       {"locks", RLIMIT_LOCKS}};
  for (unsigned i = 0; i < sizeof resources / sizeof resources[0]; i++) {
    int result = getrlimit(resources[i].resource, &limit);
    printf("%s: %d, soft is at most hard %d\n", resources[i].name, result,
           limit.rlim_cur <= limit.rlim_max);
  }
  SHOW(getrlimit(99, &limit));
  SHOW(setrlimit(99, &limit));
  SHOW(getrlimit(RLIMIT_CORE, (struct rlimit*)8));
  SHOW(setrlimit(RLIMIT_CPU, &(struct rlimit){100000, 300000}));
  SHOW(getrlimit(RLIMIT_CPU, &limit));
  printf("%lld %lld\n", (long long)limit.rlim_cur, (long long)limit.rlim_max);
  SHOW(setrlimit(RLIMIT_CPU, &(struct rlimit){300001, 300000}));
  SHOW(setrlimit(RLIMIT_CPU, &(struct rlimit){300000, 300000}));
  SHOW(prlimit(0, RLIMIT_CPU, &(struct rlimit){200000, 200000}, &old));
  printf("%lld %lld\n", (long long)old.rlim_cur, (long long)old.rlim_max);
  SHOW(prlimit(getpid(), RLIMIT_CPU, NULL, &old));
  printf("%lld %lld\n", (long long)old.rlim_cur, (long long)old.rlim_max);
  SHOW(prlimit(999999, RLIMIT_CORE, NULL, &old));
  SHOW(setrlimit(RLIMIT_NOFILE, &(struct rlimit){1000, 2000}));
  SHOW(sysconf(_SC_OPEN_MAX));
  SHOW(getdtablesize());

  SHOW(sysconf(_SC_PAGESIZE));
  SHOW(getpagesize());
  SHOW(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
  SHOW(sysconf(_SC_NPROCESSORS_CONF) >= sysconf(_SC_NPROCESSORS_ONLN));
  SHOW(sysconf(_SC_PHYS_PAGES) > 1000);
  SHOW(sysconf(_SC_AVPHYS_PAGES) > 0);
  SHOW(sysconf(_SC_CLK_TCK));
  SHOW(sysconf(_SC_VERSION));
  SHOW(sysconf(_SC_IOV_MAX));
  SHOW(sysconf(_SC_NGROUPS_MAX));
  SHOW(sysconf(_SC_HOST_NAME_MAX));
  SHOW(sysconf(_SC_SYMLOOP_MAX));
  SHOW(sysconf(_SC_THREADS) > 0);
  SHOW(sysconf(_SC_RTSIG_MAX));
  SHOW(sysconf(_SC_INT_MAX));
  SHOW(sysconf(9999));
  char text[64];
  SHOW(confstr(_CS_PATH, text, sizeof text));
  puts(text);
  SHOW(confstr(_CS_PATH, text, 4));
  puts(text);
  SHOW(confstr(_CS_GNU_LIBC_VERSION, text, sizeof text));
  puts(text);
  SHOW(confstr(_CS_GNU_LIBPTHREAD_VERSION, text, sizeof text));
  puts(text);
  SHOW(confstr(9999, text, sizeof text));
  return 0;
}
