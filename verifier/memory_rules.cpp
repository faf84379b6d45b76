// What may be read and written. An operand belongs to one of five kinds, by its segment and base:
// linear memory (%gs, or its base in a register), the Context (%fs), the frame (%rsp), constants of
// the image, and structures of the runtime, which are reached by pointers loaded from one another.

#include <cstddef>

#include "jit/abi.h"
#include "verifier/function_verifier.h"

namespace linden::verifier {
namespace {

using jit::Context;
using jit::InstanceData;
using jit::TableData;
using jit::TableEntry;

// Leaf functions may use so much below the stack pointer: signal handlers have stacks of their own.
constexpr int64_t kRedZone = 128;
constexpr int64_t kWord = 8;
// The most words of constants that are looked at one by one.
constexpr uint64_t kMaximumSlots = 1 << 20;

bool is_within(int64_t offset, unsigned size, size_t begin, size_t length) {
  return offset >= static_cast<int64_t>(begin) &&
         offset + size <= static_cast<int64_t>(begin + length);
}

}  // namespace

FunctionVerifier::Checked FunctionVerifier::access(const Instruction& instruction) {
  const MemoryOperand& memory = instruction.memory;
  loaded_ = unsigned_of(memory.size);
  switch (memory.segment) {
    case Segment::Gs:
      return access_linear_memory(memory);
    case Segment::Fs:
      return access_context(instruction);
    case Segment::None:
      break;
  }
  if (memory.address32) {
    return FailedRule{Rule::RuntimeData, "an address of 32 bits outside of linear memory"};
  }
  if (memory.base == kRsp) return access_frame(instruction);
  const Address address = address_of(memory);
  if (address.pointer.kind == Kind::MemoryBase) return access_from_base(memory, address);
  if (address.pointer.kind == Kind::Image) {
    Checked failed = access_constants(memory, address);
    if (!failed && instruction.operation == Operation::MoveSigned && memory.size == 4 &&
        instruction.width == 8) {
      Value word = address.pointer;
      word.kind = Kind::JumpOffset;
      word.fact = Fact::None;
      word.id = word.low_id = word.origin = 0;
      loaded_ = pool_.keep(word);
    }
    return failed;
  }
  return access_runtime(memory, address);
}

// What access_linear_memory() proves, where that is easily seen. False says nothing.
bool FunctionVerifier::stays_in_reservation(const MemoryOperand& memory) const {
  if (facts_.image().target.memories == 0 || memory.base == kRip) return false;
  if (memory.address32) return true;
  if (memory.base == kNoRegister || memory.index != kNoRegister) return false;
  const Value& base = state_->get(memory.base);
  // So much may be added to it.
  constexpr int64_t kRoom = int64_t{1} << 30;
  static_assert(UINT32_MAX + 2 * kRoom <= jit::kMemoryReservation);
  return base.is_number() && base.hi <= UINT32_MAX && memory.displacement >= 0 &&
         memory.displacement < kRoom;
}

FunctionVerifier::Checked FunctionVerifier::access_linear_memory(const MemoryOperand& memory) {
  static_assert(jit::kMemoryReservation > (uint64_t{1} << 32) + 64);
  if (facts_.image().target.memories == 0) {
    return FailedRule{Rule::LinearMemory, "the module has no memory"};
  }
  if (memory.base == kRip) return FailedRule{Rule::LinearMemory, "relative to the code"};
  if (memory.address32) return std::nullopt;
  const Value zero = Value::constant(0);
  const Value& base = memory.base == kNoRegister ? zero : state_->get(memory.base);
  const Value& index = memory.index == kNoRegister ? zero : state_->get(memory.index);
  if (!base.is_number() || !index.is_number()) {
    return FailedRule{Rule::LinearMemory, "the address is that of something else"};
  }
  const Sum lo = Sum{base.lo} + Sum{index.lo} * memory.scale + memory.displacement;
  const Sum hi = Sum{base.hi} + Sum{index.hi} * memory.scale + memory.displacement;
  return check_reservation(lo, hi + memory.size);
}

// By its base in a register, which there is only of a module with a memory.
FunctionVerifier::Checked FunctionVerifier::access_from_base(const MemoryOperand& memory,
                                                             const Address& address) {
  const Sum displacement = Sum{address.offset} - Sum{kBaseBias};
  return check_reservation(address.pointer.lo + displacement,
                           address.pointer.hi + displacement + memory.size);
}

// An access of linear memory of offsets in [begin, end).
FunctionVerifier::Checked FunctionVerifier::check_reservation(Sum begin, Sum end) {
  if (begin < 0) return FailedRule{Rule::LinearMemory, "the address may lie below the memory"};
  if (end > Sum{jit::kMemoryReservation}) {
    return FailedRule{Rule::LinearMemory, "the address may lie beyond the reservation"};
  }
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::access_context(const Instruction& instruction) {
  const MemoryOperand& memory = instruction.memory;
  if (memory.base != kNoRegister || memory.index != kNoRegister || memory.address32) {
    return FailedRule{Rule::Context, "not at a constant distance"};
  }
  const int64_t offset = memory.displacement - facts_.context_offset();
  const size_t globals = jit::kInlineGlobals * size_t{16};
  if (is_within(offset, memory.size, offsetof(Context, inline_globals),
                std::min<size_t>(facts_.image().target.inline_globals * size_t{16}, globals)) ||
      is_within(offset, memory.size, offsetof(Context, overflow), sizeof(Context::overflow)) ||
      is_within(offset, memory.size, offsetof(Context, exception_values),
                sizeof(Context::exception_values)) ||
      is_within(offset, memory.size, offsetof(Context, exception_tag), kWord) ||
      is_within(offset, memory.size, offsetof(Context, exception_unwound), kWord)) {
    return std::nullopt;
  }
  if (memory.size != kWord) return FailedRule{Rule::Context, "not a field, or not all of it"};
  if (memory.is_written) {
    const Value& value = *value_stored(instruction);
    switch (offset) {
      case offsetof(Context, callee):
        if (value.kind != Kind::FunctionReference || memory.is_read) {
          return FailedRule{Rule::Context, "the callee is not known to be a reference"};
        }
        state_->callee_set = true;
        return std::nullopt;
      case offsetof(Context, constant_callee):
        if (value.kind != Kind::Image || memory.is_read) {
          return FailedRule{Rule::Context, "the callee is not known to be a slot in use"};
        }
        if (const Checked failed = check_filled(value)) return failed;
        state_->constant_callee_set = true;
        return std::nullopt;
      case offsetof(Context, expected_type):
        if (!value.is_number() || !value.is_exact() || value.lo >= facts_.image().target.types ||
            memory.is_read) {
          return FailedRule{Rule::Context, "not the index of a type"};
        }
        return std::nullopt;
      default:
        return FailedRule{Rule::Context, "code may not write this"};
    }
  }
  if (offset == offsetof(Context, instance)) {
    loaded_ = pool_.hold(Value::pointer(Kind::Instance));
    return std::nullopt;
  }
  if (offset == offsetof(Context, memory_base) && facts_.image().target.memories != 0) {
    loaded_ = pool_.hold(Value::memory_base());
    return std::nullopt;
  }
  constexpr auto kHelpers = static_cast<int64_t>(offsetof(Context, helpers));
  if (is_within(offset, kWord, kHelpers, sizeof(Context::helpers)) &&
      (offset - kHelpers) % kWord == 0) {
    loaded_ = pool_.hold(
        Value::pointer(Kind::Helper, static_cast<uint32_t>((offset - kHelpers) / kWord)));
    return std::nullopt;
  }
  return FailedRule{Rule::Context, "code may not read this"};
}

FunctionVerifier::Checked FunctionVerifier::access_frame(const Instruction& instruction) {
  const MemoryOperand& memory = instruction.memory;
  const Value& at = memory.index == kNoRegister ? kZeroValue : state_->get(memory.index);
  const Value& index = at.is_number() ? at : kAny;
  const Sum start = Sum{memory.displacement} - state_->depth;
  const Sum lo = start + Sum{index.lo} * memory.scale, hi = start + Sum{index.hi} * memory.scale;
  // Offset 0 is the return address.
  if (lo < -Sum{state_->depth} - kRedZone || hi + memory.size > 0) {
    return FailedRule{Rule::Frame, "beyond the frame"};
  }
  const auto offset = static_cast<int64_t>(lo);
  const bool is_exact = index.is_exact();
  if (memory.is_read && is_exact && (memory.size == 8 || memory.size == 4)) {
    Location slot = slot_at(offset, memory.size);
    const Location around = memory.size == 4 ? slot_at(offset) : kNowhere;
    const bool is_around = around != kNowhere && !state_->get(around).is_any();
    const bool is_compared =
        instruction.operation == Operation::Compare || instruction.operation == Operation::Test;
    if ((slot == kNowhere || state_->get(slot).is_any()) && !is_around &&
        ((instruction.operation == Operation::Move && !is_quick_) || is_compared) &&
        !memory.is_written) {
      // Whatever it is: the register and the slot hold the same from now on, or, what is learnt by
      // comparing it is true of what is read next.
      slot = track_slot(offset, memory.size);
      if (slot != kNowhere) state_->set(slot, memory.size == 8 ? &kAny : &kWordValue);
    }
    if (slot != kNowhere && !state_->get(slot).is_any()) {
      loaded_ = memory.size == 8 ? state_->held(slot) : low_word(state_->held(slot));
      loaded_from_ = slot;
    } else if (memory.size == 4) {
      // The lower half of a slot of 8 bytes.
      if (is_around) {
        loaded_ = low_word(state_->held(around));
        loaded_from_ = around;
      }
    }
  }
  if (!memory.is_written) return std::nullopt;
  const Value* const value = value_stored(instruction);
  forget_frame(offset, static_cast<int64_t>(hi) + memory.size);
  loaded_from_ = kNowhere;
  if (!is_exact || instruction.operation != Operation::Move ||
      (memory.size != 8 && memory.size != 4)) {
    return std::nullopt;
  }
  const Location from =
      instruction.source == Place::Register ? Location{instruction.source_register} : kNowhere;
  if (memory.size == 4 && instruction.source == Place::Immediate) {
    const Location constant = track_slot(offset, 4);
    if (constant != kNowhere) state_->set(constant, low_word(value));
    return std::nullopt;
  }
  if (memory.size == 8 ? value->is_any() : from == kNowhere) return std::nullopt;
  // That 4 bytes have 32 bits need not be remembered.
  if (memory.size == 4 && is_quick_ && low_word(value) == &kWordValue) return std::nullopt;
  const Location slot = track_slot(offset, memory.size);
  if (slot == kNowhere) return std::nullopt;
  if (memory.size == 8) {
    copy(slot, from, value);
  } else {
    copy_low(slot, from);
  }
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::access_constants(const MemoryOperand& memory,
                                                             const Address& address) {
  const Value& at = address.pointer;
  if (memory.is_written) return FailedRule{Rule::Constants, "it writes to the image"};
  if (at.hi < at.lo || !facts_.is_constant(at.lo, at.hi - at.lo + memory.size)) {
    return FailedRule{Rule::Constants, "it may lie outside of the image's constants"};
  }
  if (memory.size != 8) return std::nullopt;
  if (at.fact == Fact::Filled) {
    if (const Checked failed = check_filled(at)) return failed;
    loaded_ = pool_.hold(Value::pointer(Kind::Code));
    return std::nullopt;
  }
  if (at.is_exact()) {
    if (facts_.is_code_word(at.lo)) {
      loaded_ = pool_.hold(Value::pointer(Kind::Code));
    } else if (!facts_.overlaps_code_word(at.lo)) {
      loaded_ = pool_.hold(Value::constant(facts_.read64(at.lo)));
    }
    return std::nullopt;
  }
  const uint64_t step = uint64_t{1} << at.alignment;
  uint64_t words = 0, code_words = 0;
  if (!count_code_words(at, words, code_words)) return std::nullopt;
  if (words == code_words) {
    loaded_ = pool_.hold(Value::pointer(Kind::Code));
  } else if (code_words == 0 && step >= sizeof(jit::ConstantTableEntry) &&
             at.lo >= offsetof(jit::ConstantTableEntry, type_id)) {
    Value type = Value::pointer(Kind::TypeId, address.link);
    type.lo = address.link_base - offsetof(jit::ConstantTableEntry, type_id);
    type.scale = address.link_scale;
    type.origin = at.origin;
    type.origin_shift = at.origin_shift;
    constexpr uint64_t kType = offsetof(jit::ConstantTableEntry, type_id);
    if (at.detail < kType) type.origin = 0;
    type.hi = type.origin == 0 ? 0 : at.detail - kType;
    loaded_ = pool_.keep(type);
  }
  return std::nullopt;
}

// Among those that may be meant. False: they are too many.
bool FunctionVerifier::count_code_words(const Value& at, uint64_t& words, uint64_t& code_words) {
  const uint64_t step = uint64_t{1} << at.alignment;
  if ((at.hi - at.lo) / step >= kMaximumSlots) return false;
  WordsSeen& seen = words_seen_[(at.lo / 8 + at.hi) % words_seen_.size()];
  if (seen.lo != at.lo || seen.hi != at.hi || seen.alignment != at.alignment) {
    seen = {at.lo, at.hi, at.alignment, 0, 0};
    for (uint64_t offset = at.lo; offset <= at.hi; offset += step) {
      ++seen.words;
      seen.code_words += facts_.is_code_word(offset);
    }
  }
  words = seen.words;
  code_words = seen.code_words;
  return true;
}

FunctionVerifier::Checked FunctionVerifier::check_filled(const Value& slots) {
  SlotsSeen& seen = slots_seen_[(slots.lo / 8 + slots.hi) % slots_seen_.size()];
  if (!seen.is_valid || seen.slots.lo != slots.lo || seen.slots.hi != slots.hi ||
      seen.slots.alignment != slots.alignment || seen.slots.fact != slots.fact) {
    seen = {slots, check_slots(slots), true};
  }
  return seen.result;
}

// Whether a call of what is in any of these slots of a constant table that are in use, is one of a
// function. Where it is not known of the slot that it is in use, all of them must be.
FunctionVerifier::Checked FunctionVerifier::check_slots(const Value& slots) const {
  constexpr uint64_t kType = offsetof(jit::ConstantTableEntry, type_id);
  static_assert(offsetof(jit::ConstantTableEntry, code) == 0);
  const uint64_t step = uint64_t{1} << slots.alignment;
  if ((slots.hi - slots.lo) / step >= kMaximumSlots ||
      !facts_.is_constant(slots.lo, slots.hi - slots.lo + sizeof(jit::ConstantTableEntry))) {
    return FailedRule{Rule::Constants, "it may lie outside of the image's constants"};
  }
  for (uint64_t offset = slots.lo; offset <= slots.hi; offset += step) {
    const bool is_used = facts_.read64(offset + kType) != 0;
    if (!is_used && slots.fact != Fact::Filled) {
      return FailedRule{Rule::Context, "the callee is not known to be a slot in use"};
    }
    if (is_used && (!facts_.is_code_word(offset) ||
                    facts_.read64(offset + kType) > facts_.image().target.types)) {
      return FailedRule{Rule::Constants, "a table has a slot that is no function"};
    }
  }
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::access_runtime(const MemoryOperand& memory,
                                                           const Address& address) {
  const jit::ImageTarget& target = facts_.image().target;
  const Value& pointer = address.pointer;
  int64_t offset = address.offset;
  const bool is_word = memory.size == kWord;
  const FailedRule forbidden{Rule::RuntimeData, "code may not use it so"};
  if (pointer.is_number()) {
    return FailedRule{Rule::RuntimeData, "nothing is known of the address"};
  }
  if (pointer.kind == Kind::Global) {
    if (!is_within(offset, memory.size, 0, 16)) return forbidden;
    if (memory.is_written && target.globals[pointer.detail] == 0) {
      return FailedRule{Rule::RuntimeData, "the global is a constant"};
    }
    return std::nullopt;
  }
  if (memory.is_written || offset < 0) return forbidden;
  const auto index = static_cast<uint64_t>(offset) / kWord;
  const bool is_element = is_word && offset % kWord == 0 && index <= UINT32_MAX;
  switch (pointer.kind) {
    case Kind::Instance: {
      if (!is_word) return forbidden;
      static constexpr std::pair<size_t, Kind> kFields[] = {
          {offsetof(InstanceData, functions), Kind::FunctionArray},
          {offsetof(InstanceData, tables), Kind::TableArray},
          {offsetof(InstanceData, globals), Kind::GlobalArray},
          {offsetof(InstanceData, type_ids), Kind::TypeArray},
          {offsetof(InstanceData, tags), Kind::TagArray},
          {offsetof(InstanceData, memory_size), Kind::MemorySize},
      };
      for (auto [field, kind] : kFields) {
        if (offset != static_cast<int64_t>(field)) continue;
        Value pointer_there = Value::pointer(kind);
        if (kind == Kind::TagArray) pointer_there.hi = 0;
        loaded_ = pool_.keep(pointer_there);
        return std::nullopt;
      }
      return forbidden;
    }
    case Kind::FunctionArray:
      if (!is_element || index >= facts_.image().entry_points.size()) return forbidden;
      // Others are values of the guest, and may be null.
      if (index < target.imported_functions)
        loaded_ = pool_.hold(Value::pointer(Kind::FunctionReference));
      return std::nullopt;
    case Kind::TableArray:
      if (!is_element || index >= target.tables) return forbidden;
      loaded_ = pool_.hold(Value::pointer(Kind::Table, static_cast<uint32_t>(index)));
      return std::nullopt;
    case Kind::GlobalArray:
      if (!is_element || index >= target.globals.size()) return forbidden;
      loaded_ = pool_.hold(Value::pointer(Kind::Global, static_cast<uint32_t>(index)));
      return std::nullopt;
    case Kind::TypeArray:
      if (!is_within(offset, memory.size, 0, size_t{target.types} * 4)) return forbidden;
      return std::nullopt;
    case Kind::TagArray:
      if (pointer.hi > UINT32_MAX || offset > INT32_MAX ||
          !is_within(static_cast<int64_t>(pointer.hi) + offset, memory.size, 0,
                     size_t{target.tags} * 8)) {
        return forbidden;
      }
      return std::nullopt;
    case Kind::MemorySize:
      return is_within(offset, memory.size, 0, kWord) ? Checked() : forbidden;
    case Kind::FunctionReference:
      if (!is_word || offset != offsetof(jit::FunctionReference, any_code)) return forbidden;
      loaded_ = pool_.hold(Value::pointer(Kind::Code, kNeedsCallee));
      return std::nullopt;
    case Kind::Table:
      if (memory.size == 4 && offset == offsetof(TableData, size)) return std::nullopt;
      if (!is_word) return forbidden;
      if (offset == offsetof(TableData, entries)) {
        loaded_ = pool_.hold(Value::pointer(Kind::TableEntries, pointer.detail));
      } else if (offset == offsetof(TableData, size)) {
        loaded_ = pool_.hold(Value::pointer(Kind::TableLength, pointer.detail));
      } else {
        return forbidden;
      }
      return std::nullopt;
    case Kind::TableEntries:
    case Kind::TableEntry: {
      if (!is_word) return forbidden;
      bool is_filled = pointer.fact == Fact::Filled;
      uint64_t slot = 0;
      if (pointer.kind == Kind::TableEntries) {
        // A slot with a constant index, which the table is known to have.
        slot = static_cast<uint64_t>(offset) / sizeof(TableEntry);
        if (!state_->has_slot(pointer.detail, slot)) {
          return FailedRule{Rule::RuntimeData, "the table may be shorter"};
        }
        offset %= sizeof(TableEntry);
        is_filled = is_filled && pointer.lo == slot;
      }
      switch (offset) {
        case offsetof(TableEntry, code):
          if (!is_filled) return FailedRule{Rule::RuntimeData, "the slot may be empty"};
          loaded_ = pool_.hold(Value::pointer(Kind::Code, kNeedsCallee));
          return std::nullopt;
        case offsetof(TableEntry, type_id): {
          Value type = Value::pointer(Kind::TypeId, address.link);
          type.origin = pointer.kind == Kind::TableEntries ? kConstantSlot : pointer.origin;
          type.origin_shift = pointer.origin_shift;
          type.hi = kInTable | pointer.detail;
          type.lo = pointer.kind == Kind::TableEntries ? slot : pointer.lo;
          loaded_ = pool_.keep(type);
          return std::nullopt;
        }
        case offsetof(TableEntry, reference):
          if (is_filled) loaded_ = pool_.hold(Value::pointer(Kind::FunctionReference));
          return std::nullopt;
        default:
          return forbidden;
      }
    }
    default:
      return forbidden;
  }
}

FunctionVerifier::Address FunctionVerifier::address_of(const MemoryOperand& memory) {
  Address address;
  if (memory.base == kRip) {
    address.pointer = memory.index == kNoRegister
                          ? Value::image(static_cast<uint64_t>(memory.displacement))
                          : Value::any();
    return address;
  }
  Location linked = kNowhere;
  const Value base = memory.base == kNoRegister ? Value::constant(0) : state_->get(memory.base);
  const Value index = memory.index == kNoRegister ? Value::constant(0) : state_->get(memory.index);
  const Value scaled =
      memory.index == kNoRegister ? index : this->scaled(memory.index, memory.scale);
  // The part that varies, and the one that it is added to.
  const bool base_is_pointer = !base.is_number();
  const Value& pointer = base_is_pointer ? base : scaled;
  const Value& number = base_is_pointer ? scaled : base;
  address.pointer = add_pointers(base, scaled);
  if (memory.index == kNoRegister || memory.base == kNoRegister) {
    linked = memory.base == kNoRegister ? Location{memory.index} : Location{memory.base};
    if (memory.base == kNoRegister && memory.scale != 1) linked = kNowhere;
  } else if (!pointer.is_number() && number.is_number()) {
    linked = base_is_pointer ? Location{memory.index} : Location{memory.base};
  }
  if (address.pointer.kind == Kind::Image) {
    const bool is_indexed = !number.is_exact();
    if (memory.displacement != 0) {
      address.pointer = add_pointers(address.pointer,
                                     Value::constant(static_cast<uint64_t>(memory.displacement)));
    }
    if (is_indexed && pointer.is_exact()) {
      address.link_base = pointer.lo + static_cast<uint64_t>(memory.displacement);
      address.link_scale = base_is_pointer ? memory.scale : 1;
      const Value& named = state_->get(linked);
      if (named.fact == Fact::FilledConstant && named.detail == address.link_base &&
          named.scale == address.link_scale) {
        address.pointer.fact = Fact::Filled;
      }
    }
  } else {
    address.offset = memory.displacement;
  }
  // What is linked is the slot, or what its place is computed from; not the address of its type.
  const bool is_slot =
      address.pointer.kind == Kind::TableEntry || address.pointer.kind == Kind::TableEntries ||
      (address.pointer.kind == Kind::Image &&
       (!number.is_exact() ||
        memory.displacement == static_cast<int64_t>(offsetof(jit::ConstantTableEntry, type_id))));
  if (is_slot && linked != kNowhere) {
    if (state_->get(linked).id == 0) name(linked);
    address.link = state_->get(linked).id;
  }
  return address;
}

// What a store puts into memory.
const Value* FunctionVerifier::value_stored(const Instruction& instruction) {
  if (instruction.operation != Operation::Move) return &kAny;
  return read_source(instruction);
}

Location FunctionVerifier::slot_at(int64_t frame_offset, unsigned size) const {
  if (frame_offset % size != 0 || frame_offset >= 0) return kNowhere;
  const std::vector<uint32_t>& slots = size == 8 ? slot_index_ : half_slot_index_;
  const auto unit = static_cast<uint64_t>(-frame_offset) / size;
  if (unit >= slots.size() || slots[unit] == 0) return kNowhere;
  return static_cast<Location>(kRegisters + slots[unit] - 1);
}

Location FunctionVerifier::track_slot(int64_t frame_offset, unsigned size) {
  if (frame_offset % size != 0) return kNowhere;
  std::vector<uint32_t>& slots = size == 8 ? slot_index_ : half_slot_index_;
  const auto unit = static_cast<uint64_t>(-frame_offset) / size;
  if (unit >= slots.size()) slots.resize(unit + 1);
  if (slots[unit] == 0) {
    slots_.push_back({static_cast<int32_t>(frame_offset), size});
    slots[unit] = static_cast<uint32_t>(slots_.size());
  }
  return static_cast<Location>(kRegisters + slots[unit] - 1);
}

// Of every slot with a byte in [begin, end), nothing is known any more.
void FunctionVerifier::forget_frame(int64_t begin, int64_t end) {
  for (const int64_t size : {8, 4}) {
    const std::vector<uint32_t>& slots = size == 8 ? slot_index_ : half_slot_index_;
    // Slot n is [-size * n, -size * n + size).
    const int64_t first = std::max<int64_t>(1, (-end + size) / size);
    const int64_t last =
        std::min<int64_t>(static_cast<int64_t>(slots.size()) - 1, (-begin + size - 1) / size);
    for (int64_t n = first; n <= last; ++n) {
      const uint32_t index = slots[static_cast<size_t>(n)];
      if (index != 0) state_->set(static_cast<Location>(kRegisters + index - 1), &kAny);
    }
  }
}

}  // namespace linden::verifier
