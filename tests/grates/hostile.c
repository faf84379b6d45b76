/* Makes system calls with arguments that make no sense, the same ones in every run: no grate may be
   brought down by them. Left out is what ends or blocks this program itself, or takes its memory
   away.

     hostile SEED COUNT  */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <lind_syscall.h>
#include <linden/syscalls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const int left_out[] = {
    SYS_exit,
    SYS_exit_group,
    SYS_fork,
    SYS_vfork,
    SYS_clone,
    SYS_execve,
    SYS_execveat,
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_rt_sigqueueinfo,
    SYS_pause,
    SYS_rt_sigsuspend,
    SYS_rt_sigtimedwait,
    SYS_munmap,
    SYS_mmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_brk,
    SYS_madvise,
    SYS_shmat,
    SYS_futex,
    SYS_poll,
    SYS_ppoll,
    SYS_select,
    SYS_pselect6,
    SYS_epoll_wait,
    SYS_epoll_pwait,
    SYS_epoll_pwait2,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_wait4,
    SYS_waitid,
    SYS_alarm,
    SYS_setitimer,
    SYS_timer_settime,
    SYS_setrlimit,
    SYS_prlimit64,
    SYS_set_tid_address,
    SYS_set_robust_list,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_mlockall,
    SYS_prctl,
    SYS_fcntl,
    SYS_flock,
    SYS_close_range,
    SYS_sync,
    SYS_getrandom,
};

static uint64_t state;
static uint64_t draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static char buffer[8192];
static char path[64];
static struct iovec vectors[4];

static uint64_t draw_argument(int kind) {
  const uint64_t wild[] = {0,
                           1,
                           UINT64_MAX,
                           INT_MAX,
                           (uint64_t)INT_MIN,
                           4096,
                           UINT32_MAX,
                           UINT32_MAX - 3,
                           INT64_MAX,
                           (uintptr_t)buffer,
                           (uintptr_t)buffer + sizeof buffer - 1,
                           draw()};
  if (draw() % 3 == 0) return wild[draw() % (sizeof wild / sizeof wild[0])];
  static const char* const paths[] = {
      "/mem/a",          "/mem", "a",         "/mem/a/b", "..",
      "/proc/self/fd/5", "",     "/mem/link", "/",        "/mem/../mem/./link/x"};
  switch (kind) {
    case LINDEN_FD:
      return draw() % 24 + 3;
    case LINDEN_DIR_FD:
      return draw() % 2 ? (uint64_t)AT_FDCWD : draw() % 24 + 3;
    case LINDEN_PATH:
      return (uintptr_t)strcpy(path, paths[draw() % 10]);
    case LINDEN_FLAGS:
      return draw() % 2 ? 1u << draw() % 32 : O_CREAT | O_RDWR;
    case LINDEN_SIZE:
      return draw() % sizeof buffer;
    case LINDEN_OFFSET:
      return draw() % 100000;
    case LINDEN_IN_IOVEC:
    case LINDEN_OUT_IOVEC:
      for (int i = 0; i < 4; ++i) {
        vectors[i].iov_base = draw() % 4 ? buffer : (void*)(uintptr_t)draw_argument(LINDEN_ADDRESS);
        vectors[i].iov_len = draw() % 4 ? draw() % 100 : (size_t)draw();
      }
      return (uintptr_t)vectors;
    default:
      return (uintptr_t)buffer;
  }
}

static int is_left_out(int number) {
  for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; ++i) {
    if (left_out[i] == number) return 1;
  }
  return 0;
}

static void call_system(void) {
  const struct linden_syscall* const call = &linden_syscalls[draw() % LINDEN_SYSCALL_COUNT];
  if (is_left_out(call->number)) return;
  uint64_t arguments[6], cages[6];
  for (int i = 0; i < 6; ++i) arguments[i] = draw_argument(call->kinds[i]);
  for (int i = 0; i < 6; ++i) cages[i] = (uint64_t)getpid();
  /* What would write to the program's own output, or wait for input.  */
  if (call->kinds[0] == LINDEN_FD && (uint32_t)arguments[0] < 3) return;
  if (call->number == SYS_dup2 || call->number == SYS_dup3) arguments[1] = draw() % 24 + 3;
  switch (draw() % 4) {
    case 0:
      cages[draw() % 6] = draw() % 3 ? draw() % 6 : draw();
      lind_call(call->number, getpid(), getpid(), arguments, cages);
      break;
    case 1:
      lind_call(call->number + LIND_ALTERNATIVE, getpid(), getpid(), arguments, cages);
      break;
    default:
      lind_call(call->number, getpid(), getpid(), arguments, cages);
  }
}

static void call_3i(void) {
  uint64_t arguments[6], cages[6];
  for (int i = 0; i < 6; ++i) {
    arguments[i] = draw() % 2 ? draw() % 8 : draw_argument(LINDEN_ADDRESS);
    cages[i] = draw() % 2 ? (uint64_t)getpid() : draw() % 8;
  }
  static const int numbers[] = {LIND_REGISTER_HANDLER, LIND_COPY_DATA, LIND_COPY_HANDLER_TABLE,
                                LIND_HARSH_CAGE_EXIT};
  const int number = numbers[draw() % 4];
  /* Its own memory is to stay what it is.  */
  if (number == LIND_COPY_DATA) arguments[2] = (uintptr_t)buffer + draw() % 64;
  if (number == LIND_COPY_DATA) arguments[4] %= 4096;
  lind_call(number, getpid(), getpid(), arguments, cages);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  state = strtoull(argv[1], NULL, 0) * 2 + 1;
  for (int i = 0; i < 20; ++i) draw();
  /* Descriptors that all lead somewhere, none of which waits.  */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  for (int count = atoi(argv[2]); count > 0; --count) {
    if (draw() % 8) {
      call_system();
    } else {
      call_3i();
    }
    /* Whatever was opened may be a pipe.  */
    for (int fd = 3; fd < 32 && count % 16 == 0; ++fd) {
      const int flags = fcntl(fd, F_GETFL);
      if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }
  }
  return 7;
}
