/* 3i's calls as C functions: see lind_syscall.h.  */
#include <errno.h>
#include <lind_syscall.h>
#include <unistd.h>

#include "internal.h"

/* What runs handlers on a thread of their caller enters the program by this export of libc.  */
extern void lind_grate_thread(void);

static void keep_thread_entry(void) {
  void (*volatile keep)(void) = lind_grate_thread;
  (void)keep;
}

/* Lind's result of what gives 0 or -errno.  */
static int lind_result(int64_t result) {
  if (result >= 0) return (int)result;
  errno = (int)-result;
  return result == -ESRCH ? (int)ELINDESRCH : (int)ELINDAPIABORTED;
}

static int posix_result(int64_t result) {
  if (result >= 0) return (int)result;
  errno = (int)-result;
  return -1;
}

int64_t linden_threei_call(int number, int self, const uint64_t arguments[6]) {
  const uint64_t id = (uint64_t)self;
  return make_syscall((uint32_t)number, 0, id, id, arguments[0], id, arguments[1], id, arguments[2],
                      id, arguments[3], id, arguments[4], id, arguments[5], id);
}

int64_t linden_copy(int self, int source_cage, uint64_t source, int destination_cage,
                    uint64_t destination, uint64_t length, int type) {
  const uint64_t arguments[6] = {source,      (uint64_t)source_cage,
                                 destination, (uint64_t)destination_cage,
                                 length,      (uint64_t)type};
  return linden_threei_call(LIND_COPY_DATA, self, arguments);
}

int make_threei_call(unsigned int number, uint64_t name, uint64_t self, uint64_t target,
                     uint64_t arg1, uint64_t arg1cage, uint64_t arg2, uint64_t arg2cage,
                     uint64_t arg3, uint64_t arg3cage, uint64_t arg4, uint64_t arg4cage,
                     uint64_t arg5, uint64_t arg5cage, uint64_t arg6, uint64_t arg6cage,
                     int translate_errno) {
  const int64_t result =
      make_syscall(number, name, self, target, arg1, arg1cage, arg2, arg2cage, arg3, arg3cage, arg4,
                   arg4cage, arg5, arg5cage, arg6, arg6cage);
  return translate_errno ? posix_result(result) : (int)result;
}

long long lind_call(int number, int self, int target, const uint64_t arguments[6],
                    const uint64_t cages[6]) {
  return linden_call(number, self, target, arguments, cages);
}

static int64_t register_function(int self, uint64_t cage, uint64_t number, uint64_t grate,
                                 uint64_t function, uint64_t flags) {
  keep_thread_entry();
  const uint64_t arguments[6] = {cage, number, grate, function, flags};
  return linden_threei_call(LIND_REGISTER_HANDLER, self, arguments);
}

int register_handler(int64_t cage, uint64_t number, uint64_t grate, uint64_t function) {
  return lind_result(register_function(getpid(), (uint64_t)cage, number, grate, function, 0));
}

int lind_register(int cage, int number, int grate, lind_handler_function function, int flags) {
  return posix_result(register_function(getpid(), (uint64_t)cage, (uint64_t)number, (uint64_t)grate,
                                        (uintptr_t)function, (uint64_t)flags));
}

int copy_handler_table_to_cage(uint64_t source, uint64_t target) {
  const uint64_t arguments[6] = {source, target};
  return lind_result(linden_threei_call(LIND_COPY_HANDLER_TABLE, getpid(), arguments));
}

int copy_data_between_cages(uint64_t thiscage, uint64_t targetcage, uint64_t source,
                            uint64_t sourcecage, uint64_t destination, uint64_t destinationcage,
                            uint64_t length, uint64_t type) {
  (void)thiscage;
  (void)targetcage;
  const int64_t result = linden_copy(getpid(), (int)sourcecage, source, (int)destinationcage,
                                     destination, length, (int)type);
  return result < 0 ? lind_result(result) : (int)destination;
}

long long lind_copy(int sourcecage, uint64_t source, int destinationcage, uint64_t destination,
                    uint64_t length, int type) {
  return linden_copy(getpid(), sourcecage, source, destinationcage, destination, length, type);
}

/* By libc's fork and not by LIND_FORKINTERPOSE: libc has locks and ids of its own to put right in a
   child. Nothing of the program runs in the child before its handlers are there.  */
pid_t linden_fork(const struct lind_handler* handlers, size_t count, int flags) {
  const int grate = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int self = getpid();
  /* By itself: its handlers may think otherwise of it.  */
  if (flags & LIND_HANDLER_FATAL) setsid();
  /* Handlers of 3i's own calls come last, so that they don't answer what follows here.  */
  for (int own = 0; own < 2; ++own) {
    for (size_t i = 0; i < count; ++i) {
      const int number = (int)handlers[i].number;
      if ((number >= LIND_REGISTER_HANDLER) != own) continue;
      if (posix_result(register_function(self, (uint64_t)self, handlers[i].number, (uint64_t)grate,
                                         (uintptr_t)handlers[i].function, (uint64_t)flags)) != 0) {
        return -1;
      }
    }
  }
  return 0;
}

pid_t forkinterpose(const struct lind_handler* handlers, size_t count) {
  const int caller = getpid();
  const pid_t child = linden_fork(handlers, count, 0);
  /* A program that believes that it is watched must not run unwatched.  */
  if (child == -1 && getpid() != caller) _exit(126);
  return child;
}
