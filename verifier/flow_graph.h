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

// Of instructions: from a call to the landing pad of its exceptions.
struct FlowEdge {
  uint32_t from, to;
};

// Where jumps through one table may lead: instructions, in order and once each. In the graph it is
// a block of its own without instructions, a hub, that all these jumps lead to: handlers of an
// interpreter that each jump on have as many edges as there are handlers, not their square.
struct FlowTable {
  std::vector<uint32_t> targets;
  std::vector<uint32_t> jumps;
};

// What a loop, or a block, may change.
struct Changes {
  uint16_t registers = 0;
  // At the end of the loop, more than 32 bits.
  uint16_t wide_at_end = 0;
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
  // Instructions: [first, last). A hub has none; `first` is one of its jumps.
  uint32_t first = 0, last = 0;
  // Of FlowGraph::successors_: those from `first_pad` on are landing pads, reached from its middle.
  uint32_t first_successor = 0, first_pad = 0, last_successor = 0;
  uint32_t position = kNoBlock;        // in FlowGraph::order
  uint32_t loop = kNoBlock;            // that begins here
  uint32_t flags_at = kNoInstruction;  // the last one that writes flags
  uint16_t live = 0;                   // registers that matter at its beginning
  uint8_t predecessors = 0;            // 2: or more
  bool leaves = false;                 // the function, or to where nobody knows

  bool is_hub() const { return first == last; }
};

class FlowGraph {
 public:
  // Edges are in order, and lead to and from instructions of the function; no jump is of two
  // tables. `kept_registers`: those that calls preserve and that are saved nowhere.
  void build(const DecodedFunction& code, std::span<const FlowEdge> landing_pads,
             std::span<const FlowTable> tables, uint16_t kept_registers);

  std::span<const FlowBlock> blocks() const { return blocks_; }
  // Those that can be reached, by index: each before its successors, but where there are loops.
  std::span<const uint32_t> order() const { return order_; }
  // A block that an edge leads back to begins a loop.
  size_t loop_count() const { return loop_count_; }
  const Changes& changes(uint32_t loop) const { return loops_[loop]; }
  // The position of the last block that leads back to its beginning.
  uint32_t loop_end(uint32_t loop) const { return loop_ends_[loop]; }
  // kNoBlock if none begins at this instruction.
  uint32_t block_at(uint32_t instruction) const {
    const uint32_t block = block_at_[instruction];
    return block < first_hub_ && blocks_[block].first == instruction ? block : kNoBlock;
  }
  uint32_t hub_of(size_t table) const { return first_hub_ + static_cast<uint32_t>(table); }
  std::span<const uint32_t> successors(const FlowBlock& block) const {
    return {successors_.data() + block.first_successor, successors_.data() + block.last_successor};
  }

 private:
  void mark_start(uint32_t instruction) {
    starts_[instruction / 64] |= uint64_t{1} << instruction % 64;
  }
  void find_blocks(const DecodedFunction& code, std::span<const FlowTable> tables);
  void find_successors(const DecodedFunction& code, std::span<const FlowEdge> landing_pads,
                       std::span<const FlowTable> tables);
  void find_order();
  void find_loops(const DecodedFunction& code);
  void summarize(const DecodedFunction& code);
  void find_live_registers();
  uint32_t outermost(uint32_t position);

  uint32_t first_hub_ = 0;
  uint16_t kept_registers_ = 0;
  std::vector<FlowBlock> blocks_;
  // By instruction; of no meaning where no block begins.
  std::vector<uint32_t> block_at_;
  std::vector<uint64_t> starts_;  // of blocks: bits, by instruction
  std::vector<uint32_t> successors_;
  std::vector<uint32_t> order_;
  std::vector<Changes> loops_;  // and others, whose buffers are kept
  uint32_t loop_count_ = 0;
  std::vector<uint32_t> loop_ends_;
  // Buffers.
  std::vector<std::pair<uint32_t, uint32_t>> path_;
  std::vector<uint32_t> first_predecessor_, predecessors_, inner_, work_;
  // Of each of DecodedFunction::ends, where it jumps to, or kNoInstruction.
  std::vector<uint32_t> jump_targets_;
  std::vector<uint32_t> hub_at_;  // by instruction, as far as there are jumps through tables
  struct Summary {
    uint16_t used = 0;  // before they are defined
    uint16_t defined = 0;
    bool calls = false, writes_frame = false;
  };
  std::vector<Summary> summaries_;
};

}  // namespace linden::verifier

#endif
