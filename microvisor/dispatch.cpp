#include "microvisor/dispatch.h"

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

using enum ArgKind;
using enum Support;

constexpr std::array<ArgKind, 6> pad(std::initializer_list<ArgKind> kinds) {
  std::array<ArgKind, 6> result{};
  std::copy(kinds.begin(), kinds.end(), result.begin());
  return result;
}

#define LINDEN_KINDS(...) {__VA_ARGS__}
#define LINDEN_SYSCALL(number, name, kinds, traits, support, caveat)                      \
  SyscallInfo{number,                                                                     \
              #name,                                                                      \
              pad(LINDEN_KINDS kinds),                                                    \
              static_cast<int>(std::initializer_list<ArgKind> LINDEN_KINDS kinds.size()), \
              traits,                                                                     \
              support,                                                                    \
              0,                                                                          \
              caveat},
#define LINDEN_REFUSED(number, name, error, reason) \
  SyscallInfo{number, #name, {}, 0, 0, Refused, error, reason},
constexpr SyscallInfo kSyscalls[] = {
#include "microvisor/syscalls.def"
};
#undef LINDEN_SYSCALL
#undef LINDEN_REFUSED

// Strictly: no number comes twice.
static_assert(std::ranges::is_sorted(kSyscalls, std::less_equal<>(), &SyscallInfo::number));

constexpr const SyscallInfo* find(int number) {
  for (const SyscallInfo& info : kSyscalls) {
    if (info.number == number) return &info;
  }
  return nullptr;
}

template <typename T>
struct Decode {
  static_assert(std::is_integral_v<T>);
  static T from(uint64_t raw) { return static_cast<T>(raw); }
};

template <typename T>
struct Decode<GuestPtr<T>> {
  static GuestPtr<T> from(uint64_t raw) { return {static_cast<uint32_t>(raw)}; }
};

int64_t encode(const SyscallResult& result) {
  if (result.ok()) return result.value();
  return result.code() == kErrnoNotCapable ? -EPERM : -result.code();
}

template <int number, typename Caller, typename... Params>
int64_t call(SyscallResult (*handler)(Caller&, Params...), Thread& thread,
             const uint64_t* arguments) {
  static_assert(sizeof...(Params) == find(number)->argument_count,
                "syscalls.def and the handler disagree");
  return [&]<size_t... I>(std::index_sequence<I...>) {
    if constexpr (std::is_same_v<Caller, Thread>) {
      return encode(handler(thread, Decode<Params>::from(arguments[I])...));
    } else {
      return encode(handler(thread.cage(), Decode<Params>::from(arguments[I])...));
    }
  }(std::index_sequence_for<Params...>());
}

using Entry = int64_t (*)(Thread&, const uint64_t*);

constexpr int kTableSize = 512;

constexpr std::array<Entry, kTableSize> kEntries = [] {
  std::array<Entry, kTableSize> entries{};
#define LINDEN_SYSCALL(number, name, kinds, traits, support, caveat) \
  entries[number] = [](Thread& thread, const uint64_t* arguments) {  \
    return call<number>(&sys_##name, thread, arguments);             \
  };
#define LINDEN_REFUSED(number, name, error, reason) \
  entries[number] = [](Thread&, const uint64_t*) -> int64_t { return -error; };
#include "microvisor/syscalls.def"
#undef LINDEN_SYSCALL
#undef LINDEN_REFUSED
  return entries;
}();

}  // namespace

std::span<const SyscallInfo> syscalls() { return kSyscalls; }

const SyscallInfo* find_syscall(int number) { return find(number); }

int64_t dispatch(Thread& thread, int number, const uint64_t arguments[6]) {
  thread.count_call();
  if (number < 0 || number >= kTableSize || !kEntries[number]) return -ENOSYS;
  return kEntries[number](thread, arguments);
}

}  // namespace linden::microvisor
