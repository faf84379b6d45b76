// The parts of "linden-widen-vectors" (widen_vectors.cpp says what it does): what the loop does to
// memory, what becomes of its operations, and the new loop.
#ifndef LINDEN_JIT_PASSES_WIDEN_VECTORS_H_
#define LINDEN_JIT_PASSES_WIDEN_VECTORS_H_

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <map>
#include <optional>
#include <vector>

namespace linden::jit::widen {

// A load or store of the loop. In iteration i it begins at byte
// `zext(group's start) + i * group's step + position` of memory, if the group's indices do not
// wrap.
struct Access {
  llvm::Instruction* instruction;
  unsigned group;
  int64_t position;
  int64_t size;
  unsigned order;  // in the loop body
  bool is_store() const { return llvm::isa<llvm::StoreInst>(instruction); }
};

// Accesses whose i32 indices advance alike and lie at constant distances from each other.
struct Group {
  const llvm::SCEV* start;  // of the lowest index, in the first iteration: i32
  int64_t step;             // bytes; positive
  int64_t index_span;       // from the lowest index to the highest
  int64_t first_byte, end;  // of the positions
};

// What must be found true at run time about two groups.
struct Separation {
  unsigned first, second;
  // If the steps are the same: start of `second` - start of `first` is not in [low, high].
  // If they are not, the two share no byte in the whole loop.
  bool same_step;
  int64_t low, high;
};

// A load or store of the new loop: does the work of `members` for as many iterations as it is wide.
struct WideAccess {
  bool is_store;
  llvm::SmallVector<const Access*, 4> members;
};

class Memory {
 public:
  // False: the loop has accesses that this pass does not understand.
  bool collect(llvm::Loop& loop, llvm::ScalarEvolution& evolution);

  // Whether the accesses may be done in this order, each for `unroll` iterations of the loop;
  // `separations` are the conditions of that.
  bool may_reorder(llvm::ArrayRef<WideAccess> accesses, unsigned unroll,
                   std::vector<Separation>& separations) const;

  // i1, before `place`: the separations hold, and no index wraps in the loop. Sets `starts_` too.
  llvm::Value* emit_checks(llvm::SCEVExpander& expander, llvm::ArrayRef<Separation> separations,
                           llvm::Value* backedges_taken, llvm::Instruction* place);

  // The runs of `step / size` stores, or loads, of neighbouring bytes. Empty: some are in no run.
  std::vector<llvm::SmallVector<const Access*, 4>> store_runs() const;
  // The run of neighbouring loads around `load`, which together read all of the step; or empty.
  llvm::SmallVector<const Access*, 4> load_run(const Access& load) const;
  // Whether they are neighbours in this order and advance by exactly their size.
  bool is_contiguous(llvm::ArrayRef<llvm::Value*> members) const;

  const Access* find(llvm::Value* instruction) const;
  const Group& group(unsigned index) const { return groups_[index]; }
  llvm::ArrayRef<Group> groups() const { return groups_; }
  llvm::Value* base() const { return base_; }
  // The group's start as an i64, once the checks are there.
  llvm::Value* start(unsigned group) const { return starts_[group]; }

 private:
  bool add(llvm::Instruction& instruction, unsigned order, llvm::Loop& loop,
           llvm::ScalarEvolution& evolution);

  llvm::Value* base_ = nullptr;  // of all addresses
  std::vector<Access> accesses_;
  llvm::DenseMap<llvm::Value*, unsigned> index_of_;
  std::vector<Group> groups_;
  std::vector<llvm::Value*> starts_;
};

// Values of the loop that become one wide value: lane (iteration * members + member) * N + lane of
// it is that lane of that member, each of N lanes, in that iteration.
struct Node {
  enum class Kind {
    Invariant,   // of the loop
    Induction,   // integer phi that advances by a constant
    Reduction,   // phi of an integer reduction: iterations may be reduced apart, then together
    Recurrence,  // phi: what operand 0 was an iteration before
    Load,
    LoadPart,  // chunk `part` of operand 0, which is a run of loads
    Store,
    Lanewise,  // the same operation, wider
    Bitcast,
    Shuffle,  // of operand 0, or of operands 0 and 1; see Node::masks
    Insert,   // operand 1 into operand 0
    Extract,
    Gather,  // members are operands of one member each
  };
  Kind kind;
  llvm::SmallVector<llvm::Value*, 4> members;
  llvm::SmallVector<unsigned, 4> operands;
  unsigned part = 0;
  // Shuffle: for every lane of every member the lane of one iteration's operand 0, or, from that
  // width on, of operand 1; -1 is poison.
  llvm::SmallVector<int, 64> mask;

  llvm::Type* member_type() const;
  unsigned lanes_of_member() const;
  // Of one iteration.
  unsigned lanes() const { return lanes_of_member() * members.size(); }
  uint64_t bits() const;
  llvm::Instruction* first() const { return llvm::cast<llvm::Instruction>(members[0]); }
};

inline unsigned lane_count(const llvm::Type* type) {
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  return vector == nullptr ? 1 : vector->getNumElements();
}

// Of the phi of an integer reduction: the intrinsic that would fold a vector in the same way, and
// the operations of an iteration, of which the last comes round.
struct Reduction {
  llvm::Intrinsic::ID intrinsic;
  llvm::SmallVector<llvm::Instruction*, 4> operations;
};
std::optional<Reduction> reduction_of(llvm::PHINode& phi, llvm::Loop& loop);

// Has only those lanes computed that shuffles take out of the results. True if there were any.
bool narrow_operations(llvm::BasicBlock& body);

// Which wide values the new loop computes, and in which order.
class Plan {
 public:
  Plan(llvm::Loop& loop, llvm::ScalarEvolution& evolution, const Memory& memory,
       const llvm::TargetTransformInfo& target)
      : loop_(loop), evolution_(evolution), memory_(memory), target_(target) {}

  // False: there is something in the loop that cannot be widened.
  bool build();
  // Iterations at once, or 0 if it does not pay or may not be done.
  unsigned choose_unroll(std::vector<Separation>& separations) const;

  llvm::ArrayRef<Node> nodes() const { return nodes_; }
  llvm::ArrayRef<unsigned> order() const { return order_; }  // phis that need no operand first
  const Node& node(unsigned index) const { return nodes_[index]; }
  // The node of exactly this value.
  unsigned find(llvm::Value* value) const;

 private:
  using Members = llvm::SmallVector<llvm::Value*, 4>;
  static constexpr unsigned kNone = ~0u;

  unsigned node_of(const Members& members);
  unsigned make(Node::Kind kind, const Members& members);
  bool plan(unsigned index);  // its kind and operands
  bool plan_phi(unsigned index);
  bool plan_load(unsigned index);
  bool plan_shuffle(unsigned index);
  bool plan_gather(unsigned index);
  bool plan_lanewise(unsigned index);
  // False: the values, one for each member, cannot be widened.
  bool add_operand(unsigned index, const Members& values);
  bool add_operands(unsigned index, unsigned operand_number);
  bool arrange();
  bool visit(unsigned index);

  llvm::Loop& loop_;
  llvm::ScalarEvolution& evolution_;
  const Memory& memory_;
  const llvm::TargetTransformInfo& target_;
  std::vector<Node> nodes_;
  std::map<std::vector<llvm::Value*>, unsigned> known_;
  std::vector<unsigned> order_;
  std::vector<char> state_;  // of nodes, while they are put in order
  llvm::DenseMap<llvm::Value*, unsigned> body_order_;
};

// Puts the wide loop before `loop`, which is left with the rest of the iterations: at least one.
// `counted` is how often the backedge is taken, `ok` whether the wide loop may be run.
void emit_wide_loop(llvm::Loop& loop, const Plan& plan, const Memory& memory, unsigned unroll,
                    llvm::Value* counted, llvm::Value* ok, llvm::ScalarEvolution& evolution,
                    llvm::LoopInfo& loops, llvm::DominatorTree& dominators);

}  // namespace linden::jit::widen

#endif
