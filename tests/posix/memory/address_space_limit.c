// RLIMIT_AS bounds what can be mapped, and can be raised again.
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

int main(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0) return 1;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = 64 << 20;
  printf("%d\n", setrlimit(RLIMIT_AS, &limit));
  void* mapping = mmap(0, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("%d\n", mapping == MAP_FAILED && errno == ENOMEM);
  limit.rlim_cur = before;
  printf("%d\n", setrlimit(RLIMIT_AS, &limit));
  mapping = mmap(0, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("%d\n", mapping != MAP_FAILED);
  return 0;
}
