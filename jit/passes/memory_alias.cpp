// Producers of wasm address one thing in two ways: by the offset of an instruction, p + 8 in 33
// bits, and by a sum of 32 bits, which wraps. An address is
//
//     zext(x + a) + b      with constants a, 32 bits, and b
//
// LLVM knows what to think of two of those with the same a, or without b; else they may be anything
// to it. In fact their distance is (a1 + b1) - (a2 + b2), or that less or more 2^32, as one or the
// other sum wraps. So if no access reaches over that distance in either direction, they have
// nothing in common.
//
// And if it is 0, they are the same place: else one of them is at 2^32 or beyond, where there is no
// memory, and the access never comes to pass.

#include "jit/passes/memory_alias.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>

#include "jit/passes/address_terms.h"

namespace linden::jit {
namespace {

constexpr uint64_t kWrap = uint64_t{1} << 32;
constexpr unsigned kMaximumChain = 6;

struct Place {
  const llvm::Value* base = nullptr;
  const llvm::Value* root = nullptr;
  uint32_t distance = 0;
};

std::optional<Place> place_of(const llvm::Value* pointer) {
  using namespace llvm::PatternMatch;
  const std::optional<IndexedAddress> address = decompose(const_cast<llvm::Value*>(pointer));
  if (!address || address->offset >= kWrap) return std::nullopt;
  Place place{address->base, address->index, static_cast<uint32_t>(address->offset)};
  for (unsigned i = 0; place.root != nullptr && i < kMaximumChain; ++i) {
    llvm::Value* inner = nullptr;
    const llvm::APInt* constant = nullptr;
    if (!match(place.root, m_AddLike(m_Value(inner), m_APInt(constant)))) break;
    place.root = inner;
    place.distance += static_cast<uint32_t>(constant->getZExtValue());
  }
  return place;
}

}  // namespace

llvm::AnalysisKey MemoryAliasAnalysis::Key;

llvm::AliasResult MemoryAliasResult::alias(const llvm::MemoryLocation& a,
                                           const llvm::MemoryLocation& b, llvm::AAQueryInfo&,
                                           const llvm::Instruction*) {
  if (!a.Size.hasValue() || !b.Size.hasValue() || a.Size.isScalable() || b.Size.isScalable()) {
    return llvm::AliasResult::MayAlias;
  }
  const std::optional<Place> first = place_of(a.Ptr);
  if (!first) return llvm::AliasResult::MayAlias;
  const std::optional<Place> second = place_of(b.Ptr);
  if (!second || first->base != second->base || first->root != second->root) {
    return llvm::AliasResult::MayAlias;
  }
  const uint32_t distance = second->distance - first->distance;
  if (distance == 0) return llvm::AliasResult::MustAlias;
  if (distance >= a.Size.getValue() && kWrap - distance >= b.Size.getValue()) {
    return llvm::AliasResult::NoAlias;
  }
  return llvm::AliasResult::MayAlias;
}

}  // namespace linden::jit
