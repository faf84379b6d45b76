// A validated WebAssembly module: its structure, without the instructions, which stay in the bytes.
#ifndef LINDEN_JIT_MODULE_H_
#define LINDEN_JIT_MODULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/types.h"

namespace linden::jit {

enum class ExternalKind : uint8_t { Function, Table, Memory, Global, Tag };
const char* to_string(ExternalKind kind);

// Proposals beyond WebAssembly 2.0. Those that we compile are on by default.
struct Features {
  bool reference_types = true;  // part of 2.0; off for scripts that were written before it
  bool threads = true;
  bool tail_call = true;
  bool extended_const = true;
  bool exceptions = true;  // the legacy encoding: try, catch, delegate
};

struct Import {
  std::string module;
  std::string name;
  ExternalKind kind;
  uint32_t index;  // in the index space of its kind
};

struct Export {
  std::string name;
  ExternalKind kind;
  uint32_t index;
};

struct TableType {
  ValueType element = ValueType::FuncRef;
  Limits limits;
};

struct GlobalType {
  ValueType type = ValueType::I32;
  bool is_mutable = false;
};

// A constant expression, in postfix order (extended-const adds arithmetic).
struct ConstantInstruction {
  enum class Kind : uint8_t {
    Const,
    GlobalGet,
    RefNull,
    RefFunc,
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
  };
  Kind kind;
  ValueType type = ValueType::I32;
  uint32_t index = 0;         // GlobalGet, RefFunc
  uint64_t bits[2] = {0, 0};  // Const
};
using ConstantExpression = std::vector<ConstantInstruction>;

struct Tag {
  uint32_t type_index = 0;  // its parameters are what an exception carries; it has no results
};

struct Global {
  GlobalType type;
  ConstantExpression initializer;  // empty for imports
};

enum class SegmentMode : uint8_t { Active, Passive, Declared };

struct ElementSegment {
  SegmentMode mode;
  uint32_t table = 0;
  ValueType type = ValueType::FuncRef;
  ConstantExpression offset;
  std::vector<ConstantExpression> elements;
};

struct DataSegment {
  SegmentMode mode;
  ConstantExpression offset;
  std::vector<uint8_t> data;
};

struct Function {
  uint32_t type_index = 0;
  std::string name;  // from the name section, or an export, or empty
  // Of the body (local declarations and expression) in Module::bytes; 0 for imports.
  uint32_t body_offset = 0;
  uint32_t body_size = 0;
};

struct CustomSection {
  std::string name;
  std::span<const uint8_t> data;  // into Module::bytes
};

// Immutable after parse(); may be read from any thread.
struct Module {
  std::vector<uint8_t> bytes;
  std::vector<FunctionType> types;
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::vector<Function> functions;  // imports first, as in every index space
  std::vector<TableType> tables;
  std::vector<Limits> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::vector<CustomSection> custom_sections;
  std::optional<uint32_t> start;
  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  const FunctionType& type_of(uint32_t function) const {
    return types[functions[function].type_index];
  }
  const FunctionType& type_of_tag(uint32_t tag) const { return types[tags[tag].type_index]; }
  // A name fit for messages: the function's own, or "func[N]".
  std::string display_name(uint32_t function) const;
  // The function whose body contains this offset of `bytes`.
  std::optional<uint32_t> function_at(uint32_t offset) const;
  const Export* find_export(std::string_view name) const;
  // Whether it imports something from "lind", which is what makes it a program of the lind ABI
  // (docs/abi.md).
  bool has_lind_abi() const;
  // Whether a function is the import lind.prefetch, a hint that is compiled to an instruction.
  bool is_prefetch(uint32_t function) const;
};

// AlreadyDone skips validation of bytes that are known to be a valid module.
enum class Validation : uint8_t { Full, AlreadyDone };

// Reads and validates. InvalidArgument with a message that names the offset if the bytes are not a
// valid module within our implementation limits; Unimplemented for what we do not compile.
absl::StatusOr<std::shared_ptr<const Module>> parse(std::vector<uint8_t> bytes,
                                                    const Features& features = {},
                                                    Validation validation = Validation::Full);

}  // namespace linden::jit

#endif
