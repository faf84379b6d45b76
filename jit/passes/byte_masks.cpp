// Portable code compares a row of bytes with one that it looks for by words, and collects a bit for
// each byte, where native code has one comparison of vectors and pmovmskb (the tags of hash tables,
// of Zstandard's match finder among them). With x a word of the row, xor what is looked for in each
// of its bytes, and h = 0x80...80, o = 0x01...01:
//
//     f = (((x | h) - o) | x) & h          the highest bit of each byte: whether that byte differs
//     f * 0x204081 >> 28                   these bits, side by side (Hacker's Delight, "compress")
//
// and then words' bits are put side by side by shifts. This pass tells of each bit of such a value
// which byte of memory it is about. A value that has a bit for each of 16, 32 or 64 bytes in a row,
// in their order, is one comparison of vectors.
//
// The words may be read at once only where nothing is written, and nobody is called, between the
// first and the last of them.

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

#include "jit/passes/address_terms.h"
#include "jit/passes/passes.h"

namespace linden::jit {
namespace {

using namespace llvm::PatternMatch;

constexpr unsigned kFewestBytes = 16;
constexpr unsigned kMaximumDepth = 256;
// So that blocks of whatever size take little time and memory.
constexpr size_t kMostValues = 4096;
constexpr unsigned kMostMasks = 64;  // of a block

// That a bit is 0, or that it says whether a byte differs from what it is compared with.
struct Bit {
  bool is_zero = false;
  llvm::LoadInst* load = nullptr;  // null: nothing is known
  llvm::Value* pattern = nullptr;  // of as many bits as the load; null: 0
  unsigned byte = 0;               // of what is loaded
};
using Bits = llvm::SmallVector<Bit, 64>;

llvm::APInt in_each_byte(unsigned width, uint8_t byte) {
  return llvm::APInt::getSplat(width, llvm::APInt(8, byte));
}

// A 1 every seven bits, as many as the word has bytes.
llvm::APInt collector(unsigned width) {
  llvm::APInt bits(width, 0);
  for (unsigned i = 0; i < width / 8; ++i) bits.setBit(i * 7);
  return bits;
}

// Whether it may be f * 0x204081, whatever f is.
bool is_collection(const llvm::Instruction& instruction) {
  const llvm::APInt* constant = nullptr;
  return match(&instruction, m_Mul(m_Value(), m_APInt(constant))) &&
         constant->getBitWidth() >= 32 && constant->getBitWidth() % 8 == 0 &&
         *constant == collector(constant->getBitWidth());
}

// x of f, or null.
llvm::Value* compared_word(llvm::Value* flags) {
  const unsigned width = flags->getType()->getIntegerBitWidth();
  const llvm::APInt high = in_each_byte(width, 0x80), ones = in_each_byte(width, 1);
  llvm::Value* word = nullptr;
  if (!match(flags, m_c_And(m_c_Or(m_c_Add(m_c_Or(m_Value(word), m_SpecificInt(high)),
                                           m_SpecificInt(-ones)),
                                   m_Deferred(word)),
                            m_SpecificInt(high)))) {
    return nullptr;
  }
  return word;
}

class Tracker {
 public:
  const Bits& bits_of(llvm::Value* value) {
    const auto known = known_.find(value);
    if (known != known_.end()) return known->second;
    if (depth_ == kMaximumDepth || known_.size() >= kMostValues) return nothing_;
    ++depth_;
    Bits bits = compute(value);
    --depth_;
    return known_[value] = std::move(bits);
  }

 private:
  Bits compute(llvm::Value* value) {
    const unsigned width = value->getType()->getIntegerBitWidth();
    Bits bits(width);
    llvm::Value *a = nullptr, *b = nullptr;
    const llvm::APInt* constant = nullptr;
    // Bit i of the result is bit i + distance of `from`, or 0.
    auto moved = [&](llvm::Value* from, int64_t distance) {
      const Bits source = bits_of(from);
      Bits result(width);
      for (unsigned i = 0; i < width; ++i) {
        const int64_t at = i + distance;
        const bool is_there = at >= 0 && at < from->getType()->getIntegerBitWidth();
        result[i].is_zero = !is_there;
        if (is_there && !source.empty()) result[i] = source[static_cast<size_t>(at)];
      }
      return result;
    };
    auto unite = [&](const Bits& left, const Bits& right) {
      for (unsigned i = 0; i < width; ++i) {
        if (left[i].is_zero) bits[i] = right[i];
        if (right[i].is_zero) bits[i] = left[i];
      }
    };
    if (match(value, m_LShr(m_Value(a), m_APInt(constant))) && constant->ult(width)) {
      bits = moved(a, static_cast<int64_t>(constant->getZExtValue()));
    } else if (match(value, m_Shl(m_Value(a), m_APInt(constant))) && constant->ult(width)) {
      bits = moved(a, -static_cast<int64_t>(constant->getZExtValue()));
    } else if (match(value, m_ZExt(m_Value(a))) || match(value, m_Trunc(m_Value(a)))) {
      bits = moved(a, 0);
    } else if (match(value, m_c_And(m_Value(a), m_APInt(constant)))) {
      bits = moved(a, 0);
      for (unsigned i = 0; i < width; ++i) {
        if (!(*constant)[i]) bits[i] = {.is_zero = true};
      }
    } else if (match(value, m_Or(m_Value(a), m_Value(b)))) {
      unite(moved(a, 0), moved(b, 0));
    } else if (match(value, m_FShl(m_Value(a), m_Value(b), m_APInt(constant))) &&
               constant->ult(width)) {
      const auto count = static_cast<int64_t>(constant->getZExtValue());
      unite(moved(a, -count), moved(b, width - count));
    } else if (match(value, m_c_Mul(m_Value(a), m_APInt(constant))) && width >= 32 &&
               width % 8 == 0 && *constant == collector(width)) {
      collect(a, bits);
    }
    return bits;
  }

  static void collect(llvm::Value* flags, Bits& bits) {
    llvm::Value* word = compared_word(flags);
    if (word == nullptr) return;
    auto* load = llvm::dyn_cast<llvm::LoadInst>(word);
    llvm::Value* pattern = nullptr;
    if (auto* difference = llvm::dyn_cast<llvm::BinaryOperator>(word);
        difference != nullptr && difference->getOpcode() == llvm::Instruction::Xor) {
      const bool is_first = llvm::isa<llvm::LoadInst>(difference->getOperand(0));
      load = llvm::dyn_cast<llvm::LoadInst>(difference->getOperand(is_first ? 0 : 1));
      pattern = difference->getOperand(is_first ? 1 : 0);
    }
    if (load == nullptr || !load->isSimple()) return;
    const auto bytes = static_cast<unsigned>(bits.size() / 8);
    for (unsigned byte = 0; byte < bytes; ++byte) {
      bits[bits.size() - bytes + byte] = {false, load, pattern, byte};
    }
  }

  llvm::DenseMap<llvm::Value*, Bits> known_;
  const Bits nothing_;
  unsigned depth_ = 0;
};

// The last of the loads that `bits` are about, if all can be done there at once; else null.
llvm::LoadInst* last_load(llvm::ArrayRef<Bit> bits) {
  llvm::LoadInst *first = bits[0].load, *last = first;
  for (const Bit& bit : bits) {
    if (bit.load->getParent() != first->getParent()) return nullptr;
    if (bit.load->comesBefore(first)) first = bit.load;
    if (last->comesBefore(bit.load)) last = bit.load;
  }
  for (auto between = first->getIterator(); &*between != last; ++between) {
    if (between->mayHaveSideEffects()) return nullptr;
  }
  return last;
}

// How many bytes in a row, from one that is looked for, the lowest bits of `value` are about. The
// others are 0.
unsigned bytes_in_a_row(llvm::ArrayRef<Bit> bits) {
  unsigned count = 0;
  std::optional<IndexedAddress> begin;
  while (count < bits.size() && bits[count].load != nullptr) {
    const Bit& bit = bits[count];
    const std::optional<IndexedAddress> address = decompose(bit.load->getPointerOperand());
    if (!address) return 0;
    if (count == 0) begin = address;
    if (address->base != begin->base || address->index != begin->index ||
        bit.pattern != bits[0].pattern || bit.load->getType() != bits[0].load->getType() ||
        address->offset + bit.byte != begin->offset + bits[0].byte + count) {
      return 0;
    }
    ++count;
  }
  const bool are_others_zero =
      llvm::all_of(bits.drop_front(count), [](const Bit& bit) { return bit.is_zero; });
  return are_others_zero ? count : 0;
}

bool replace(llvm::Instruction& value, const Bits& bits) {
  const unsigned count = bytes_in_a_row(bits);
  if (count < kFewestBytes || !llvm::isPowerOf2_32(count) || bits[0].byte != 0) return false;
  llvm::LoadInst* last = last_load(llvm::ArrayRef(bits).take_front(count));
  if (last == nullptr) return false;
  llvm::IRBuilder<> builder(last->getNextNode());
  llvm::LoadInst* first = bits[0].load;
  auto* vector = llvm::FixedVectorType::get(builder.getInt8Ty(), count);
  llvm::Type* word = first->getType();
  llvm::LoadInst* row =
      builder.CreateAlignedLoad(vector, first->getPointerOperand(), llvm::Align(1));
  row->copyMetadata(*first, {llvm::LLVMContext::MD_tbaa, llvm::LLVMContext::MD_dbg});
  builder.SetInsertPoint(&value);
  llvm::Value* sought = llvm::Constant::getNullValue(vector);
  if (bits[0].pattern != nullptr) {
    sought = builder.CreateBitCast(
        builder.CreateVectorSplat(count * 8 / word->getIntegerBitWidth(), bits[0].pattern), vector);
  }
  llvm::Value* mask =
      builder.CreateBitCast(builder.CreateICmpNE(row, sought), builder.getIntNTy(count));
  value.replaceAllUsesWith(builder.CreateZExt(mask, value.getType()));
  return true;
}

bool replace_one(llvm::BasicBlock& block) {
  Tracker tracker;
  // From the end: the whole of a mask before its parts.
  for (llvm::Instruction& value : llvm::reverse(block)) {
    const bool puts_together = value.getOpcode() == llvm::Instruction::Or ||
                               match(&value, m_Intrinsic<llvm::Intrinsic::fshl>());
    if (!puts_together || !value.getType()->isIntegerTy()) continue;
    if (!replace(value, tracker.bits_of(&value))) continue;
    llvm::RecursivelyDeleteTriviallyDeadInstructions(&value);
    return true;
  }
  return false;
}

}  // namespace

llvm::PreservedAnalyses ByteMasksPass::run(llvm::Function& function,
                                           llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (llvm::BasicBlock& block : function) {
    if (llvm::none_of(block, is_collection)) continue;
    for (unsigned masks = 0; masks < kMostMasks && replace_one(block); ++masks) changed = true;
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace linden::jit
