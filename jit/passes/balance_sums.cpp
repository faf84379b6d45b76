// A sum of several terms can be added up in any order, and LLVM's order knows nothing of time. In
//
//     for (...) e = d + (h + mix(e) + choose(e, f, g) + constants[i] + words[i]);
//
// each round waits for the one before by `e` alone. Added up from left to right that is five
// additions after mix(e); if all that is there already is added up first, it is two. So is it for
// xor, and, and or.
//
// What is known of a loop: a value that depends on nothing but induction variables and what does
// not change is there early, however long it takes, because the processor runs ahead. A value that
// the loop hands from round to round as it is (h = g) has been there for a round at least. From the
// other values of the round before, time is counted in cycles as they are on most processors. A sum
// is added up anew if its result is there sooner, and if a next round depends on it.

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/LoopIterator.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>
#include <vector>

#include "jit/passes/passes.h"

namespace linden::jit {
namespace {

constexpr int kEarly = -1000;
constexpr int kRoundAgo = -8;
constexpr int kLoad = 5;
constexpr size_t kMaximumTerms = 16;
// Longer loops have other things to do meanwhile.
constexpr size_t kLargestLoop = 400;

bool is_reorderable(const llvm::Value* value) {
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  return operation != nullptr && operation->getType()->isIntOrIntVectorTy() &&
         operation->isAssociative() && operation->isCommutative() &&
         operation->getOpcode() != llvm::Instruction::Mul;
}

int latency_of(const llvm::Instruction& instruction) {
  switch (instruction.getOpcode()) {
    case llvm::Instruction::ZExt:
    case llvm::Instruction::Trunc:
    case llvm::Instruction::BitCast:
    case llvm::Instruction::PHI:
      return 0;
    case llvm::Instruction::Load:
      return kLoad;
    case llvm::Instruction::Mul:
    case llvm::Instruction::FAdd:
    case llvm::Instruction::FSub:
    case llvm::Instruction::FMul:
      return 4;
    case llvm::Instruction::UDiv:
    case llvm::Instruction::SDiv:
    case llvm::Instruction::URem:
    case llvm::Instruction::SRem:
    case llvm::Instruction::FDiv:
      return 15;
    default:
      return 1;
  }
}

class Balancer {
 public:
  explicit Balancer(llvm::Loop& loop) : loop_(loop), blocks_(&loop) {}

  bool run(const llvm::LoopInfo& loops) {
    blocks_.perform(&loops);
    find_times();
    find_carried();
    std::vector<llvm::BinaryOperator*> roots;
    for (llvm::BasicBlock* block : loop_.blocks()) {
      for (llvm::Instruction& instruction : *block) {
        if (carried_.contains(&instruction) && is_root(instruction)) {
          roots.push_back(llvm::cast<llvm::BinaryOperator>(&instruction));
        }
      }
    }
    bool changed = false;
    for (llvm::BinaryOperator* root : roots) changed |= balance(*root);
    return changed;
  }

 private:
  struct Term {
    llvm::Value* value;
    int time;
  };

  int time_of(llvm::Value* value) const {
    auto known = times_.find(value);
    return known == times_.end() ? kEarly : known->second;  // what does not change
  }

  int time_after(const llvm::Instruction& instruction) const {
    int latest = kEarly;
    for (llvm::Value* operand : instruction.operands()) {
      latest = std::max(latest, time_of(operand));
    }
    return latest == kEarly ? kEarly : latest + latency_of(instruction);
  }

  // phi, or what it is in the next round, plus something that does not change.
  bool is_induction(llvm::PHINode& phi, llvm::Value* next) const {
    auto* step = llvm::dyn_cast<llvm::BinaryOperator>(next);
    return step != nullptr &&
           (step->getOpcode() == llvm::Instruction::Add ||
            step->getOpcode() == llvm::Instruction::Sub) &&
           step->getOperand(0) == &phi && loop_.isLoopInvariant(step->getOperand(1));
  }

  void find_times() {
    llvm::BasicBlock* header = loop_.getHeader();
    for (llvm::PHINode& phi : header->phis()) {
      llvm::Value* next = phi.getIncomingValueForBlock(loop_.getLoopLatch());
      auto* copied = llvm::dyn_cast<llvm::PHINode>(next);
      if (is_induction(phi, next)) {
        times_[&phi] = kEarly;
      } else {
        times_[&phi] = copied != nullptr && copied->getParent() == header ? kRoundAgo : 0;
      }
    }
    for (llvm::BasicBlock* block : llvm::make_range(blocks_.beginRPO(), blocks_.endRPO())) {
      for (llvm::Instruction& instruction : *block) {
        if (block == header && llvm::isa<llvm::PHINode>(instruction)) continue;
        times_[&instruction] = time_after(instruction);
      }
    }
  }

  // What later rounds depend on.
  void find_carried() {
    llvm::SmallVector<llvm::Value*, 16> work;
    for (llvm::PHINode& phi : loop_.getHeader()->phis()) {
      work.push_back(phi.getIncomingValueForBlock(loop_.getLoopLatch()));
    }
    while (!work.empty()) {
      auto* instruction = llvm::dyn_cast<llvm::Instruction>(work.pop_back_val());
      if (instruction == nullptr || !loop_.contains(instruction) ||
          !carried_.insert(instruction).second) {
        continue;
      }
      work.append(instruction->op_begin(), instruction->op_end());
    }
  }

  // Whether no larger sum has the value as a part.
  static bool is_root(const llvm::Instruction& instruction) {
    if (!is_reorderable(&instruction)) return false;
    if (instruction.hasOneUse()) {
      auto* user = llvm::cast<llvm::Instruction>(instruction.user_back());
      return user->getOpcode() != instruction.getOpcode() ||
             user->getParent() != instruction.getParent();
    }
    return true;
  }

  void collect(llvm::BinaryOperator& sum, std::vector<Term>& terms,
               std::vector<llvm::BinaryOperator*>& parts) const {
    parts.push_back(&sum);
    for (llvm::Value* operand : sum.operands()) {
      auto* part = llvm::dyn_cast<llvm::BinaryOperator>(operand);
      if (part != nullptr && part->getOpcode() == sum.getOpcode() && part->hasOneUse() &&
          part->getParent() == sum.getParent()) {
        collect(*part, terms, parts);
      } else {
        terms.push_back({operand, time_of(operand)});
      }
    }
  }

  // Always adds the two that are there first. `build` gives their sum.
  template <typename Build>
  static Term add_up(const std::vector<Term>& unsorted, Build build) {
    std::vector<Term> terms;  // the latest first
    auto insert = [&](const Term& term) {
      auto is_later = [](const Term& a, const Term& b) { return a.time > b.time; };
      terms.insert(std::upper_bound(terms.begin(), terms.end(), term, is_later), term);
    };
    for (const Term& term : unsorted) insert(term);
    while (terms.size() > 1) {
      const Term first = terms.back();
      terms.pop_back();
      const Term second = terms.back();
      terms.pop_back();
      const int time = second.time == kEarly ? kEarly : second.time + 1;
      insert({build(first.value, second.value), time});
    }
    return terms.front();
  }

  bool balance(llvm::BinaryOperator& root) {
    // An address: what can be part of an operand is added up by the access.
    if (llvm::any_of(root.users(),
                     [](llvm::User* user) { return llvm::isa<llvm::ZExtInst>(user); }))
      return false;
    std::vector<Term> terms;
    std::vector<llvm::BinaryOperator*> parts;
    collect(root, terms, parts);
    if (terms.size() < 3 || terms.size() > kMaximumTerms) return false;
    const Term best =
        add_up(terms, [](llvm::Value*, llvm::Value*) -> llvm::Value* { return nullptr; });
    if (best.time >= time_of(&root)) return false;
    llvm::IRBuilder<> builder(&root);
    const Term sum = add_up(terms, [&](llvm::Value* a, llvm::Value* b) {
      return builder.CreateBinOp(root.getOpcode(), a, b);
    });
    times_[sum.value] = sum.time;
    root.replaceAllUsesWith(sum.value);
    for (llvm::BinaryOperator* part : parts) {
      times_.erase(part);
      part->eraseFromParent();
    }
    return true;
  }

  const llvm::Loop& loop_;
  llvm::LoopBlocksDFS blocks_;
  llvm::DenseMap<llvm::Value*, int> times_;
  llvm::SmallPtrSet<llvm::Value*, 32> carried_;
};

}  // namespace

llvm::PreservedAnalyses BalanceSumsPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  const auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  bool changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    size_t size = 0;
    for (llvm::BasicBlock* block : loop->blocks()) size += block->size();
    if (!loop->isInnermost() || loop->getLoopLatch() == nullptr || size > kLargestLoop) continue;
    changed |= Balancer(*loop).run(loops);
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace linden::jit
