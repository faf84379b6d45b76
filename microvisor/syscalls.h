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
SyscallResult sys_write(Cage&, int fd, Bytes buffer, uint32_t count);
SyscallResult sys_pread64(Cage&, int fd, Bytes buffer, uint32_t count, int64_t offset);
SyscallResult sys_pwrite64(Cage&, int fd, Bytes buffer, uint32_t count, int64_t offset);
SyscallResult sys_readv(Cage&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count);
SyscallResult sys_writev(Cage&, int fd, GuestPtr<GuestIovec> vectors, uint32_t count);
SyscallResult sys_preadv(Cage&, int fd, GuestPtr<GuestIovec>, uint32_t count, int64_t offset);
SyscallResult sys_pwritev(Cage&, int fd, GuestPtr<GuestIovec>, uint32_t count, int64_t offset);
SyscallResult sys_lseek(Cage&, int fd, int64_t offset, int whence);
SyscallResult sys_fsync(Cage&, int fd);
SyscallResult sys_fdatasync(Cage&, int fd);
SyscallResult sys_fadvise64(Cage&, int fd, int64_t offset, int64_t length, int advice);

// descriptors.cpp
SyscallResult sys_close(Cage&, int fd);
SyscallResult sys_dup(Cage&, int fd);
SyscallResult sys_dup2(Cage&, int from, int to);
SyscallResult sys_dup3(Cage&, int from, int to, int flags);
SyscallResult sys_fcntl(Cage&, int fd, int command, int argument);

// file_metadata.cpp
SyscallResult sys_fstat(Cage&, int fd, GuestPtr<GuestStat> to);
SyscallResult sys_newfstatat(Cage&, int directory, Path, GuestPtr<GuestStat> to, int flags);
SyscallResult sys_utimensat(Cage&, int directory, Path, GuestPtr<GuestTimespec> times, int flags);
SyscallResult sys_ftruncate(Cage&, int fd, int64_t size);
SyscallResult sys_fallocate(Cage&, int fd, int mode, int64_t offset, int64_t length);

// directories.cpp
SyscallResult sys_openat(Cage&, int directory, Path, int flags, uint32_t mode);
SyscallResult sys_getdents64(Cage&, int fd, Bytes buffer, uint32_t size);
SyscallResult sys_mkdirat(Cage&, int directory, Path, uint32_t mode);
SyscallResult sys_unlinkat(Cage&, int directory, Path, int flags);
SyscallResult sys_renameat(Cage&, int from_directory, Path from, int to_directory, Path to);
SyscallResult sys_renameat2(Cage&, int from_directory, Path from, int to_directory, Path to,
                            uint32_t flags);
SyscallResult sys_linkat(Cage&, int from_directory, Path from, int to_directory, Path to,
                         int flags);
SyscallResult sys_symlinkat(Cage&, Path target, int directory, Path);
SyscallResult sys_readlinkat(Cage&, int directory, Path, Bytes buffer, uint32_t size);
SyscallResult sys_getcwd(Cage&, Bytes buffer, uint32_t size);
SyscallResult sys_chdir(Cage&, Path);
SyscallResult sys_fchdir(Cage&, int fd);
SyscallResult sys_chroot(Cage&, Path);

// clock.cpp
SyscallResult sys_clock_gettime(Cage&, int clock, GuestPtr<GuestTimespec> to);
SyscallResult sys_clock_getres(Cage&, int clock, GuestPtr<GuestTimespec> to);
SyscallResult sys_clock_nanosleep(Cage&, int clock, int flags, GuestPtr<GuestTimespec> request,
                                  GuestPtr<GuestTimespec> remaining);
SyscallResult sys_nanosleep(Cage&, GuestPtr<GuestTimespec> request,
                            GuestPtr<GuestTimespec> remaining);

// poll.cpp
SyscallResult sys_poll(Cage&, GuestPtr<GuestPollfd> fds, uint32_t count, int timeout_ms);

// random.cpp
SyscallResult sys_getrandom(Cage&, Bytes buffer, uint32_t size, uint32_t flags);

// process.cpp
SyscallResult sys_getpid(Cage&);
SyscallResult sys_getppid(Cage&);
SyscallResult sys_sched_yield(Cage&);

// threads.cpp
SyscallResult sys_gettid(Thread&);
SyscallResult sys_set_tid_address(Thread&, GuestPtr<int32_t> address);
SyscallResult sys_set_robust_list(Thread&, GuestPtr<GuestRobustListHead> head, uint32_t size);
SyscallResult sys_get_robust_list(Thread&, int id, GuestPtr<uint32_t> head,
                                  GuestPtr<uint32_t> size);
SyscallResult sys_clone(Thread&, uint32_t flags, uint32_t start_block, GuestPtr<int32_t> parent_tid,
                        GuestPtr<int32_t> child_tid, uint32_t descriptor);
SyscallResult sys_exit(Thread&, int status);
SyscallResult sys_exit_group(Cage&, int status);

// futex.cpp
SyscallResult sys_futex(Thread&, GuestPtr<uint32_t> word, int operation, uint32_t value,
                        uint32_t timeout_or_count, GuestPtr<uint32_t> second_word,
                        uint32_t third_value);

}  // namespace linden::microvisor
