#include "verifier/decoder.h"

#include <Zydis/Zydis.h>

#include <algorithm>

#include "verifier/allowed_instructions.h"

namespace linden::verifier {
namespace {

const ZydisDecoder& decoder() {
  static const ZydisDecoder decoder = [] {
    ZydisDecoder result;
    ZydisDecoderInit(&result, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    return result;
  }();
  return decoder;
}

// The prefixes that an allowed instruction may have; of the ones that LLVM may pad a no-op with,
// any are harmless there. `lock` is only decoded where it means something. Those that choose a
// branch hint or a bound are meaningless, hence nobody's.
bool has_strange_prefix(const ZydisDecodedInstruction& instruction) {
  constexpr ZydisInstructionAttributes kStrange =
      ZYDIS_ATTRIB_HAS_SEGMENT_CS | ZYDIS_ATTRIB_HAS_SEGMENT_SS | ZYDIS_ATTRIB_HAS_SEGMENT_DS |
      ZYDIS_ATTRIB_HAS_SEGMENT_ES | ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
      ZYDIS_ATTRIB_HAS_REPNE | ZYDIS_ATTRIB_HAS_BND | ZYDIS_ATTRIB_HAS_XACQUIRE |
      ZYDIS_ATTRIB_HAS_XRELEASE | ZYDIS_ATTRIB_HAS_BRANCH_NOT_TAKEN |
      ZYDIS_ATTRIB_HAS_BRANCH_TAKEN | ZYDIS_ATTRIB_HAS_NOTRACK;
  return (instruction.attributes & kStrange) != 0;
}

struct GeneralRegister {
  Register number = kNoRegister;
  uint8_t width = 0;
  bool is_high_byte = false;
};

GeneralRegister general_register(ZydisRegister reg) {
  switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR64:
      return {static_cast<Register>(reg - ZYDIS_REGISTER_RAX), 8};
    case ZYDIS_REGCLASS_GPR32:
      return {static_cast<Register>(reg - ZYDIS_REGISTER_EAX), 4};
    case ZYDIS_REGCLASS_GPR16:
      return {static_cast<Register>(reg - ZYDIS_REGISTER_AX), 2};
    case ZYDIS_REGCLASS_GPR8:
      // al cl dl bl ah ch dh bh spl bpl sil dil r8b...
      if (reg <= ZYDIS_REGISTER_BL) return {static_cast<Register>(reg - ZYDIS_REGISTER_AL), 1};
      if (reg <= ZYDIS_REGISTER_BH)
        return {static_cast<Register>(reg - ZYDIS_REGISTER_AH), 1, true};
      return {static_cast<Register>(reg - ZYDIS_REGISTER_SPL + kRsp), 1};
    default:
      return {};
  }
}

Operation operation_of(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
      return Operation::Nop;
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
      return Operation::Move;
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
      return Operation::MoveSigned;
    case ZYDIS_MNEMONIC_LEA:
      return Operation::Lea;
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_INC:
      return Operation::Add;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_DEC:
      return Operation::Subtract;
    case ZYDIS_MNEMONIC_ADC:
      return Operation::AddCarry;
    case ZYDIS_MNEMONIC_SBB:
      return Operation::SubtractBorrow;
    case ZYDIS_MNEMONIC_AND:
      return Operation::And;
    case ZYDIS_MNEMONIC_OR:
      return Operation::Or;
    case ZYDIS_MNEMONIC_XOR:
      return Operation::Xor;
    case ZYDIS_MNEMONIC_SHL:
      return Operation::ShiftLeft;
    case ZYDIS_MNEMONIC_SHR:
      return Operation::ShiftRight;
    case ZYDIS_MNEMONIC_SHRX:
      return Operation::ShiftRightSome;
    case ZYDIS_MNEMONIC_IMUL:
      return Operation::Multiply;
    case ZYDIS_MNEMONIC_BZHI:
      return Operation::ZeroHigh;
    case ZYDIS_MNEMONIC_CMP:
      return Operation::Compare;
    case ZYDIS_MNEMONIC_TEST:
      return Operation::Test;
    case ZYDIS_MNEMONIC_PUSH:
      return Operation::Push;
    case ZYDIS_MNEMONIC_POP:
      return Operation::Pop;
    case ZYDIS_MNEMONIC_CALL:
      return Operation::Call;
    case ZYDIS_MNEMONIC_JMP:
      return Operation::Jump;
    case ZYDIS_MNEMONIC_RET:
      return Operation::Return;
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
      return Operation::Trap;
    default:
      return Operation::Other;
  }
}

// Both families have the condition in the low four bits of their second opcode byte.
bool has_condition(const ZydisDecodedInstruction& instruction, Operation& operation) {
  switch (instruction.meta.category) {
    case ZYDIS_CATEGORY_COND_BR:
      operation = Operation::Branch;
      return true;
    case ZYDIS_CATEGORY_CMOV:
      operation = Operation::ConditionalMove;
      return true;
    case ZYDIS_CATEGORY_SETCC:
      operation = Operation::Set;
      return true;
    default:
      return false;
  }
}

bool writes_flags(const ZydisDecodedInstruction& instruction) {
  const ZydisAccessedFlags* flags = instruction.cpu_flags;
  return flags != nullptr && (flags->modified | flags->set_0 | flags->set_1 | flags->undefined);
}

class Reader {
 public:
  Reader(const ZydisDecodedInstruction& decoded, const ZydisDecodedOperand* operands,
         Instruction& result)
      : decoded_(decoded), operands_(operands), result_(result) {}

  // False: something about an operand that no rule covers.
  bool read() {
    result_.operation = operation_of(decoded_.mnemonic);
    if (has_condition(decoded_, result_.operation)) {
      result_.condition = static_cast<Condition>(decoded_.opcode & 15);
    }
    result_.writes_flags = writes_flags(decoded_);
    if (result_.operation == Operation::Nop || result_.operation == Operation::Trap) return true;
    if (has_strange_prefix(decoded_)) return false;
    for (int i = 0; i < decoded_.operand_count; ++i) {
      if (!read_operand(operands_[i], i)) return false;
    }
    return shape();
  }

 private:
  bool read_operand(const ZydisDecodedOperand& operand, int position) {
    const bool is_written = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    switch (operand.type) {
      case ZYDIS_OPERAND_TYPE_REGISTER:
        return read_register(operand, is_written);
      case ZYDIS_OPERAND_TYPE_MEMORY:
        return read_memory(operand, position);
      case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return true;
      default:
        return false;  // far pointers
    }
  }

  bool read_register(const ZydisDecodedOperand& operand, bool is_written) {
    const ZydisRegister reg = operand.reg.value;
    switch (ZydisRegisterGetClass(reg)) {
      case ZYDIS_REGCLASS_XMM:
      case ZYDIS_REGCLASS_YMM:
      case ZYDIS_REGCLASS_FLAGS:
        return true;
      case ZYDIS_REGCLASS_IP:
        return true;  // of jumps and calls, whose targets are looked at
      case ZYDIS_REGCLASS_GPR64:
      case ZYDIS_REGCLASS_GPR32:
      case ZYDIS_REGCLASS_GPR16:
      case ZYDIS_REGCLASS_GPR8:
        break;
      default:
        return reg == ZYDIS_REGISTER_MXCSR;  // rounding mode and sticky flags of vector arithmetic
    }
    const GeneralRegister general = general_register(reg);
    const bool is_hidden = operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
    if (general.number == kRsp && !(is_hidden && is_stack_operation())) {
      result_.uses_stack_pointer = true;
    }
    if (is_written && !(is_hidden && general.number == kRsp)) {
      const auto bit = static_cast<uint16_t>(1u << general.number);
      (general.width == 8   ? result_.writes
       : general.width == 4 ? result_.writes32
                            : result_.writes_part) |= bit;
    }
    return true;
  }

  bool is_stack_operation() const {
    return result_.operation == Operation::Push || result_.operation == Operation::Pop ||
           result_.operation == Operation::Call || result_.operation == Operation::Return;
  }

  bool read_memory(const ZydisDecodedOperand& operand, int position) {
    if (operand.visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT) {
      // What push, pop, call and ret do to the stack is part of what they mean here. Everything
      // else that brings its own address is out.
      return is_stack_operation() && operand.mem.base == ZYDIS_REGISTER_RSP;
    }
    const bool is_address = operand.mem.type == ZYDIS_MEMOP_TYPE_AGEN;
    if ((operand.mem.type != ZYDIS_MEMOP_TYPE_MEM && !is_address) || has_memory_) return false;
    has_memory_ = true;
    MemoryOperand& memory = result_.memory;
    memory.address32 = decoded_.address_width == 32;
    memory.scale = operand.mem.index == ZYDIS_REGISTER_NONE ? 1 : operand.mem.scale;
    memory.displacement = operand.mem.disp.value;
    if (operand.mem.segment == ZYDIS_REGISTER_GS) memory.segment = Segment::Gs;
    if (operand.mem.segment == ZYDIS_REGISTER_FS) memory.segment = Segment::Fs;
    if (operand.mem.base == ZYDIS_REGISTER_RIP) {
      memory.base = kRip;
      memory.displacement += result_.offset + decoded_.length;
    } else if (operand.mem.base != ZYDIS_REGISTER_NONE) {
      memory.base = general_register(operand.mem.base).number;
      if (memory.base == kNoRegister) return false;  // %eip
      // To the processor it has no base, but a displacement. Zydis sees that of 64-bit addresses.
      const auto& raw = decoded_.raw;
      if (raw.modrm.mod == 0 && raw.modrm.rm == 4 && raw.sib.base == 5) return false;
    }
    if (operand.mem.index != ZYDIS_REGISTER_NONE) {
      memory.index = general_register(operand.mem.index).number;
      if (memory.index == kNoRegister) return false;
    }
    if (is_address) return memory.segment == Segment::None;
    result_.has_memory = true;
    memory.size = static_cast<uint8_t>(operand.size / 8);
    memory.is_read = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
    memory.is_written = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    // With a register as bit number they address memory beyond the operand.
    const bool is_bit_test = decoded_.meta.category == ZYDIS_CATEGORY_BITBYTE;
    if (is_bit_test && position == 0 && operands_[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
      return decoded_.mnemonic != ZYDIS_MNEMONIC_BT && decoded_.mnemonic != ZYDIS_MNEMONIC_BTC &&
             decoded_.mnemonic != ZYDIS_MNEMONIC_BTR && decoded_.mnemonic != ZYDIS_MNEMONIC_BTS;
    }
    return operand.size / 8 <= 32 && operand.size != 0;
  }

  void set_place(const ZydisDecodedOperand& operand, Place& place, Register& reg) {
    switch (operand.type) {
      case ZYDIS_OPERAND_TYPE_REGISTER: {
        const GeneralRegister general = general_register(operand.reg.value);
        place =
            general.number == kNoRegister || general.is_high_byte ? Place::Opaque : Place::Register;
        reg = general.number;
        break;
      }
      case ZYDIS_OPERAND_TYPE_MEMORY:
        place = Place::Memory;
        break;
      case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        place = Place::Immediate;
        result_.immediate = operand.imm.value.s;
        result_.has_immediate = true;
        break;
      default:
        place = Place::Opaque;
    }
  }

  // Gives what is not Other its destination and source; turns what does not fit into Other.
  bool shape() {
    const ZydisDecodedOperand& first = operands_[0];
    const int visible = decoded_.operand_count_visible;
    switch (result_.operation) {
      case Operation::Other:
      case Operation::Return:
        // Others take words away that nobody put there, or lead to another segment.
        return result_.operation != Operation::Return || decoded_.opcode == 0xc3;
      case Operation::Call:
      case Operation::Jump:
      case Operation::Branch:
        if (first.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
          result_.source = Place::Immediate;
          result_.immediate = int64_t{result_.offset} + decoded_.length + first.imm.value.s;
          return first.imm.is_relative && decoded_.operand_width == 64;
        }
        set_place(first, result_.source, result_.source_register);
        result_.writes = result_.writes32 = result_.writes_part = 0;
        return decoded_.meta.branch_type != ZYDIS_BRANCH_TYPE_FAR && first.size == 64;
      case Operation::Push:
      case Operation::Pop:
        set_place(first, result_.source, result_.source_register);
        return decoded_.operand_width == 64 &&
               (result_.source == Place::Register ||
                (result_.operation == Operation::Push && result_.source == Place::Immediate));
      default:
        break;
    }
    result_.width = static_cast<uint8_t>(first.size / 8);
    set_place(first, result_.destination, result_.destination_register);
    result_.source_width = result_.width;
    if (visible >= 2) {
      const ZydisDecodedOperand& second = operands_[1];
      if (second.type != ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        result_.source_width = static_cast<uint8_t>(second.size / 8);
      }
      set_place(second, result_.source, result_.source_register);
    }
    switch (result_.operation) {
      case Operation::Add:
      case Operation::Subtract:
        if (visible == 1) {  // inc, dec
          result_.source = Place::Immediate;
          result_.immediate = 1;
          result_.has_immediate = true;
        }
        break;
      case Operation::Multiply:
        if (visible == 1) return give_up();
        if (visible == 3) {
          result_.immediate = operands_[2].imm.value.s;
          result_.has_immediate = true;
        }
        break;
      case Operation::ShiftLeft:
        if (result_.source != Place::Immediate) return give_up();
        break;
      case Operation::ShiftRight:
        if (result_.source == Place::Immediate) break;
        if (result_.destination != Place::Register || result_.width < 4) return give_up();
        result_.operation = Operation::ShiftRightSome;
        result_.source = Place::Register;
        result_.source_register = result_.destination_register;
        result_.source_width = result_.width;
        break;
      case Operation::Lea:
        result_.source = Place::None;
        break;
      case Operation::ZeroHigh:
        result_.count_register = general_register(operands_[2].reg.value).number;
        break;
      default:
        break;
    }
    if (result_.destination == Place::Opaque) return give_up();
    result_.writes = result_.writes32 = result_.writes_part = 0;
    return true;
  }

  bool give_up() {
    result_.operation = Operation::Other;
    result_.destination = result_.source = Place::None;
    result_.destination_register = result_.source_register = kNoRegister;
    result_.count_register = kNoRegister;
    result_.width = result_.source_width = 0;
    result_.has_immediate = false;
    result_.immediate = 0;
    return true;
  }

  const ZydisDecodedInstruction& decoded_;
  const ZydisDecodedOperand* operands_;
  Instruction& result_;
  bool has_memory_ = false;
};

Layout layout_of(const ZydisDecodedInstruction& decoded, const ZydisDecodedOperand* operands,
                 const Instruction& instruction) {
  Layout layout;
  layout.fixed = decoded.length;
  const auto& displacement = decoded.raw.disp;
  const auto& immediate = decoded.raw.imm[0];
  const bool has_second = decoded.raw.imm[1].size != 0;
  // Of vector instructions the immediate may be part of what they are.
  const bool is_number = instruction.has_immediate || instruction.is_direct();
  if (immediate.size != 0 && (has_second || !is_number)) {
    return layout;
  }
  const bool has_memory = instruction.has_memory || instruction.operation == Operation::Lea;
  if (displacement.size != 0) {
    if (!has_memory) return layout;
    layout.displacement_at = displacement.offset;
    layout.displacement_size = displacement.size / 8;
    layout.fixed = displacement.offset;
  }
  if (immediate.size != 0) {
    layout.immediate_at = immediate.offset;
    layout.immediate_size = immediate.size / 8;
    layout.immediate_is_relative = immediate.is_relative;
    for (int i = 0; i < decoded.operand_count_visible; ++i) {
      if (operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        layout.immediate_is_signed = operands[i].imm.is_signed;
      }
    }
    layout.fixed = std::min(layout.fixed, immediate.offset);
  }
  return layout;
}

}  // namespace

DecodeResult decode(std::span<const uint8_t> code, uint32_t offset, uint32_t end,
                    Instruction& instruction, Layout* layout) {
  ZydisDecoderContext context;
  ZydisDecodedInstruction decoded;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder(), &context, code.data() + offset,
                                                end - offset, &decoded))) {
    return DecodeResult::Invalid;
  }
  instruction = Instruction();
  instruction.offset = offset;
  instruction.length = decoded.length;
  if (!is_allowed(decoded)) return DecodeResult::NotAllowed;
  if (ZYAN_FAILED(ZydisDecoderDecodeOperands(&decoder(), &context, &decoded, operands,
                                             decoded.operand_count))) {
    return DecodeResult::Invalid;
  }
  if (!Reader(decoded, operands, instruction).read()) return DecodeResult::NotAllowed;
  instruction.find_registers();
  instruction.find_shortcut();
  if (layout != nullptr) *layout = layout_of(decoded, operands, instruction);
  return DecodeResult::Ok;
}

std::string disassemble(std::span<const uint8_t> code, uint32_t offset) {
  ZydisFormatter formatter;
  ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
  ZydisDecodedInstruction decoded;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  char text[128];
  if (offset >= code.size() ||
      ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder(), code.data() + offset, code.size() - offset,
                                         &decoded, operands)) ||
      ZYAN_FAILED(ZydisFormatterFormatInstruction(&formatter, &decoded, operands,
                                                  decoded.operand_count_visible, text, sizeof text,
                                                  offset, nullptr))) {
    return "(no instruction)";
  }
  return text;
}

}  // namespace linden::verifier
