// The names of the flags and numbers that system calls take. For call_names.cpp alone.
//
// A set of names is a list of (value, mask): single flags have their own bit as the mask, numbers
// in a field the field's, and what is one of several numbers all bits. name_value() takes each bit
// once, so a name that includes another one's bits stands before it.
#pragma once

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/memfd.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

#include "microvisor/call_values.h"

namespace linden::microvisor::call_flags {

#define FLAG(name) {static_cast<uint32_t>(name), static_cast<uint32_t>(name), #name}
#define FIELD(name, mask) {static_cast<uint32_t>(name), static_cast<uint32_t>(mask), #name}
// One of several numbers; also of no flags at all, at the end of flags.
#define NUMBER(name) {static_cast<uint32_t>(name), UINT32_MAX, #name}

inline constexpr ValueName kOpen[] = {
    FIELD(O_RDONLY, O_ACCMODE),
    FIELD(O_WRONLY, O_ACCMODE),
    FIELD(O_RDWR, O_ACCMODE),
    FLAG(O_CREAT),
    FLAG(O_EXCL),
    FLAG(O_NOCTTY),
    FLAG(O_TRUNC),
    FLAG(O_APPEND),
    FLAG(O_NONBLOCK),
    FLAG(O_SYNC),
    FLAG(O_DSYNC),
    FLAG(O_ASYNC),
    FLAG(O_DIRECT),
    {0100000, 0100000, "O_LARGEFILE"},
    FLAG(O_TMPFILE),
    FLAG(O_DIRECTORY),
    FLAG(O_NOFOLLOW),
    FLAG(O_NOATIME),
    FLAG(O_CLOEXEC),
    FLAG(O_PATH),
};
inline constexpr ValueName kPipe[] = {FLAG(O_CLOEXEC), FLAG(O_NONBLOCK), FLAG(O_DIRECT)};
inline constexpr ValueName kDescriptorFlags[] = {FLAG(FD_CLOEXEC)};
inline constexpr ValueName kWhence[] = {
    NUMBER(SEEK_SET), NUMBER(SEEK_CUR), NUMBER(SEEK_END), NUMBER(SEEK_DATA), NUMBER(SEEK_HOLE),
};
inline constexpr ValueName kAccess[] = {FLAG(R_OK), FLAG(W_OK), FLAG(X_OK), NUMBER(F_OK)};
inline constexpr ValueName kAt[] = {
    FLAG(AT_SYMLINK_NOFOLLOW), FLAG(AT_REMOVEDIR),  FLAG(AT_SYMLINK_FOLLOW),
    FLAG(AT_NO_AUTOMOUNT),     FLAG(AT_EMPTY_PATH),
};
inline constexpr ValueName kAccessAt[] = {
    FLAG(AT_EACCESS),
    FLAG(AT_SYMLINK_NOFOLLOW),
    FLAG(AT_EMPTY_PATH),
};
inline constexpr ValueName kStatxFlags[] = {
    FIELD(AT_STATX_SYNC_AS_STAT, AT_STATX_SYNC_TYPE),
    FIELD(AT_STATX_FORCE_SYNC, AT_STATX_SYNC_TYPE),
    FIELD(AT_STATX_DONT_SYNC, AT_STATX_SYNC_TYPE),
    FLAG(AT_SYMLINK_NOFOLLOW),
    FLAG(AT_NO_AUTOMOUNT),
    FLAG(AT_EMPTY_PATH),
};
inline constexpr ValueName kStatxMask[] = {
    NUMBER(STATX_ALL),  FLAG(STATX_BASIC_STATS), FLAG(STATX_TYPE), FLAG(STATX_MODE),
    FLAG(STATX_NLINK),  FLAG(STATX_UID),         FLAG(STATX_GID),  FLAG(STATX_ATIME),
    FLAG(STATX_MTIME),  FLAG(STATX_CTIME),       FLAG(STATX_INO),  FLAG(STATX_SIZE),
    FLAG(STATX_BLOCKS), FLAG(STATX_BTIME),
};
inline constexpr ValueName kRename[] = {
    FLAG(RENAME_NOREPLACE),
    FLAG(RENAME_EXCHANGE),
    FLAG(RENAME_WHITEOUT),
};
inline constexpr ValueName kFallocate[] = {
    FLAG(FALLOC_FL_KEEP_SIZE),  FLAG(FALLOC_FL_PUNCH_HOLE),   FLAG(FALLOC_FL_COLLAPSE_RANGE),
    FLAG(FALLOC_FL_ZERO_RANGE), FLAG(FALLOC_FL_INSERT_RANGE), FLAG(FALLOC_FL_UNSHARE_RANGE),
};
inline constexpr ValueName kAdvice[] = {
    NUMBER(POSIX_FADV_NORMAL),   NUMBER(POSIX_FADV_RANDOM),   NUMBER(POSIX_FADV_SEQUENTIAL),
    NUMBER(POSIX_FADV_WILLNEED), NUMBER(POSIX_FADV_DONTNEED), NUMBER(POSIX_FADV_NOREUSE),
};
inline constexpr ValueName kSyncRange[] = {
    FLAG(SYNC_FILE_RANGE_WAIT_BEFORE),
    FLAG(SYNC_FILE_RANGE_WRITE),
    FLAG(SYNC_FILE_RANGE_WAIT_AFTER),
};
inline constexpr ValueName kSplice[] = {
    FLAG(SPLICE_F_MOVE),
    FLAG(SPLICE_F_NONBLOCK),
    FLAG(SPLICE_F_MORE),
    FLAG(SPLICE_F_GIFT),
};
inline constexpr ValueName kVectorIo[] = {
    FLAG(RWF_HIPRI), FLAG(RWF_DSYNC), FLAG(RWF_SYNC), FLAG(RWF_NOWAIT), FLAG(RWF_APPEND),
};
inline constexpr ValueName kLock[] = {
    FIELD(LOCK_SH, 15),
    FIELD(LOCK_EX, 15),
    FIELD(LOCK_UN, 15),
    {LOCK_SH | LOCK_NB, 15, "LOCK_SH|LOCK_NB"},
    {LOCK_EX | LOCK_NB, 15, "LOCK_EX|LOCK_NB"},
    {LOCK_UN | LOCK_NB, 15, "LOCK_UN|LOCK_NB"},
};
inline constexpr ValueName kFcntl[] = {
    NUMBER(F_DUPFD),      NUMBER(F_GETFD),     NUMBER(F_SETFD),         NUMBER(F_GETFL),
    NUMBER(F_SETFL),      NUMBER(F_GETLK),     NUMBER(F_SETLK),         NUMBER(F_SETLKW),
    NUMBER(F_SETOWN),     NUMBER(F_GETOWN),    NUMBER(F_SETSIG),        NUMBER(F_GETSIG),
    NUMBER(F_OFD_GETLK),  NUMBER(F_OFD_SETLK), NUMBER(F_OFD_SETLKW),    NUMBER(F_SETLEASE),
    NUMBER(F_GETLEASE),   NUMBER(F_NOTIFY),    NUMBER(F_DUPFD_CLOEXEC), NUMBER(F_SETPIPE_SZ),
    NUMBER(F_GETPIPE_SZ), NUMBER(F_ADD_SEALS), NUMBER(F_GET_SEALS),
};
inline constexpr ValueName kIoctl[] = {
    NUMBER(TCGETS),     NUMBER(TCSETS),     NUMBER(TCSETSW),   NUMBER(TCSETSF),   NUMBER(TCSBRK),
    NUMBER(TCXONC),     NUMBER(TCFLSH),     NUMBER(TIOCGPGRP), NUMBER(TIOCSPGRP), NUMBER(TIOCOUTQ),
    NUMBER(TIOCGWINSZ), NUMBER(TIOCSWINSZ), NUMBER(TIOCGSID),  NUMBER(FIONREAD),  NUMBER(FIONBIO),
    NUMBER(FIOCLEX),    NUMBER(FIONCLEX),   NUMBER(FIOASYNC),
};

inline constexpr ValueName kProtection[] = {
    FLAG(PROT_READ),      FLAG(PROT_WRITE),   FLAG(PROT_EXEC),
    FLAG(PROT_GROWSDOWN), FLAG(PROT_GROWSUP), NUMBER(PROT_NONE),
};
inline constexpr ValueName kMap[] = {
    FIELD(MAP_SHARED, MAP_TYPE),
    FIELD(MAP_PRIVATE, MAP_TYPE),
    FIELD(MAP_SHARED_VALIDATE, MAP_TYPE),
    FLAG(MAP_FIXED),
    FLAG(MAP_ANONYMOUS),
    FLAG(MAP_32BIT),
    FLAG(MAP_GROWSDOWN),
    FLAG(MAP_DENYWRITE),
    FLAG(MAP_EXECUTABLE),
    FLAG(MAP_LOCKED),
    FLAG(MAP_NORESERVE),
    FLAG(MAP_POPULATE),
    FLAG(MAP_NONBLOCK),
    FLAG(MAP_STACK),
    FLAG(MAP_HUGETLB),
    FLAG(MAP_SYNC),
    FLAG(MAP_FIXED_NOREPLACE),
};
inline constexpr ValueName kRemap[] = {
    FLAG(MREMAP_MAYMOVE),
    FLAG(MREMAP_FIXED),
    FLAG(MREMAP_DONTUNMAP),
};
inline constexpr ValueName kSync[] = {FLAG(MS_ASYNC), FLAG(MS_INVALIDATE), FLAG(MS_SYNC)};
inline constexpr ValueName kLockAll[] = {FLAG(MCL_CURRENT), FLAG(MCL_FUTURE), FLAG(MCL_ONFAULT)};
inline constexpr ValueName kMemoryAdvice[] = {
    NUMBER(MADV_NORMAL),     NUMBER(MADV_RANDOM),      NUMBER(MADV_SEQUENTIAL),
    NUMBER(MADV_WILLNEED),   NUMBER(MADV_DONTNEED),    NUMBER(MADV_FREE),
    NUMBER(MADV_REMOVE),     NUMBER(MADV_DONTFORK),    NUMBER(MADV_DOFORK),
    NUMBER(MADV_MERGEABLE),  NUMBER(MADV_UNMERGEABLE), NUMBER(MADV_HUGEPAGE),
    NUMBER(MADV_NOHUGEPAGE), NUMBER(MADV_DONTDUMP),    NUMBER(MADV_DODUMP),
    NUMBER(MADV_WIPEONFORK), NUMBER(MADV_KEEPONFORK),  NUMBER(MADV_COLD),
    NUMBER(MADV_PAGEOUT),
};
inline constexpr ValueName kSharedMemory[] = {FLAG(IPC_CREAT), FLAG(IPC_EXCL), FLAG(SHM_NORESERVE)};
inline constexpr ValueName kAttach[] = {FLAG(SHM_RDONLY), FLAG(SHM_RND), FLAG(SHM_REMAP),
                                        FLAG(SHM_EXEC)};
inline constexpr ValueName kSharedMemoryControl[] = {
    NUMBER(IPC_RMID), NUMBER(IPC_SET),    NUMBER(IPC_STAT), NUMBER(IPC_INFO),
    NUMBER(SHM_LOCK), NUMBER(SHM_UNLOCK), NUMBER(SHM_STAT), NUMBER(SHM_INFO),
};
inline constexpr ValueName kMemoryFile[] = {
    FLAG(MFD_CLOEXEC),
    FLAG(MFD_ALLOW_SEALING),
    FLAG(MFD_HUGETLB),
};

#define SIGNAL(name) {name, CSIGNAL, #name}
inline constexpr ValueName kClone[] = {
    FLAG(CLONE_VM),
    FLAG(CLONE_FS),
    FLAG(CLONE_FILES),
    FLAG(CLONE_SIGHAND),
    FLAG(CLONE_PIDFD),
    FLAG(CLONE_PTRACE),
    FLAG(CLONE_VFORK),
    FLAG(CLONE_PARENT),
    FLAG(CLONE_THREAD),
    FLAG(CLONE_NEWNS),
    FLAG(CLONE_SYSVSEM),
    FLAG(CLONE_SETTLS),
    FLAG(CLONE_PARENT_SETTID),
    FLAG(CLONE_CHILD_CLEARTID),
    FLAG(CLONE_DETACHED),
    FLAG(CLONE_UNTRACED),
    FLAG(CLONE_CHILD_SETTID),
    FLAG(CLONE_NEWCGROUP),
    FLAG(CLONE_NEWUTS),
    FLAG(CLONE_NEWIPC),
    FLAG(CLONE_NEWUSER),
    FLAG(CLONE_NEWPID),
    FLAG(CLONE_NEWNET),
    FLAG(CLONE_IO),
    SIGNAL(SIGCHLD),
    SIGNAL(SIGUSR1),
    SIGNAL(SIGUSR2),
};
#undef SIGNAL
inline constexpr ValueName kWait[] = {
    FLAG(WNOHANG), FLAG(WSTOPPED),    FLAG(WEXITED), FLAG(WCONTINUED),
    FLAG(WNOWAIT), FLAG(__WNOTHREAD), FLAG(__WALL),  FLAG(__WCLONE),
};
inline constexpr ValueName kWaitFor[] = {NUMBER(P_ALL), NUMBER(P_PID), NUMBER(P_PGID),
                                         NUMBER(P_PIDFD)};
inline constexpr ValueName kMaskChange[] = {NUMBER(SIG_BLOCK), NUMBER(SIG_UNBLOCK),
                                            NUMBER(SIG_SETMASK)};
inline constexpr ValueName kFutex[] = {
    // With FUTEX_PRIVATE_FLAG.
    FIELD(FUTEX_WAIT_PRIVATE, 255),
    FIELD(FUTEX_WAKE_PRIVATE, 255),
    FIELD(FUTEX_REQUEUE_PRIVATE, 255),
    FIELD(FUTEX_CMP_REQUEUE_PRIVATE, 255),
    FIELD(FUTEX_WAKE_OP_PRIVATE, 255),
    FIELD(FUTEX_LOCK_PI_PRIVATE, 255),
    FIELD(FUTEX_UNLOCK_PI_PRIVATE, 255),
    FIELD(FUTEX_TRYLOCK_PI_PRIVATE, 255),
    FIELD(FUTEX_WAIT_BITSET_PRIVATE, 255),
    FIELD(FUTEX_WAKE_BITSET_PRIVATE, 255),
    FIELD(FUTEX_WAIT_REQUEUE_PI_PRIVATE, 255),
    FIELD(FUTEX_CMP_REQUEUE_PI_PRIVATE, 255),
    FIELD(FUTEX_WAIT, 255),
    FIELD(FUTEX_WAKE, 255),
    FIELD(FUTEX_FD, 255),
    FIELD(FUTEX_REQUEUE, 255),
    FIELD(FUTEX_CMP_REQUEUE, 255),
    FIELD(FUTEX_WAKE_OP, 255),
    FIELD(FUTEX_LOCK_PI, 255),
    FIELD(FUTEX_UNLOCK_PI, 255),
    FIELD(FUTEX_TRYLOCK_PI, 255),
    FIELD(FUTEX_WAIT_BITSET, 255),
    FIELD(FUTEX_WAKE_BITSET, 255),
    FIELD(FUTEX_WAIT_REQUEUE_PI, 255),
    FIELD(FUTEX_CMP_REQUEUE_PI, 255),
    FLAG(FUTEX_CLOCK_REALTIME),
};
inline constexpr ValueName kPrctl[] = {
    NUMBER(PR_SET_PDEATHSIG),
    NUMBER(PR_GET_PDEATHSIG),
    NUMBER(PR_GET_DUMPABLE),
    NUMBER(PR_SET_DUMPABLE),
    NUMBER(PR_GET_KEEPCAPS),
    NUMBER(PR_SET_KEEPCAPS),
    NUMBER(PR_SET_NAME),
    NUMBER(PR_GET_NAME),
    NUMBER(PR_GET_SECCOMP),
    NUMBER(PR_SET_SECCOMP),
    NUMBER(PR_CAPBSET_READ),
    NUMBER(PR_CAPBSET_DROP),
    NUMBER(PR_SET_TIMERSLACK),
    NUMBER(PR_GET_TIMERSLACK),
    NUMBER(PR_SET_CHILD_SUBREAPER),
    NUMBER(PR_GET_CHILD_SUBREAPER),
    NUMBER(PR_SET_NO_NEW_PRIVS),
    NUMBER(PR_GET_NO_NEW_PRIVS),
};
inline constexpr ValueName kLimits[] = {
    NUMBER(RLIMIT_CPU),      NUMBER(RLIMIT_FSIZE), NUMBER(RLIMIT_DATA),   NUMBER(RLIMIT_STACK),
    NUMBER(RLIMIT_CORE),     NUMBER(RLIMIT_RSS),   NUMBER(RLIMIT_NPROC),  NUMBER(RLIMIT_NOFILE),
    NUMBER(RLIMIT_MEMLOCK),  NUMBER(RLIMIT_AS),    NUMBER(RLIMIT_LOCKS),  NUMBER(RLIMIT_SIGPENDING),
    NUMBER(RLIMIT_MSGQUEUE), NUMBER(RLIMIT_NICE),  NUMBER(RLIMIT_RTPRIO), NUMBER(RLIMIT_RTTIME),
};
inline constexpr ValueName kUsage[] = {
    NUMBER(RUSAGE_SELF),
    NUMBER(RUSAGE_CHILDREN),
    NUMBER(RUSAGE_THREAD),
};
inline constexpr ValueName kPriority[] = {NUMBER(PRIO_PROCESS), NUMBER(PRIO_PGRP),
                                          NUMBER(PRIO_USER)};
inline constexpr ValueName kPolicy[] = {
    NUMBER(SCHED_OTHER), NUMBER(SCHED_FIFO), NUMBER(SCHED_RR),
    NUMBER(SCHED_BATCH), NUMBER(SCHED_IDLE),
};
inline constexpr ValueName kIntervalTimer[] = {
    NUMBER(ITIMER_REAL),
    NUMBER(ITIMER_VIRTUAL),
    NUMBER(ITIMER_PROF),
};
inline constexpr ValueName kTimer[] = {FLAG(TIMER_ABSTIME)};
inline constexpr ValueName kTimerSettings[] = {FLAG(TFD_TIMER_ABSTIME),
                                               FLAG(TFD_TIMER_CANCEL_ON_SET)};
inline constexpr ValueName kTimerFile[] = {FLAG(TFD_CLOEXEC), FLAG(TFD_NONBLOCK)};
inline constexpr ValueName kEventFile[] = {FLAG(EFD_SEMAPHORE), FLAG(EFD_CLOEXEC),
                                           FLAG(EFD_NONBLOCK)};
inline constexpr ValueName kEpoll[] = {FLAG(EPOLL_CLOEXEC)};
inline constexpr ValueName kEpollControl[] = {
    NUMBER(EPOLL_CTL_ADD),
    NUMBER(EPOLL_CTL_DEL),
    NUMBER(EPOLL_CTL_MOD),
};
inline constexpr ValueName kInotify[] = {FLAG(IN_CLOEXEC), FLAG(IN_NONBLOCK)};
inline constexpr ValueName kWatch[] = {
    NUMBER(IN_ALL_EVENTS), FLAG(IN_ACCESS),        FLAG(IN_MODIFY),      FLAG(IN_ATTRIB),
    FLAG(IN_CLOSE_WRITE),  FLAG(IN_CLOSE_NOWRITE), FLAG(IN_OPEN),        FLAG(IN_MOVED_FROM),
    FLAG(IN_MOVED_TO),     FLAG(IN_CREATE),        FLAG(IN_DELETE),      FLAG(IN_DELETE_SELF),
    FLAG(IN_MOVE_SELF),    FLAG(IN_ONLYDIR),       FLAG(IN_DONT_FOLLOW), FLAG(IN_EXCL_UNLINK),
    FLAG(IN_MASK_CREATE),  FLAG(IN_MASK_ADD),      FLAG(IN_ISDIR),       FLAG(IN_ONESHOT),
};
inline constexpr ValueName kFamilies[] = {
    NUMBER(AF_UNSPEC), NUMBER(AF_UNIX), NUMBER(AF_INET), NUMBER(AF_INET6), NUMBER(AF_NETLINK),
};
inline constexpr ValueName kSocketTypes[] = {
    FIELD(SOCK_STREAM, 15),    FIELD(SOCK_DGRAM, 15), FIELD(SOCK_RAW, 15),
    FIELD(SOCK_SEQPACKET, 15), FLAG(SOCK_CLOEXEC),    FLAG(SOCK_NONBLOCK),
};
inline constexpr ValueName kMessage[] = {
    FLAG(MSG_OOB),          FLAG(MSG_PEEK),     FLAG(MSG_DONTROUTE), FLAG(MSG_CTRUNC),
    FLAG(MSG_TRUNC),        FLAG(MSG_DONTWAIT), FLAG(MSG_EOR),       FLAG(MSG_WAITALL),
    FLAG(MSG_CONFIRM),      FLAG(MSG_ERRQUEUE), FLAG(MSG_NOSIGNAL),  FLAG(MSG_MORE),
    FLAG(MSG_CMSG_CLOEXEC),
};
inline constexpr ValueName kShutdown[] = {NUMBER(SHUT_RD), NUMBER(SHUT_WR), NUMBER(SHUT_RDWR)};
inline constexpr ValueName kSocketLevels[] = {NUMBER(SOL_SOCKET)};
inline constexpr ValueName kRandom[] = {FLAG(GRND_NONBLOCK), FLAG(GRND_RANDOM),
                                        FLAG(GRND_INSECURE)};
inline constexpr ValueName kAttribute[] = {FLAG(XATTR_CREATE), FLAG(XATTR_REPLACE)};
inline constexpr ValueName kCloseRange[] = {FLAG(CLOSE_RANGE_UNSHARE), FLAG(CLOSE_RANGE_CLOEXEC)};
inline constexpr ValueName kClocks[] = {
    NUMBER(CLOCK_REALTIME),          NUMBER(CLOCK_MONOTONIC),     NUMBER(CLOCK_PROCESS_CPUTIME_ID),
    NUMBER(CLOCK_THREAD_CPUTIME_ID), NUMBER(CLOCK_MONOTONIC_RAW), NUMBER(CLOCK_REALTIME_COARSE),
    NUMBER(CLOCK_MONOTONIC_COARSE),  NUMBER(CLOCK_BOOTTIME),      NUMBER(CLOCK_REALTIME_ALARM),
    NUMBER(CLOCK_BOOTTIME_ALARM),    NUMBER(CLOCK_TAI),
};
#undef FLAG
#undef FIELD
#undef NUMBER

}  // namespace linden::microvisor::call_flags
