#include "runtime/cli/call_filter.h"

#include <algorithm>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "microvisor/dispatch.h"

namespace linden::cli {
namespace {

using microvisor::ArgKind;
using microvisor::SyscallInfo;
using Names = std::span<const std::string_view>;

bool is_one_of(const SyscallInfo& info, Names names) {
  return std::ranges::find(names, info.name) != names.end();
}

bool has_kind(const SyscallInfo& info, ArgKind kind) {
  return std::ranges::find(info.arguments, kind) != info.arguments.end();
}

// A class is what the kinds of arguments tell, and these.
constexpr std::string_view kAlsoFile[] = {"getcwd", "inotify_add_watch"};
constexpr std::string_view kAlsoDescriptor[] = {
    "accept",        "accept4",      "bind",       "connect",        "epoll_create",
    "epoll_create1", "eventfd",      "eventfd2",   "inotify_init",   "inotify_init1",
    "listen",        "memfd_create", "open",       "pipe",           "pipe2",
    "poll",          "ppoll",        "pselect6",   "select",         "signalfd",
    "signalfd4",     "socket",       "socketpair", "timerfd_create", "creat",
};
constexpr std::string_view kAlsoMemory[] = {"mlockall", "munlockall", "shmat"};
constexpr std::string_view kProcess[] = {
    "clone",
    "clone3",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "fork",
    "vfork",
    "wait4",
    "waitid",
    "kill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "tgkill",
    "tkill",
    "unshare",
};
constexpr std::string_view kAlsoSignal[] = {
    "kill", "pause", "sigaltstack", "signalfd", "signalfd4", "tgkill", "tkill",
};
constexpr std::string_view kNetwork[] = {
    "accept", "accept4",    "bind",     "connect", "getpeername", "getsockname", "getsockopt",
    "listen", "recvfrom",   "recvmmsg", "recvmsg", "sendfile",    "sendmmsg",    "sendmsg",
    "sendto", "setsockopt", "shutdown", "socket",  "socketpair",
};
constexpr std::string_view kIpcPrefixes[] = {"msg", "sem", "shm"};

struct Class {
  std::string_view name;
  bool (*includes)(const SyscallInfo&);
};

constexpr Class kClasses[] = {
    {"file",
     [](const SyscallInfo& info) {
       if (info.name == "memfd_create") return false;  // its name is no path
       return info.arguments[0] == ArgKind::Path || has_kind(info, ArgKind::DirFd) ||
              is_one_of(info, kAlsoFile);
     }},
    {"desc",
     [](const SyscallInfo& info) {
       return has_kind(info, ArgKind::Fd) || has_kind(info, ArgKind::DirFd) ||
              is_one_of(info, kAlsoDescriptor);
     }},
    {"memory",
     [](const SyscallInfo& info) {
       return info.arguments[0] == ArgKind::Address || is_one_of(info, kAlsoMemory);
     }},
    {"process", [](const SyscallInfo& info) { return is_one_of(info, kProcess); }},
    {"signal",
     [](const SyscallInfo& info) {
       return info.name.starts_with("rt_") || is_one_of(info, kAlsoSignal);
     }},
    {"network", [](const SyscallInfo& info) { return is_one_of(info, kNetwork); }},
    {"ipc",
     [](const SyscallInfo& info) {
       return std::ranges::any_of(
           kIpcPrefixes, [&](std::string_view prefix) { return info.name.starts_with(prefix); });
     }},
};

}  // namespace

absl::StatusOr<CallFilter> CallFilter::parse(std::string_view text) {
  constexpr std::string_view kQualifier = "trace=";
  if (text.starts_with(kQualifier)) text.remove_prefix(kQualifier.size());
  CallFilter filter;
  filter.is_inverted_ = text.starts_with('!');
  if (filter.is_inverted_) text.remove_prefix(1);
  const std::span<const SyscallInfo> calls = microvisor::syscalls();
  filter.named_.resize(static_cast<size_t>(calls.back().number) + 1);
  for (const std::string& item : std::vector<std::string>(absl::StrSplit(std::string(text), ','))) {
    if (item == "none") continue;
    const bool is_class = item.starts_with('%');
    const auto found = std::ranges::find(kClasses, item.substr(is_class ? 1 : 0), &Class::name);
    if (is_class && found == std::end(kClasses)) {
      std::string message = absl::StrCat("-e: there is no class \"", item, "\", only");
      for (const Class& known : kClasses) message += " %" + std::string(known.name);
      return absl::InvalidArgumentError(message);
    }
    bool has_any = false;
    for (const SyscallInfo& info : calls) {
      if (item != "all" && !(is_class ? found->includes(info) : info.name == item)) continue;
      filter.named_[static_cast<size_t>(info.number)] = true;
      has_any = true;
    }
    if (!has_any) {
      return absl::InvalidArgumentError(absl::StrCat("-e: there is no system call \"", item, "\""));
    }
  }
  return filter;
}

bool CallFilter::includes(int number) const {
  const bool is_named = number >= 0 && static_cast<size_t>(number) < named_.size() &&
                        named_[static_cast<size_t>(number)];
  return is_named != is_inverted_;
}

}  // namespace linden::cli
