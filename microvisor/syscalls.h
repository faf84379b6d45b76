// The handlers behind syscalls.def, one file of definitions per family. A handler's parameters are
// the C types of the system call's arguments: dispatch() decodes each by its type, since guests
// leave the upper half of an argument undefined where the type is 32 bits wide.
//
// A handler takes the cage, or, where it matters which thread calls, the thread.
//
// Each returns the call's value or an error. Thread-safe, as long as the cage outlives the call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microvisor/abi.h"
#include "microvisor/cage.h"
#include "microvisor/guest_memory.h"
#include "microvisor/result.h"

namespace linden::microvisor {

using SyscallResult = Result<int64_t>;
using Bytes = GuestPtr<std::byte>;
using Path = GuestPtr<char>;

// file_io.cpp
SyscallResult sys_read(Cage&, int fd, Bytes buffer, uint32_t count);
SyscallResult sys_write(Thread&, int fd, Bytes buffer, uint32_t count);
SyscallResult sys_pread64(Cage&, int fd, Bytes buffer, uint32_t count, int64_t offset);
SyscallResult sys_pwrite64(Thread&, int fd, Bytes buffer, uint32_t count, int64_t offset);
SyscallResult sys_readv(Cage&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count);
SyscallResult sys_writev(Thread&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count);
SyscallResult sys_preadv(Cage&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                         int64_t offset);
SyscallResult sys_pwritev(Thread&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                          int64_t offset);
SyscallResult sys_preadv2(Cage&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                          int64_t offset, int flags);
SyscallResult sys_pwritev2(Thread&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                           int64_t offset, int flags);
SyscallResult sys_lseek(Cage&, int fd, int64_t offset, int whence);
SyscallResult sys_fsync(Cage&, int fd);
SyscallResult sys_fdatasync(Cage&, int fd);
SyscallResult sys_fadvise64(Cage&, int fd, int64_t offset, int64_t length, int advice);
SyscallResult sys_readahead(Cage&, int fd, int64_t offset, uint32_t count);
SyscallResult sys_sync(Cage&);
SyscallResult sys_syncfs(Cage&, int fd);
SyscallResult sys_sync_file_range(Cage&, int fd, int64_t offset, int64_t length, uint32_t flags);

// descriptors.cpp
SyscallResult sys_close(Cage&, int fd);
SyscallResult sys_close_range(Cage&, uint32_t first, uint32_t last, uint32_t flags);
SyscallResult sys_dup(Cage&, int fd);
SyscallResult sys_dup2(Cage&, int from, int to);
SyscallResult sys_dup3(Cage&, int from, int to, int flags);
SyscallResult sys_fcntl(Cage&, int fd, int command, uint64_t raw_argument);

// locks.cpp
// The lock commands of fcntl. `file` isn't opened with O_PATH.
SyscallResult control_record_lock(Cage&, OpenFile& file, int command, GuestPtr<GuestFlock> where);
SyscallResult sys_flock(Cage&, int fd, int operation);

// ioctl.cpp
SyscallResult sys_ioctl(Cage&, int fd, uint32_t request, uint64_t argument);

// file_metadata.cpp
SyscallResult sys_fstat(Cage&, int fd, GuestPtr<GuestStat> to);
SyscallResult sys_stat(Cage&, Path, GuestPtr<GuestStat> to);
SyscallResult sys_lstat(Cage&, Path, GuestPtr<GuestStat> to);
SyscallResult sys_newfstatat(Cage&, int directory, Path, GuestPtr<GuestStat> to, int flags);
SyscallResult sys_statx(Cage&, int directory, Path, int flags, uint32_t mask,
                        GuestPtr<struct statx> to);
SyscallResult sys_statfs(Cage&, Path, GuestPtr<GuestStatfs> to);
SyscallResult sys_fstatfs(Cage&, int fd, GuestPtr<GuestStatfs> to);
SyscallResult sys_access(Cage&, Path, int mode);
SyscallResult sys_faccessat(Cage&, int directory, Path, int mode);
SyscallResult sys_faccessat2(Cage&, int directory, Path, int mode, int flags);
SyscallResult sys_chmod(Cage&, Path, uint32_t mode);
SyscallResult sys_fchmod(Cage&, int fd, uint32_t mode);
SyscallResult sys_fchmodat(Cage&, int directory, Path, uint32_t mode);
SyscallResult sys_chown(Cage&, Path, uint32_t user, uint32_t group);
SyscallResult sys_lchown(Cage&, Path, uint32_t user, uint32_t group);
SyscallResult sys_fchown(Cage&, int fd, uint32_t user, uint32_t group);
SyscallResult sys_fchownat(Cage&, int directory, Path, uint32_t user, uint32_t group, int flags);
SyscallResult sys_utimensat(Cage&, int directory, Path, GuestPtr<GuestTimespec> times, int flags);
SyscallResult sys_utime(Cage&, Path, GuestPtr<GuestUtimbuf> times);
SyscallResult sys_utimes(Cage&, Path, GuestPtr<GuestTimeval> times);
SyscallResult sys_futimesat(Cage&, int directory, Path, GuestPtr<GuestTimeval> times);
SyscallResult sys_truncate(Thread&, Path, int64_t size);
SyscallResult sys_ftruncate(Thread&, int fd, int64_t size);
SyscallResult sys_fallocate(Thread&, int fd, int mode, int64_t offset, int64_t length);
SyscallResult sys_umask(Cage&, uint32_t mask);

// directories.cpp
SyscallResult sys_openat(Cage&, int directory, Path, int flags, uint32_t mode);
SyscallResult sys_open(Cage&, Path, int flags, uint32_t mode);
SyscallResult sys_creat(Cage&, Path, uint32_t mode);
SyscallResult sys_openat2(Cage&, int directory, Path, GuestPtr<GuestOpenHow> how, uint32_t size);
SyscallResult sys_getdents64(Cage&, int fd, Bytes buffer, uint32_t size);
SyscallResult sys_getdents(Cage&, int fd, Bytes buffer, uint32_t size);
SyscallResult sys_mkdirat(Cage&, int directory, Path, uint32_t mode);
SyscallResult sys_mkdir(Cage&, Path, uint32_t mode);
SyscallResult sys_mknodat(Cage&, int directory, Path, uint32_t mode, uint32_t);
SyscallResult sys_mknod(Cage&, Path, uint32_t mode, uint32_t device);
SyscallResult sys_unlinkat(Cage&, int directory, Path, int flags);
SyscallResult sys_unlink(Cage&, Path);
SyscallResult sys_rmdir(Cage&, Path);
SyscallResult sys_rename(Cage&, Path from, Path to);
SyscallResult sys_renameat(Cage&, int from_directory, Path from, int to_directory, Path to);
SyscallResult sys_renameat2(Cage&, int from_directory, Path from, int to_directory, Path to,
                            uint32_t flags);
SyscallResult sys_link(Cage&, Path from, Path to);
SyscallResult sys_linkat(Cage&, int from_directory, Path from, int to_directory, Path to,
                         int flags);
SyscallResult sys_symlink(Cage&, Path target, Path);
SyscallResult sys_symlinkat(Cage&, Path target, int directory, Path);
SyscallResult sys_readlink(Cage&, Path, Bytes buffer, uint32_t size);
SyscallResult sys_readlinkat(Cage&, int directory, Path, Bytes buffer, uint32_t size);
SyscallResult sys_getcwd(Cage&, Bytes buffer, uint32_t size);
SyscallResult sys_chdir(Cage&, Path);
SyscallResult sys_fchdir(Cage&, int fd);
SyscallResult sys_chroot(Cage&, Path);

// memory.cpp
SyscallResult sys_mmap(Cage&, Bytes address, uint32_t length, int protection, int flags, int fd,
                       int64_t offset);
SyscallResult sys_munmap(Cage&, Bytes address, uint32_t length);
SyscallResult sys_mprotect(Cage&, Bytes address, uint32_t length, int protection);
SyscallResult sys_brk(Cage&, Bytes requested);
SyscallResult sys_mremap(Cage&, Bytes old_address, uint32_t old_length, uint32_t new_length,
                         int flags, Bytes new_address);
SyscallResult sys_madvise(Cage&, Bytes address, uint32_t length, int advice);
SyscallResult sys_msync(Cage&, Bytes address, uint32_t length, int flags);
SyscallResult sys_mincore(Cage&, Bytes address, uint32_t length, Bytes pages);
SyscallResult sys_mlock(Cage&, Bytes address, uint32_t length);
SyscallResult sys_mlock2(Cage&, Bytes address, uint32_t length, int flags);
SyscallResult sys_munlock(Cage&, Bytes address, uint32_t length);
SyscallResult sys_mlockall(Cage&, int flags);
SyscallResult sys_munlockall(Cage&);
SyscallResult sys_memfd_create(Cage&, Path name, uint32_t flags);
SyscallResult sys_membarrier(Cage&, int command, uint32_t flags, int cpu);

// sockets.cpp
SyscallResult sys_socketpair(Cage&, int domain, int type, int protocol, GuestPtr<int32_t> fds);
SyscallResult sys_sendto(Thread&, int fd, Bytes buffer, uint32_t length, int flags, Bytes address,
                         uint32_t address_length);
SyscallResult sys_recvfrom(Cage&, int fd, Bytes buffer, uint32_t length, int flags, Bytes address,
                           GuestPtr<uint32_t> address_length);
SyscallResult sys_sendmsg(Thread&, int fd, GuestPtr<GuestMessage>, int flags);
SyscallResult sys_recvmsg(Cage&, int fd, GuestPtr<GuestMessage>, int flags);
SyscallResult sys_shutdown(Cage&, int fd, int how);
SyscallResult sys_getsockname(Cage&, int fd, Bytes address, GuestPtr<uint32_t> length);
SyscallResult sys_getpeername(Cage&, int fd, Bytes address, GuestPtr<uint32_t> length);
SyscallResult sys_getsockopt(Cage&, int fd, int level, int name, Bytes value,
                             GuestPtr<uint32_t> length);
SyscallResult sys_setsockopt(Cage&, int fd, int level, int name, Bytes value, uint32_t length);

// system_v.cpp
SyscallResult sys_shmget(Cage&, int key, uint32_t size, int flags);
SyscallResult sys_shmat(Cage&, int id, Bytes address, int flags);
SyscallResult sys_shmctl(Cage&, int id, int command, Bytes buffer);
SyscallResult sys_shmdt(Cage&, Bytes address);

// extended_attributes.cpp
SyscallResult sys_getxattr(Cage&, Path, Path name, Bytes value, uint32_t size);
SyscallResult sys_lgetxattr(Cage&, Path, Path name, Bytes value, uint32_t size);
SyscallResult sys_fgetxattr(Cage&, int fd, Path name, Bytes value, uint32_t size);
SyscallResult sys_setxattr(Cage&, Path, Path name, Bytes value, uint32_t size, int flags);
SyscallResult sys_lsetxattr(Cage&, Path, Path name, Bytes value, uint32_t size, int flags);
SyscallResult sys_fsetxattr(Cage&, int fd, Path name, Bytes value, uint32_t size, int flags);
SyscallResult sys_listxattr(Cage&, Path, Bytes names, uint32_t size);
SyscallResult sys_llistxattr(Cage&, Path, Bytes names, uint32_t size);
SyscallResult sys_flistxattr(Cage&, int fd, Bytes names, uint32_t size);
SyscallResult sys_removexattr(Cage&, Path, Path name);
SyscallResult sys_lremovexattr(Cage&, Path, Path name);
SyscallResult sys_fremovexattr(Cage&, int fd, Path name);

// transfer.cpp
SyscallResult sys_sendfile(Thread&, int to, int from, GuestPtr<int64_t> where, uint32_t count);
SyscallResult sys_copy_file_range(Cage&, int from, GuestPtr<int64_t> from_where, int to,
                                  GuestPtr<int64_t> to_where, uint32_t count, uint32_t flags);
SyscallResult sys_splice(Thread&, int from, GuestPtr<int64_t> from_where, int to,
                         GuestPtr<int64_t> to_where, uint32_t count, uint32_t flags);
SyscallResult sys_tee(Thread&, int from, int to, uint32_t count, uint32_t flags);
SyscallResult sys_vmsplice(Thread&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count,
                           uint32_t flags);

// timer_calls.cpp
SyscallResult sys_getitimer(Cage&, int which, GuestPtr<GuestItimerval> to);
SyscallResult sys_setitimer(Cage&, int which, GuestPtr<GuestItimerval> value,
                            GuestPtr<GuestItimerval> old);
SyscallResult sys_alarm(Cage&, uint32_t seconds);
SyscallResult sys_timer_create(Cage&, int clock, GuestPtr<GuestSigevent> event,
                               GuestPtr<int32_t> timer);
SyscallResult sys_timer_settime(Cage&, int timer, int flags, GuestPtr<GuestItimerspec> value,
                                GuestPtr<GuestItimerspec> old);
SyscallResult sys_timer_gettime(Cage&, int timer, GuestPtr<GuestItimerspec> to);
SyscallResult sys_timer_getoverrun(Cage&, int timer);
SyscallResult sys_timer_delete(Cage&, int timer);

// event_files.cpp
SyscallResult sys_pipe2(Cage&, GuestPtr<int32_t> fds, int flags);
SyscallResult sys_pipe(Cage&, GuestPtr<int32_t> fds);
SyscallResult sys_eventfd2(Cage&, uint32_t count, int flags);
SyscallResult sys_eventfd(Cage&, uint32_t count);
SyscallResult sys_timerfd_create(Cage&, int clock, int flags);
SyscallResult sys_timerfd_settime(Cage&, int fd, int flags, GuestPtr<GuestItimerspec> value,
                                  GuestPtr<GuestItimerspec> old);
SyscallResult sys_timerfd_gettime(Cage&, int fd, GuestPtr<GuestItimerspec> to);
SyscallResult sys_inotify_init1(Cage&, int flags);
SyscallResult sys_inotify_init(Cage&);
SyscallResult sys_inotify_add_watch(Cage&, int fd, Path, uint32_t mask);
SyscallResult sys_inotify_rm_watch(Cage&, int fd, int watch);

// poll.cpp
SyscallResult sys_poll(Cage&, GuestPtr<GuestPollfd> fds, uint32_t count, int timeout_ms);
SyscallResult sys_ppoll(Thread&, GuestPtr<GuestPollfd> fds, uint32_t count,
                        GuestPtr<GuestTimespec> timeout, GuestPtr<GuestSignalSet> mask,
                        uint32_t mask_size);
SyscallResult sys_select(Cage&, int count, GuestPtr<uint64_t> read, GuestPtr<uint64_t> write,
                         GuestPtr<uint64_t> except, GuestPtr<GuestTimeval> timeout);
SyscallResult sys_pselect6(Thread&, int count, GuestPtr<uint64_t> read, GuestPtr<uint64_t> write,
                           GuestPtr<uint64_t> except, GuestPtr<GuestTimespec> timeout,
                           GuestPtr<GuestSelectMask> mask);

// epoll.cpp
SyscallResult sys_epoll_create1(Cage&, int flags);
SyscallResult sys_epoll_create(Cage&, int size);
SyscallResult sys_epoll_ctl(Cage&, int fd, int operation, int target,
                            GuestPtr<GuestEpollEvent> event);
SyscallResult sys_epoll_wait(Cage&, int fd, GuestPtr<GuestEpollEvent> to, int count,
                             int timeout_ms);
SyscallResult sys_epoll_pwait(Thread&, int fd, GuestPtr<GuestEpollEvent> to, int count,
                              int timeout_ms, GuestPtr<GuestSignalSet> mask, uint32_t mask_size);
SyscallResult sys_epoll_pwait2(Thread&, int fd, GuestPtr<GuestEpollEvent> to, int count,
                               GuestPtr<GuestTimespec> timeout, GuestPtr<GuestSignalSet> mask,
                               uint32_t mask_size);

// clock.cpp
SyscallResult sys_clock_gettime(Thread&, int clock, GuestPtr<GuestTimespec> to);
SyscallResult sys_clock_settime(Thread&, int clock, GuestPtr<GuestTimespec> from);
SyscallResult sys_clock_getres(Thread&, int clock, GuestPtr<GuestTimespec> to);
SyscallResult sys_clock_nanosleep(Thread&, int clock, int flags, GuestPtr<GuestTimespec> request,
                                  GuestPtr<GuestTimespec> remaining);
SyscallResult sys_nanosleep(Thread&, GuestPtr<GuestTimespec> request,
                            GuestPtr<GuestTimespec> remaining);
SyscallResult sys_clock_adjtime(Cage&, int clock, GuestPtr<timex> adjustment);
SyscallResult sys_adjtimex(Cage&, GuestPtr<timex> adjustment);
SyscallResult sys_gettimeofday(Cage&, GuestPtr<GuestTimeval> to, GuestPtr<GuestTimezone> zone);
SyscallResult sys_time(Cage&, GuestPtr<int64_t> to);
SyscallResult sys_times(Cage&, GuestPtr<GuestTms> to);

// random.cpp
SyscallResult sys_getrandom(Cage&, Bytes buffer, uint32_t size, uint32_t flags);

// process.cpp
SyscallResult sys_getpid(Cage&);
SyscallResult sys_getppid(Cage&);
SyscallResult sys_personality(Cage&, uint32_t personality);
SyscallResult sys_prctl(Cage&, int option, uint64_t argument2, uint64_t argument3,
                        uint64_t argument4, uint64_t argument5);

// threads.cpp
SyscallResult sys_gettid(Thread&);
SyscallResult sys_set_tid_address(Thread&, GuestPtr<int32_t> address);
SyscallResult sys_set_robust_list(Thread&, GuestPtr<GuestRobustListHead> head, uint32_t size);
SyscallResult sys_get_robust_list(Thread&, int id, GuestPtr<uint32_t> head,
                                  GuestPtr<uint32_t> size);
SyscallResult sys_clone(Thread&, uint32_t flags, uint32_t start_block, GuestPtr<int32_t> parent_tid,
                        GuestPtr<int32_t> child_tid, uint32_t descriptor);
SyscallResult sys_fork(Thread&);
SyscallResult sys_vfork(Thread&);
SyscallResult sys_exit(Thread&, int status);
SyscallResult sys_exit_group(Cage&, int status);

// exec.cpp
SyscallResult sys_execve(Thread&, Path path, GuestPtr<uint32_t> argv, GuestPtr<uint32_t> envp);
SyscallResult sys_execveat(Thread&, int directory, Path path, GuestPtr<uint32_t> argv,
                           GuestPtr<uint32_t> envp, int flags);

// wait.cpp
SyscallResult sys_wait4(Cage&, int id, GuestPtr<int32_t> status, int options,
                        GuestPtr<GuestRusage> usage);
SyscallResult sys_waitid(Cage&, int kind, int id, GuestPtr<GuestSiginfo> to, int options,
                         GuestPtr<GuestRusage> usage);

// identity.cpp
SyscallResult sys_getuid(Cage&);
SyscallResult sys_geteuid(Cage&);
SyscallResult sys_getgid(Cage&);
SyscallResult sys_getegid(Cage&);
SyscallResult sys_getresuid(Cage&, GuestPtr<uint32_t> real, GuestPtr<uint32_t> effective,
                            GuestPtr<uint32_t> saved);
SyscallResult sys_getresgid(Cage&, GuestPtr<uint32_t> real, GuestPtr<uint32_t> effective,
                            GuestPtr<uint32_t> saved);
SyscallResult sys_setuid(Cage&, uint32_t user);
SyscallResult sys_setgid(Cage&, uint32_t group);
SyscallResult sys_setreuid(Cage&, uint32_t real, uint32_t effective);
SyscallResult sys_setregid(Cage&, uint32_t real, uint32_t effective);
SyscallResult sys_setresuid(Cage&, uint32_t real, uint32_t effective, uint32_t saved);
SyscallResult sys_setresgid(Cage&, uint32_t real, uint32_t effective, uint32_t saved);
SyscallResult sys_setfsuid(Cage&, uint32_t);
SyscallResult sys_setfsgid(Cage&, uint32_t);
SyscallResult sys_getgroups(Cage&, int count, GuestPtr<uint32_t> to);
SyscallResult sys_setgroups(Cage&, uint32_t count, GuestPtr<uint32_t> from);
SyscallResult sys_getpgrp(Cage&);
SyscallResult sys_getpgid(Cage&, int pid);
SyscallResult sys_getsid(Cage&, int pid);
SyscallResult sys_setpgid(Cage&, int pid, int group);
SyscallResult sys_setsid(Cage&);
SyscallResult sys_capget(Cage&, GuestPtr<GuestCapabilityHeader> where,
                         GuestPtr<GuestCapabilityData> data);
SyscallResult sys_capset(Cage&, GuestPtr<GuestCapabilityHeader> where,
                         GuestPtr<GuestCapabilityData> data);

// resource_limits.cpp
SyscallResult sys_getrlimit(Cage&, int resource, GuestPtr<GuestRlimit> to);
SyscallResult sys_setrlimit(Cage&, int resource, GuestPtr<GuestRlimit> from);
SyscallResult sys_prlimit64(Cage&, int pid, int resource, GuestPtr<GuestRlimit> from,
                            GuestPtr<GuestRlimit> to);
SyscallResult sys_getrusage(Thread&, int who, GuestPtr<GuestRusage> to);
SyscallResult sys_getpriority(Cage&, int which, int who);
SyscallResult sys_setpriority(Cage&, int which, int who, int nice);

// scheduling.cpp
SyscallResult sys_sched_yield(Cage&);
SyscallResult sys_sched_getaffinity(Thread&, int id, uint32_t size, Bytes to);
SyscallResult sys_sched_setaffinity(Thread&, int id, uint32_t size, Bytes from);
SyscallResult sys_sched_getparam(Cage&, int pid, GuestPtr<int32_t> to);
SyscallResult sys_sched_setparam(Cage&, int pid, GuestPtr<int32_t> from);
SyscallResult sys_sched_getscheduler(Cage&, int pid);
SyscallResult sys_sched_setscheduler(Cage&, int pid, int policy, GuestPtr<int32_t> parameter);
SyscallResult sys_sched_get_priority_max(Cage&, int policy);
SyscallResult sys_sched_get_priority_min(Cage&, int policy);
SyscallResult sys_sched_rr_get_interval(Cage&, int pid, GuestPtr<GuestTimespec> to);
SyscallResult sys_getcpu(Cage&, GuestPtr<uint32_t> cpu, GuestPtr<uint32_t> node);

// system_information.cpp
SyscallResult sys_uname(Cage&, GuestPtr<GuestUtsname> to);
SyscallResult sys_sysinfo(Cage&, GuestPtr<GuestSysinfo> to);

// signal_calls.cpp
SyscallResult sys_rt_sigaction(Thread&, int number, GuestPtr<GuestSigaction> to,
                               GuestPtr<GuestSigaction> old, uint32_t set_size);
SyscallResult sys_rt_sigprocmask(Thread&, int how, GuestPtr<SignalSet> set, GuestPtr<SignalSet> old,
                                 uint32_t set_size);
SyscallResult sys_rt_sigpending(Thread&, GuestPtr<SignalSet> to, uint32_t set_size);
SyscallResult sys_rt_sigtimedwait(Thread&, GuestPtr<SignalSet> set, GuestPtr<GuestSiginfo> to,
                                  GuestPtr<GuestTimespec> timeout, uint32_t set_size);
SyscallResult sys_rt_sigsuspend(Thread&, GuestPtr<SignalSet> mask, uint32_t set_size);
SyscallResult sys_pause(Thread&);
SyscallResult sys_kill(Cage&, int process, int number);
SyscallResult sys_tkill(Cage&, int id, int number);
SyscallResult sys_tgkill(Cage&, int process, int id, int number);
SyscallResult sys_rt_sigqueueinfo(Cage&, int process, int number, GuestPtr<GuestSiginfo> from);
SyscallResult sys_sigaltstack(Thread&, GuestPtr<GuestSignalStack> to,
                              GuestPtr<GuestSignalStack> old);

// futex.cpp
SyscallResult sys_futex(Thread&, GuestPtr<uint32_t> word, int operation, uint32_t value,
                        uint32_t timeout_or_count, GuestPtr<uint32_t> second_word,
                        uint32_t third_value);

}  // namespace linden::microvisor
