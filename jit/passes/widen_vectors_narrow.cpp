// wasm has no vectors shorter than 128 bits. A producer that wants four bytes puts them into a lane
// of a vector, works on all sixteen, and takes the four out again. Done for eight iterations at
// once that would be four times the work; here only the lanes that are taken out are computed:
//   * a shuffle of an operation becomes that operation on shuffled operands, if it has fewer lanes,
//   * a shuffle of a shuffle becomes one,
//   * what is taken out of an inserted scalar is taken from the scalar.

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

#include "jit/passes/widen_vectors.h"

namespace linden::jit::widen {
namespace {

using namespace llvm::PatternMatch;

// What `shuffle` shuffles only, or null: nothing of operand 1.
llvm::Instruction* only_source(llvm::ShuffleVectorInst& shuffle) {
  const auto lanes = static_cast<int>(lane_count(shuffle.getOperand(0)->getType()));
  if (llvm::any_of(shuffle.getShuffleMask(), [&](int lane) { return lane >= lanes; })) {
    return nullptr;
  }
  return llvm::dyn_cast<llvm::Instruction>(shuffle.getOperand(0));
}

llvm::Value* narrow_operation(llvm::ShuffleVectorInst& shuffle, llvm::Instruction& source) {
  if (!source.hasOneUse() || source.getParent() != shuffle.getParent() ||
      lane_count(shuffle.getType()) >= lane_count(source.getType())) {
    return nullptr;
  }
  auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(&source);
  auto* cast = llvm::dyn_cast<llvm::CastInst>(&source);
  auto* extreme = llvm::dyn_cast<llvm::MinMaxIntrinsic>(&source);
  if (!(binary != nullptr && !binary->isIntDivRem()) && !llvm::isa<llvm::CmpInst>(source) &&
      extreme == nullptr && !(cast != nullptr && !llvm::isa<llvm::BitCastInst>(cast))) {
    return nullptr;
  }
  llvm::IRBuilder<> builder(&shuffle);
  if (extreme != nullptr) {
    return builder.CreateBinaryIntrinsic(
        extreme->getIntrinsicID(),
        builder.CreateShuffleVector(extreme->getLHS(), shuffle.getShuffleMask()),
        builder.CreateShuffleVector(extreme->getRHS(), shuffle.getShuffleMask()));
  }
  llvm::Instruction* narrower = source.clone();
  for (llvm::Use& operand : narrower->operands()) {
    operand.set(builder.CreateShuffleVector(operand.get(), shuffle.getShuffleMask()));
  }
  narrower->mutateType(shuffle.getType());
  return builder.Insert(narrower);
}

llvm::Value* compose(llvm::ShuffleVectorInst& shuffle, llvm::ShuffleVectorInst& source) {
  const auto lanes = static_cast<int>(lane_count(source.getOperand(0)->getType()));
  llvm::SmallVector<int, 32> mask;
  bool first = true, second = true;
  for (const int lane : shuffle.getShuffleMask()) {
    const int taken = lane < 0 ? -1 : source.getMaskValue(static_cast<unsigned>(lane));
    first &= taken < lanes;
    second &= taken < 0 || taken >= lanes;
    mask.push_back(taken);
  }
  if (!first && !second) return nullptr;
  if (!first) {
    for (int& lane : mask) lane -= lane < 0 ? 0 : lanes;
  }
  llvm::Value* from = source.getOperand(first ? 0 : 1);
  if (llvm::ShuffleVectorInst::isIdentityMask(mask, lanes) &&
      static_cast<int>(mask.size()) == lanes) {
    return from;
  }
  return llvm::IRBuilder<>(&shuffle).CreateShuffleVector(from, mask);
}

llvm::Value* take_from_scalar(llvm::ShuffleVectorInst& shuffle, llvm::Instruction& source) {
  llvm::Value* scalar = nullptr;
  const auto insertion = m_InsertElt(m_Value(), m_Value(scalar), m_ZeroInt());
  const bool splat = match(&source, m_BitCast(m_Shuffle(insertion, m_Value(), m_ZeroMask())));
  if (!splat && !match(&source, m_BitCast(insertion))) return nullptr;
  llvm::Type* element = shuffle.getType()->getElementType();
  const unsigned bits = scalar->getType()->getPrimitiveSizeInBits();
  const unsigned element_bits = element->getPrimitiveSizeInBits();
  const auto lanes = static_cast<int>(bits / element_bits);
  if (bits % element_bits != 0 || lanes < 2) return nullptr;
  llvm::SmallVector<int, 32> mask(shuffle.getShuffleMask());
  for (int& lane : mask) {
    if (lane >= lanes && !splat) return nullptr;
    if (lane >= lanes) lane %= lanes;
  }
  llvm::IRBuilder<> builder(&shuffle);
  auto* type = llvm::FixedVectorType::get(element, static_cast<unsigned>(lanes));
  llvm::Value* vector = builder.CreateBitCast(scalar, type);
  if (shuffle.getType() == type && llvm::ShuffleVectorInst::isIdentityMask(mask, lanes)) {
    return vector;
  }
  return builder.CreateShuffleVector(vector, mask);
}

}  // namespace

bool narrow_operations(llvm::BasicBlock& body) {
  bool changed = false;
  // What is made stands before the shuffle, so going backwards meets it.
  llvm::SmallVector<llvm::WeakTrackingVH, 16> dead;
  for (auto place = body.rbegin(); place != body.rend(); ++place) {
    auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(&*place);
    if (shuffle == nullptr || shuffle->use_empty()) continue;
    llvm::Instruction* source = only_source(*shuffle);
    if (source == nullptr) continue;
    llvm::Value* made = nullptr;
    if (auto* inner = llvm::dyn_cast<llvm::ShuffleVectorInst>(source)) {
      made = compose(*shuffle, *inner);
    } else if (llvm::isa<llvm::BitCastInst>(source)) {
      made = take_from_scalar(*shuffle, *source);
    } else {
      made = narrow_operation(*shuffle, *source);
    }
    if (made == nullptr) continue;
    shuffle->replaceAllUsesWith(made);
    dead.push_back(shuffle);
    changed = true;
  }
  llvm::RecursivelyDeleteTriviallyDeadInstructions(dead);
  return changed;
}

}  // namespace linden::jit::widen
