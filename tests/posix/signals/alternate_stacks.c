// sigaltstack: what it accepts and tells.
#include "../report.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
  stack_t stack = {0}, old = {0};
  SHOW(sigaltstack(NULL, &old));
  printf("none: %d %d\n", old.ss_flags == SS_DISABLE, old.ss_sp == NULL);
  stack.ss_size = 65536;
  stack.ss_sp = malloc(stack.ss_size);
  SHOW(sigaltstack(&stack, &old));
  SHOW(old.ss_flags == SS_DISABLE);
  SHOW(sigaltstack(NULL, &old));
  printf("%d %d %d\n", old.ss_sp == stack.ss_sp, (int)old.ss_size, old.ss_flags);
  stack_t small = {.ss_sp = stack.ss_sp, .ss_size = 100};
  SHOW(sigaltstack(&small, NULL));
  stack_t wrong = {.ss_sp = stack.ss_sp, .ss_size = 65536, .ss_flags = 64};
  SHOW(sigaltstack(&wrong, NULL));
  SHOW(sigaltstack((stack_t*)8, NULL));
  SHOW(sigaltstack(NULL, (stack_t*)8));
  stack_t disable = {.ss_flags = SS_DISABLE};
  SHOW(sigaltstack(&disable, &old));
  SHOW(old.ss_flags);
  SHOW(sigaltstack(NULL, &old));
  SHOW(old.ss_flags == SS_DISABLE);
  return 0;
}
