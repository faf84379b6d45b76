// How C libraries ask whether a word has a byte that is zero.
#ifndef LINDEN_JIT_PASSES_ZERO_BYTES_H_
#define LINDEN_JIT_PASSES_ZERO_BYTES_H_

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Instructions.h>

#include <optional>

namespace linden::jit {

struct ZeroByteTest {
  llvm::SmallVector<llvm::Value*, 2> words;  // i32 or i64
  bool is_true_if_any;                       // else if no word has one
};

// With o = 0x01...01 and h = 0x80...80 for words x, y, both of these, and their opposites:
//
//   ((o - 1 - x) | x) & ((o - 1 - y) | y) & h == h    no byte of either is zero
//   (x - o) & ~x & h != 0                             a byte of x is zero
//
// Why the first is so: the lowest zero byte's borrow has been paid by the one below it (or by the 1
// that o - 1 lacks), so its place is 0; and -b | b has the highest bit set for all other bytes b.
std::optional<ZeroByteTest> zero_byte_test(const llvm::ICmpInst& comparison);

}  // namespace linden::jit

#endif
