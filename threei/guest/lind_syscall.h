/* 3i, the raw interface: every cage has a table of who answers which system call. A grate is a cage
   that answers calls of others. <linden/grate.h> is the comfortable form of this.

   Cages are known by their process ids. A pointer travels with the id of the cage whose memory it
   points into. Rights: a cage may name handlers in itself, or in a cage that it was forked from, as
   long as it runs the same program; it may register them on, act as, and copy from or to, itself,
   the processes that it and its children have made, and a cage whose call it is answering.

   All functions are thread-safe.  */
#ifndef _LIND_SYSCALL_H
#define _LIND_SYSCALL_H 1

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* With the id of a cage beside an argument: the argument points into the caller's own memory,
   whichever cage the id names.  */
#define GRATE_MEMORY_FLAG (1ULL << 63)
#define LIND_ARG_TRANSLATE_FLAG GRATE_MEMORY_FLAG
/* With the id of a cage in the place of the sixth argument's, of execve and execveat: the program,
   and the interpreter that it names, are looked for and read by calls for `target` through that
   cage's table (newfstatat, faccessat, openat, pread64, close), and the path is what these take.
   Without it that table is `self`'s, so that nothing which lies above is asked.  */
#define LIND_READ_THROUGH_FLAG (1ULL << 62)

/* Call numbers of 3i itself. They can be answered by grates like all others.  */
#define LIND_REGISTER_HANDLER 1001   /* cage, number, grate, function, flags */
#define LIND_COPY_DATA 1002          /* source, its cage, destination, its cage, length, type */
#define LIND_COPY_HANDLER_TABLE 1003 /* from cage, to cage */
#define LIND_FORKINTERPOSE 1004      /* struct lind_handler*, count */
/* Made on behalf of a cage that a signal or a fault has ended, when none of its threads is left:
   its id, the status as wait(2) has it. The result is ignored.  */
#define LIND_HARSH_CAGE_EXIT 1005

/* In place of a grate: what lies beneath answers again.  */
#define THREEI_DEREGISTER 500
/* In place of a number: all system calls, but not 3i's own.  */
#define THREEI_MATCHALL 501
/* Added to a number: the same call under another number, for grates that choose between what
   answers the one and what answers the other. Nothing but a grate answers these.  */
#define LIND_ALTERNATIVE 3000

/* Flags of a registration. When the grate ends, cages that have such a handler of it are killed;
   otherwise what lies beneath answers their calls then.  */
#define LIND_HANDLER_FATAL 1

/* Types of copies: so many bytes; or up to and with the 0 that must lie within so many bytes; or so
   many struct iovec of the source cage, one after the other.  */
#define LIND_COPY_RAW 0
#define LIND_COPY_STRING 1
#define LIND_COPY_VECTORS 2

#define GRATE_OK 0
#define GRATE_ERR (-0x1fff0003)
#define ELINDAPIABORTED 0xE0010001
#define ELINDESRCH 0xE0010002

/* A handler: the id of the calling cage's grate, that is its own; then the arguments, each with the
   cage that it points into (the caller's, as a rule); then the number of the call. There are two
   more: the cage that the call is made for, and the one whose table led to the handler, which is a
   grate above this one if the call was forwarded. Fewer parameters may be declared. The result is
   the call's, or -errno; an int or a 64-bit integer.  */
typedef long long (*lind_handler_function)(uint64_t grate, uint64_t arg1, uint64_t arg1cage,
                                           uint64_t arg2, uint64_t arg2cage, uint64_t arg3,
                                           uint64_t arg3cage, uint64_t arg4, uint64_t arg4cage,
                                           uint64_t arg5, uint64_t arg5cage, uint64_t arg6,
                                           uint64_t arg6cage, uint64_t callnumber);

/* Makes a call. `self`: whose table says who answers it, the caller itself to get at what lies
   beneath it. `target`: on which cage the microvisor acts. `name` is not looked at. With
   translate_errno, an error is -1 and errno; else -errno.  */
int make_threei_call(unsigned int number, uint64_t name, uint64_t self, uint64_t target,
                     uint64_t arg1, uint64_t arg1cage, uint64_t arg2, uint64_t arg2cage,
                     uint64_t arg3, uint64_t arg3cage, uint64_t arg4, uint64_t arg4cage,
                     uint64_t arg5, uint64_t arg5cage, uint64_t arg6, uint64_t arg6cage,
                     int translate_errno);
/* The same with a result of 64 bits, or -errno; cages are those of the arguments.  */
long long lind_call(int number, int self, int target, const uint64_t arguments[6],
                    const uint64_t cages[6]);

/* Calls `function` of `grate` for each call `number` that `cage` makes from now on; for
   THREEI_DEREGISTER in place of `grate`, no longer, if what answers is a grate that the caller
   could act as: no cage can take off what another put around it. 0, or ELINDESRCH, ELINDAPIABORTED
   and errno: EPERM (no right to), ESRCH (no such cage), EINVAL (no such number, or no such
   function, or one that has the wrong type).  */
int register_handler(int64_t cage, uint64_t number, uint64_t grate, uint64_t function);
/* The same with flags; -1 and errno.  */
int lind_register(int cage, int number, int grate, lind_handler_function function, int flags);

/* What answers `source`'s calls answers those of `target` too. Errors as register_handler.  */
int copy_handler_table_to_cage(uint64_t source, uint64_t target);

/* Copies between memories; `thiscage` and `targetcage` are not looked at. The address of the copy,
   or ELINDAPIABORTED and errno: EPERM, ESRCH, EFAULT, EINVAL, ENAMETOOLONG (no 0 found).  */
int copy_data_between_cages(uint64_t thiscage, uint64_t targetcage, uint64_t source,
                            uint64_t sourcecage, uint64_t destination, uint64_t destinationcage,
                            uint64_t length, uint64_t type);
/* The same; how many bytes were copied, or -errno.  */
long long lind_copy(int sourcecage, uint64_t source, int destinationcage, uint64_t destination,
                    uint64_t length, int type);

struct lind_handler {
  uint32_t number;
  lind_handler_function function;
};
/* fork(2), with handlers in the caller that the child has from its first instruction on.  */
pid_t forkinterpose(const struct lind_handler* handlers, size_t count);

#ifdef __cplusplus
}
#endif

#endif
