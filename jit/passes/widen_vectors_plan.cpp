// Which wide values the new loop has to compute.
//
// It begins with what the loop is there for: its stores and its reductions. What a store of the
// loop writes, `count` stores side by side if it takes so many to cover the step, becomes one wide
// value, and so do the operands of that, until loads, inductions and invariants are reached.
// Members that are not of one kind are computed apart and put together by a shuffle
// (Node::Kind::Gather), so that a plan fails only for operations that cannot be widened at all.

#include <llvm/Analysis/VectorUtils.h>

#include "jit/passes/induction.h"
#include "jit/passes/widen_vectors.h"

namespace linden::jit::widen {
namespace {

constexpr size_t kMostNodes = 200;
constexpr unsigned kMostUnroll = 8;
constexpr uint64_t kWidestBits = 1024;  // four registers
// Registers that may be taken for the whole loop, of 16.
constexpr uint64_t kMostHeldRegisters = 12;

bool is_element(llvm::Type* type) {
  return type->isFloatTy() || type->isDoubleTy() ||
         (type->isIntegerTy() && type->getIntegerBitWidth() <= 64);
}

// Whether the operation does the same to every lane, whatever the other lanes are.
bool is_lanewise(llvm::Instruction& instruction) {
  if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(&instruction)) {
    return !binary->isIntDivRem();
  }
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&instruction)) {
    return lane_count(select->getCondition()->getType()) == lane_count(select->getType());
  }
  if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
    const llvm::Intrinsic::ID id = call->getIntrinsicID();
    // One instruction each for a scalar, and many for a vector.
    const bool counts_bits =
        id == llvm::Intrinsic::ctpop || id == llvm::Intrinsic::ctlz || id == llvm::Intrinsic::cttz;
    return llvm::isTriviallyVectorizable(id) && !(counts_bits && !call->getType()->isVectorTy());
  }
  return llvm::isa<llvm::UnaryOperator, llvm::CmpInst, llvm::CastInst, llvm::FreezeInst>(
             instruction) &&
         !llvm::isa<llvm::BitCastInst, llvm::PtrToIntInst, llvm::IntToPtrInst,
                    llvm::AddrSpaceCastInst>(instruction);
}

bool is_same_operation(llvm::Instruction& left, llvm::Instruction& right) {
  if (left.getOpcode() != right.getOpcode() || left.getType() != right.getType() ||
      left.getNumOperands() != right.getNumOperands()) {
    return false;
  }
  for (unsigned i = 0; i < left.getNumOperands(); ++i) {
    if (left.getOperand(i)->getType() != right.getOperand(i)->getType()) return false;
  }
  if (auto* compare = llvm::dyn_cast<llvm::CmpInst>(&left)) {
    return compare->getPredicate() == llvm::cast<llvm::CmpInst>(right).getPredicate();
  }
  if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&left)) {
    auto* other = llvm::dyn_cast<llvm::IntrinsicInst>(&right);
    return other != nullptr && call->getIntrinsicID() == other->getIntrinsicID();
  }
  return true;
}

std::optional<unsigned> constant_lane(llvm::Value* index, unsigned lanes) {
  auto* constant = llvm::dyn_cast<llvm::ConstantInt>(index);
  if (constant == nullptr || constant->getValue().uge(lanes)) return std::nullopt;
  return constant->getZExtValue();
}

}  // namespace

llvm::Type* Node::member_type() const {
  auto* store = llvm::dyn_cast<llvm::StoreInst>(members[0]);
  return store == nullptr ? members[0]->getType() : store->getValueOperand()->getType();
}

unsigned Node::lanes_of_member() const { return lane_count(member_type()); }

uint64_t Node::bits() const { return uint64_t{member_type()->getScalarSizeInBits()} * lanes(); }

bool Plan::build() {
  unsigned order = 0;
  for (llvm::Instruction& instruction : *loop_.getHeader()) body_order_[&instruction] = ++order;
  const auto runs = memory_.store_runs();
  for (const auto& run : runs) {
    Members members;
    for (const Access* access : run) members.push_back(access->instruction);
    if (node_of(members) == kNone) return false;
  }
  for (llvm::Instruction& instruction : *loop_.getHeader()) {
    if (llvm::isa<llvm::StoreInst>(instruction) && runs.empty()) return false;
    auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction);
    if (phi == nullptr) continue;
    // Where the rest of the iterations begins must be known of every phi: of this kind it can be
    // computed at once.
    if (induction_of(phi, loop_, evolution_)) continue;
    if (node_of({phi}) == kNone) return false;
  }
  return arrange();
}

unsigned Plan::find(llvm::Value* value) const {
  const auto found = known_.find({value});
  return found == known_.end() ? kNone : found->second;
}

unsigned Plan::make(Node::Kind kind, const Members& members) {
  const unsigned index = nodes_.size();
  nodes_.push_back({kind, members, {}, 0, {}});
  known_[{members.begin(), members.end()}] = index;
  return index;
}

unsigned Plan::node_of(const Members& members) {
  const auto known = known_.find({members.begin(), members.end()});
  if (known != known_.end()) return known->second;
  if (nodes_.size() >= kMostNodes || members.size() > 16) return kNone;
  llvm::Type* type = members[0]->getType();
  if (!type->isVoidTy() &&
      (!is_element(type->getScalarType()) || llvm::isa<llvm::ScalableVectorType>(type))) {
    return kNone;
  }
  if (llvm::all_of(members, [&](llvm::Value* member) { return loop_.isLoopInvariant(member); })) {
    return make(Node::Kind::Invariant, members);
  }
  // Two halves put together are the members of a wider value already.
  bool halves = true;
  Members parts;
  for (llvm::Value* member : members) {
    auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(member);
    halves &= shuffle != nullptr && loop_.contains(shuffle) && shuffle->isConcat();
    if (halves) parts.append({shuffle->getOperand(0), shuffle->getOperand(1)});
  }
  if (halves) {
    const unsigned index = node_of(parts);
    if (index != kNone) known_[{members.begin(), members.end()}] = index;
    return index;
  }
  const unsigned index = make(Node::Kind::Gather, members);
  return plan(index) ? index : kNone;
}

bool Plan::plan(unsigned index) {
  const Members members = nodes_[index].members;
  auto* first = llvm::dyn_cast<llvm::Instruction>(members[0]);
  for (llvm::Value* member : members) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(member);
    if (first == nullptr || instruction == nullptr || !loop_.contains(instruction) ||
        !is_same_operation(*first, *instruction)) {
      return plan_gather(index);
    }
  }
  // A value several times over.
  if (members.size() > 1 && llvm::all_equal(members)) return plan_gather(index);
  switch (first->getOpcode()) {
    case llvm::Instruction::PHI:
      return plan_phi(index);
    case llvm::Instruction::Load:
      return plan_load(index);
    case llvm::Instruction::Store:
      nodes_[index].kind = Node::Kind::Store;
      return add_operands(index, 0);
    case llvm::Instruction::BitCast:
      // A bit mask goes into a general register, and more of it than there was does not help.
      if (first->getOperand(0)->getType()->getScalarSizeInBits() == 1) return false;
      nodes_[index].kind = Node::Kind::Bitcast;
      return add_operands(index, 0);
    case llvm::Instruction::ShuffleVector:
      return plan_shuffle(index);
    case llvm::Instruction::InsertElement:
    case llvm::Instruction::ExtractElement: {
      const bool inserts = first->getOpcode() == llvm::Instruction::InsertElement;
      const unsigned lanes = lane_count(first->getOperand(0)->getType());
      for (llvm::Value* member : members) {
        auto* instruction = llvm::cast<llvm::Instruction>(member);
        if (!constant_lane(instruction->getOperand(inserts ? 2 : 1), lanes)) return false;
      }
      nodes_[index].kind = inserts ? Node::Kind::Insert : Node::Kind::Extract;
      return add_operands(index, 0) && (!inserts || add_operands(index, 1));
    }
    default:
      return plan_lanewise(index);
  }
}

bool Plan::add_operand(unsigned index, const Members& values) {
  const unsigned operand = node_of(values);
  if (operand == kNone) return false;
  nodes_[index].operands.push_back(operand);
  return true;
}

bool Plan::add_operands(unsigned index, unsigned operand_number) {
  Members operands;
  for (llvm::Value* member : nodes_[index].members) {
    operands.push_back(llvm::cast<llvm::Instruction>(member)->getOperand(operand_number));
  }
  return add_operand(index, operands);
}

bool Plan::plan_gather(unsigned index) {
  const Members members = nodes_[index].members;
  if (members.size() == 1) return false;
  for (llvm::Value* member : members) {
    if (llvm::isa<llvm::StoreInst>(member) || !add_operand(index, {member})) return false;
  }
  return true;
}

bool Plan::plan_phi(unsigned index) {
  const Members members = nodes_[index].members;
  auto* phi = llvm::cast<llvm::PHINode>(members[0]);
  Members latched;
  for (llvm::Value* member : members) {
    latched.push_back(
        llvm::cast<llvm::PHINode>(member)->getIncomingValueForBlock(loop_.getLoopLatch()));
  }
  if (members.size() == 1) {
    if (induction_of(phi, loop_, evolution_)) {
      nodes_[index].kind = Node::Kind::Induction;
      return true;
    }
    if (reduction_of(*phi, loop_)) {
      nodes_[index].kind = Node::Kind::Reduction;
      // Not an operand: it comes round.
      return node_of(latched) != kNone;
    }
  } else {
    // The members one by one may be reductions or inductions.
    for (llvm::Value* member : members) {
      auto& other = *llvm::cast<llvm::PHINode>(member);
      if (induction_of(&other, loop_, evolution_) || reduction_of(other, loop_)) {
        return plan_gather(index);
      }
    }
  }
  nodes_[index].kind = Node::Kind::Recurrence;
  return add_operand(index, latched);
}

bool Plan::plan_load(unsigned index) {
  const Members members = nodes_[index].members;
  if (memory_.is_contiguous(members)) {
    nodes_[index].kind = Node::Kind::Load;
    return true;
  }
  if (members.size() > 1) return plan_gather(index);
  const auto run = memory_.load_run(*memory_.find(members[0]));
  if (run.empty()) return false;
  Members neighbours;
  for (const Access* access : run) {
    if (access->instruction == members[0]) nodes_[index].part = neighbours.size();
    neighbours.push_back(access->instruction);
  }
  nodes_[index].kind = Node::Kind::LoadPart;
  return add_operand(index, neighbours);
}

bool Plan::plan_shuffle(unsigned index) {
  const Members members = nodes_[index].members;
  const unsigned source_lanes =
      lane_count(llvm::cast<llvm::Instruction>(members[0])->getOperand(0)->getType());
  // If no more than two values are shuffled in all members together, the members' masks become one.
  Members sources;
  llvm::SmallVector<int, 64> mask;
  for (llvm::Value* member : members) {
    auto* shuffle = llvm::cast<llvm::ShuffleVectorInst>(member);
    for (const int lane : shuffle->getShuffleMask()) {
      const bool second = lane >= static_cast<int>(source_lanes);
      llvm::Value* source = lane < 0 ? nullptr : shuffle->getOperand(second ? 1 : 0);
      if (source == nullptr || llvm::isa<llvm::UndefValue>(source)) {
        mask.push_back(-1);
        continue;
      }
      const auto number = static_cast<unsigned>(llvm::find(sources, source) - sources.begin());
      if (number == sources.size()) sources.push_back(source);
      mask.push_back(static_cast<int>(number * source_lanes + lane - (second ? source_lanes : 0)));
    }
  }
  if (sources.empty()) return false;
  if (sources.size() > 2) {
    return members.size() > 1 && plan_gather(index);
  }
  nodes_[index].kind = Node::Kind::Shuffle;
  nodes_[index].mask = mask;
  return llvm::all_of(sources, [&](llvm::Value* source) { return add_operand(index, {source}); });
}

bool Plan::plan_lanewise(unsigned index) {
  llvm::Instruction& first = *nodes_[index].first();
  if (!is_lanewise(first)) return false;
  nodes_[index].kind = Node::Kind::Lanewise;
  auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&first);
  const unsigned count = call == nullptr ? first.getNumOperands() : call->arg_size();
  for (unsigned i = 0; i < count; ++i) {
    if (call != nullptr &&
        llvm::isVectorIntrinsicWithScalarOpAtArg(call->getIntrinsicID(), i, &target_)) {
      for (llvm::Value* member : nodes_[index].members) {
        auto* argument = llvm::cast<llvm::CallInst>(member)->getArgOperand(i);
        if (!llvm::isa<llvm::Constant>(argument) || argument != call->getArgOperand(i))
          return false;
      }
      nodes_[index].operands.push_back(kNone);
    } else if (!add_operands(index, i)) {
      return false;
    }
  }
  return true;
}

// Operands before users, and apart from that as it was in the loop: loads where the first of their
// members is, everything else where the last one is.
bool Plan::arrange() {
  auto key = [&](unsigned index) {
    const Node& node = nodes_[index];
    unsigned position = node.kind == Node::Kind::Load ? ~0u : 0;
    for (llvm::Value* member : node.members) {
      const unsigned order = body_order_.lookup(member);
      position =
          node.kind == Node::Kind::Load ? std::min(position, order) : std::max(position, order);
    }
    return position;
  };
  std::vector<unsigned> sorted(nodes_.size());
  for (unsigned i = 0; i < sorted.size(); ++i) sorted[i] = i;
  llvm::sort(sorted, [&](unsigned left, unsigned right) {
    return std::pair(key(left), left) < std::pair(key(right), right);
  });
  state_.assign(nodes_.size(), 0);
  return llvm::all_of(sorted, [&](unsigned index) { return visit(index); });
}

bool Plan::visit(unsigned index) {
  if (state_[index] == 2) return true;
  if (state_[index] == 1) return false;  // a recurrence that depends on itself
  state_[index] = 1;
  for (const unsigned operand : nodes_[index].operands) {
    if (operand != kNone && !visit(operand)) return false;
  }
  state_[index] = 2;
  order_.push_back(index);
  return true;
}

unsigned Plan::choose_unroll(std::vector<Separation>& separations) const {
  uint64_t narrowest = UINT64_MAX, widest = 0, held = 0, most_members = 1;
  std::vector<WideAccess> accesses;
  for (const unsigned index : order_) {
    const Node& node = nodes_[index];
    if (node.kind == Node::Kind::Load || node.kind == Node::Kind::Store) {
      narrowest = std::min(narrowest, node.bits());
      most_members = std::max<uint64_t>(most_members, node.members.size());
      WideAccess access{node.kind == Node::Kind::Store, {}};
      for (llvm::Value* member : node.members) access.members.push_back(memory_.find(member));
      accesses.push_back(access);
    }
    const bool is_constant =
        llvm::all_of(node.members, [](auto* member) { return llvm::isa<llvm::Constant>(member); });
    if (!is_constant) widest = std::max(widest, node.bits());
    if ((node.kind == Node::Kind::Invariant && !is_constant) ||
        node.kind == Node::Kind::Induction || node.kind == Node::Kind::Reduction ||
        node.kind == Node::Kind::Recurrence) {
      held += node.bits();
    }
  }
  if (accesses.empty()) return 0;
  const uint64_t wanted = 256;
  unsigned unroll = 1;
  while (unroll < kMostUnroll && narrowest * unroll < wanted) unroll *= 2;
  while (unroll > 1 &&
         (widest * unroll > kWidestBits || held * unroll > kMostHeldRegisters * wanted)) {
    unroll /= 2;
  }
  for (; unroll > 1 || (unroll == 1 && most_members > 1); unroll /= 2) {
    if (memory_.may_reorder(accesses, unroll, separations)) return unroll;
  }
  return 0;
}

}  // namespace linden::jit::widen
