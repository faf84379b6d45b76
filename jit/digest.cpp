#include "jit/digest.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/BLAKE3.h"

namespace linden::jit {

Digest digest(std::span<const uint8_t> bytes) {
  return llvm::BLAKE3::hash<sizeof(Digest)>(llvm::ArrayRef<uint8_t>(bytes.data(), bytes.size()));
}

}  // namespace linden::jit
