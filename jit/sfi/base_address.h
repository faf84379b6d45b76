// The one address that an SFI back-end and the runtime share.
#ifndef LINDEN_JIT_SFI_BASE_ADDRESS_H_
#define LINDEN_JIT_SFI_BASE_ADDRESS_H_

#include <cstdint>

namespace linden::jit {

// Where the `none` back-end expects memory 0 of the one instance that a process may have with it.
inline constexpr uint64_t kUnsafeMemoryBase = 0x20'0000'0000;

}  // namespace linden::jit

#endif
