#include "microvisor/call_structs.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "microvisor/abi.h"

namespace linden::microvisor {

namespace {

// How many variables an environment is counted to.
constexpr uint32_t kMaximumVariables = 10'000;

#define FLAG(name) {static_cast<uint32_t>(name), static_cast<uint32_t>(name), #name}
constexpr ValueName kEvents[] = {FLAG(POLLIN),     FLAG(POLLPRI),    FLAG(POLLOUT),
                                 FLAG(POLLRDNORM), FLAG(POLLRDBAND), FLAG(POLLWRNORM),
                                 FLAG(POLLWRBAND), FLAG(POLLMSG),    FLAG(POLLERR),
                                 FLAG(POLLHUP),    FLAG(POLLNVAL),   FLAG(POLLRDHUP)};
constexpr ValueName kActionFlags[] = {FLAG(SA_NOCLDSTOP), FLAG(SA_NOCLDWAIT), FLAG(SA_SIGINFO),
                                      FLAG(SA_ONSTACK),   FLAG(SA_RESTART),   FLAG(SA_NODEFER),
                                      FLAG(SA_RESETHAND)};
#undef FLAG

std::string name_flags(std::span<const ValueName> names, uint32_t flags) {
  return name_value(names, flags).value_or(to_hexadecimal(flags));
}

std::string show(const GuestTimespec& time) {
  return absl::StrCat("{tv_sec=", time.seconds, ", tv_nsec=", time.nanoseconds, "}");
}

std::string show(const GuestTimeval& time) {
  return absl::StrCat("{tv_sec=", time.seconds, ", tv_usec=", time.microseconds, "}");
}

template <typename Timer>
std::string show_timer(const Timer& timer) {
  return absl::StrCat("{it_interval=", show(timer.interval), ", it_value=", show(timer.value), "}");
}
std::string show(const GuestItimerspec& timer) { return show_timer(timer); }
std::string show(const GuestItimerval& timer) { return show_timer(timer); }

std::string show_limit_value(uint64_t value) {
  if (value == RLIM_INFINITY) return "RLIM64_INFINITY";
  // As strace has it.
  if (value != 0 && value % 1024 == 0) return absl::StrCat(value / 1024, "*1024");
  return absl::StrCat(value);
}

std::string show(const GuestRlimit& limit) {
  return absl::StrCat("{rlim_cur=", show_limit_value(limit.soft),
                      ", rlim_max=", show_limit_value(limit.hard), "}");
}

std::string show(const GuestStat& status) {
  std::string text = absl::StrCat("{st_mode=", show_mode(status.mode));
  if (S_ISCHR(status.mode) || S_ISBLK(status.mode)) {
    absl::StrAppend(&text, ", st_rdev=makedev(", to_hexadecimal(major(status.special_device)), ", ",
                    to_hexadecimal(minor(status.special_device)), ")");
  } else {
    absl::StrAppend(&text, ", st_size=", status.size);
  }
  return text + ", ...}";
}

std::string show(const GuestSigaction& action) {
  const std::string handler = action.handler == 0   ? "SIG_DFL"
                              : action.handler == 1 ? "SIG_IGN"
                                                    : to_hexadecimal(action.handler);
  return absl::StrCat("{sa_handler=", handler, ", sa_mask=", show_signal_set(action.mask),
                      ", sa_flags=", name_flags(kActionFlags, action.flags), "}");
}

std::string show(const GuestOpenHow& how) {
  return absl::StrCat("{flags=", name_flags(open_flag_names(), static_cast<uint32_t>(how.flags)),
                      ", mode=", show_mode(static_cast<uint32_t>(how.mode)),
                      ", resolve=", to_hexadecimal(how.resolve), "}");
}

std::string show(const GuestSiginfo& information) { return show_siginfo(information); }

std::string show_special(const GuestTimespec& time) {
  if (time.nanoseconds == UTIME_NOW) return "UTIME_NOW";
  if (time.nanoseconds == UTIME_OMIT) return "UTIME_OMIT";
  return show(time);
}

std::string show_wait_status(int32_t status) {
  if (WIFEXITED(status)) {
    return absl::StrCat("[{WIFEXITED(s) && WEXITSTATUS(s) == ", WEXITSTATUS(status), "}]");
  }
  return absl::StrCat("[{WIFSIGNALED(s) && WTERMSIG(s) == ", show_signal(WTERMSIG(status)), "}]");
}

// A value of type T at an address, as `show_value` has it.
template <typename T, typename Show>
std::optional<std::string> show_at(const GuestMemory& memory, uint32_t address, Show show_value) {
  const Result<T> value = memory.read(GuestPtr<T>{address});
  if (!value.ok()) return std::nullopt;
  return show_value(value.value());
}

template <typename T>
std::optional<std::string> show_at(const GuestMemory& memory, uint32_t address) {
  return show_at<T>(memory, address, [](const T& value) { return show(value); });
}

template <typename T>
std::optional<std::string> show_pair_at(const GuestMemory& memory, uint32_t address) {
  return show_at<std::array<T, 2>>(memory, address, [](const std::array<T, 2>& both) {
    if constexpr (std::is_same_v<T, GuestTimespec>) {
      return absl::StrCat("[", show_special(both[0]), ", ", show_special(both[1]), "]");
    } else if constexpr (std::is_integral_v<T>) {
      return absl::StrCat("[", both[0], ", ", both[1], "]");
    } else {
      return absl::StrCat("[", show(both[0]), ", ", show(both[1]), "]");
    }
  });
}

// A list of at most `count` Ts. `show_value` returns an empty text for those that are left out, and
// nothing for one that ends the list.
template <typename T, typename Show>
std::optional<std::string> show_list(const GuestMemory& memory, uint32_t address, uint64_t count,
                                     const TextLimits& limits, Show show_value) {
  std::string text = "[";
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t element = address + i * sizeof(T);
    Result<T> value = Error{EFAULT};
    if (element <= UINT32_MAX) value = memory.read(GuestPtr<T>{static_cast<uint32_t>(element)});
    if (!value.ok()) return std::nullopt;
    const std::optional<std::string> shown = show_value(value.value());
    if (!shown) break;
    if (shown->empty()) continue;
    if (text.size() > 1) text += ", ";
    if (i >= limits.string) return text + "...]";
    text += *shown;
  }
  return text + "]";
}

std::optional<std::string> show_string(const GuestMemory& memory, uint32_t address,
                                       uint32_t limit) {
  std::string text(limit + 1, '\0');
  for (uint32_t i = 0; i <= limit; ++i) {
    Result<char> c = memory.read(GuestPtr<char>{address + i});
    if (!c.ok()) return std::nullopt;
    if (*c == '\0') return quote(std::string_view(text).substr(0, i));
    text[i] = *c;
  }
  return quote(std::string_view(text).substr(0, limit), /*is_cut=*/true);
}

std::optional<std::string> show_strings(const GuestMemory& memory, uint32_t address,
                                        const TextLimits& limits) {
  return show_list<uint32_t>(
      memory, address, UINT32_MAX, limits, [&](uint32_t string) -> std::optional<std::string> {
        if (string == 0) return std::nullopt;
        return show_string(memory, string, limits.string).value_or(to_hexadecimal(string));
      });
}

std::optional<std::string> show_environment(const GuestMemory& memory, uint32_t address) {
  for (uint32_t count = 0; count < kMaximumVariables; ++count) {
    Result<uint32_t> variable = memory.read(GuestPtr<uint32_t>{address + count * 4});
    if (!variable.ok()) return std::nullopt;
    if (*variable == 0) {
      return absl::StrCat(to_hexadecimal(address), " /* ", count, count == 1 ? " var" : " vars",
                          " */");
    }
  }
  return std::nullopt;
}

// Both forms of entries have their length at the same place.
std::optional<std::string> show_directory_entries(const GuestMemory& memory, uint32_t address,
                                                  uint64_t size) {
  constexpr uint32_t kLengthAt = offsetof(DirectoryEntryHeader, record_length);
  int count = 0;
  for (uint64_t at = 0; at < size; ++count) {
    const uint64_t length_at = address + at + kLengthAt;
    if (length_at > UINT32_MAX) return std::nullopt;
    auto length = memory.read(GuestPtr<uint16_t>{static_cast<uint32_t>(length_at)});
    if (!length.ok() || *length == 0) return std::nullopt;
    at += *length;
  }
  return absl::StrCat(to_hexadecimal(address), " /* ", count, count == 1 ? " entry" : " entries",
                      " */");
}

}  // namespace

std::optional<std::string> show_bytes(const GuestMemory& memory, uint32_t address, uint64_t length,
                                      const TextLimits& limits) {
  const uint32_t shown = static_cast<uint32_t>(std::min<uint64_t>(length, limits.string));
  const Result<std::string> bytes = memory.copy_characters({{address}, shown}, limits.string);
  if (!bytes.ok()) return std::nullopt;
  return quote(bytes.value(), shown < length);
}

std::optional<std::string> show_path(const GuestMemory& memory, uint32_t address) {
  const Result<std::string> path = memory.copy_string({address});
  if (path.ok()) return quote(path.value());
  if (path.code() != ENAMETOOLONG) return std::nullopt;
  return show_bytes(memory, address, PATH_MAX, {.string = PATH_MAX - 1});
}

std::optional<std::string> show_iovecs(const GuestMemory& memory, uint32_t address, uint32_t count,
                                       uint64_t bytes, const TextLimits& limits) {
  return show_list<GuestIovec>(memory, address, count, limits, [&](const GuestIovec& vector) {
    const uint64_t filled = std::min<uint64_t>(vector.length, bytes);
    bytes -= filled;
    return absl::StrCat(
        "{iov_base=",
        show_bytes(memory, vector.base, filled, limits).value_or(show_address(vector.base)),
        ", iov_len=", vector.length, "}");
  });
}

std::optional<std::string> show_ready(const GuestMemory& memory, uint32_t address, uint32_t count,
                                      const TextLimits& limits) {
  return show_list<GuestPollfd>(memory, address, count, limits, [](const GuestPollfd& entry) {
    const auto events = static_cast<uint16_t>(entry.revents);
    if (events == 0) return std::string();
    return absl::StrCat("{fd=", entry.fd, ", revents=", name_flags(kEvents, events), "}");
  });
}

std::optional<std::string> show_structure(const GuestMemory& memory, Shown shown, uint32_t address,
                                          uint64_t count, const TextLimits& limits) {
  switch (shown) {
    case Shown::Descriptors:
      return show_pair_at<int32_t>(memory, address);
    case Shown::Word:
      return show_at<int32_t>(memory, address, [](int32_t n) { return absl::StrCat("[", n, "]"); });
    case Shown::Offset:
      return show_at<int64_t>(memory, address, [](int64_t n) { return absl::StrCat("[", n, "]"); });
    case Shown::Timespec:
      return show_at<GuestTimespec>(memory, address);
    case Shown::Timespecs:
      return show_pair_at<GuestTimespec>(memory, address);
    case Shown::Timeval:
      return show_at<GuestTimeval>(memory, address);
    case Shown::Timevals:
      return show_pair_at<GuestTimeval>(memory, address);
    case Shown::Itimerspec:
      return show_at<GuestItimerspec>(memory, address);
    case Shown::Itimerval:
      return show_at<GuestItimerval>(memory, address);
    case Shown::Limit:
      return show_at<GuestRlimit>(memory, address);
    case Shown::SignalSet:
      return show_at<SignalSet>(memory, address, show_signal_set);
    case Shown::SignalAction:
      return show_at<GuestSigaction>(memory, address);
    case Shown::SignalInformation:
      return show_at<GuestSiginfo>(memory, address);
    case Shown::WaitStatus:
      return show_at<int32_t>(memory, address, show_wait_status);
    case Shown::Status:
      return show_at<GuestStat>(memory, address);
    case Shown::OpenHow:
      return show_at<GuestOpenHow>(memory, address);
    case Shown::Text:
      return show_string(memory, address, limits.string);
    case Shown::Strings:
      return show_strings(memory, address, limits);
    case Shown::Environment:
      return show_environment(memory, address);
    case Shown::DirectoryEntries:
      return show_directory_entries(memory, address, count);
    case Shown::Pollfds:
      return show_list<GuestPollfd>(memory, address, count, limits, [](const GuestPollfd& entry) {
        return absl::StrCat("{fd=", entry.fd,
                            ", events=", name_flags(kEvents, static_cast<uint16_t>(entry.events)),
                            "}");
      });
    case Shown::ByKind:
    case Shown::Names:
    case Shown::Decimal:
    case Shown::Hexadecimal:
    case Shown::Pointer:
    case Shown::Octal:
    case Shown::Signal:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace linden::microvisor
