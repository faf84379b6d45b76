// What search_loops.cpp must know of a loop in order to transform it, and the recognition of it.
#ifndef LINDEN_JIT_PASSES_SEARCH_LOOP_H_
#define LINDEN_JIT_PASSES_SEARCH_LOOP_H_

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Instructions.h>

#include <optional>

namespace linden::jit {

// An address is the memory's first byte plus `terms` (i64) and `constant`; with `index`, the
// zero-extended value of that i32 comes on top, and is what changes from iteration to iteration.
struct LinearAddress {
  llvm::SmallVector<llvm::Value*, 2> terms;
  uint64_t constant = 0;
  llvm::Value* index = nullptr;
};

// A load whose address grows by the size of what it loads.
struct SearchStream {
  llvm::LoadInst* load;
  LinearAddress address;
  // Some lanes want what the iteration before loaded.
  bool is_wanted_shifted = false;
};

// A header phi that is a function of what the iteration before loaded. (All others are inductions.)
struct CarriedValue {
  llvm::PHINode* phi;
  llvm::Value* next;
};

// The loop stays in as long as `moving stay_predicate bound` holds; `moving` is an induction whose
// step is plus or minus a power of two and leads to the bound.
struct SearchLimit {
  llvm::Value* moving;
  llvm::Value* bound;
  llvm::CmpInst::Predicate stay_predicate;
  bool is_rising;
  unsigned step_log2;
};

// A condition (i1) that is evaluated for all lanes.
struct SearchCondition {
  llvm::Value* value;
  bool exits_if;
};

// `switch` on `value`: leaves the loop if it is one of the cases (or if it is none of them).
struct SearchSwitch {
  llvm::Value* value;
  llvm::SmallVector<llvm::ConstantInt*, 4> cases;
  bool exits_if_found;
};

struct SearchLoop {
  llvm::BasicBlock *header, *latch, *preheader;
  // From the header to the latch.
  llvm::SmallVector<llvm::BasicBlock*, 4> blocks;
  unsigned element_size;  // bytes
  llvm::SmallVector<SearchStream, 2> streams;
  // The header phis and their steps.
  llvm::SmallVector<std::pair<llvm::PHINode*, llvm::APInt>, 4> inductions;
  llvm::SmallVector<CarriedValue, 2> carried;
  llvm::SmallVector<SearchLimit, 2> limits;
  llvm::SmallVector<SearchCondition, 4> conditions;
  llvm::SmallVector<SearchSwitch, 1> switches;
  // Whoever enters the loop executes all loads, whatever they load.
  bool loads_at_once = true;

  const SearchStream* stream_of(const llvm::Value* load) const {
    for (const SearchStream& stream : streams) {
      if (stream.load == load) return &stream;
    }
    return nullptr;
  }
};

// `extend(narrow) == wide` (or !=) with an invariant `wide`: what `c` of memchr(s, c, n) looks
// like. It needs no lanes of the wide type.
struct NarrowComparison {
  llvm::CastInst* extension;
  llvm::Value* wide;
};
std::optional<NarrowComparison> narrow_comparison(llvm::Value* value,
                                                  llvm::ArrayRef<llvm::BasicBlock*> blocks);

std::optional<SearchLoop> recognize_search_loop(llvm::Loop& loop, llvm::ScalarEvolution& evolution,
                                                unsigned vector_bytes);

}  // namespace linden::jit

#endif
