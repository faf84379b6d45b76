#include "microvisor/dispatch.h"

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

#include "microvisor/foreign_memory.h"
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

// `Foreign`: pointers of a call that dispatch_foreign() has prepared; otherwise what a guest gave,
// the upper half of which is undefined where the type has 32 bits.
template <typename T, bool IsMemory, bool Foreign>
struct Decode {
  static_assert(std::is_integral_v<T>);
  static T from(uint64_t raw) {
    if (IsMemory && !Foreign) raw = static_cast<uint32_t>(raw);
    return static_cast<T>(raw);
  }
};

template <typename T, bool IsMemory, bool Foreign>
struct Decode<GuestPtr<T>, IsMemory, Foreign> {
  static GuestPtr<T> from(uint64_t raw) {
    return {IsMemory && Foreign ? raw : static_cast<uint32_t>(raw)};
  }
};

int64_t encode(const SyscallResult& result) {
  if (result.ok()) return result.value();
  return result.code() == kErrnoNotCapable ? -EPERM : -result.code();
}

template <int number, bool Foreign, typename Caller, typename... Params>
int64_t call(SyscallResult (*handler)(Caller&, Params...), Thread& thread,
             const uint64_t* arguments) {
  static_assert(sizeof...(Params) == find(number)->argument_count,
                "syscalls.def and the handler disagree");
  return [&]<size_t... I>(std::index_sequence<I...>) {
    constexpr std::array<ArgKind, 6> kinds = find(number)->arguments;
    Caller* caller;
    if constexpr (std::is_same_v<Caller, Thread>) {
      caller = &thread;
    } else {
      caller = &thread.cage();
    }
    return encode(
        handler(*caller, Decode<Params, is_memory(kinds[I]), Foreign>::from(arguments[I])...));
  }(std::index_sequence_for<Params...>());
}

using Entry = int64_t (*)(Thread&, const uint64_t*);

constexpr int kTableSize = 512;

template <bool Foreign>
constexpr std::array<Entry, kTableSize> kEntries = [] {
  std::array<Entry, kTableSize> entries{};
#define LINDEN_SYSCALL(number, name, kinds, traits, support, caveat) \
  entries[number] = [](Thread& thread, const uint64_t* arguments) {  \
    return call<number, Foreign>(&sys_##name, thread, arguments);    \
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

const SyscallInfo* find_syscall(int number) {
  static constexpr auto kByNumber = [] {
    std::array<const SyscallInfo*, kTableSize> all{};
    for (const SyscallInfo& info : kSyscalls) all[info.number] = &info;
    return all;
  }();
  return number >= 0 && number < kTableSize ? kByNumber[number] : nullptr;
}

int64_t dispatch(Thread& thread, int number, const uint64_t arguments[6]) {
  thread.count_call();
  if (number < 0 || number >= kTableSize || !kEntries<false>[number]) return -ENOSYS;
  return kEntries<false>[number](thread, arguments);
}

int64_t dispatch_foreign(Thread& thread, int number, const uint64_t arguments[6],
                         const GuestMemory* const memories[6]) {
  thread.count_call();
  if (number < 0 || number >= kTableSize || !kEntries<true>[number]) return -ENOSYS;
  const SyscallInfo& info = *find_syscall(number);
  ForeignMemories foreign;
  uint64_t prepared[6];
  for (size_t i = 0; i < 6; ++i) {
    prepared[i] = arguments[i];
    if (!is_memory(info.arguments[i])) continue;
    const auto address = static_cast<uint32_t>(arguments[i]);
    // A null pointer is null in every memory.
    prepared[i] =
        memories[i] != nullptr && address != 0 ? foreign.pointer(*memories[i], address) : address;
  }
  return kEntries<true>[number](thread, prepared);
}

}  // namespace linden::microvisor
