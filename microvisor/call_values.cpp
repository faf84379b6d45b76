#include "microvisor/call_values.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cstdio>

namespace linden::microvisor {

namespace {

template <typename... Args>
std::string format(const char* text, Args... args) {
  char buffer[128];
  const int length = std::snprintf(buffer, sizeof buffer, text, args...);
  return {buffer, std::min(static_cast<size_t>(length), sizeof buffer - 1)};
}

#define BITS(name) {S_##name, S_IFMT, "S_" #name}
constexpr ValueName kFileTypes[] = {BITS(IFREG), BITS(IFDIR), BITS(IFCHR), BITS(IFBLK),
                                    BITS(IFIFO), BITS(IFLNK), BITS(IFSOCK)};
#undef BITS

#define CODE(name) {static_cast<uint32_t>(name), UINT32_MAX, #name}
constexpr ValueName kCodes[] = {CODE(SI_USER),  CODE(SI_KERNEL),  CODE(SI_QUEUE), CODE(SI_TIMER),
                                CODE(SI_MESGQ), CODE(SI_ASYNCIO), CODE(SI_SIGIO), CODE(SI_TKILL)};
constexpr ValueName kChildCodes[] = {CODE(CLD_EXITED),  CODE(CLD_KILLED),  CODE(CLD_DUMPED),
                                     CODE(CLD_TRAPPED), CODE(CLD_STOPPED), CODE(CLD_CONTINUED)};
#undef CODE

constexpr int kFirstRealTime = 32;

// Without "SIG".
std::string short_signal(int number) {
  if (number >= kFirstRealTime) return format("RT_%d", number - kFirstRealTime);
  const char* name = sigabbrev_np(number);
  return name != nullptr ? name : std::to_string(number);
}

std::string list_signals(SignalSet set) {
  std::string text = "[";
  for (int number = 1; number <= kSignalCount; ++number) {
    if (!(set & signal_bit(number))) continue;
    if (text.size() > 1) text += ' ';
    text += short_signal(number);
  }
  return text + "]";
}

}  // namespace

std::optional<std::string> name_value(std::span<const ValueName> names, uint32_t word) {
  std::string text;
  uint32_t named = 0;
  for (const ValueName& candidate : names) {
    if ((candidate.mask & named) != 0 || (word & candidate.mask) != candidate.value) continue;
    if (!text.empty()) text += '|';
    text += candidate.name;
    named |= candidate.mask;
  }
  if (text.empty()) return std::nullopt;
  if (const uint32_t rest = word & ~named) text += "|" + to_hexadecimal(rest);
  return text;
}

std::string quote(std::string_view bytes, bool is_cut) {
  std::string text = "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    // strace has the others as numbers.
    constexpr std::string_view kEscaped = "\"\\\f\n\r\t\v";
    constexpr std::string_view kLetters = "\"\\fnrtv";
    if (const size_t escape = kEscaped.find(c); escape != kEscaped.npos) {
      text += '\\';
      text += kLetters[escape];
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      // As short as possible: in full only before a digit.
      const bool is_followed = i + 1 < bytes.size() && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
      text += format(is_followed ? "\\%03o" : "\\%o", static_cast<unsigned char>(c));
    }
  }
  return text + (is_cut ? "\"..." : "\"");
}

std::string to_hexadecimal(uint64_t number) {
  return number == 0 ? "0" : format("0x%" PRIx64, number);
}

std::string show_address(uint32_t address) {
  return address == 0 ? "NULL" : to_hexadecimal(address);
}

std::string show_mode(uint32_t mode) {
  std::string text;
  if (mode & S_IFMT) {
    const auto type = name_value(kFileTypes, mode & S_IFMT);
    text = (type ? *type : format("%#o", mode & S_IFMT)) + "|";
  }
  return text + format("%#03o", mode & ~S_IFMT);
}

std::string show_signal(int number) {
  if (!is_signal(number)) return std::to_string(number);
  const std::string name = short_signal(number);
  return name == std::to_string(number) ? name : "SIG" + name;
}

std::string show_signal_set(SignalSet set) {
  return std::popcount(set) > kSignalCount / 2 ? "~" + list_signals(~set) : list_signals(set);
}

std::string show_siginfo(const GuestSiginfo& information) {
  const bool is_of_child = information.number == SIGCHLD && information.code > 0;
  const std::span<const ValueName> codes =
      is_of_child ? std::span<const ValueName>(kChildCodes) : std::span<const ValueName>(kCodes);
  std::string text = "{si_signo=" + show_signal(information.number) + ", si_code=" +
                     name_value(codes, static_cast<uint32_t>(information.code))
                         .value_or(std::to_string(information.code));
  if (information.code == SI_TIMER) {
    text += format(", si_timerid=%d, si_overrun=%d", information.timer.number,
                   information.timer.overrun);
  } else if (information.code != SI_KERNEL) {
    text += format(", si_pid=%d, si_uid=%u", information.sender.process, information.sender.user);
  }
  if (information.code == SI_QUEUE) text += format(", si_value=%#x", information.sender.value);
  if (is_of_child) {
    const int status = static_cast<int>(information.sender.value);
    text += ", si_status=" +
            (information.code == CLD_EXITED ? std::to_string(status) : show_signal(status));
  }
  return text + "}";
}

std::string show_error(int error) {
  const char* name = strerrorname_np(error);
  if (name == nullptr) return std::to_string(error);
  return std::string(name) + " (" + strerrordesc_np(error) + ")";
}

}  // namespace linden::microvisor
