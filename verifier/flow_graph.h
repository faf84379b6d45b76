// The control flow of a function, as far as it can be seen without knowing what values are: blocks,
// an order to visit them in, loops and what they change, and which registers matter where.
//
// Nothing of this is part of the proof. Blocks that are visited in a bad order cost time; a loop
// that changes more than what is said here is found when its end is compared with its beginning;
// and of a register that is taken for one that does not matter, nothing is known.
#ifndef LINDEN_VERIFIER_FLOW_GRAPH_H_
#define LINDEN_VERIFIER_FLOW_GRAPH_H_

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/decoded_function.h"

namespace linden::verifier {

inline constexpr uint32_t kNoBlock = UINT32_MAX;

// Of instructions: from a jump through a table to where it may lead, or from a call to the landing
// pad of its exceptions.
struct FlowEdge {
  uint32_t from, to;
  auto operator<=>(const FlowEdge&) const = default;
};

// What a loop, or a block, may change.
struct Changes {
  uint16_t registers = 0;
  // At the end of the loop, more than 32 bits.
  uint16_t wide_at_end = 0;
  uint16_t wide_registers = 0;    // by something that has more than 32 bits
  uint16_t narrow_registers = 0;  // by something that has no more
  bool calls = false;
  bool all_slots = false;
  // Words of 4 bytes of the frame, from kLowestSlot below the stack pointer on.
  std::vector<uint64_t> slots;

  static constexpr int64_t kLowestSlot = -128, kHighestSlot = 1 << 20;
  void add_slots(int64_t displacement, unsigned size);
  bool has_slot(int64_t displacement, unsigned size) const;
  void add(const Changes& other);
};

struct FlowBlock {
  uint32_t first = 0, last = 0;  // instructions: [first, last)
  uint32_t successors[2] = {kNoBlock, kNoBlock};
  uint32_t first_edge = 0, last_edge = 0;  // more of them: edges [first_edge, last_edge)
  uint32_t position = kNoBlock;            // in FlowGraph::order
  uint32_t loop = kNoBlock;                // that begins here
  uint32_t flags_at = kNoInstruction;      // the last one that writes flags
  uint16_t live = 0;                       // registers that matter at its beginning
  uint8_t predecessors = 0;                // 2: or more
};

class FlowGraph {
 public:
  // `edges` are sorted, and lead to and from instructions of the function. `kept_registers`: those
  // that calls preserve and that are saved nowhere.
  void build(const DecodedFunction& code, std::span<const FlowEdge> edges, uint16_t kept_registers);

  std::span<const FlowBlock> blocks() const { return blocks_; }
  // Those that can be reached, by index: each before its successors, but where there are loops.
  std::span<const uint32_t> order() const { return order_; }
  // A block that an edge leads back to begins a loop.
  size_t loop_count() const { return loops_.size(); }
  const Changes& changes(uint32_t loop) const { return loops_[loop]; }
  // kNoBlock if none begins at this instruction.
  uint32_t block_at(uint32_t instruction) const { return block_at_[instruction]; }

 private:
  void find_blocks(const DecodedFunction& code);
  void find_order();
  void find_loops(const DecodedFunction& code);
  void summarize(const DecodedFunction& code);
  void find_live_registers();
  template <typename Use>
  void for_each_successor(const FlowBlock& block, Use use) const;
  uint32_t outermost(uint32_t position);

  std::span<const FlowEdge> edges_;
  uint16_t kept_registers_ = 0;
  std::vector<FlowBlock> blocks_;
  std::vector<uint32_t> block_at_;
  std::vector<uint32_t> order_;
  std::vector<Changes> loops_;
  // Buffers.
  std::vector<std::pair<uint32_t, uint32_t>> path_;
  std::vector<uint32_t> first_predecessor_, predecessors_, inner_, work_;
  struct Summary {
    uint16_t used = 0;  // before they are defined
    uint16_t defined = 0, wide = 0, narrow = 0;
    uint16_t wide_at_end = 0;
    bool calls = false, writes_frame = false;
  };
  std::vector<Summary> summaries_;
};

}  // namespace linden::verifier

#endif
