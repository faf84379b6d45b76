// Before anything is proved of a function: its instructions, and where its jumps seem to lead.

#include <algorithm>
#include <array>

#include "verifier/function_verifier.h"

namespace linden::verifier {
namespace {

// So far in front of a jump is the load from its table looked for, and so many words of it are
// looked at.
constexpr uint32_t kTableDistance = 64;
constexpr uint32_t kMaximumTable = 4096;

constexpr size_t kManyInstructions = 4096;

}  // namespace

// Also gives what no branch leads to: bytes that are no instruction have no business in a function.
bool FunctionVerifier::decode_all() {
  code_.begin = function_->code_offset;
  code_.ends.clear();
  code_.count_registers = 0;
  code_.index_at.assign(function_->code_size, kNoInstruction);
  const uint32_t end = function_->code_offset + function_->code_size;
  uint32_t next = 0, count = 0;
  for (uint32_t offset = function_->code_offset; offset < end; offset = next) {
    if (count == instructions_.size())
      instructions_.resize(std::max(kManyInstructions, 2 * instructions_.size()));
    Instruction& instruction = instructions_[count];
    switch (decoder_.decode(facts_.image().content, offset, end, instruction, next)) {
      case DecodeResult::Invalid:
        refuse(Rule::Decoding, offset, "it is no instruction, or does not end in its function",
               /*with_text=*/false);
        return false;
      case DecodeResult::NotAllowed:
        refuse(Rule::Instruction, offset, "generated code may not contain this");
        if (stopped_) return false;
        {
          Instruction harmless;
          harmless.offset = offset;
          harmless.length = instruction.length;
          harmless.operation = Operation::Nop;
          instruction = harmless;
        }
        break;
      case DecodeResult::Ok:
        statistics_.linear_accesses +=
            instruction.has_memory && instruction.memory.segment == Segment::Gs;
        break;
    }
    code_.index_at[offset - code_.begin] = count;
    if (instruction.count_register < kRegisters) {
      code_.count_registers |= static_cast<uint16_t>(1u << instruction.count_register);
    }
    if (instruction.ends_block()) code_.ends.push_back(count);
    ++count;
  }
  code_.instructions = {instructions_.data(), count};
  return true;
}

bool FunctionVerifier::check_landing_pads() {
  for (uint32_t i = 0; i < function_->landing_pad_count; ++i) {
    const auto& pad = facts_.image().landing_pads[function_->first_landing_pad + i];
    if (code_.find(pad.landing_pad) == kNoInstruction) {
      refuse(Rule::Decoding, pad.landing_pad, "a landing pad in the middle of an instruction",
             /*with_text=*/false);
      return false;
    }
  }
  return true;
}

void FunctionVerifier::find_landing_pads() {
  landing_pads_.clear();
  if (function_->landing_pad_count == 0) return;
  for (uint32_t i = 0; i < code_.instructions.size(); ++i) {
    if (code_.instructions[i].operation != Operation::Call) continue;
    const jit::LandingPad* pad =
        facts_.image().landing_pad_at(*function_, code_.instructions[i].end() - 1);
    if (pad != nullptr) landing_pads_.push_back({i, code_.find(pad->landing_pad)});
  }
}

// Says that the jump leads to exactly these; takes them.
void FunctionVerifier::put_jump(uint32_t jump, std::vector<uint32_t>& targets) {
  for (FlowTable& table : tables_) std::erase(table.jumps, jump);
  std::erase_if(tables_, [](const FlowTable& table) { return table.jumps.empty(); });
  for (FlowTable& table : tables_) {
    if (table.targets != targets) continue;
    table.jumps.push_back(jump);
    return;
  }
  tables_.push_back({std::move(targets), {jump}});
}

// Where a table's word, at an offset in the image, leads, if it is a table's.
uint32_t FunctionVerifier::table_target(int64_t table, int64_t at) const {
  if (at < 0 || !facts_.is_constant(static_cast<uint64_t>(at), 4)) return kNoInstruction;
  return code_.find(static_cast<uint64_t>(table + facts_.read32(static_cast<uint64_t>(at))));
}

// A jump comes after a load from a table, relative to an address that was put into a register
// before, maybe long before: that of the last table that was, or of any. Where this finds too
// little or too much, the proof will say so (flow_through_table()).
void FunctionVerifier::guess_tables() {
  const std::span<const Instruction> instructions = code_.instructions;
  struct Table {
    int64_t at;
    uint32_t jump;
    Register base;
  };
  constexpr int64_t kUnknown = -1;
  std::vector<Table> tables;
  for (uint32_t jump : code_.ends) {
    if (instructions[jump].operation != Operation::Jump || instructions[jump].is_direct()) continue;
    for (uint32_t back = 1; back <= std::min(jump, kTableDistance); ++back) {
      const Instruction& instruction = instructions[jump - back];
      if (instruction.operation == Operation::MoveSigned && instruction.has_memory &&
          instruction.memory.size == 4 && instruction.memory.scale == 4 &&
          instruction.memory.base < kRegisters) {
        tables.push_back({kUnknown, jump, instruction.memory.base});
        break;
      }
    }
  }
  if (tables.empty()) return;
  std::array<int64_t, kRegisters> last;
  last.fill(kUnknown);
  size_t next_jump = 0;
  for (uint32_t i = 0; i < instructions.size(); ++i) {
    const Instruction& instruction = instructions[i];
    if (next_jump < tables.size() && tables[next_jump].jump == i) {
      tables[next_jump].at = last[tables[next_jump].base];
      ++next_jump;
    }
    if (instruction.operation != Operation::Lea || instruction.memory.base != kRip ||
        instruction.destination_register >= kRegisters) {
      continue;
    }
    const int64_t at = instruction.memory.displacement;
    if (table_target(at, at) != kNoInstruction) last[instruction.destination_register] = at;
  }
  for (Table& table : tables) {
    if (table.at == kUnknown) table.at = last[table.base];
  }
  std::erase_if(tables, [](const Table& table) { return table.at == kUnknown; });
  std::sort(tables.begin(), tables.end(),
            [](const Table& a, const Table& b) { return a.at < b.at; });
  for (size_t i = 0, next = 0; i < tables.size(); i = next) {
    FlowTable table;
    for (; next < tables.size() && tables[next].at == tables[i].at; ++next) {
      table.jumps.push_back(tables[next].jump);
    }
    int64_t end = tables[i].at + 4 * int64_t{kMaximumTable};
    if (next < tables.size()) end = std::min(end, tables[next].at);
    for (int64_t at = tables[i].at; at + 4 <= end; at += 4) {
      const uint32_t place = table_target(tables[i].at, at);
      if (place == kNoInstruction) break;
      table.targets.push_back(place);
    }
    std::sort(table.targets.begin(), table.targets.end());
    table.targets.erase(std::unique(table.targets.begin(), table.targets.end()),
                        table.targets.end());
    if (!table.targets.empty()) tables_.push_back(std::move(table));
  }
}

}  // namespace linden::verifier
