// Which form each argument of each call has: one entry for each call and argument.

#include "microvisor/call_names.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "microvisor/call_flags.h"

namespace linden::microvisor {

namespace {

using namespace call_flags;

constexpr ArgumentForm names(std::span<const ValueName> set) { return {Shown::Names, set}; }

using enum Shown;

// By name, sorted as the families are.
constexpr NamedForm kForms[] = {
    {"open", 1, names(kOpen)},
    {"openat", 2, names(kOpen)},
    {"openat2", 2, {OpenHow}},
    {"pipe", 0, {Descriptors}},
    {"pipe2", 0, {Descriptors}},
    {"pipe2", 1, names(kPipe)},
    {"dup3", 2, names(kPipe)},
    {"lseek", 2, names(kWhence)},
    {"access", 1, names(kAccess)},
    {"faccessat", 2, names(kAccess)},
    {"faccessat2", 2, names(kAccess)},
    {"faccessat2", 3, names(kAccessAt)},
    {"stat", 1, {Status}},
    {"lstat", 1, {Status}},
    {"fstat", 1, {Status}},
    {"newfstatat", 2, {Status}},
    {"newfstatat", 3, names(kAt)},
    {"statx", 2, names(kStatxFlags)},
    {"statx", 3, names(kStatxMask)},
    {"fchownat", 4, names(kAt)},
    {"linkat", 4, names(kAt)},
    {"unlinkat", 2, names(kAt)},
    {"execveat", 4, names(kAt)},
    {"utimensat", 2, {Timespecs}},
    {"utimensat", 3, names(kAt)},
    {"utimes", 1, {Timevals}},
    {"futimesat", 2, {Timevals}},
    {"renameat2", 4, names(kRename)},
    {"fallocate", 1, names(kFallocate)},
    {"fadvise64", 3, names(kAdvice)},
    {"sync_file_range", 3, names(kSyncRange)},
    {"sendfile", 2, {Offset}},
    {"splice", 1, {Offset}},
    {"splice", 3, {Offset}},
    {"splice", 5, names(kSplice)},
    {"tee", 3, names(kSplice)},
    {"vmsplice", 3, names(kSplice)},
    {"copy_file_range", 1, {Offset}},
    {"copy_file_range", 3, {Offset}},
    {"preadv2", 4, names(kVectorIo)},
    {"pwritev2", 4, names(kVectorIo)},
    {"getdents", 1, {DirectoryEntries}},
    {"getdents64", 1, {DirectoryEntries}},
    {"flock", 1, names(kLock)},
    {"fcntl", 1, names(kFcntl)},
    {"ioctl", 1, names(kIoctl)},
    {"umask", kResult, {Octal}},
    {"getcwd", 0, {Text}},
    {"setxattr", 4, names(kAttribute)},
    {"lsetxattr", 4, names(kAttribute)},
    {"fsetxattr", 4, names(kAttribute)},
    {"close_range", 2, names(kCloseRange)},
    {"memfd_create", 1, names(kMemoryFile)},
    {"getrandom", 2, names(kRandom)},

    {"mmap", 2, names(kProtection)},
    {"mmap", 3, names(kMap)},
    {"mmap", 5, {Hexadecimal}},
    {"mmap", kResult, {Pointer}},
    {"mprotect", 2, names(kProtection)},
    {"mremap", 3, names(kRemap)},
    {"mremap", kResult, {Pointer}},
    {"brk", kResult, {Pointer}},
    {"msync", 2, names(kSync)},
    {"madvise", 2, names(kMemoryAdvice)},
    {"mlockall", 0, names(kLockAll)},
    {"shmget", 2, names(kSharedMemory)},
    {"shmat", 2, names(kAttach)},
    {"shmat", kResult, {Pointer}},
    {"shmctl", 1, names(kSharedMemoryControl)},

    {"clone", 0, names(kClone)},
    {"execve", 1, {Strings}},
    {"execve", 2, {Environment}},
    {"execveat", 2, {Strings}},
    {"execveat", 3, {Environment}},
    {"wait4", 1, {WaitStatus}},
    {"wait4", 2, names(kWait)},
    {"waitid", 0, names(kWaitFor)},
    {"waitid", 2, {SignalInformation}},
    {"waitid", 3, names(kWait)},
    {"futex", 1, names(kFutex)},
    {"prctl", 0, names(kPrctl)},
    {"getrlimit", 0, names(kLimits)},
    {"getrlimit", 1, {Limit}},
    {"setrlimit", 0, names(kLimits)},
    {"setrlimit", 1, {Limit}},
    {"prlimit64", 1, names(kLimits)},
    {"prlimit64", 2, {Limit}},
    {"prlimit64", 3, {Limit}},
    {"getrusage", 0, names(kUsage)},
    {"getpriority", 0, names(kPriority)},
    {"setpriority", 0, names(kPriority)},
    {"sched_setscheduler", 1, names(kPolicy)},
    {"sched_get_priority_max", 0, names(kPolicy)},
    {"sched_get_priority_min", 0, names(kPolicy)},

    {"rt_sigaction", 0, {Signal}},
    {"rt_sigaction", 1, {SignalAction}},
    {"rt_sigaction", 2, {SignalAction}},
    {"rt_sigprocmask", 0, names(kMaskChange)},
    {"rt_sigprocmask", 1, {SignalSet}},
    {"rt_sigprocmask", 2, {SignalSet}},
    {"rt_sigpending", 0, {SignalSet}},
    {"rt_sigsuspend", 0, {SignalSet}},
    {"rt_sigtimedwait", 0, {SignalSet}},
    {"rt_sigtimedwait", 1, {SignalInformation}},
    {"rt_sigtimedwait", 2, {Timespec}},
    {"rt_sigqueueinfo", 1, {Signal}},
    {"rt_sigqueueinfo", 2, {SignalInformation}},
    {"kill", 1, {Signal}},
    {"tkill", 1, {Signal}},
    {"tgkill", 2, {Signal}},

    {"nanosleep", 0, {Timespec}},
    {"clock_nanosleep", 1, names(kTimer)},
    {"clock_nanosleep", 2, {Timespec}},
    {"clock_gettime", 1, {Timespec}},
    {"clock_settime", 1, {Timespec}},
    {"clock_getres", 1, {Timespec}},
    {"sched_rr_get_interval", 1, {Timespec}},
    {"gettimeofday", 0, {Timeval}},
    {"getitimer", 0, names(kIntervalTimer)},
    {"getitimer", 1, {Itimerval}},
    {"setitimer", 0, names(kIntervalTimer)},
    {"setitimer", 1, {Itimerval}},
    {"setitimer", 2, {Itimerval}},
    {"timer_create", 2, {Word}},
    {"timer_settime", 1, names(kTimer)},
    {"timer_settime", 2, {Itimerspec}},
    {"timer_settime", 3, {Itimerspec}},
    {"timer_gettime", 1, {Itimerspec}},
    {"timerfd_create", 1, names(kTimerFile)},
    {"timerfd_settime", 1, names(kTimerSettings)},
    {"timerfd_settime", 2, {Itimerspec}},
    {"timerfd_settime", 3, {Itimerspec}},
    {"timerfd_gettime", 1, {Itimerspec}},

    {"poll", 0, {Pollfds}},
    {"ppoll", 0, {Pollfds}},
    {"ppoll", 2, {Timespec}},
    {"ppoll", 3, {SignalSet}},
    {"select", 4, {Timeval}},
    {"pselect6", 4, {Timespec}},
    {"eventfd2", 1, names(kEventFile)},
    {"epoll_create1", 0, names(kEpoll)},
    {"epoll_ctl", 1, names(kEpollControl)},
    {"epoll_pwait", 4, {SignalSet}},
    {"epoll_pwait2", 3, {Timespec}},
    {"epoll_pwait2", 4, {SignalSet}},
    {"inotify_init1", 0, names(kInotify)},
    {"inotify_add_watch", 2, names(kWatch)},

    {"socketpair", 0, names(kFamilies)},
    {"socketpair", 1, names(kSocketTypes)},
    {"socketpair", 3, {Descriptors}},
    {"sendto", 3, names(kMessage)},
    {"recvfrom", 3, names(kMessage)},
    {"recvfrom", 5, {Word}},
    {"sendmsg", 2, names(kMessage)},
    {"recvmsg", 2, names(kMessage)},
    {"shutdown", 1, names(kShutdown)},
    {"setsockopt", 1, names(kSocketLevels)},
    {"getsockopt", 1, names(kSocketLevels)},
    {"getsockopt", 4, {Word}},
};

using Forms = std::vector<std::array<ArgumentForm, 7>>;

// By number.
const Forms& all_forms() {
  static const Forms* const forms = [] {
    auto* all = new Forms(static_cast<size_t>(syscalls().back().number) + 1);
    for (const NamedForm& entry : kForms) {
      const auto info = std::ranges::find(syscalls(), entry.call, &SyscallInfo::name);
      if (info == syscalls().end()) continue;
      (*all)[static_cast<size_t>(info->number)][static_cast<size_t>(entry.argument)] = entry.form;
    }
    return all;
  }();
  return *forms;
}

// What fcntl's third argument is depends on the second.
void adapt_fcntl(CallForm& form, int command) {
  switch (command) {
    case F_SETFD:
      form.arguments[2] = names(kDescriptorFlags);
      return;
    case F_SETFL:
      form.arguments[2] = names(kOpen);
      return;
    case F_GETFD:
    case F_GETFL:
    case F_GETOWN:
    case F_GETSIG:
    case F_GETLEASE:
    case F_GETPIPE_SZ:
    case F_GET_SEALS:
      form.argument_count = 2;
      if (command == F_GETFL) form.result = names(kOpen);
      if (command == F_GETFD) form.result = names(kDescriptorFlags);
      return;
    case F_SETSIG:
      form.arguments[2] = {Signal};
      return;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_SETOWN:
    case F_SETPIPE_SZ:
      form.arguments[2] = {Decimal};
      return;
    default:
      return;
  }
}

void adapt_futex(CallForm& form, int operation) {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_UNLOCK_PI:
    case FUTEX_TRYLOCK_PI:
      form.argument_count = 2;
      return;
    case FUTEX_WAKE:
      form.argument_count = 3;
      return;
    case FUTEX_WAIT:
    case FUTEX_LOCK_PI:
      form.argument_count = 4;
      form.arguments[3] = {Timespec};
      return;
    case FUTEX_WAIT_BITSET:
      form.arguments[3] = {Timespec};
      form.arguments[5] = {Hexadecimal};
      return;
    case FUTEX_REQUEUE:
      form.argument_count = 5;
      return;
    default:
      return;
  }
}

}  // namespace

std::span<const ValueName> clock_names() { return kClocks; }

std::span<const ValueName> open_flag_names() { return kOpen; }

std::span<const NamedForm> named_forms() { return kForms; }

CallForm form_of(const SyscallInfo& info, const uint64_t arguments[6]) {
  CallForm form{.arguments = {}, .result = {}, .argument_count = info.argument_count};
  const auto& forms = all_forms()[static_cast<size_t>(info.number)];
  std::copy_n(forms.begin(), 6, form.arguments.begin());
  form.result = forms[kResult];
  auto has_none_of = [&](int argument, uint64_t flags) { return !(arguments[argument] & flags); };
  constexpr uint64_t kCreating = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);
  if (info.name == "open" && has_none_of(1, kCreating)) form.argument_count = 2;
  if (info.name == "openat" && has_none_of(2, kCreating)) form.argument_count = 3;
  if (info.name == "mremap" && has_none_of(3, MREMAP_FIXED | MREMAP_DONTUNMAP)) {
    form.argument_count = 4;
  }
  if (info.name == "fcntl") adapt_fcntl(form, static_cast<int>(arguments[1]));
  if (info.name == "futex") adapt_futex(form, static_cast<int>(arguments[1]));
  return form;
}

}  // namespace linden::microvisor
