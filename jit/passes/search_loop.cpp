// Recognition of the loops that search_loops.cpp transforms; its opening comment says which.

#include "jit/passes/search_loop.h"

#include <llvm/IR/PatternMatch.h>

#include "jit/passes/address_terms.h"
#include "jit/passes/induction.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

using namespace llvm::PatternMatch;

constexpr size_t kMostBlocks = 4;
constexpr size_t kMostInstructions = 48;
constexpr unsigned kMostCases = 6;
constexpr unsigned kDeepest = 12;

class Recognizer {
 public:
  Recognizer(llvm::Loop& loop, llvm::ScalarEvolution& evolution, unsigned vector_bytes)
      : loop_(loop), evolution_(evolution), vector_bytes_(vector_bytes) {}

  std::optional<SearchLoop> recognize() {
    found_.header = loop_.getHeader();
    found_.latch = loop_.getLoopLatch();
    found_.preheader = loop_.getLoopPreheader();
    if (found_.latch == nullptr || found_.preheader == nullptr || !find_chain() ||
        !find_streams() || !find_phis()) {
      return std::nullopt;
    }
    for (llvm::BasicBlock* block : found_.blocks) {
      if (!find_exits(*block)) return std::nullopt;
    }
    if (found_.conditions.empty() && found_.switches.empty()) return std::nullopt;
    if (is_table_search()) return std::nullopt;
    // A loop that is over before two vectors are gains nothing.
    const unsigned most = evolution_.getSmallConstantMaxTripCount(&loop_);
    if (most != 0 && most < 2 * vector_bytes_ / found_.element_size) return std::nullopt;
    return std::move(found_);
  }

 private:
  // A word that is compared as it is, with an invariant: a pointer or number is looked for in a
  // table. Such tables are mostly short, and branch prediction finds the place before a vector does
  // (Duktape's property tables lost 7 %). Words of characters are computed with first.
  bool is_table_search() const {
    if (found_.element_size < 4 || found_.streams.size() > 1) return false;
    const llvm::LoadInst* load = found_.streams[0].load;
    return llvm::any_of(load->users(), [&](const llvm::User* user) {
      if (!llvm::isa<llvm::ICmpInst>(user)) return llvm::isa<llvm::SwitchInst>(user);
      return loop_.isLoopInvariant(user->getOperand(user->getOperand(0) == load ? 1 : 0));
    });
  }

  // Blocks from the header to the latch, each of which goes on to the next or leaves the loop.
  bool find_chain() {
    if (loop_.getNumBlocks() > kMostBlocks) return false;
    llvm::BasicBlock* block = found_.header;
    while (true) {
      found_.blocks.push_back(block);
      llvm::BasicBlock* next = nullptr;
      for (llvm::BasicBlock* successor : llvm::successors(block)) {
        if (!loop_.contains(successor)) continue;
        if (next != nullptr && next != successor) return false;
        next = successor;
      }
      if (next == found_.header) return block == found_.latch;
      if (next == nullptr || found_.blocks.size() == loop_.getNumBlocks()) return false;
      block = next;
    }
  }

  // Nothing in the loop has an effect, and all that it reads are streams.
  bool find_streams() {
    size_t count = 0;
    for (llvm::BasicBlock* block : found_.blocks) {
      for (llvm::Instruction& instruction : *block) {
        if (++count > kMostInstructions) return false;
        if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
          if (!add_stream(*load)) return false;
          if (block != found_.header) found_.loads_at_once = false;
        } else if (instruction.mayReadOrWriteMemory() || instruction.mayHaveSideEffects()) {
          return false;
        } else if (llvm::isa<llvm::PHINode>(instruction) && block != found_.header) {
          return false;
        }
      }
    }
    return !found_.streams.empty();
  }

  bool add_stream(llvm::LoadInst& load) {
    llvm::Type* type = load.getType();
    if (!load.isSimple() || !type->isIntegerTy()) return false;
    const unsigned bits = type->getIntegerBitWidth();
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) return false;
    if (!found_.streams.empty() && found_.element_size != bits / 8) return false;
    found_.element_size = bits / 8;
    SearchStream stream{&load, {}};
    if (!decompose(load.getPointerOperand(), stream.address)) return false;
    found_.streams.push_back(std::move(stream));
    return true;
  }

  // Takes an address apart; succeeds if it advances by one element in every iteration.
  bool decompose(llvm::Value* pointer, LinearAddress& address) {
    has_moving_term_ = false;
    llvm::Value* base =
        visit_address_terms(pointer, [&](llvm::Value* term) { return add_term(term, address); });
    const auto* memory = llvm::dyn_cast_or_null<llvm::GlobalVariable>(base);
    return memory != nullptr && memory->getName() == kMemorySymbol && has_moving_term_;
  }

  bool add_term(llvm::Value* term, LinearAddress& address, unsigned depth = 0) {
    if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(term)) {
      address.constant += constant->getZExtValue();
      return true;
    }
    if (loop_.isLoopInvariant(term)) {
      address.terms.push_back(term);
      return true;
    }
    llvm::Value *left = nullptr, *right = nullptr;
    if (depth < kDeepest && match(term, m_AddLike(m_Value(left), m_Value(right)))) {
      return add_term(left, address, depth + 1) && add_term(right, address, depth + 1);
    }
    if (has_moving_term_) return false;
    has_moving_term_ = true;
    llvm::Value* index = nullptr;
    if (match(term, m_ZExt(m_Value(index))) && index->getType()->isIntegerTy(32)) {
      address.index = index;
    } else {
      address.terms.push_back(term);
      index = term;
    }
    const auto induction = induction_of(index, loop_, evolution_);
    return induction && induction->step == found_.element_size && can_recompute(index);
  }

  // Is `value` made of invariants and inductions only?
  bool can_recompute(llvm::Value* value, unsigned depth = 0) {
    if (loop_.isLoopInvariant(value)) return true;
    auto* instruction = llvm::cast<llvm::Instruction>(value);
    if (llvm::isa<llvm::PHINode>(instruction)) {
      return induction_of(value, loop_, evolution_).has_value();
    }
    if (depth == kDeepest || instruction->mayReadFromMemory()) return false;
    return llvm::all_of(instruction->operands(),
                        [&](llvm::Value* operand) { return can_recompute(operand, depth + 1); });
  }

  bool find_phis() {
    for (llvm::PHINode& phi : found_.header->phis()) {
      if (const auto induction = induction_of(&phi, loop_, evolution_)) {
        found_.inductions.push_back({&phi, induction->step});
        continue;
      }
      llvm::Value* next = phi.getIncomingValueForBlock(found_.latch);
      if (!is_function_of_loads(next, /*mark_shifted=*/true)) return false;
      found_.carried.push_back({&phi, next});
    }
    return true;
  }

  // Lane-wise operations on loads and invariants, and on neither inductions nor carried values.
  bool is_function_of_loads(llvm::Value* value, bool mark_shifted, unsigned depth = 0) {
    if (!has_lane_type(value->getType())) return false;
    if (loop_.isLoopInvariant(value)) return true;
    for (SearchStream& stream : found_.streams) {
      if (stream.load != value) continue;
      if (mark_shifted) stream.is_wanted_shifted = true;
      return true;
    }
    auto* instruction = llvm::cast<llvm::Instruction>(value);
    return depth < kDeepest && is_lane_wise(*instruction) &&
           llvm::all_of(
               instruction->operands(),
               [&](llvm::Value* operand) {
                 return is_function_of_loads(operand, mark_shifted, depth + 1);
               });
  }

  bool is_lane_value(llvm::Value* value, unsigned depth = 0) {
    if (!has_lane_type(value->getType())) return false;
    if (loop_.isLoopInvariant(value) || found_.stream_of(value) != nullptr) return true;
    for (const CarriedValue& carried : found_.carried) {
      if (carried.phi == value) return true;
    }
    if (const auto narrow = narrow_comparison(value, found_.blocks)) {
      return depth < kDeepest && is_lane_value(narrow->extension->getOperand(0), depth + 1);
    }
    auto* instruction = llvm::cast<llvm::Instruction>(value);
    return depth < kDeepest && is_lane_wise(*instruction) &&
           llvm::all_of(
               instruction->operands(),
               [&](llvm::Value* operand) { return is_lane_value(operand, depth + 1); });
  }

  // Wider values than what is loaded would need several vectors each.
  bool has_lane_type(llvm::Type* type) const {
    return type->isIntegerTy() && type->getIntegerBitWidth() <= 8 * found_.element_size;
  }

  static bool is_lane_wise(const llvm::Instruction& instruction) {
    switch (instruction.getOpcode()) {
      case llvm::Instruction::Add:
      case llvm::Instruction::Sub:
      case llvm::Instruction::And:
      case llvm::Instruction::Or:
      case llvm::Instruction::Xor:
      case llvm::Instruction::ICmp:
      case llvm::Instruction::Select:
      case llvm::Instruction::Trunc:
      case llvm::Instruction::ZExt:
      case llvm::Instruction::SExt:
      case llvm::Instruction::Freeze:
        return true;
      case llvm::Instruction::Shl:
      case llvm::Instruction::LShr:
      case llvm::Instruction::AShr: {
        // By more than the width would be poison, and not only in lanes that the loop never sees.
        const auto* amount = llvm::dyn_cast<llvm::ConstantInt>(instruction.getOperand(1));
        return amount != nullptr &&
               amount->getValue().ult(instruction.getType()->getIntegerBitWidth());
      }
      default:
        return false;
    }
  }

  bool find_exits(llvm::BasicBlock& block) {
    llvm::Instruction* end = block.getTerminator();
    if (auto* branch = llvm::dyn_cast<llvm::BranchInst>(end)) {
      if (branch->isUnconditional()) return true;
      const bool exits_if = !loop_.contains(branch->getSuccessor(0));
      // Both ways stay inside.
      if (!exits_if && loop_.contains(branch->getSuccessor(1))) return true;
      return add_condition(branch->getCondition(), exits_if);
    }
    auto* choice = llvm::dyn_cast<llvm::SwitchInst>(end);
    if (choice == nullptr || !is_lane_value(choice->getCondition())) return false;
    SearchSwitch found{choice->getCondition(), {}, loop_.contains(choice->getDefaultDest())};
    for (const auto& one : choice->cases()) {
      if (loop_.contains(one.getCaseSuccessor()) != found.exits_if_found) {
        found.cases.push_back(one.getCaseValue());
      }
    }
    if (found.cases.size() > kMostCases) return false;
    found_.switches.push_back(std::move(found));
    return true;
  }

  bool add_condition(llvm::Value* value, bool exits_if, unsigned depth = 0) {
    llvm::Value *left = nullptr, *right = nullptr;
    if (match(value, m_Not(m_Value(left)))) return add_condition(left, !exits_if, depth);
    if (depth < kDeepest &&
        (exits_if ? match(value, m_LogicalOr(m_Value(left), m_Value(right)))
                  : match(value, m_LogicalAnd(m_Value(left), m_Value(right))))) {
      return add_condition(left, exits_if, depth + 1) && add_condition(right, exits_if, depth + 1);
    }
    if (add_limit(value, exits_if)) return true;
    if (!is_lane_value(value)) return false;
    found_.conditions.push_back({value, exits_if});
    return true;
  }

  bool add_limit(llvm::Value* value, bool exits_if) {
    auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value);
    if (comparison == nullptr) return false;
    llvm::Value *moving = comparison->getOperand(0), *bound = comparison->getOperand(1);
    llvm::CmpInst::Predicate stay =
        exits_if ? comparison->getInversePredicate() : comparison->getPredicate();
    if (loop_.isLoopInvariant(moving)) {
      std::swap(moving, bound);
      stay = llvm::CmpInst::getSwappedPredicate(stay);
    }
    if (!loop_.isLoopInvariant(bound) ||
        (!moving->getType()->isIntegerTy(32) && !moving->getType()->isIntegerTy(64))) {
      return false;
    }
    const auto induction = induction_of(moving, loop_, evolution_);
    if (!induction || !can_recompute(moving)) return false;
    const bool is_rising = induction->step.isStrictlyPositive();
    const llvm::APInt distance = induction->step.abs();
    if (!distance.isPowerOf2()) return false;
    const bool wants_rising = stay == llvm::CmpInst::ICMP_ULT || stay == llvm::CmpInst::ICMP_ULE ||
                              stay == llvm::CmpInst::ICMP_SLT || stay == llvm::CmpInst::ICMP_SLE;
    if (stay == llvm::CmpInst::ICMP_EQ ||
        (stay != llvm::CmpInst::ICMP_NE && wants_rising != is_rising)) {
      return false;
    }
    found_.limits.push_back({moving, bound, stay, is_rising, distance.logBase2()});
    return true;
  }

  llvm::Loop& loop_;
  llvm::ScalarEvolution& evolution_;
  const unsigned vector_bytes_;
  bool has_moving_term_ = false;
  SearchLoop found_{};
};

}  // namespace

std::optional<NarrowComparison> narrow_comparison(llvm::Value* value,
                                                  llvm::ArrayRef<llvm::BasicBlock*> blocks) {
  auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value);
  if (comparison == nullptr || !comparison->isEquality()) return std::nullopt;
  auto is_invariant = [&](llvm::Value* operand) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(operand);
    return instruction == nullptr || !llvm::is_contained(blocks, instruction->getParent());
  };
  for (const unsigned side : {0u, 1u}) {
    auto* extension = llvm::dyn_cast<llvm::CastInst>(comparison->getOperand(side));
    llvm::Value* other = comparison->getOperand(1 - side);
    if (extension != nullptr && !is_invariant(extension) && is_invariant(other) &&
        (llvm::isa<llvm::ZExtInst>(extension) || llvm::isa<llvm::SExtInst>(extension))) {
      return NarrowComparison{extension, other};
    }
  }
  return std::nullopt;
}

std::optional<SearchLoop> recognize_search_loop(llvm::Loop& loop, llvm::ScalarEvolution& evolution,
                                                unsigned vector_bytes) {
  if (!loop.isInnermost()) return std::nullopt;
  return Recognizer(loop, evolution, vector_bytes).recognize();
}

}  // namespace linden::jit
