/* Writing grates: programs that answer the system calls of other programs.

     #include <linden/grate.h>
     #include <errno.h>

     static long long no_files(struct grate_call* call) {
       char path[4096];
       if (grate_get_string(call, 1, path, sizeof path) >= 0 && path[0] == '/') return -EACCES;
       return grate_forward(call);
     }

     int main(int argc, char** argv) {
       grate_handle("openat", no_files);
       return grate_run(argv + 1);
     }

   Handlers run on the thread that made the call, many at once: what they share needs locks. A
   handler may do whatever a program may, and has a stack of its own. All signals are blocked in it.
   When the caller is to end, or gets a signal, the handler's calls that wait fail with EINTR.  */
#ifndef _LINDEN_GRATE_H
#define _LINDEN_GRATE_H 1

#include <lind_syscall.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A call that is being answered.  */
struct grate_call {
  int number;
  int cage;          /* who made it: a process id */
  int from;          /* who passes it on: the same, or a grate above this one */
  int grate;         /* who answers it: this process */
  uint64_t args[6];  /* as the caller gave them; pointers are in the memory of ... */
  uint64_t cages[6]; /* ... these cages */
};

/* The call's result, or -errno.  */
typedef long long (*grate_handler)(struct grate_call* call);

/* Before grate_run or grate_fork. -1 and ENOSYS if there is no such call.  */
int grate_handle(const char* name, grate_handler handler);
int grate_handle_number(int number, grate_handler handler);
/* For all system calls without a handler of their own.  */
int grate_handle_all(grate_handler handler);
/* Told of each cage that a fault or a signal has ended; see LIND_HARSH_CAGE_EXIT. Cages that end by
   themselves call exit_group.  */
void grate_on_harsh_exit(void (*function)(int cage, int status));
/* From now on cages are killed when this grate ends before them, instead of going on without it;
   and grate_run gives the program a session of its own, so that signals to its group don't reach
   the grate.  */
void grate_fail_closed(void);

/* Runs a program with the handlers, and waits for it and all that it leaves behind. Its exit code
   as a shell shows it; 127 or 126 if it cannot be run, which is said on standard error.  */
int grate_run(char* const argv[]);
/* fork(2); the child has the handlers.  */
pid_t grate_fork(void);

/* Has what lies beneath answer the call, as it is now.  */
long long grate_forward(const struct grate_call* call);
/* The same for execve and execveat, whose program is then read by calls that the handlers of this
   grate answer. After grate_forward it is what lies beneath that has the program.  */
long long grate_forward_exec(const struct grate_call* call);
/* A call of the grate's own choice on behalf of the caller of `call`; pointers are the grate's.  */
long long grate_call_as(const struct grate_call* call, int number, const uint64_t args[6]);

/* Arguments are counted from 0. */
/* An argument that points into the grate's memory.  */
void grate_set_pointer(struct grate_call* call, int argument, const void* pointer);

/* From and to the memory that an argument points into: 0, or -EFAULT.  */
int grate_get(const struct grate_call* call, int argument, void* to, size_t size);
int grate_put(const struct grate_call* call, int argument, const void* from, size_t size);
/* The same `offset` bytes after where it points.  */
int grate_get_at(const struct grate_call* call, int argument, uint64_t offset, void* to,
                 size_t size);
int grate_put_at(const struct grate_call* call, int argument, uint64_t offset, const void* from,
                 size_t size);
/* Its length without the 0, -EFAULT, or -ENAMETOOLONG if it does not fit.  */
int grate_get_string(const struct grate_call* call, int argument, char* to, size_t size);
/* The same from an address in the memory of the argument's cage.  */
int grate_get_string_from(const struct grate_call* call, int argument, uint64_t address, char* to,
                          size_t size);

/* Buffers of readv(2) and writev(2): the argument `vectors` and the next one are the vectors and
   their count. How many bytes were copied, at most `size`; or -EFAULT, -EINVAL.  */
long long grate_gather(const struct grate_call* call, int vectors, void* to, size_t size);
long long grate_scatter(const struct grate_call* call, int vectors, const void* from, size_t size);
/* How many bytes they hold; -EINVAL if they are more than a call can transfer.  */
long long grate_vector_size(const struct grate_call* call, int vectors);

/* Names and numbers of system calls: -1, null if there is none.  */
int grate_number(const char* name);
const char* grate_name(int number);

#ifdef __cplusplus
}
#endif

#endif
