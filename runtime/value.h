// A wasm value as the embedder sees it: 16 bytes, interpreted by a ValueType kept beside it.
#ifndef LINDEN_RUNTIME_VALUE_H_
#define LINDEN_RUNTIME_VALUE_H_

#include <cstdint>
#include <cstring>

#include "jit/abi.h"
#include "jit/types.h"

namespace linden::runtime {

using jit::FunctionReference;
using jit::FunctionType;
using jit::TrapCode;
using jit::ValueType;

// Floats are kept as their bits. A null reference is 0; an externref is whatever non-zero word the
// embedder chose.
struct alignas(16) Value {
  uint64_t low = 0;
  uint64_t high = 0;

  static Value i32(uint32_t bits) { return {bits, 0}; }
  static Value i64(uint64_t bits) { return {bits, 0}; }
  static Value f32_bits(uint32_t bits) { return {bits, 0}; }
  static Value f64_bits(uint64_t bits) { return {bits, 0}; }
  static Value reference(const void* pointer) { return {reinterpret_cast<uint64_t>(pointer), 0}; }
  static Value v128(const uint8_t (&bytes)[16]) {
    Value value;
    std::memcpy(&value, bytes, 16);
    return value;
  }
};

}  // namespace linden::runtime

#endif
