// Values that guests give to system calls, as strace(1) shows them. Numbers are x86-64 Linux's.
//
// Thread-safety: all functions are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "microvisor/signals.h"

namespace linden::microvisor {

// The name of those words whose bits under `mask` are `value`.
struct ValueName {
  uint32_t value;
  uint32_t mask;
  const char* name;
};

// The names that fit, each for bits that no earlier one has named, joined by '|', and what is left
// in hexadecimal. Nothing if no name fits.
std::optional<std::string> name_value(std::span<const ValueName> names, uint32_t word);

// In double quotes, with C's escapes; `is_cut` adds "...".
std::string quote(std::string_view bytes, bool is_cut = false);
// 0x1f, and 0 as "0".
std::string to_hexadecimal(uint64_t number);
// Of a guest: as above, and 0 as "NULL".
std::string show_address(uint32_t address);
// "0644", with the type of a file in front if there is one.
std::string show_mode(uint32_t mode);
// "SIGINT", "SIGRT_2" for 34; a number that is no signal's as it is.
std::string show_signal(int number);
// "[INT TERM]", or "~[KILL]" for a set with more in it than not.
std::string show_signal_set(SignalSet set);
// "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=2, si_uid=0}"
std::string show_siginfo(const GuestSiginfo& information);
// "ENOENT (No such file or directory)"
std::string show_error(int error);

}  // namespace linden::microvisor
