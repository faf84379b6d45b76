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

#endif
