// What AddressSanitizer must be told about stacks that are left without returning.
#ifndef LINDEN_RUNTIME_SANITIZER_H_
#define LINDEN_RUNTIME_SANITIZER_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LINDEN_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
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

}  // namespace linden::runtime

#endif
