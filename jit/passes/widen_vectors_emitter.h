// Makes the new loop of "linden-widen-vectors": widen_vectors_emit.cpp the loop and its phis,
// widen_vectors_values.cpp what it computes.
#ifndef LINDEN_JIT_PASSES_WIDEN_VECTORS_EMITTER_H_
#define LINDEN_JIT_PASSES_WIDEN_VECTORS_EMITTER_H_

#include <llvm/ADT/SmallPtrSet.h>

#include "jit/passes/widen_vectors.h"

namespace linden::jit::widen {

using Mask = llvm::SmallVector<int, 64>;

class Emitter {
 public:
  Emitter(llvm::Loop& loop, const Plan& plan, const Memory& memory, unsigned unroll,
          llvm::ScalarEvolution& evolution)
      : loop_(loop),
        plan_(plan),
        memory_(memory),
        unroll_(unroll),
        preheader_(loop.getLoopPreheader()),
        evolution_(evolution),
        builder_(loop.getHeader()->getContext()),
        values_(plan.nodes().size()),
        carried_(plan.nodes().size()) {}

  void emit(llvm::Value* counted, llvm::Value* ok, llvm::LoopInfo& loops,
            llvm::DominatorTree& dominators);

 private:
  llvm::FixedVectorType* wide_type(llvm::Type* member, unsigned members) const {
    return llvm::FixedVectorType::get(member->getScalarType(),
                                      lane_count(member) * members * unroll_);
  }
  llvm::FixedVectorType* wide_type(const Node& node) const {
    return wide_type(node.member_type(), node.members.size());
  }
  llvm::Value* operand(const Node& node, unsigned number) const {
    return values_[node.operands[number]];
  }

  llvm::Value* shuffle(llvm::Value* first, llvm::Value* second, llvm::ArrayRef<int> mask);
  llvm::Value* concatenate(llvm::ArrayRef<llvm::Value*> values);
  llvm::Value* compute(const Node& node);
  llvm::Value* compute_shuffle(const Node& node);
  llvm::Value* compute_lanewise(const Node& node);
  llvm::Value* address(const Access& access);
  void set_up(unsigned index);
  void close(unsigned index);
  llvm::Value* identity(const Node& node) const;
  llvm::Value* resumed(llvm::PHINode& phi, llvm::Value* iterations);
  llvm::Value* fold(const Node& node, llvm::Value* wide);

  llvm::Loop& loop_;
  const Plan& plan_;
  const Memory& memory_;
  const unsigned unroll_;
  llvm::BasicBlock* preheader_;
  llvm::ScalarEvolution& evolution_;
  llvm::IRBuilder<> builder_;
  llvm::BasicBlock *start_ = nullptr, *wide_ = nullptr;
  std::vector<llvm::Value*> values_;
  llvm::SmallPtrSet<llvm::Value*, 8> reduced_;   // operations of reductions
  std::vector<llvm::PHINode*> carried_;          // of a recurrence: operand 0 of the last round
  std::map<int64_t, llvm::PHINode*> travelled_;  // bytes, for every step
  std::map<unsigned, llvm::Value*> group_address_;
};

}  // namespace linden::jit::widen

#endif
