// WebAssembly has no prefetches: programs that ask for what they will need, by __builtin_prefetch,
// are compiled to modules that do not. (`linden cc` keeps them.) But the two ways in which they
// arrange to know it beforehand are still to be seen, because there is no other use for them:
//
//     old = ring[i & 7];  ring[i & 7] = hash(next);  ... table[old] ...
//     for (...) found[n++] = candidate;  ...  for (...) if (text[found[i]] == ...)
//
// The first takes from a slot of an array what has been there for a few rounds, and puts what a
// later round will take. The second collects first and looks afterwards, in another loop. Here what
// is stored is prefetched: by the same computation that what is loaded goes through to become an
// address.
//
// Of that computation, a value that is not known yet where the store is may be left out if it is
// below the size of a cache line, and taken to be what it is in the first round of its loop.
//
// Where there is no use in it: a chain of a hash table stores the current position in the slot that
// it took the last one from, and what is exchanged or collected by a sort has been looked at. So
// the first form is but for products (hashes), and the second but for values that nobody uses as
// an address before.

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Operator.h>

#include "jit/passes/address_terms.h"
#include "jit/passes/passes.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

constexpr uint64_t kCacheLine = 64;
constexpr size_t kMostPrefetches = 3;  // of one store
constexpr unsigned kMostSteps = 6;     // from what is loaded to an address
constexpr unsigned kMostUsers = 64;
constexpr unsigned kHashSteps = 4;
constexpr unsigned kMostPairs = 64;  // of a store and a load, that are looked at in a function

// Also of a value that does not come to pass.
bool is_step(const llvm::User* user) {
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(user);
  return operation != nullptr ? !operation->isIntDivRem()
                              : llvm::isa<llvm::ZExtInst, llvm::TruncInst>(user);
}

// What is computed from a value, and the indices (i32) of addresses among that.
struct Uses {
  llvm::SmallPtrSet<const llvm::Value*, 32> computed;
  llvm::SmallSetVector<llvm::Value*, 8> indices;
};

Uses uses_of(llvm::Value& value) {
  Uses uses;
  llvm::SmallVector<std::pair<llvm::Value*, unsigned>, 16> work{{&value, 0}};
  uses.computed.insert(&value);
  while (!work.empty() && uses.computed.size() < kMostUsers) {
    auto [current, steps] = work.pop_back_val();
    for (llvm::User* user : current->users()) {
      if (llvm::isa<llvm::GetElementPtrInst>(user) && llvm::isa<llvm::ZExtInst>(current)) {
        uses.indices.insert(llvm::cast<llvm::ZExtInst>(current)->getOperand(0));
      } else if (is_step(user) && steps < kMostSteps && uses.computed.insert(user).second) {
        work.push_back({llvm::cast<llvm::Value>(user), steps + 1});
      }
    }
  }
  return uses;
}

bool is_hash(const llvm::Value* value, unsigned steps = 0) {
  auto* operation = llvm::dyn_cast<llvm::Instruction>(value);
  if (operation == nullptr || !is_step(operation) || steps > kHashSteps) return false;
  return operation->getOpcode() == llvm::Instruction::Mul ||
         is_hash(operation->getOperand(0), steps + 1);
}

class Announcer {
 public:
  Announcer(llvm::Function& function, llvm::FunctionAnalysisManager& analyses,
            llvm::GlobalVariable& memory)
      : memory_(memory),
        loops_(analyses.getResult<llvm::LoopAnalysis>(function)),
        dominators_(analyses.getResult<llvm::DominatorTreeAnalysis>(function)),
        evolution_(analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
        asks_itself_ |= call->getIntrinsicID() == llvm::Intrinsic::prefetch;
      }
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
        if (is_candidate(*load, *load)) loads_.push_back(load);
      } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        if (is_candidate(*store, *store->getValueOperand())) stores_.push_back(store);
      }
    }
  }

  bool run() {
    bool changed = false;
    if (asks_itself_) return changed;
    llvm::DenseMap<const llvm::SCEV*, llvm::SmallVector<InLoop, 4>> looked_at;
    for (llvm::LoadInst* load : loads_) {
      const InLoop found = find_in_loop(*load, load->getPointerOperand());
      if (found.begin != nullptr) looked_at[found.begin].push_back(found);
    }
    unsigned pairs = 0;
    auto try_pair = [&](llvm::Instruction* load, llvm::StoreInst* store) {
      if (++pairs <= kMostPairs) changed |= announce(*llvm::cast<llvm::LoadInst>(load), *store);
    };
    for (llvm::StoreInst* store : stores_) {
      for (llvm::User* user : store->getPointerOperand()->users()) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(user);
        if (load != nullptr && takes_from_slot(*load, *store)) try_pair(load, store);
      }
      if (!llvm::isa<llvm::LoadInst>(store->getValueOperand())) continue;
      const InLoop collects = find_in_loop(*store, store->getPointerOperand());
      if (collects.begin == nullptr) continue;
      const auto found = looked_at.find(collects.begin);
      if (found == looked_at.end()) continue;
      for (const InLoop& looks : found->second) {
        if (pairs >= kMostPairs) return changed;
        if (!looks.loop->contains(collects.loop) && !collects.loop->contains(looks.loop)) {
          try_pair(looks.instruction, store);
        }
      }
    }
    return changed;
  }

 private:
  template <typename Access>
  static bool is_candidate(const Access& access, const llvm::Value& value) {
    return access.isSimple() && value.getType()->isIntegerTy(32);
  }

  static bool takes_from_slot(const llvm::LoadInst& load, const llvm::StoreInst& store) {
    return is_candidate(load, load) && load.getParent() == store.getParent() &&
           load.comesBefore(&store) && is_hash(store.getValueOperand());
  }

  // An access of a loop's whose address grows by words.
  struct InLoop {
    llvm::Instruction* instruction = nullptr;
    const llvm::Loop* loop = nullptr;
    const llvm::SCEV* begin = nullptr;  // of the address; null: it is no such access
  };

  InLoop find_in_loop(llvm::Instruction& access, llvm::Value* pointer) {
    if (loops_.getLoopFor(access.getParent()) == nullptr) return {};
    const std::optional<IndexedAddress> address = decompose(pointer);
    if (!address || address->base != &memory_ || address->index == nullptr ||
        address->offset != 0) {
      return {};
    }
    const auto* index = llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(address->index));
    if (index == nullptr || !index->isAffine() || !index->getLoop()->contains(&access)) return {};
    const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(index->getOperand(1));
    if (step == nullptr || step->getAPInt() != 4) return {};
    return {&access, index->getLoop(), index->getStart()};
  }

  bool announce(llvm::LoadInst& load, llvm::StoreInst& store) {
    const Uses uses = uses_of(load);
    if (uses.indices.empty()) return false;
    if (!uses_of(*store.getValueOperand()).indices.empty()) return false;
    llvm::IRBuilder<> builder(store.getNextNode());
    llvm::SmallVector<llvm::Value*, kMostPrefetches> found;
    Cloning cloning{builder, store, load, uses};
    for (llvm::Value* index : uses.indices) {
      if (found.size() == kMostPrefetches) break;
      llvm::Value* early = at_store(index, cloning, 0);
      if (early != nullptr &&
          llvm::none_of(found, [&](llvm::Value* other) { return are_in_one_line(early, other); })) {
        found.push_back(early);
      }
    }
    for (llvm::Value* index : found) {
      llvm::Value* pointer =
          builder.CreatePtrAdd(&memory_, builder.CreateZExt(index, builder.getInt64Ty()), "",
                               llvm::GEPNoWrapFlags::noUnsignedWrap());
      builder.CreateIntrinsic(
          llvm::Intrinsic::prefetch, {pointer->getType()},
          {pointer, builder.getInt32(0), builder.getInt32(3), builder.getInt32(1)});
    }
    return true;
  }

  bool are_in_one_line(llvm::Value* a, llvm::Value* b) {
    const auto* distance = llvm::dyn_cast<llvm::SCEVConstant>(
        evolution_.getMinusSCEV(evolution_.getSCEV(a), evolution_.getSCEV(b)));
    return distance != nullptr && distance->getAPInt().abs().ult(kCacheLine);
  }

  struct Cloning {
    llvm::IRBuilder<>& builder;
    llvm::StoreInst& store;
    llvm::LoadInst& load;
    const Uses& uses;
    llvm::DenseMap<llvm::Value*, llvm::Value*> known = llvm::DenseMap<llvm::Value*, llvm::Value*>();
  };

  // What `value` will be if what is stored is what is loaded; null if that cannot be told.
  llvm::Value* at_store(llvm::Value* value, Cloning& cloning, unsigned depth) {
    if (value == &cloning.load) return cloning.store.getValueOperand();
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (instruction == nullptr) return value;
    const auto known = cloning.known.find(value);
    if (known != cloning.known.end()) return known->second;
    if (depth > 2 * kMostSteps) return nullptr;
    const bool depends = cloning.uses.computed.contains(value);
    if (!depends && dominators_.dominates(instruction, &cloning.store)) return value;
    llvm::Value* result = nullptr;
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) {
      const llvm::Loop* loop = loops_.getLoopFor(phi->getParent());
      if (loop != nullptr && loop->getHeader() == phi->getParent() &&
          loop->getLoopPredecessor() != nullptr) {
        result =
            at_store(phi->getIncomingValueForBlock(loop->getLoopPredecessor()), cloning, depth + 1);
      }
    } else if (is_step(instruction)) {
      result = clone(*instruction, cloning, depth);
    }
    return cloning.known[value] = result;
  }

  llvm::Value* clone(llvm::Instruction& instruction, Cloning& cloning, unsigned depth) {
    llvm::SmallVector<llvm::Value*, 2> operands;
    for (unsigned i = 0; i < instruction.getNumOperands(); ++i) {
      llvm::Value* operand = at_store(instruction.getOperand(i), cloning, depth + 1);
      if (operand == nullptr) {
        // The other one alone tells the line.
        const unsigned opcode = instruction.getOpcode();
        const bool is_sum = opcode == llvm::Instruction::Add || opcode == llvm::Instruction::Or;
        const llvm::APInt most =
            llvm::computeKnownBits(instruction.getOperand(i), instruction.getDataLayout())
                .getMaxValue();
        if (!is_sum || most.uge(kCacheLine)) return nullptr;
        return at_store(instruction.getOperand(1 - i), cloning, depth + 1);
      }
      operands.push_back(operand);
    }
    llvm::Value* result =
        llvm::isa<llvm::BinaryOperator>(instruction)
            ? cloning.builder.CreateBinOp(llvm::cast<llvm::BinaryOperator>(instruction).getOpcode(),
                                          operands[0], operands[1])
            : cloning.builder.CreateCast(llvm::cast<llvm::CastInst>(instruction).getOpcode(),
                                         operands[0], instruction.getType());
    return result;
  }

  llvm::GlobalVariable& memory_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  bool asks_itself_ = false;  // by prefetches of its own
  llvm::SmallVector<llvm::LoadInst*, 64> loads_;
  llvm::SmallVector<llvm::StoreInst*, 64> stores_;
};

}  // namespace

llvm::PreservedAnalyses DelayedAddressesPass::run(llvm::Function& function,
                                                  llvm::FunctionAnalysisManager& analyses) {
  llvm::GlobalVariable* memory = function.getParent()->getNamedGlobal(kMemorySymbol);
  if (memory == nullptr || analyses.getResult<llvm::LoopAnalysis>(function).empty()) {
    return llvm::PreservedAnalyses::all();
  }
  if (!Announcer(function, analyses, *memory).run()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace linden::jit
