// What sanitizers must be told about stacks that are left without returning, and must not see.
#ifndef LINDEN_RUNTIME_SANITIZER_H_
#define LINDEN_RUNTIME_SANITIZER_H_

#include <cstddef>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LINDEN_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
#endif
#if __has_feature(thread_sanitizer)
#define LINDEN_THREAD_SANITIZER 1
#endif
#endif

namespace linden::runtime {

// Frames in this range of a stack are gone, though they never returned.
inline void forget_stack([[maybe_unused]] const void* low, [[maybe_unused]] const void* high) {
#ifdef LINDEN_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(
      low, static_cast<size_t>(static_cast<const char*>(high) - static_cast<const char*>(low)));
#endif
}

// memmove and memset in a guest's memory, on its behalf. ThreadSanitizer, which knows these
// functions, does not know how the guest's threads have agreed about it.
#ifdef LINDEN_THREAD_SANITIZER
[[clang::no_sanitize("thread")]] inline void move_guest_bytes(void* to, const void* from,
                                                              size_t count) {
  auto* target = static_cast<volatile char*>(to);
  auto* source = static_cast<const volatile char*>(from);
  const bool is_downwards = to <= from;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = is_downwards ? i : count - 1 - i;
    target[at] = source[at];
  }
}
[[clang::no_sanitize("thread")]] inline void set_guest_bytes(void* to, int value, size_t count) {
  for (size_t i = 0; i < count; ++i) static_cast<volatile char*>(to)[i] = static_cast<char>(value);
}
#else
inline void move_guest_bytes(void* to, const void* from, size_t count) {
  std::memmove(to, from, count);
}
inline void set_guest_bytes(void* to, int value, size_t count) { std::memset(to, value, count); }
#endif

}  // namespace linden::runtime

#endif
