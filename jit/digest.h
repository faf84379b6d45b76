// BLAKE3 for those who may not include LLVM.
#ifndef LINDEN_JIT_DIGEST_H_
#define LINDEN_JIT_DIGEST_H_

#include <array>
#include <cstdint>
#include <span>

namespace linden::jit {

using Digest = std::array<uint8_t, 32>;

Digest digest(std::span<const uint8_t> bytes);

}  // namespace linden::jit

#endif
