// WebAssembly has no strlen: libraries compiled to it look for the end of a string byte by byte or
// word by word, where native code calls something written for the machine's vectors. Loops that
// look for something (strlen, strchr, memchr, strcmp, memcmp, the match lengths of compressors) are
// here given the vectors back. LLVM's vectoriser leaves them alone, because it cannot know that
// reading ahead is harmless; we know the size of pages.
//
// A loop qualifies (search_loop.cpp) if all that it does is to read streams of elements, each of
// which advances by one element per iteration, to compute lane by lane, and to leave. The loop
// stays as it is, for the values that live on after it and for the iteration that leaves it. What
// is new is that it skips iterations that surely do not leave:
//
//   check:   from here on, is a whole vector of every stream within one page?    no: go to `resume`
//   scan:    load the vectors and find the first lane that leaves the loop
//            none does: advance by as many lanes and go to `check`
//   resume:  advance by as many lanes as come before that one
//   header:  the loop
//
// "Advance" means that inductions grow by a multiple of their steps. Phis that carry what the
// iteration before has loaded (the rotated form of `for (v = *p; v; v = *++p)`) load it again.
// Bounds (p != end, i < n) are not computed by lanes: a subtraction tells which lane would be
// first.
//
// Why it is sound:
//   * Nothing is skipped but computations and loads that do not trap.
//   * A vector that is loaded lies in a page that has an element which the loop itself loads at
//     this very point, so it traps if and only if that does; and memory is accessible by whole
//     pages. A loop whose loads all stand in its header loads them whenever it is entered, so there
//     `check` comes before the first iteration ("eager"). All others have it between two
//     iterations, where lane 0 is the iteration that is just over ("proven"): its loads have been
//     executed and it has not left, so its lane is ignored, and vectors overlap by one lane.
//     Loops that compare two things by words have it between iterations in any case, and not before
//     the fifth (build_wait).
//   * Indices are i32 and wrap around, addresses do not: an index in the last vector of a page is
//     not followed by one that has wrapped.
//   * If other threads change what is read, then the iteration that is resumed may not leave. It
//     then goes on, as it would have.
//   * Lanes after the one that leaves compute with what the loop would never have seen, so no
//     operation on vectors may have a flag (nsw, exact, ...) that makes poison.

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>

#include "jit/passes/passes.h"
#include "jit/passes/search_loop.h"
#include "jit/passes/zero_bytes.h"

namespace linden::jit {
namespace {

constexpr unsigned kPageSize = 4096;
constexpr unsigned kMostVectorBytes = 32;
// Iterations before the first look ahead, of loops that look for where two things begin to differ
// by words. Most matches that a compressor finds are over by then, and a look ahead costs as much
// as they do. (Of strings that are compared by bytes, and of searches, this is not so.)
constexpr unsigned kPatience = 4;

bool is_patient(const SearchLoop& loop) {
  return loop.streams.size() >= 2 && loop.element_size >= 4;
}

class FastForward {
 public:
  FastForward(const SearchLoop& loop, unsigned vector_bytes)
      : loop_(loop),
        is_eager_(loop.loads_at_once && loop.carried.empty() && !is_patient(loop)),
        lanes_(vector_bytes / loop.element_size),
        check_(new_block("search.check")),
        scan_(new_block("search.scan")),
        resume_(new_block("search.resume")),
        builder_(check_) {
    if (is_patient(loop)) wait_ = new_block("search.wait");
  }

  void build() {
    build_state();
    build_check();
    build_scan();
    build_resume();
  }

 private:
  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(loop_.header->getContext(), name, loop_.header->getParent(),
                                    loop_.header);
  }

  // The values that header phis have in lane 0.
  void build_state() {
    for (const auto& [phi, step] : loop_.inductions) {
      llvm::PHINode* state = builder_.CreatePHI(phi->getType(), 3);
      if (is_eager_) {
        state->addIncoming(phi->getIncomingValueForBlock(loop_.preheader), loop_.preheader);
        state->addIncoming(phi->getIncomingValueForBlock(loop_.latch), loop_.latch);
      } else {
        state->addIncoming(phi, wait_ != nullptr ? wait_ : loop_.latch);
      }
      in_lane_0_[phi] = state;
    }
  }

  void build_check() {
    const unsigned vector_bytes = lanes_ * loop_.element_size;
    llvm::Value* is_fine = nullptr;
    auto require = [&](llvm::Value* condition) {
      is_fine = is_fine == nullptr ? condition : builder_.CreateAnd(is_fine, condition);
    };
    for (const SearchStream& stream : loop_.streams) {
      const LinearAddress& address = stream.address;
      // A shifted vector starts one element before.
      const uint64_t before = stream.is_wanted_shifted ? loop_.element_size : 0;
      llvm::Type* type = builder_.getInt32Ty();
      llvm::Value* place = builder_.getInt32(static_cast<uint32_t>(address.constant - before));
      if (address.index != nullptr) place = builder_.CreateAdd(at_lane_0(address.index), place);
      for (llvm::Value* term : address.terms) {
        place = builder_.CreateAdd(builder_.CreateTrunc(at_lane_0(term), type), place);
      }
      require(builder_.CreateICmpULE(
          builder_.CreateAnd(place, kPageSize - 1),
          builder_.getInt32(static_cast<uint32_t>(kPageSize - vector_bytes - before))));
      // With a multiple of the page size on top, the index too is where the address is.
      if (address.index != nullptr &&
          (!address.terms.empty() || address.constant % kPageSize != 0)) {
        llvm::Value* index = builder_.CreateSub(at_lane_0(address.index),
                                                builder_.getInt32(static_cast<uint32_t>(before)));
        require(builder_.CreateICmpULE(
            index, builder_.getInt32(static_cast<uint32_t>(0 - vector_bytes - before))));
      }
    }
    llvm::MDBuilder weights(check_->getContext());
    builder_.CreateCondBr(is_fine, scan_, resume_, weights.createLikelyBranchWeights());
    // What vectors and limits need of lane 0 is computed before this branch.
    builder_.SetInsertPoint(check_->getTerminator());
    for (const SearchStream& stream : loop_.streams) at_lane_0(stream.load->getPointerOperand());
    for (const SearchLimit& limit : loop_.limits) at_lane_0(limit.moving);
  }

  void build_scan() {
    builder_.SetInsertPoint(scan_);
    // A bit for each lane that leaves; or for each byte.
    llvm::Value* leaves = bytes_that_leave();
    const unsigned bits = leaves == nullptr ? 1 : loop_.element_size;
    if (leaves == nullptr) leaves = lanes_that_leave();
    llvm::Value* mask = builder_.CreateZExt(
        builder_.CreateBitCast(leaves, builder_.getIntNTy(lanes_ * bits)), builder_.getInt64Ty());
    if (!is_eager_) mask = builder_.CreateAnd(mask, ~((uint64_t{1} << bits) - 1));
    auto first_lane = [&] {
      return builder_.CreateLShr(
          builder_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, mask, builder_.getTrue()),
          llvm::Log2_32(bits));
    };

    llvm::Value* is_none = nullptr;
    if (loop_.limits.empty()) {
      is_none = builder_.CreateICmpEQ(mask, builder_.getInt64(0));
      found_lane_ = first_lane();
    } else {
      mask = builder_.CreateOr(mask, uint64_t{1} << (lanes_ * bits));
      found_lane_ = first_lane();
      for (const SearchLimit& limit : loop_.limits) {
        found_lane_ = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, found_lane_,
                                                     lane_of_limit(limit));
      }
      is_none = builder_.CreateICmpEQ(found_lane_, builder_.getInt64(lanes_));
    }
    llvm::Value* advance = builder_.getInt64(is_eager_ ? lanes_ : lanes_ - 1);
    for (const auto& [phi, step] : loop_.inductions) {
      auto* state = llvm::cast<llvm::PHINode>(in_lane_0_.lookup(phi));
      state->addIncoming(advanced(phi, step, advance), scan_);
    }
    forbid_unrolling(builder_.CreateCondBr(is_none, check_, resume_));
  }

  llvm::Value* lanes_that_leave() {
    llvm::Value* leaves = nullptr;
    auto leaves_if = [&](llvm::Value* lanes) {
      leaves = leaves == nullptr ? lanes : builder_.CreateOr(leaves, lanes);
    };
    for (const SearchCondition& condition : loop_.conditions) {
      llvm::Value* lanes = in_lanes(condition.value, false);
      leaves_if(condition.exits_if ? lanes : builder_.CreateNot(lanes));
    }
    for (const SearchSwitch& choice : loop_.switches) {
      llvm::Value* found = nullptr;
      for (llvm::ConstantInt* one : choice.cases) {
        llvm::Value* is_it = builder_.CreateICmpEQ(in_lanes(choice.value, false),
                                                   builder_.CreateVectorSplat(lanes_, one));
        found = found == nullptr ? is_it : builder_.CreateOr(found, is_it);
      }
      leaves_if(choice.exits_if_found ? found : builder_.CreateNot(found));
    }
    return leaves;
  }

  // Null if there are other conditions than that a byte is zero.
  llvm::Value* bytes_that_leave() {
    if (!loop_.switches.empty()) return nullptr;
    llvm::SmallVector<ZeroByteTest, 2> tests;
    for (const SearchCondition& condition : loop_.conditions) {
      auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(condition.value);
      auto test = comparison != nullptr && is_in_loop(*comparison) ? zero_byte_test(*comparison)
                                                                   : std::nullopt;
      if (!test || test->is_true_if_any != condition.exits_if ||
          test->words[0]->getType()->getIntegerBitWidth() != loop_.element_size * 8) {
        return nullptr;
      }
      tests.push_back(*std::move(test));
    }
    llvm::Value* leaves = nullptr;
    for (const ZeroByteTest& test : tests) {
      llvm::Value* zeros = zero_bytes_of(test, false);
      leaves = leaves == nullptr ? zeros : builder_.CreateOr(leaves, zeros);
    }
    return leaves;
  }

  void build_resume() {
    builder_.SetInsertPoint(resume_);
    llvm::PHINode* advance = builder_.CreatePHI(builder_.getInt64Ty(), 2);
    advance->addIncoming(builder_.getInt64(is_eager_ ? 0 : 1), check_);
    advance->addIncoming(found_lane_, scan_);
    for (const auto& [phi, step] : loop_.inductions) {
      set_phi(*phi, advanced(phi, step, advance));
    }
    // Never eager, so there is an iteration before.
    llvm::DenseMap<llvm::Value*, llvm::Value*> known;
    for (const CarriedValue& carried : loop_.carried) {
      set_phi(*carried.phi,
              reloaded(carried.next, builder_.CreateSub(advance, builder_.getInt64(1)), known));
    }
    builder_.CreateBr(loop_.header);
    loop_.latch->getTerminator()->replaceSuccessorWith(loop_.header,
                                                       wait_ != nullptr ? wait_ : check_);
    forbid_unrolling(loop_.latch->getTerminator());
    if (is_eager_) {
      loop_.preheader->getTerminator()->replaceSuccessorWith(loop_.header, check_);
    } else if (wait_ != nullptr) {
      build_wait();
    }
  }

  // Between the latch and `check`: goes on without a look ahead in the first iterations.
  void build_wait() {
    builder_.SetInsertPoint(loop_.header, loop_.header->begin());
    llvm::PHINode* before = builder_.CreatePHI(builder_.getInt32Ty(), 3);
    builder_.SetInsertPoint(wait_);
    llvm::Value* rounds = builder_.CreateAdd(before, builder_.getInt32(1));
    before->addIncoming(builder_.getInt32(0), loop_.preheader);
    before->addIncoming(rounds, wait_);
    before->addIncoming(builder_.getInt32(kPatience), resume_);
    forbid_unrolling(builder_.CreateCondBr(
        builder_.CreateICmpULT(rounds, builder_.getInt32(kPatience)), loop_.header, check_));
  }

  // Long enough as it is.
  static void forbid_unrolling(llvm::Instruction* end_of_latch) {
    llvm::LLVMContext& context = end_of_latch->getContext();
    llvm::MDNode* forbidden =
        llvm::MDNode::get(context, llvm::MDString::get(context, "llvm.loop.unroll.disable"));
    llvm::MDNode* loop = llvm::MDNode::getDistinct(context, {nullptr, forbidden});
    loop->replaceOperandWith(0, loop);
    end_of_latch->setMetadata(llvm::LLVMContext::MD_loop, loop);
  }

  void set_phi(llvm::PHINode& phi, llvm::Value* value) {
    if (is_eager_) phi.removeIncomingValue(loop_.preheader, /*DeletePHIIfEmpty=*/false);
    const int latch = phi.getBasicBlockIndex(loop_.latch);
    if (wait_ != nullptr)
      phi.addIncoming(phi.getIncomingValue(static_cast<unsigned>(latch)), wait_);
    phi.setIncomingBlock(static_cast<unsigned>(latch), resume_);
    phi.setIncomingValue(static_cast<unsigned>(latch), value);
  }

  llvm::Value* advanced(llvm::PHINode* phi, const llvm::APInt& step, llvm::Value* lanes) {
    llvm::Type* type = phi->getType();
    return builder_.CreateAdd(in_lane_0_.lookup(phi),
                              builder_.CreateMul(builder_.CreateZExtOrTrunc(lanes, type),
                                                 llvm::ConstantInt::get(type, step)));
  }

  // The first lane that is past the limit, as far as it is one of this vector.
  llvm::Value* lane_of_limit(const SearchLimit& limit) {
    llvm::Value* moving = at_lane_0(limit.moving);
    llvm::Type* type = moving->getType();
    llvm::Value* distance = limit.is_rising ? builder_.CreateSub(limit.bound, moving)
                                            : builder_.CreateSub(moving, limit.bound);
    if (limit.stay_predicate == llvm::CmpInst::ICMP_NE) {
      // Bits below the step make it so great that the limit is in no lane: it is stepped over.
      return builder_.CreateZExt(
          limit.step_log2 == 0
              ? distance
              : builder_.CreateIntrinsic(
                    type, llvm::Intrinsic::fshr,
                    {distance, distance, llvm::ConstantInt::get(type, limit.step_log2)}),
          builder_.getInt64Ty());
    }
    const bool is_strict = llvm::CmpInst::isStrictPredicate(limit.stay_predicate);
    llvm::Value* one = llvm::ConstantInt::get(type, 1);
    llvm::Value* steps = builder_.CreateLShr(
        is_strict ? builder_.CreateSub(distance, one) : distance, limit.step_log2);
    if (!is_strict) {
      steps = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, steps,
                                             llvm::ConstantInt::get(type, lanes_));
    }
    llvm::Value* lane = builder_.CreateAdd(steps, one);
    if (is_eager_) {
      llvm::Value* stays = builder_.CreateICmp(limit.stay_predicate, moving, limit.bound);
      lane = builder_.CreateSelect(stays, lane, llvm::ConstantInt::get(type, 0));
    }
    return builder_.CreateZExt(lane, builder_.getInt64Ty());
  }

  // What the loop's `value`, made of invariants and inductions, is in lane 0.
  llvm::Value* at_lane_0(llvm::Value* value) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (instruction == nullptr || !is_in_loop(*instruction)) return value;
    if (llvm::Value* known = in_lane_0_.lookup(value)) return known;
    llvm::SmallVector<llvm::Value*, 3> operands;
    for (llvm::Value* operand : instruction->operands()) operands.push_back(at_lane_0(operand));
    return in_lane_0_[value] = copy(*instruction, operands);
  }

  llvm::Instruction* copy(llvm::Instruction& original, llvm::ArrayRef<llvm::Value*> operands) {
    llvm::Instruction* copied = original.clone();
    copied->dropPoisonGeneratingAnnotations();
    for (unsigned i = 0; i < operands.size(); ++i) copied->setOperand(i, operands[i]);
    return builder_.Insert(copied);
  }

  // `value`, a function of loads, of the iteration that is `distance` after lane 0.
  llvm::Value* reloaded(llvm::Value* value, llvm::Value* distance,
                        llvm::DenseMap<llvm::Value*, llvm::Value*>& known) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (instruction == nullptr || !is_in_loop(*instruction)) return value;
    if (llvm::Value* before = known.lookup(value)) return before;
    llvm::SmallVector<llvm::Value*, 3> operands;
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(value)) {
      operands.push_back(builder_.CreatePtrAdd(
          at_lane_0(load->getPointerOperand()),
          builder_.CreateMul(distance, builder_.getInt64(loop_.element_size))));
    } else {
      for (llvm::Value* operand : instruction->operands()) {
        operands.push_back(reloaded(operand, distance, known));
      }
    }
    return known[value] = copy(*instruction, operands);
  }

  // `value` of all lanes, or if `shifted`, of the iterations before theirs.
  llvm::Value* in_lanes(llvm::Value* value, bool shifted) {
    llvm::Value* known = in_lanes_[shifted].lookup(value);
    if (known != nullptr) return known;
    known = compute_lanes(value, shifted);
    in_lanes_[shifted][value] = known;
    return known;
  }

  llvm::Value* compute_lanes(llvm::Value* value, bool shifted) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (instruction == nullptr || !is_in_loop(*instruction)) {
      llvm::Value* sane = llvm::isa<llvm::Constant>(value) ? value : builder_.CreateFreeze(value);
      return builder_.CreateVectorSplat(lanes_, sane);
    }
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(value)) return load_lanes(*load, shifted);
    for (const CarriedValue& carried : loop_.carried) {
      if (carried.phi == value) return in_lanes(carried.next, true);
    }
    if (const auto narrow = narrow_comparison(value, loop_.blocks)) {
      return compare_narrow(*llvm::cast<llvm::ICmpInst>(value), *narrow, shifted);
    }
    if (auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value)) {
      if (const auto test = zero_byte_test(*comparison)) return find_zero_bytes(*test, shifted);
    }
    llvm::SmallVector<llvm::Value*, 3> operands;
    for (llvm::Value* operand : instruction->operands()) {
      operands.push_back(in_lanes(operand, shifted));
    }
    llvm::Type* type = llvm::FixedVectorType::get(value->getType(), lanes_);
    if (auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(value)) {
      return builder_.CreateICmp(comparison->getPredicate(), operands[0], operands[1]);
    }
    if (auto* cast = llvm::dyn_cast<llvm::CastInst>(value)) {
      return builder_.CreateCast(cast->getOpcode(), operands[0], type);
    }
    if (auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value)) {
      return builder_.CreateBinOp(operation->getOpcode(), operands[0], operands[1]);
    }
    if (llvm::isa<llvm::SelectInst>(value)) {
      return builder_.CreateSelect(operands[0], operands[1], operands[2]);
    }
    return operands[0];  // freeze, of what is no poison
  }

  // Which bytes of the words of all lanes are zero: words were a way to look at four bytes at once,
  // here each byte is compared.
  llvm::Value* zero_bytes_of(const ZeroByteTest& test, bool shifted) {
    llvm::Value* zeros = nullptr;
    for (llvm::Value* word : test.words) {
      llvm::Value* words = in_lanes(word, shifted);
      llvm::Type* bytes = llvm::FixedVectorType::get(
          builder_.getInt8Ty(), lanes_ * word->getType()->getIntegerBitWidth() / 8);
      llvm::Value* is_zero = builder_.CreateICmpEQ(builder_.CreateBitCast(words, bytes),
                                                   llvm::Constant::getNullValue(bytes));
      zeros = zeros == nullptr ? is_zero : builder_.CreateOr(zeros, is_zero);
    }
    return zeros;
  }

  llvm::Value* find_zero_bytes(const ZeroByteTest& test, bool shifted) {
    llvm::Value* zeros = zero_bytes_of(test, shifted);
    llvm::Type* words = llvm::FixedVectorType::get(test.words[0]->getType(), lanes_);
    llvm::Type* bytes = zeros->getType()->getWithNewBitWidth(8);
    return builder_.CreateICmp(
        test.is_true_if_any ? llvm::CmpInst::ICMP_NE : llvm::CmpInst::ICMP_EQ,
        builder_.CreateBitCast(builder_.CreateSExt(zeros, bytes), words),
        llvm::Constant::getNullValue(words));
  }

  llvm::Value* compare_narrow(const llvm::ICmpInst& comparison, const NarrowComparison& narrow,
                              bool shifted) {
    llvm::Type* type = narrow.extension->getSrcTy();
    llvm::Value* wide = builder_.CreateFreeze(narrow.wide);
    llvm::Value* truncated = builder_.CreateTrunc(wide, type);
    llvm::Value* can_equal = builder_.CreateICmpEQ(
        builder_.CreateCast(narrow.extension->getOpcode(), truncated, wide->getType()), wide);
    llvm::Value* equal =
        builder_.CreateAnd(builder_.CreateICmpEQ(in_lanes(narrow.extension->getOperand(0), shifted),
                                                 builder_.CreateVectorSplat(lanes_, truncated)),
                           builder_.CreateVectorSplat(lanes_, can_equal));
    return comparison.getPredicate() == llvm::CmpInst::ICMP_EQ ? equal : builder_.CreateNot(equal);
  }

  llvm::Value* load_lanes(llvm::LoadInst& load, bool shifted) {
    llvm::Value* pointer = at_lane_0(load.getPointerOperand());
    if (shifted) {
      pointer = builder_.CreatePtrAdd(
          pointer, builder_.getInt64(0 - static_cast<uint64_t>(loop_.element_size)));
    }
    llvm::LoadInst* loaded = builder_.CreateAlignedLoad(
        llvm::FixedVectorType::get(load.getType(), lanes_), pointer, llvm::Align(1));
    loaded->setDebugLoc(load.getDebugLoc());
    loaded->copyMetadata(load, {llvm::LLVMContext::MD_tbaa});
    return loaded;
  }

  bool is_in_loop(const llvm::Instruction& instruction) const {
    return llvm::is_contained(loop_.blocks, instruction.getParent());
  }

  const SearchLoop& loop_;
  const bool is_eager_;
  const unsigned lanes_;
  llvm::BasicBlock *check_, *scan_, *resume_, *wait_ = nullptr;
  llvm::IRBuilder<> builder_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> in_lane_0_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> in_lanes_[2];
  llvm::Value* found_lane_ = nullptr;
};

}  // namespace

llvm::PreservedAnalyses SearchLoopsPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty() || function.hasOptSize()) return llvm::PreservedAnalyses::all();
  auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  const auto vector_bytes = static_cast<unsigned>(std::min<uint64_t>(
      target.getRegisterBitWidth(llvm::TargetTransformInfo::RGK_FixedWidthVector).getFixedValue() /
          8,
      kMostVectorBytes));
  if (vector_bytes < 16) return llvm::PreservedAnalyses::all();

  // All are recognised before any is changed: analyses do not see the changes.
  llvm::SmallVector<SearchLoop, 4> found;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost()) continue;
    auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
    if (auto one = recognize_search_loop(*loop, evolution, vector_bytes)) {
      found.push_back(std::move(*one));
    }
  }
  for (const SearchLoop& loop : found) FastForward(loop, vector_bytes).build();
  return found.empty() ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();
}

}  // namespace linden::jit
