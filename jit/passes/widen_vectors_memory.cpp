// What a loop does to memory, and what must hold so that it may be done in another order.
//
// LLVM's LoopAccessAnalysis would ask for a run-time check for every pair of our i32 indices,
// cannot relate two accesses whose indices wrap separately, and demands that the arrays of a loop
// be disjoint. Every address here is one base plus zext(i32 index) plus a constant, so more can be
// said:
//   * accesses whose indices differ by constants form a group. One check for each group, that its
//     indices do not wrap in the whole loop, makes the distances of their addresses constants too;
//   * only accesses within `unroll` iterations of each other are put in another order. Within a
//     group it is decided here whether two of them that overlap change places; between two groups
//     of the same step, that happens for an interval of distances of their starts. That the
//     distance is not in it is the check: one subtraction and one comparison, which do not depend
//     on the length of the loop, and which an array that is copied onto itself a few bytes further
//     down passes.

#include "jit/passes/address_terms.h"
#include "jit/passes/induction.h"
#include "jit/passes/widen_vectors.h"

namespace linden::jit::widen {
namespace {

constexpr size_t kMostAccesses = 40;
constexpr size_t kMostChecks = 10;

// In memory, by an index.
std::optional<IndexedAddress> decompose_indexed(llvm::Value* pointer) {
  std::optional<IndexedAddress> address = decompose(pointer);
  if (!address || address->index == nullptr || !llvm::isa<llvm::GlobalVariable>(address->base)) {
    return std::nullopt;
  }
  return address;
}

// The new loop does `first` before `second`. Where that changes their order within `unroll`
// iterations and they may overlap, `visit` gets the distances start(second's group) - start(first's
// group) at which they do, as an open interval.
template <typename Visitor>
void for_each_conflict(const Access& first, const Access& second, int64_t step, unsigned unroll,
                       const Visitor& visit) {
  // In the new loop, all of `first` comes before all of `second`. In the old one `second` of
  // iteration j came before `first` of iteration j + d.
  const unsigned least = second.order < first.order ? 0 : 1;
  for (unsigned distance = least; distance < unroll; ++distance) {
    const int64_t moved = first.position + distance * step - second.position;
    visit(moved - second.size, moved + first.size);
  }
}

}  // namespace

bool Memory::collect(llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  unsigned order = 0;
  for (llvm::Instruction& instruction : *loop.getHeader()) {
    ++order;
    if (!instruction.mayReadOrWriteMemory()) continue;
    if (accesses_.size() == kMostAccesses || !add(instruction, order, loop, evolution)) {
      return false;
    }
  }
  for (Group& group : groups_) group.first_byte = INT64_MAX, group.end = INT64_MIN;
  for (Access& access : accesses_) {
    Group& group = groups_[access.group];
    group.first_byte = std::min(group.first_byte, access.position);
    group.end = std::max(group.end, access.position + access.size);
  }
  return !accesses_.empty();
}

bool Memory::add(llvm::Instruction& instruction, unsigned order, llvm::Loop& loop,
                 llvm::ScalarEvolution& evolution) {
  auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
  auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
  if (!(load != nullptr && load->isSimple()) && !(store != nullptr && store->isSimple())) {
    return false;
  }
  const llvm::DataLayout& layout = instruction.getDataLayout();
  const auto address = decompose_indexed(llvm::getLoadStorePointerOperand(&instruction));
  if (!address || (base_ != nullptr && base_ != address->base)) return false;
  base_ = address->base;
  llvm::Type* type = llvm::getLoadStoreType(&instruction);
  if (layout.getTypeSizeInBits(type) != layout.getTypeStoreSizeInBits(type)) return false;
  const auto size = static_cast<int64_t>(layout.getTypeStoreSize(type).getFixedValue());
  const auto induction = induction_of(address->index, loop, evolution);
  if (!induction) return false;
  const int64_t stride = induction->step.getSExtValue();
  if (stride <= 0 || stride > 1024) return false;

  const llvm::SCEV* start = induction->start;
  const auto position = static_cast<int64_t>(address->offset);
  unsigned found = 0;
  int64_t delta = 0;
  for (; found < groups_.size(); ++found) {
    if (groups_[found].step != stride) continue;
    const auto* difference =
        llvm::dyn_cast<llvm::SCEVConstant>(evolution.getMinusSCEV(start, groups_[found].start));
    if (difference == nullptr) continue;
    delta = difference->getAPInt().getSExtValue();
    break;
  }
  if (found == groups_.size()) {
    groups_.push_back({start, stride, 0, 0, 0});
  } else if (delta < 0) {
    // The new lowest: all others are that much further from it.
    Group& group = groups_[found];
    group.start = start;
    group.index_span -= delta;
    for (Access& access : accesses_) {
      if (access.group == found) access.position -= delta;
    }
    delta = 0;
  } else {
    groups_[found].index_span = std::max(groups_[found].index_span, delta);
  }
  index_of_[&instruction] = accesses_.size();
  accesses_.push_back({&instruction, found, position + delta, size, order});
  return true;
}

const Access* Memory::find(llvm::Value* instruction) const {
  const auto found = index_of_.find(instruction);
  return found == index_of_.end() ? nullptr : &accesses_[found->second];
}

bool Memory::is_contiguous(llvm::ArrayRef<llvm::Value*> members) const {
  const Access* first = find(members[0]);
  if (first == nullptr) return false;
  int64_t next = first->position;
  for (llvm::Value* member : members) {
    const Access* access = find(member);
    if (access == nullptr || access->group != first->group || access->position != next ||
        access->size != first->size) {
      return false;
    }
    next += access->size;
  }
  return next - first->position == groups_[first->group].step;
}

std::vector<llvm::SmallVector<const Access*, 4>> Memory::store_runs() const {
  std::vector<const Access*> stores;
  for (const Access& access : accesses_) {
    if (access.is_store()) stores.push_back(&access);
  }
  llvm::sort(stores, [](const Access* left, const Access* right) {
    return std::tie(left->group, left->position, left->order) <
           std::tie(right->group, right->position, right->order);
  });
  std::vector<llvm::SmallVector<const Access*, 4>> runs;
  for (size_t begin = 0; begin < stores.size();) {
    const int64_t step = groups_[stores[begin]->group].step;
    const auto count = static_cast<size_t>(step / stores[begin]->size);
    if (count == 0 || begin + count > stores.size()) return {};
    llvm::SmallVector<const Access*, 4> run(stores.begin() + begin, stores.begin() + begin + count);
    llvm::SmallVector<llvm::Value*, 4> members;
    for (const Access* access : run) members.push_back(access->instruction);
    if (!is_contiguous(members)) return {};
    runs.push_back(run);
    begin += count;
  }
  return runs;
}

llvm::SmallVector<const Access*, 4> Memory::load_run(const Access& load) const {
  const Group& group = groups_[load.group];
  if (group.step % load.size != 0) return {};
  const int64_t count = group.step / load.size;
  auto at = [&](int64_t position) -> const Access* {
    for (const Access& access : accesses_) {
      if (!access.is_store() && access.group == load.group && access.position == position &&
          access.instruction->getType() == load.instruction->getType()) {
        return &access;
      }
    }
    return nullptr;
  };
  int64_t first = load.position;
  while (load.position - first < (count - 1) * load.size && at(first - load.size) != nullptr) {
    first -= load.size;
  }
  llvm::SmallVector<const Access*, 4> run;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t position = first + i * load.size;
    const Access* access = position == load.position ? &load : at(position);
    if (access == nullptr) return {};
    run.push_back(access);
  }
  return run;
}

bool Memory::may_reorder(llvm::ArrayRef<WideAccess> accesses, unsigned unroll,
                         std::vector<Separation>& separations) const {
  separations.clear();
  auto separation_of = [&](unsigned first, unsigned second, bool same_step) -> Separation& {
    for (Separation& separation : separations) {
      if (separation.first == first && separation.second == second) return separation;
    }
    separations.push_back({first, second, same_step, INT64_MAX, INT64_MIN});
    return separations.back();
  };
  auto may_swap = [&](const Access& first, const Access& second) {
    const int64_t step = groups_[first.group].step;
    if (first.group == second.group) {
      bool may = true;
      for_each_conflict(first, second, step, unroll,
                        [&](int64_t low, int64_t high) { may &= 0 <= low || high <= 0; });
      return may;
    }
    const bool swapped = second.group < first.group;
    const unsigned lower = std::min(first.group, second.group);
    const unsigned upper = std::max(first.group, second.group);
    if (groups_[second.group].step != step) {
      separation_of(lower, upper, false);
      return true;
    }
    // Overlap: low < start(second) - start(first) < high.
    for_each_conflict(first, second, step, unroll, [&](int64_t low, int64_t high) {
      Separation& separation = separation_of(lower, upper, true);
      separation.low = std::min(separation.low, swapped ? 1 - high : low + 1);
      separation.high = std::max(separation.high, swapped ? -low - 1 : high - 1);
    });
    return true;
  };
  for (size_t i = 0; i < accesses.size(); ++i) {
    for (size_t j = i + 1; j < accesses.size(); ++j) {
      if (!accesses[i].is_store && !accesses[j].is_store) continue;
      for (const Access* first : accesses[i].members) {
        for (const Access* second : accesses[j].members) {
          if (!may_swap(*first, *second)) return false;
        }
      }
    }
  }
  return separations.size() + groups_.size() <= kMostChecks;
}

llvm::Value* Memory::emit_checks(llvm::SCEVExpander& expander,
                                 llvm::ArrayRef<Separation> separations,
                                 llvm::Value* backedges_taken, llvm::Instruction* place) {
  llvm::IRBuilder<> builder(place);
  llvm::Type* word = builder.getInt64Ty();
  llvm::Value* ok = builder.getTrue();
  auto demand = [&](llvm::Value* condition) { ok = builder.CreateAnd(ok, condition); };
  std::vector<llvm::Value*> travels;  // from a group's first iteration to its last
  for (const Group& group : groups_) {
    llvm::Value* start =
        builder.CreateZExt(expander.expandCodeFor(group.start, builder.getInt32Ty(), place), word);
    // No sum here exceeds 64 bits: the backedge is taken fewer than 2^32 times.
    llvm::Value* travel = builder.CreateMul(backedges_taken, builder.getInt64(group.step));
    llvm::Value* highest =
        builder.CreateAdd(builder.CreateAdd(start, travel), builder.getInt64(group.index_span));
    demand(builder.CreateICmpULE(highest, builder.getInt64(UINT32_MAX)));
    starts_.push_back(start);
    travels.push_back(travel);
  }
  for (const Separation& separation : separations) {
    const Group &first = groups_[separation.first], &second = groups_[separation.second];
    llvm::Value *first_start = starts_[separation.first],
                *second_start = starts_[separation.second];
    if (separation.same_step) {
      llvm::Value* distance = builder.CreateSub(second_start, first_start);
      demand(builder.CreateICmpUGT(
          builder.CreateSub(distance, llvm::ConstantInt::getSigned(word, separation.low)),
          builder.getInt64(separation.high - separation.low)));
      continue;
    }
    auto ends_before = [&](const Group& low, llvm::Value* low_start, llvm::Value* travel,
                           const Group& high, llvm::Value* high_start) {
      llvm::Value* end = builder.CreateAdd(builder.CreateAdd(low_start, travel),
                                           llvm::ConstantInt::getSigned(word, low.end));
      return builder.CreateICmpULE(
          end, builder.CreateAdd(high_start, llvm::ConstantInt::getSigned(word, high.first_byte)));
    };
    demand(builder.CreateOr(
        ends_before(first, first_start, travels[separation.first], second, second_start),
        ends_before(second, second_start, travels[separation.second], first, first_start)));
  }
  return ok;
}

}  // namespace linden::jit::widen
