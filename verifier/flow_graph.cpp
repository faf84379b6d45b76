#include "verifier/flow_graph.h"

#include <algorithm>
#include <bit>

namespace linden::verifier {
namespace {

constexpr uint16_t kWantedBack = 0b1111'0000'0010'1000;  // rbx rbp r12-r15

// Whether more than 32 bits may be in a register that it writes. A guess.
bool is_wide(const Instruction& instruction) {
  switch (instruction.operation) {
    case Operation::Other:
      return instruction.writes != 0;
    case Operation::Pop:
      return true;
    case Operation::Move:
      if (instruction.width != 8) return false;
      if (instruction.source == Place::Memory) {
        return instruction.source_width == 8 && instruction.memory.base != kRsp;
      }
      return instruction.source == Place::Immediate &&
             static_cast<uint64_t>(instruction.immediate) > UINT32_MAX;
    case Operation::And:
    case Operation::ShiftRight:
    case Operation::ShiftRightSome:
    case Operation::ConditionalMove:
    case Operation::ZeroHigh:
      return false;
    default:
      return instruction.width == 8;
  }
}

bool writes_frame(const Instruction& instruction) {
  return (instruction.operation == Operation::Push) |
         (instruction.memory.is_written & (instruction.memory.base == kRsp));
}

// The registers that a block leaves with what may have more than 32 bits. A guess.
uint16_t wide_at_end(const DecodedFunction& code, const FlowBlock& block) {
  unsigned wide = 0, seen = 0;
  for (uint32_t i = block.last; i-- > block.first;) {
    const Instruction& instruction = code.instructions[i];
    if (instruction.operation != Operation::Call && is_wide(instruction)) {
      wide |= instruction.defined & ~seen;
    }
    seen |= instruction.defined;
  }
  return static_cast<uint16_t>(wide);
}

void add_slots(const Instruction& instruction, Changes& changes) {
  if (!writes_frame(instruction)) return;
  if (instruction.operation == Operation::Push || instruction.memory.index != kNoRegister) {
    changes.all_slots = true;
  } else {
    changes.add_slots(instruction.memory.displacement, instruction.memory.size);
  }
}

}  // namespace

void Changes::add_slots(int64_t displacement, unsigned size) {
  if (displacement < kLowestSlot || displacement + size > kHighestSlot) {
    all_slots = true;
    return;
  }
  const auto first = static_cast<uint64_t>(displacement - kLowestSlot) / 4;
  const auto last = static_cast<uint64_t>(displacement - kLowestSlot + size - 1) / 4;
  if (slots.size() <= last / 64) slots.resize(last / 64 + 1);
  for (uint64_t word = first; word <= last; ++word) slots[word / 64] |= uint64_t{1} << word % 64;
}

bool Changes::has_slot(int64_t displacement, unsigned size) const {
  if (all_slots || displacement < kLowestSlot || displacement + size > kHighestSlot) return true;
  const auto first = static_cast<uint64_t>(displacement - kLowestSlot) / 4;
  const auto last = static_cast<uint64_t>(displacement - kLowestSlot + size - 1) / 4;
  for (uint64_t word = first; word <= last; ++word) {
    if (word / 64 < slots.size() && (slots[word / 64] >> word % 64 & 1) != 0) return true;
  }
  return false;
}

void Changes::add(const Changes& other) {
  registers |= other.registers;
  calls |= other.calls;
  all_slots |= other.all_slots;
  if (slots.size() < other.slots.size()) slots.resize(other.slots.size());
  for (size_t i = 0; i < other.slots.size(); ++i) slots[i] |= other.slots[i];
}

void FlowGraph::build(const DecodedFunction& code, std::span<const FlowEdge> landing_pads,
                      std::span<const FlowTable> tables, uint16_t kept_registers) {
  kept_registers_ = kept_registers;
  starts_.assign(code.instructions.size() / 64 + 1, 0);
  for (const FlowEdge& edge : landing_pads) mark_start(edge.to);
  find_blocks(code, tables);
  find_successors(code, landing_pads, tables);
  find_order();
  summarize(code);
  find_loops(code);
  find_live_registers();
}

// Where landing pads are, has been marked.
void FlowGraph::find_blocks(const DecodedFunction& code, std::span<const FlowTable> tables) {
  const auto count = static_cast<uint32_t>(code.instructions.size());
  mark_start(0);
  jump_targets_.clear();
  for (uint32_t i : code.ends) {
    if (i + 1 < count) mark_start(i + 1);
    const Instruction& instruction = code.instructions[i];
    const bool is_jump =
        instruction.operation == Operation::Branch || instruction.operation == Operation::Jump;
    const uint32_t target = is_jump && instruction.is_direct()
                                ? code.find(static_cast<uint64_t>(instruction.immediate))
                                : kNoInstruction;
    if (target != kNoInstruction) mark_start(target);
    jump_targets_.push_back(target);
  }
  for (const FlowTable& table : tables) {
    for (uint32_t target : table.targets) mark_start(target);
  }
  blocks_.clear();
  if (block_at_.size() < count) block_at_.resize(count);
  for (uint32_t word = 0; word < starts_.size(); ++word) {
    for (uint64_t bits = starts_[word]; bits != 0; bits &= bits - 1) {
      const uint32_t first = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
      if (!blocks_.empty()) blocks_.back().last = first;
      block_at_[first] = static_cast<uint32_t>(blocks_.size());
      blocks_.emplace_back().first = first;
    }
  }
  blocks_.back().last = count;
  first_hub_ = static_cast<uint32_t>(blocks_.size());
  for (const FlowTable& table : tables) {
    FlowBlock& hub = blocks_.emplace_back();
    hub.first = hub.last = table.jumps[0];
  }
}

// Of a branch, its target comes before what follows it.
void FlowGraph::find_successors(const DecodedFunction& code, std::span<const FlowEdge> landing_pads,
                                std::span<const FlowTable> tables) {
  successors_.clear();
  hub_at_.clear();
  for (size_t table = 0; table < tables.size(); ++table) {
    for (uint32_t jump : tables[table].jumps) {
      if (hub_at_.size() <= jump) hub_at_.resize(jump + 1, kNoBlock);
      hub_at_[jump] = hub_of(table);
    }
  }
  size_t end = 0;
  auto pad = landing_pads.begin();
  for (uint32_t i = 0; i < first_hub_; ++i) {
    FlowBlock& block = blocks_[i];
    block.first_successor = static_cast<uint32_t>(successors_.size());
    const uint32_t at = block.last - 1;
    bool falls = true;
    if (end < code.ends.size() && code.ends[end] == at) {
      const Operation operation = code.instructions[at].operation;
      falls = operation == Operation::Branch;
      const uint32_t target = jump_targets_[end++];
      if (target != kNoInstruction) {
        successors_.push_back(block_at_[target]);
      } else if (at < hub_at_.size() && hub_at_[at] != kNoBlock) {
        successors_.push_back(hub_at_[at]);
      } else {
        block.leaves = operation != Operation::Trap;
      }
    }
    if (falls && i + 1 < first_hub_) successors_.push_back(i + 1);
    block.first_pad = static_cast<uint32_t>(successors_.size());
    for (; pad != landing_pads.end() && pad->from < block.last; ++pad) {
      successors_.push_back(block_at_[pad->to]);
    }
    block.last_successor = static_cast<uint32_t>(successors_.size());
  }
  for (size_t table = 0; table < tables.size(); ++table) {
    FlowBlock& hub = blocks_[hub_of(table)];
    hub.first_successor = static_cast<uint32_t>(successors_.size());
    for (uint32_t target : tables[table].targets) successors_.push_back(block_at_[target]);
    hub.first_pad = hub.last_successor = static_cast<uint32_t>(successors_.size());
  }
}

// Reverse post-order. Of a branch, what follows it comes first.
void FlowGraph::find_order() {
  constexpr uint32_t kSeen = kNoBlock - 1;
  order_.clear();
  path_.clear();
  path_.push_back({0, 0});
  blocks_[0].position = kSeen;
  while (!path_.empty()) {
    auto& [index, next] = path_.back();
    const FlowBlock& block = blocks_[index];
    const uint32_t count = block.last_successor - block.first_successor;
    uint32_t to = kNoBlock;
    while (next < count && to == kNoBlock) {
      to = successors_[block.first_successor + next++];
      if (blocks_[to].position != kNoBlock) to = kNoBlock;
    }
    if (to == kNoBlock) {
      order_.push_back(index);
      path_.pop_back();
    } else {
      blocks_[to].position = kSeen;
      path_.push_back({to, 0});
    }
  }
  std::reverse(order_.begin(), order_.end());
  for (uint32_t i = 0; i < order_.size(); ++i) blocks_[order_[i]].position = i;
}

// The loop that a block, or a loop, has been found to be in, or itself.
uint32_t FlowGraph::outermost(uint32_t position) {
  while (inner_[position] != position) {
    position = inner_[position] = inner_[inner_[position]];
  }
  return position;
}

// From inner loops to outer ones: what reaches the end of a loop without its beginning is in it.
void FlowGraph::find_loops(const DecodedFunction& code) {
  const auto count = static_cast<uint32_t>(order_.size());
  uint32_t loop_count = 0;
  loop_ends_.clear();
  first_predecessor_.assign(count + 2, 0);
  for (uint32_t at = 0; at < count; ++at) {
    for (uint32_t to : successors(blocks_[order_[at]])) {
      FlowBlock& block = blocks_[to];
      if (block.position <= at) {
        if (block.loop == kNoBlock) {
          block.loop = loop_count++;
          loop_ends_.push_back(at);
        }
        loop_ends_[block.loop] = at;
      }
      if (block.predecessors < 2) ++block.predecessors;
      ++first_predecessor_[block.position + 2];
    }
  }
  loop_count_ = loop_count;
  if (loop_count == 0) return;
  if (loops_.size() < loop_count) loops_.resize(loop_count);
  for (uint32_t i = 0; i < loop_count; ++i) {
    Changes& loop = loops_[i];
    loop.registers = 0;
    loop.calls = loop.all_slots = false;
    loop.slots.clear();
  }
  for (uint32_t at = 0; at <= count; ++at) first_predecessor_[at + 1] += first_predecessor_[at];
  predecessors_.resize(first_predecessor_[count + 1]);
  for (uint32_t at = 0; at < count; ++at) {
    for (uint32_t to : successors(blocks_[order_[at]])) {
      predecessors_[first_predecessor_[blocks_[to].position + 1]++] = at;
    }
  }
  inner_.resize(count);
  for (uint32_t at = 0; at < count; ++at) inner_[at] = at;
  for (uint32_t header = count; header-- > 0;) {
    const uint32_t loop = blocks_[order_[header]].loop;
    if (loop == kNoBlock) continue;
    Changes& changes = loops_[loop];
    auto add_block = [&](uint32_t at) {
      const FlowBlock& block = blocks_[order_[at]];
      const Summary& summary = summaries_[order_[at]];
      changes.registers |= summary.defined;
      changes.calls |= summary.calls;
      if (!summary.writes_frame) return;
      for (uint32_t i = block.first; i < block.last; ++i) add_slots(code.instructions[i], changes);
    };
    auto add_predecessors = [&](uint32_t at, bool only_later) {
      for (uint32_t i = first_predecessor_[at]; i < first_predecessor_[at + 1]; ++i) {
        if (predecessors_[i] < header || (only_later && predecessors_[i] == header)) continue;
        const uint32_t from = outermost(predecessors_[i]);
        if (from <= header) continue;
        inner_[from] = header;
        work_.push_back(from);
      }
    };
    add_block(header);
    changes.wide_at_end = 0;
    for (uint32_t i = first_predecessor_[header]; i < first_predecessor_[header + 1]; ++i) {
      if (predecessors_[i] < header) continue;
      changes.wide_at_end |= wide_at_end(code, blocks_[order_[predecessors_[i]]]);
    }
    work_.clear();
    add_predecessors(header, true);
    while (!work_.empty()) {
      const uint32_t at = work_.back();
      work_.pop_back();
      const uint32_t inner = blocks_[order_[at]].loop;
      if (inner != kNoBlock) {
        changes.add(loops_[inner]);
      } else {
        add_block(at);
      }
      add_predecessors(at, false);
    }
  }
}

// Of every instruction, so it is short, and does without branches.
void FlowGraph::summarize(const DecodedFunction& code) {
  summaries_.assign(blocks_.size(), {});
  for (uint32_t index : order_) {
    FlowBlock& block = blocks_[index];
    if (block.is_hub()) continue;
    unsigned used = block.leaves ? kWantedBack : 0, defined = 0;
    bool calls = false, writes = false;
    uint32_t flags_at = kNoInstruction;
    for (uint32_t i = block.last; i-- > block.first;) {
      const Instruction& instruction = code.instructions[i];
      const bool is_call = instruction.operation == Operation::Call;
      used = (used & ~unsigned{instruction.defined}) | instruction.used;
      // What matters afterwards is written again.
      used |= is_call ? kept_registers_ : 0;
      defined |= instruction.defined;
      calls |= is_call;
      writes |= writes_frame(instruction);
      flags_at = (instruction.writes_flags & (flags_at == kNoInstruction)) ? i : flags_at;
    }
    block.flags_at = flags_at;
    summaries_[index] = {static_cast<uint16_t>(used), static_cast<uint16_t>(defined), calls,
                         writes};
  }
}

void FlowGraph::find_live_registers() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (size_t at = order_.size(); at-- > 0;) {
      FlowBlock& block = blocks_[order_[at]];
      const Summary& summary = summaries_[order_[at]];
      uint16_t live = 0;
      for (uint32_t i = block.first_successor; i < block.first_pad; ++i) {
        live |= blocks_[successors_[i]].live;
      }
      live = static_cast<uint16_t>((live & ~summary.defined) | summary.used);
      for (uint32_t i = block.first_pad; i < block.last_successor; ++i) {
        live |= blocks_[successors_[i]].live;
      }
      changed |= live != block.live && loop_count_ != 0;
      block.live = live;
    }
  }
}

}  // namespace linden::verifier
