// The new loop, which runs before the one that was there:
//
//   preheader      the checks; on to `wide` or `rest`
//   wide.start     invariants repeated, inductions and accumulators set up
//   wide           `unroll` iterations at once
//   wide.end       accumulators folded
//   rest           where the old loop begins: at the start, or after the wide loop
//   old loop
//
// The old loop has at least one iteration to do, so that everything that is used after it comes out
// of it as ever.

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

#include "jit/passes/induction.h"
#include "jit/passes/widen_vectors_emitter.h"

namespace linden::jit::widen {

llvm::Value* Emitter::identity(const Node& node) const {
  auto& phi = *llvm::cast<llvm::PHINode>(node.members[0]);
  llvm::Type* type = wide_type(node);
  const unsigned bits = type->getScalarSizeInBits();
  switch (reduction_of(phi, loop_)->intrinsic) {
    case llvm::Intrinsic::vector_reduce_mul:
      return llvm::ConstantInt::get(type, 1);
    case llvm::Intrinsic::vector_reduce_and:
    case llvm::Intrinsic::vector_reduce_umin:
      return llvm::Constant::getAllOnesValue(type);
    case llvm::Intrinsic::vector_reduce_smin:
      return llvm::ConstantInt::get(type, llvm::APInt::getSignedMaxValue(bits));
    case llvm::Intrinsic::vector_reduce_smax:
      return llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(bits));
    default:
      return llvm::Constant::getNullValue(type);
  }
}

// What is there before the wide loop, and its phis.
void Emitter::set_up(unsigned index) {
  const Node& node = plan_.node(index);
  const unsigned lanes = node.lanes();
  const unsigned all = lanes * unroll_;
  llvm::IRBuilder<>::InsertPointGuard guard(builder_);
  builder_.SetInsertPoint(start_->getTerminator());
  auto add_phi = [&](llvm::Value* first) {
    llvm::IRBuilder<> header(wide_, wide_->begin());
    llvm::PHINode* phi = header.CreatePHI(first->getType(), 2);
    phi->addIncoming(first, start_);
    return phi;
  };
  // The members side by side in the lanes from `first_lane` on, or repeated all over.
  auto spread = [&](llvm::ArrayRef<llvm::Value*> members, unsigned first_lane, bool repeated) {
    Mask mask;
    for (unsigned lane = 0; lane < all; ++lane) {
      const bool inside = lane >= first_lane && lane < first_lane + lanes;
      mask.push_back(repeated || inside ? static_cast<int>(lane % lanes) : -1);
    }
    return shuffle(concatenate(members), nullptr, mask);
  };
  auto starts = [&] {
    llvm::SmallVector<llvm::Value*, 4> values;
    for (llvm::Value* member : node.members) {
      values.push_back(llvm::cast<llvm::PHINode>(member)->getIncomingValueForBlock(preheader_));
    }
    return values;
  };
  switch (node.kind) {
    case Node::Kind::Invariant:
      values_[index] = spread(node.members, 0, true);
      break;
    case Node::Kind::Induction: {
      const llvm::APInt step = induction_of(node.members[0], loop_, evolution_)->step;
      llvm::Type* type = wide_type(node);
      llvm::SmallVector<llvm::Constant*, 8> ahead;
      for (unsigned i = 0; i < unroll_; ++i) {
        ahead.push_back(llvm::ConstantInt::get(type->getScalarType(), step * i));
      }
      llvm::Value* first =
          builder_.CreateAdd(spread(starts(), 0, true), llvm::ConstantVector::get(ahead));
      llvm::PHINode* phi = add_phi(first);
      builder_.SetInsertPoint(wide_->getTerminator());
      phi->addIncoming(builder_.CreateAdd(phi, llvm::ConstantInt::get(type, step * unroll_)),
                       wide_);
      values_[index] = phi;
      break;
    }
    case Node::Kind::Reduction: {
      Mask mask;
      for (unsigned lane = 0; lane < all; ++lane) {
        mask.push_back(static_cast<int>(lane < lanes ? lane : all + lane));
      }
      values_[index] = add_phi(shuffle(spread(starts(), 0, false), identity(node), mask));
      auto& phi = *llvm::cast<llvm::PHINode>(node.members[0]);
      reduced_.insert_range(reduction_of(phi, loop_)->operations);
      break;
    }
    case Node::Kind::Recurrence:
      carried_[index] = add_phi(spread(starts(), all - lanes, false));
      break;
    default:
      break;
  }
}

// The way round of a phi that `set_up` made.
void Emitter::close(unsigned index) {
  const Node& node = plan_.node(index);
  if (node.kind == Node::Kind::Recurrence) carried_[index]->addIncoming(operand(node, 0), wide_);
  if (node.kind == Node::Kind::Reduction) {
    auto* phi = llvm::cast<llvm::PHINode>(node.members[0]);
    llvm::Value* latched = phi->getIncomingValueForBlock(loop_.getLoopLatch());
    llvm::cast<llvm::PHINode>(values_[index])->addIncoming(values_[plan_.find(latched)], wide_);
  }
}

llvm::Value* Emitter::fold(const Node& node, llvm::Value* wide) {
  using llvm::Intrinsic::ID;
  const ID id = reduction_of(*llvm::cast<llvm::PHINode>(node.members[0]), loop_)->intrinsic;
  auto join = [&](llvm::Value* left, llvm::Value* right) -> llvm::Value* {
    switch (id) {
      case llvm::Intrinsic::vector_reduce_mul:
        return builder_.CreateMul(left, right);
      case llvm::Intrinsic::vector_reduce_and:
        return builder_.CreateAnd(left, right);
      case llvm::Intrinsic::vector_reduce_or:
        return builder_.CreateOr(left, right);
      case llvm::Intrinsic::vector_reduce_xor:
        return builder_.CreateXor(left, right);
      case llvm::Intrinsic::vector_reduce_umin:
      case llvm::Intrinsic::vector_reduce_umax:
      case llvm::Intrinsic::vector_reduce_smin:
      case llvm::Intrinsic::vector_reduce_smax:
        return builder_.CreateBinaryIntrinsic(llvm::getMinMaxReductionIntrinsicOp(id), left, right);
      default:
        return builder_.CreateAdd(left, right);
    }
  };
  // Halves together until one iteration's lanes are left: `unroll` is a power of two.
  for (unsigned lanes = node.lanes() * unroll_; lanes > node.lanes(); lanes /= 2) {
    Mask low, high;
    for (unsigned lane = 0; lane < lanes / 2; ++lane) {
      low.push_back(static_cast<int>(lane));
      high.push_back(static_cast<int>(lane + lanes / 2));
    }
    wide = join(shuffle(wide, nullptr, low), shuffle(wide, nullptr, high));
  }
  return node.member_type()->isVectorTy() ? wide : builder_.CreateExtractElement(wide, uint64_t{0});
}

// Where the old loop goes on after the wide one: `builder_` is behind that.
llvm::Value* Emitter::resumed(llvm::PHINode& phi, llvm::Value* iterations) {
  const unsigned index = plan_.find(&phi);
  const Node* node = index == ~0u ? nullptr : &plan_.node(index);
  if (node != nullptr && node->kind == Node::Kind::Reduction) {
    llvm::Value* latched = phi.getIncomingValueForBlock(loop_.getLoopLatch());
    return fold(*node, values_[plan_.find(latched)]);
  }
  if (node != nullptr && node->kind == Node::Kind::Recurrence) {
    const unsigned lanes = node->lanes();
    if (!phi.getType()->isVectorTy()) {
      return builder_.CreateExtractElement(operand(*node, 0), unroll_ - 1);
    }
    Mask mask;
    for (unsigned lane = 0; lane < lanes; ++lane) {
      mask.push_back(static_cast<int>((unroll_ - 1) * lanes + lane));
    }
    return shuffle(operand(*node, 0), nullptr, mask);
  }
  const llvm::APInt step = induction_of(&phi, loop_, evolution_)->step;
  llvm::Value* count = builder_.CreateZExtOrTrunc(iterations, phi.getType());
  return builder_.CreateAdd(phi.getIncomingValueForBlock(preheader_),
                            builder_.CreateMul(count, llvm::ConstantInt::get(phi.getType(), step)));
}

void Emitter::emit(llvm::Value* counted, llvm::Value* ok, llvm::LoopInfo& loops,
                   llvm::DominatorTree& dominators) {
  llvm::BasicBlock* preheader = preheader_;
  llvm::BasicBlock* header = loop_.getHeader();
  llvm::Function& function = *header->getParent();
  llvm::LLVMContext& context = function.getContext();
  builder_.SetInsertPoint(preheader->getTerminator());
  llvm::Type* word = builder_.getInt64Ty();
  llvm::Value* rounds = builder_.CreateUDiv(counted, builder_.getInt64(unroll_));
  llvm::Value* iterations = builder_.CreateMul(rounds, builder_.getInt64(unroll_));
  ok = builder_.CreateAnd(ok, builder_.CreateICmpUGE(rounds, builder_.getInt64(2)));

  start_ = llvm::BasicBlock::Create(context, "wide.start", &function, header);
  wide_ = llvm::BasicBlock::Create(context, "wide", &function, header);
  auto* end = llvm::BasicBlock::Create(context, "wide.end", &function, header);
  auto* rest = llvm::BasicBlock::Create(context, "rest", &function, header);
  llvm::BranchInst::Create(wide_, start_);
  llvm::BranchInst::Create(wide_, wide_);  // for now
  llvm::BranchInst::Create(rest, end);
  llvm::BranchInst::Create(header, rest);

  builder_.SetInsertPoint(wide_, wide_->begin());
  for (const Group& group : memory_.groups()) {
    llvm::PHINode*& travelled = travelled_[group.step];
    if (travelled != nullptr) continue;
    travelled = builder_.CreatePHI(word, 2);
    travelled->addIncoming(builder_.getInt64(0), start_);
  }
  builder_.SetInsertPoint(wide_->getTerminator());
  for (unsigned index = 0; index < plan_.nodes().size(); ++index) set_up(index);
  for (const unsigned index : plan_.order()) {
    if (values_[index] == nullptr) values_[index] = compute(plan_.node(index));
  }
  for (unsigned index = 0; index < plan_.nodes().size(); ++index) close(index);
  builder_.SetCurrentDebugLocation(llvm::DebugLoc());
  llvm::Value* done = nullptr;
  for (const auto& [step, travelled] : travelled_) {
    llvm::Value* next = builder_.CreateNUWAdd(travelled, builder_.getInt64(step * unroll_));
    travelled->addIncoming(next, wide_);
    if (done != nullptr) continue;
    llvm::IRBuilder<> before(start_->getTerminator());
    done = builder_.CreateICmpEQ(next, before.CreateNUWMul(iterations, before.getInt64(step)));
  }
  wide_->getTerminator()->eraseFromParent();
  llvm::BranchInst::Create(end, wide_, done, wide_);

  builder_.SetInsertPoint(end->getTerminator());
  for (llvm::PHINode& phi : header->phis()) {
    llvm::Value* from_wide = resumed(phi, iterations);
    llvm::IRBuilder<> merge(rest, rest->begin());
    llvm::PHINode* merged = merge.CreatePHI(phi.getType(), 2);
    const auto incoming = static_cast<unsigned>(phi.getBasicBlockIndex(preheader));
    merged->addIncoming(phi.getIncomingValue(incoming), preheader);
    merged->addIncoming(from_wide, end);
    phi.setIncomingValue(incoming, merged);
    phi.setIncomingBlock(incoming, rest);
  }
  preheader->getTerminator()->eraseFromParent();
  llvm::BranchInst::Create(start_, rest, ok, preheader);

  dominators.addNewBlock(start_, preheader);
  dominators.addNewBlock(wide_, start_);
  dominators.addNewBlock(end, wide_);
  dominators.addNewBlock(rest, preheader);
  dominators.changeImmediateDominator(header, rest);
  llvm::Loop* wide_loop = loops.AllocateLoop();
  if (llvm::Loop* parent = loop_.getParentLoop()) {
    parent->addChildLoop(wide_loop);
    for (llvm::BasicBlock* block : {start_, end, rest}) parent->addBasicBlockToLoop(block, loops);
  } else {
    loops.addTopLevelLoop(wide_loop);
  }
  wide_loop->addBasicBlockToLoop(wide_, loops);
  llvm::addStringMetadataToLoop(wide_loop, "llvm.loop.isvectorized", 1);
  llvm::addStringMetadataToLoop(&loop_, "llvm.loop.isvectorized", 1);
  llvm::addStringMetadataToLoop(&loop_, "llvm.loop.unroll.runtime.disable");
}

void emit_wide_loop(llvm::Loop& loop, const Plan& plan, const Memory& memory, unsigned unroll,
                    llvm::Value* counted, llvm::Value* ok, llvm::ScalarEvolution& evolution,
                    llvm::LoopInfo& loops, llvm::DominatorTree& dominators) {
  Emitter(loop, plan, memory, unroll, evolution).emit(counted, ok, loops, dominators);
}

}  // namespace linden::jit::widen
