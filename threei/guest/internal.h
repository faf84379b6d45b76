/* What the files of liblinden share. Not installed.  */
#ifndef LINDEN_GUEST_INTERNAL_H
#define LINDEN_GUEST_INTERNAL_H

#include <lind_syscall.h>

/* One of 3i's own calls, by and on cage `self`, which is the caller's id: handlers know it and need
   not ask for it. The value, or -errno.  */
int64_t linden_threei_call(int number, int self, const uint64_t arguments[6]);
/* lind_copy by a cage that knows its id.  */
int64_t linden_copy(int self, int source_cage, uint64_t source, int destination_cage,
                    uint64_t destination, uint64_t length, int type);
/* forkinterpose with flags of lind_register; with LIND_HANDLER_FATAL the child gets a session of
   its own. Unlike forkinterpose, it returns -1 in the child too, with errno, if a handler could not
   be registered there.  */
pid_t linden_fork(const struct lind_handler* handlers, size_t count, int flags);

/* The one door to 3i.  */
__attribute__((import_module("lind"), import_name("make-syscall"))) extern int64_t make_syscall(
    uint32_t number, uint64_t name, uint64_t self, uint64_t target, uint64_t arg1,
    uint64_t arg1cage, uint64_t arg2, uint64_t arg2cage, uint64_t arg3, uint64_t arg3cage,
    uint64_t arg4, uint64_t arg4cage, uint64_t arg5, uint64_t arg5cage, uint64_t arg6,
    uint64_t arg6cage);

/* lind_call, without a call of its own.  */
static inline int64_t linden_call(int number, int self, int target, const uint64_t arguments[6],
                                  const uint64_t cages[6]) {
  return make_syscall((uint32_t)number, 0, (uint64_t)self, (uint64_t)target, arguments[0], cages[0],
                      arguments[1], cages[1], arguments[2], cages[2], arguments[3], cages[3],
                      arguments[4], cages[4], arguments[5], cages[5]);
}

#endif
