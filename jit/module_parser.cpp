// Bytes to Module. libwabt reads and validates; what it keeps of a module's structure is copied
// into our own types, and its instruction trees are dropped again, since the translator reads the
// bytes.
//
// Two things come before libwabt sees the bytes. Its instruction trees are destroyed recursively,
// so nesting is measured first and the work is done on a thread with a stack to match. And the
// limits below keep the compiler from being asked for absurd amounts of memory.

#include <wabt/binary-reader-ir.h>
#include <wabt/binary-reader.h>
#include <wabt/cast.h>
#include <wabt/error-formatter.h>
#include <wabt/ir.h>
#include <wabt/utf8.h>
#include <wabt/validator.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "jit/abi.h"
#include "jit/bytecode_reader.h"
#include "jit/large_stack.h"
#include "jit/module.h"

namespace linden::jit {
namespace {

// The limits that browsers agree on (WebAssembly JavaScript API, "implementation-defined limits").
constexpr size_t kMaxModuleSize = 1u << 30;
constexpr uint32_t kMaxFunctions = 1'000'000;
constexpr uint32_t kMaxTypes = 1'000'000;
constexpr uint32_t kMaxGlobals = 1'000'000;
constexpr uint32_t kMaxTables = 100'000;
constexpr uint64_t kMaxLocals = 50'000;
constexpr uint32_t kMaxBodySize = 7'654'321;
constexpr uint32_t kMaxTags = 1'000'000;
constexpr uint32_t kMaxNesting = 50'000;

absl::Status malformed(uint32_t offset, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrFormat("0x%x: %s", offset, what));
}

struct Section {
  uint8_t id;
  uint32_t begin;
  uint32_t end;
};

// A walk over section headers. Stops silently at what it cannot read: libwabt says what is wrong.
std::vector<Section> find_sections(std::span<const uint8_t> bytes) {
  std::vector<Section> sections;
  BytecodeReader reader(bytes, 0, static_cast<uint32_t>(bytes.size()));
  reader.skip(8);
  while (reader.ok() && !reader.at_end()) {
    uint8_t id = reader.read_byte();
    uint32_t size = reader.read_u32();
    uint32_t begin = reader.position();
    reader.skip(size);
    if (reader.ok()) sections.push_back({id, begin, reader.position()});
  }
  return sections;
}

struct Body {
  uint32_t offset;
  uint32_t size;
};

std::vector<Body> find_bodies(std::span<const uint8_t> bytes,
                              const std::vector<Section>& sections) {
  std::vector<Body> bodies;
  for (const Section& section : sections) {
    if (section.id != 10) continue;
    BytecodeReader reader(bytes, section.begin, section.end);
    uint32_t count = reader.read_u32();
    for (uint32_t i = 0; i < count && reader.ok(); ++i) {
      uint32_t size = reader.read_u32();
      uint32_t offset = reader.position();
      reader.skip(size);
      if (reader.ok()) bodies.push_back({offset, size});
    }
  }
  return bodies;
}

// What is open around an instruction; clauses take the place of their `try`.
enum class Nesting : uint8_t { Block, Try, Catch, CatchAll };

// Checks a body against our limits; returns how deeply it nests. Where clauses may stand is checked
// here as well, so that it does not depend on what libwabt makes of misplaced ones.
absl::StatusOr<uint32_t> measure_body(std::span<const uint8_t> bytes, Body body) {
  if (body.size > kMaxBodySize) return malformed(body.offset, "function body is too large");
  BytecodeReader reader(bytes, body.offset, body.offset + body.size);
  uint64_t locals = 0;
  for (const auto& declaration : reader.read_local_declarations()) locals += declaration.count;
  if (locals > kMaxLocals) return malformed(body.offset, "too many locals in a function");
  std::vector<Nesting> open{Nesting::Block};
  size_t deepest = 1;
  Instruction instruction;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case Opcode::Block:
      case Opcode::Loop:
      case Opcode::If:
        open.push_back(Nesting::Block);
        break;
      case Opcode::Try:
        open.push_back(Nesting::Try);
        break;
      case Opcode::Catch:
      case Opcode::CatchAll:
        if (open.back() != Nesting::Try && open.back() != Nesting::Catch) {
          return malformed(instruction.offset, "a catch that belongs to no try");
        }
        open.back() = instruction.opcode == Opcode::Catch ? Nesting::Catch : Nesting::CatchAll;
        break;
      case Opcode::Delegate:
        if (open.back() != Nesting::Try) {
          return malformed(instruction.offset, "a delegate that ends no try");
        }
        open.pop_back();
        break;
      case Opcode::End:
        open.pop_back();
        break;
      default:
        break;
    }
    deepest = std::max(deepest, open.size());
    if (open.empty()) break;
  }
  // libwabt 1.0.32 is content with any `end` at the end of a body, even one of an inner block.
  if (!reader.ok()) return malformed(instruction.offset, "malformed instruction");
  if (!open.empty()) return malformed(body.offset, "a block of a function body is not closed");
  if (!reader.at_end()) return malformed(reader.position(), "code after the end of a function");
  if (deepest > kMaxNesting) return malformed(body.offset, "blocks are nested too deeply");
  return static_cast<uint32_t>(deepest);
}

ValueType to_value_type(wabt::Type type) {
  switch (static_cast<wabt::Type::Enum>(type)) {
    case wabt::Type::I32:
      return ValueType::I32;
    case wabt::Type::I64:
      return ValueType::I64;
    case wabt::Type::F32:
      return ValueType::F32;
    case wabt::Type::F64:
      return ValueType::F64;
    case wabt::Type::V128:
      return ValueType::V128;
    case wabt::Type::FuncRef:
      return ValueType::FuncRef;
    default:
      return ValueType::ExternRef;
  }
}

std::vector<ValueType> to_value_types(const wabt::TypeVector& types) {
  std::vector<ValueType> result;
  result.reserve(types.size());
  for (wabt::Type type : types) result.push_back(to_value_type(type));
  return result;
}

Limits to_limits(const wabt::Limits& limits) {
  return {limits.initial, limits.max, limits.has_max, limits.is_shared};
}

ExternalKind to_kind(wabt::ExternalKind kind) {
  switch (kind) {
    case wabt::ExternalKind::Func:
      return ExternalKind::Function;
    case wabt::ExternalKind::Table:
      return ExternalKind::Table;
    case wabt::ExternalKind::Memory:
      return ExternalKind::Memory;
    case wabt::ExternalKind::Global:
      return ExternalKind::Global;
    case wabt::ExternalKind::Tag:
      return ExternalKind::Tag;
  }
  return ExternalKind::Function;
}

SegmentMode to_mode(wabt::SegmentKind kind) {
  switch (kind) {
    case wabt::SegmentKind::Active:
      return SegmentMode::Active;
    case wabt::SegmentKind::Passive:
      return SegmentMode::Passive;
    case wabt::SegmentKind::Declared:
      return SegmentMode::Declared;
  }
  return SegmentMode::Passive;
}

ConstantInstruction to_constant(const wabt::Const& constant) {
  ConstantInstruction result{ConstantInstruction::Kind::Const, to_value_type(constant.type())};
  switch (result.type) {
    case ValueType::I32:
      result.bits[0] = constant.u32();
      break;
    case ValueType::I64:
      result.bits[0] = constant.u64();
      break;
    case ValueType::F32:
      result.bits[0] = constant.f32_bits();
      break;
    case ValueType::F64:
      result.bits[0] = constant.f64_bits();
      break;
    default:
      result.bits[0] = constant.vec128().u64(0);
      result.bits[1] = constant.vec128().u64(1);
  }
  return result;
}

ConstantExpression to_expression(const wabt::Module& module, const wabt::ExprList& list) {
  using Kind = ConstantInstruction::Kind;
  ConstantExpression result;
  for (const wabt::Expr& expression : list) {
    switch (expression.type()) {
      case wabt::ExprType::Const:
        result.push_back(to_constant(wabt::cast<wabt::ConstExpr>(&expression)->const_));
        break;
      case wabt::ExprType::GlobalGet:
        result.push_back(
            {Kind::GlobalGet, ValueType::I32,
             module.GetGlobalIndex(wabt::cast<wabt::GlobalGetExpr>(&expression)->var)});
        break;
      case wabt::ExprType::RefNull:
        result.push_back(
            {Kind::RefNull, to_value_type(wabt::cast<wabt::RefNullExpr>(&expression)->type)});
        break;
      case wabt::ExprType::RefFunc:
        result.push_back({Kind::RefFunc, ValueType::FuncRef,
                          module.GetFuncIndex(wabt::cast<wabt::RefFuncExpr>(&expression)->var)});
        break;
      case wabt::ExprType::Binary: {
        Kind kind = Kind::I32Add;
        switch (
            static_cast<wabt::Opcode::Enum>(wabt::cast<wabt::BinaryExpr>(&expression)->opcode)) {
          case wabt::Opcode::I32Sub:
            kind = Kind::I32Sub;
            break;
          case wabt::Opcode::I32Mul:
            kind = Kind::I32Mul;
            break;
          case wabt::Opcode::I64Add:
            kind = Kind::I64Add;
            break;
          case wabt::Opcode::I64Sub:
            kind = Kind::I64Sub;
            break;
          case wabt::Opcode::I64Mul:
            kind = Kind::I64Mul;
            break;
          default:
            break;
        }
        result.push_back({kind});
        break;
      }
      default:
        break;  // validation admits nothing else
    }
  }
  return result;
}

// wabt makes the names of a binary module unique and puts '$' before them.
std::string to_name(const std::string& name) {
  return !name.empty() && name[0] == '$' ? name.substr(1) : name;
}

absl::Status convert(const wabt::Module& source, Module& module) {
  if (source.types.size() > kMaxTypes) return absl::InvalidArgumentError("too many types");
  if (source.funcs.size() > kMaxFunctions) return absl::InvalidArgumentError("too many functions");
  if (source.globals.size() > kMaxGlobals) return absl::InvalidArgumentError("too many globals");
  if (source.tags.size() > kMaxTags) return absl::InvalidArgumentError("too many tags");
  if (source.tables.size() > kMaxTables) return absl::InvalidArgumentError("too many tables");
  for (const wabt::TypeEntry* entry : source.types) {
    const auto* type = wabt::dyn_cast<wabt::FuncType>(entry);
    if (type == nullptr) return absl::UnimplementedError("only function types are supported");
    if (type->sig.param_types.size() > kMaxParameters) {
      return absl::InvalidArgumentError("a function type has too many parameters");
    }
    if (type->sig.result_types.size() > kMaxResults) {
      return absl::InvalidArgumentError("a function type has too many results");
    }
    module.types.push_back(
        {to_value_types(type->sig.param_types), to_value_types(type->sig.result_types)});
  }
  uint32_t next_index[5] = {};
  for (const wabt::Import* import : source.imports) {
    ExternalKind kind = to_kind(import->kind());
    module.imports.push_back(
        {import->module_name, import->field_name, kind, next_index[static_cast<size_t>(kind)]++});
  }
  module.imported_functions = source.num_func_imports;
  module.imported_tables = source.num_table_imports;
  module.imported_memories = source.num_memory_imports;
  module.imported_globals = source.num_global_imports;
  module.imported_tags = source.num_tag_imports;
  for (const wabt::Func* function : source.funcs) {
    module.functions.push_back(
        {source.GetFuncTypeIndex(function->decl.type_var), to_name(function->name), 0, 0});
  }
  for (const wabt::Table* table : source.tables) {
    module.tables.push_back({to_value_type(table->elem_type), to_limits(table->elem_limits)});
  }
  for (const wabt::Memory* memory : source.memories) {
    module.memories.push_back(to_limits(memory->page_limits));
  }
  for (const wabt::Global* global : source.globals) {
    module.globals.push_back({{to_value_type(global->type), global->mutable_},
                              to_expression(source, global->init_expr)});
  }
  for (const wabt::Tag* tag : source.tags) {
    module.tags.push_back({source.GetFuncTypeIndex(tag->decl.type_var)});
    unsigned words = 0;
    for (ValueType type : module.types[module.tags.back().type_index].params) {
      words += exception_words(type);
    }
    if (words > kMaxExceptionWords) {
      return absl::UnimplementedError(
          absl::StrCat("a tag with more than ", 8 * kMaxExceptionWords, " bytes of values"));
    }
  }
  for (const wabt::Export* item : source.exports) {
    module.exports.push_back({item->name, to_kind(item->kind), item->var.index()});
  }
  for (const wabt::ElemSegment* segment : source.elem_segments) {
    ElementSegment converted{to_mode(segment->kind), 0, to_value_type(segment->elem_type), {}, {}};
    if (converted.mode == SegmentMode::Active) {
      converted.table = source.GetTableIndex(segment->table_var);
      converted.offset = to_expression(source, segment->offset);
    }
    for (const wabt::ExprList& element : segment->elem_exprs) {
      converted.elements.push_back(to_expression(source, element));
    }
    module.elements.push_back(std::move(converted));
  }
  for (const wabt::DataSegment* segment : source.data_segments) {
    module.data.push_back(
        {to_mode(segment->kind), to_expression(source, segment->offset), segment->data});
  }
  // wabt 1.0.32 accepts an offset without instructions.
  for (const ElementSegment& segment : module.elements) {
    if (segment.mode == SegmentMode::Active && segment.offset.empty()) {
      return absl::InvalidArgumentError("type mismatch: the offset of an element segment is empty");
    }
  }
  for (const DataSegment& segment : module.data) {
    if (segment.mode == SegmentMode::Active && segment.offset.empty()) {
      return absl::InvalidArgumentError("type mismatch: the offset of a data segment is empty");
    }
  }
  if (!source.starts.empty()) module.start = source.GetFuncIndex(*source.starts[0]);
  return absl::OkStatus();
}

void append_u32(std::vector<uint8_t>& out, uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

// The module with every function body replaced by `unreachable`: all that reading the structure of
// a module needs, when its code is known to be valid.
std::vector<uint8_t> strip_code(const std::vector<uint8_t>& bytes,
                                const std::vector<Section>& sections) {
  std::vector<uint8_t> out(bytes.begin(), bytes.begin() + 8);
  for (const Section& section : sections) {
    out.push_back(section.id);
    if (section.id != 10) {
      append_u32(out, section.end - section.begin);
      out.insert(out.end(), bytes.begin() + section.begin, bytes.begin() + section.end);
      continue;
    }
    std::vector<uint8_t> code;
    const uint32_t count = BytecodeReader(bytes, section.begin, section.end).read_u32();
    append_u32(code, count);
    for (uint32_t i = 0; i < count; ++i) code.insert(code.end(), {3, 0, 0x00, 0x0b});
    append_u32(out, static_cast<uint32_t>(code.size()));
    out.insert(out.end(), code.begin(), code.end());
  }
  return out;
}

absl::Status read_with_wabt(const Features& features, Validation validation,
                            const std::vector<Section>& sections, Module& module) {
  wabt::ReadBinaryOptions options;
  options.features.set_reference_types_enabled(features.reference_types);
  options.features.set_threads_enabled(features.threads);
  options.features.set_tail_call_enabled(features.tail_call);
  options.features.set_extended_const_enabled(features.extended_const);
  // To libwabt exceptions imply reference types.
  options.features.set_exceptions_enabled(features.exceptions && features.reference_types);
  options.read_debug_names = true;
  // A damaged name section costs names, not the program (core specification, custom sections).
  options.fail_on_custom_section_error = false;
  wabt::Errors errors;
  wabt::Module source;
  const std::vector<uint8_t> without_code = validation == Validation::AlreadyDone
                                                ? strip_code(module.bytes, sections)
                                                : std::vector<uint8_t>();
  const std::vector<uint8_t>& bytes = without_code.empty() ? module.bytes : without_code;
  wabt::Result result =
      wabt::ReadBinaryIr("module", bytes.data(), bytes.size(), options, &errors, &source);
  if (wabt::Succeeded(result) && validation == Validation::Full) {
    result = wabt::ValidateModule(&source, &errors, wabt::ValidateOptions(options.features));
  }
  if (wabt::Failed(result)) {
    for (const wabt::Error& error : errors) {
      if (error.error_level != wabt::ErrorLevel::Error) continue;
      return malformed(static_cast<uint32_t>(error.loc.offset), error.message);
    }
    return absl::InvalidArgumentError("not a valid WebAssembly module");
  }
  return convert(source, module);
}

// Our own part of validation: wabt is told to forgive damaged custom sections, but their names must
// be well-formed (core specification 5.5.3).
absl::Status read_custom_sections(const std::vector<Section>& sections, Module& module) {
  for (const Section& section : sections) {
    if (section.id != 0) continue;
    BytecodeReader reader(module.bytes, section.begin, section.end);
    uint32_t length = reader.read_u32();
    uint32_t begin = reader.position();
    reader.skip(length);
    if (!reader.ok()) return malformed(section.begin, "malformed custom section name");
    if (!wabt::IsValidUtf8(reinterpret_cast<const char*>(module.bytes.data()) + begin, length)) {
      return malformed(begin, "malformed UTF-8 encoding in a custom section name");
    }
    module.custom_sections.push_back(
        {std::string(reinterpret_cast<const char*>(module.bytes.data()) + begin, length),
         std::span(module.bytes).subspan(reader.position(), section.end - reader.position())});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Module>> parse(std::vector<uint8_t> bytes,
                                                    const Features& features,
                                                    Validation validation) {
  static constexpr uint8_t kMagic[4] = {0, 'a', 's', 'm'};
  if (bytes.size() < 8 || !std::equal(kMagic, kMagic + 4, bytes.begin())) {
    return absl::InvalidArgumentError("not a WebAssembly module (bad magic number)");
  }
  if (bytes.size() > kMaxModuleSize) return absl::InvalidArgumentError("the module is too large");

  auto module = std::make_shared<Module>();
  module->bytes = std::move(bytes);
  const std::vector<Section> sections = find_sections(module->bytes);
  const std::vector<Body> bodies = find_bodies(module->bytes, sections);
  uint32_t deepest = 1;
  for (const Body& body : bodies) {
    if (validation == Validation::AlreadyDone) break;
    absl::StatusOr<uint32_t> depth = measure_body(module->bytes, body);
    if (!depth.ok()) return depth.status();
    deepest = std::max(deepest, *depth);
  }

  absl::Status status;
  constexpr uint32_t kDepthForOwnStack = 500;
  if (deepest <= kDepthForOwnStack) {
    status = read_with_wabt(features, validation, sections, *module);
  } else {
    // Three frames of a few hundred bytes a level; untouched stack costs nothing.
    run_on_large_stack((size_t{deepest} + 10'000) * 4096,
                       [&] { status = read_with_wabt(features, validation, sections, *module); });
  }
  if (!status.ok()) return status;

  for (size_t i = 0; i < bodies.size(); ++i) {
    Function& function = module->functions[module->imported_functions + i];
    function.body_offset = bodies[i].offset;
    function.body_size = bodies[i].size;
  }
  for (const Export& item : module->exports) {
    if (item.kind != ExternalKind::Function) continue;
    std::string& name = module->functions[item.index].name;
    if (name.empty()) name = item.name;
  }
  if (absl::Status status = read_custom_sections(sections, *module); !status.ok()) return status;
  return module;
}

const char* to_string(ExternalKind kind) {
  switch (kind) {
    case ExternalKind::Function:
      return "function";
    case ExternalKind::Table:
      return "table";
    case ExternalKind::Memory:
      return "memory";
    case ExternalKind::Global:
      return "global";
    case ExternalKind::Tag:
      return "tag";
  }
  return "?";
}

}  // namespace linden::jit
