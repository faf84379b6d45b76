// The contract between generated code, the assembly stubs and the runtime: every structure that
// generated code reads or writes, and how values are passed. Nothing here depends on LLVM or POSIX.
//
// Calls. Every wasm function, host function and stub uses one rule, so that a stub need not know a
// signature: the first six general-class parameters are in the System V integer registers, the
// first eight vector-class ones in xmm0-7, and all others, in order, in Context::overflow. Results:
// the first three general ones in rax, rdx, rcx, the first two vector ones in xmm0-1, the others,
// in order, in Context::overflow. Nothing is ever passed on the stack, hence every frame has a
// fixed size, tail calls need no stack adjustment, and a copied stack (fork) holds no argument
// addresses. The callee reads its overflow parameters before it does anything else; the caller
// reads overflow results at once.
//
// Context. One per host thread, at a constant distance from the thread pointer (%fs); generated
// code addresses it as %fs:constant. It is a thread's, not an instance's: crossing from one
// instance to another swaps `instance`, `memory_base` (and %gs) and the inline globals.
#ifndef LINDEN_JIT_ABI_H_
#define LINDEN_JIT_ABI_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "jit/types.h"

namespace linden::jit {

inline constexpr unsigned kIntegerArgumentRegisters = 6;
inline constexpr unsigned kVectorArgumentRegisters = 8;
inline constexpr unsigned kIntegerResultRegisters = 3;
inline constexpr unsigned kVectorResultRegisters = 2;
// Parameters and results of one function: wasm engines agree on 1000 as the implementation limit.
inline constexpr unsigned kMaxParameters = 1000;
inline constexpr unsigned kMaxResults = 1000;
inline constexpr unsigned kInlineGlobals = 64;
// Of the sum of a 32-bit index and a 32-bit offset: every effective address is below 2^33.
inline constexpr uint64_t kMemoryMask = (uint64_t{1} << 33) - 1;
// An i32 address plus a 32-bit offset plus the widest access stay within so many bytes from the
// base of linear memory, of which the runtime reserves all: they are the guest's or fault.
inline constexpr uint64_t kMemoryReservation = (uint64_t{8} << 30) + 65536;
// No frame may be larger than this: the guard below a stack is wider.
inline constexpr uint64_t kMaxFrameSize = 1u << 20;
// Of the values that an exception carries: 8 bytes each, 16 for v128. A fixed bound, because a
// catch_all that rethrows keeps all of them, whatever the tag, in registers or its frame.
inline constexpr unsigned kMaxExceptionWords = 8;

// Why a guest was stopped. The numbers are part of generated code (the immediate of the trap
// instruction), hence of cached images.
enum class TrapCode : uint8_t {
  None = 0,
  Unreachable = 1,
  IntegerDivideByZero = 2,
  IntegerOverflow = 3,
  InvalidConversion = 4,
  MemoryOutOfBounds = 5,
  TableOutOfBounds = 6,
  IndirectCallToNull = 7,
  IndirectCallTypeMismatch = 8,
  UndefinedElement = 9,  // call_indirect beyond the end of the table
  UnalignedAtomic = 10,
  StackOverflow = 11,
  ExpectedSharedMemory = 12,
  Exit = 13,       // the guest asked to end (proc_exit): not an error
  HostError = 14,  // a host function refused to go on
  UncaughtException = 15,
};

// The wording of the specification tests.
constexpr const char* to_string(TrapCode code) {
  switch (code) {
    case TrapCode::None:
      return "no trap";
    case TrapCode::Unreachable:
      return "unreachable";
    case TrapCode::IntegerDivideByZero:
      return "integer divide by zero";
    case TrapCode::IntegerOverflow:
      return "integer overflow";
    case TrapCode::InvalidConversion:
      return "invalid conversion to integer";
    case TrapCode::MemoryOutOfBounds:
      return "out of bounds memory access";
    case TrapCode::TableOutOfBounds:
      return "out of bounds table access";
    case TrapCode::IndirectCallToNull:
      return "uninitialized element";
    case TrapCode::IndirectCallTypeMismatch:
      return "indirect call type mismatch";
    case TrapCode::UndefinedElement:
      return "undefined element";
    case TrapCode::UnalignedAtomic:
      return "unaligned atomic";
    case TrapCode::StackOverflow:
      return "call stack exhausted";
    case TrapCode::ExpectedSharedMemory:
      return "expected shared memory";
    case TrapCode::Exit:
      return "exit";
    case TrapCode::HostError:
      return "host function failed";
    case TrapCode::UncaughtException:
      return "uncaught exception";
  }
  return "unknown trap";
}

struct InstanceData;

// A function as a first-class value: what funcref points to. Immutable once its instance is
// complete; lives as long as that instance.
struct FunctionReference {
  const void* code;      // entry for callers in the same instance
  const void* any_code;  // entry for every caller; reads Context::callee
  InstanceData* instance;
  uint32_t type_id;
  uint32_t function_index;
  const void* host_function;  // for host functions: what the host stub calls
  const FunctionType* type;
};

// One slot of a mutable table. `code` is what a caller in the table's own instance may jump to
// after storing `reference` in Context::callee. A null slot has type_id 0, which no type has.
struct TableEntry {
  const void* code;
  uint64_t type_id;
  FunctionReference* reference;  // for externref tables: the reference's bits
  uint64_t padding;
};

// One slot of an immutable table: a constant of the module's own image. `type_id` holds within the
// module: 1 + the index of the first of its types that is equal; 0 for a null slot.
struct ConstantTableEntry {
  const void* code;
  uint64_t type_id;
};

struct TableData {
  TableEntry* entries;
  uint64_t size;
};

// What generated code sees of an instance. The arrays belong to the runtime's Instance.
struct InstanceData {
  FunctionReference** functions;             // by function index, imports first
  TableData** tables;                        // by table index
  void** globals;                            // by global index: cells of 16 bytes
  uint32_t* type_ids;                        // by type index; see type_id()
  const uint64_t* tags;                      // by tag index: identities; see Context::exception_tag
  const std::atomic<uint64_t>* memory_size;  // of memory 0, in bytes
  std::byte* memory_base;
  void* owner;  // the runtime's Instance
  uint64_t inline_global_count;
  alignas(16) unsigned char inline_globals[kInlineGlobals * 16];  // while not current
};

// Functions of the runtime that generated code calls through Context::helpers. Offsets, lengths and
// indices are the zero-extended wasm operands.
#define LINDEN_JIT_HELPERS(X)                                                        \
  X(MemoryGrow)        /* i32 (i32 delta_pages): old size or -1 */                   \
  X(MemoryCopy)        /* (i32 dst, i32 src, i32 n) */                               \
  X(MemoryFill)        /* (i32 dst, i32 value, i32 n) */                             \
  X(MemoryInit)        /* (i32 segment, i32 dst, i32 src, i32 n) */                  \
  X(DataDrop)          /* (i32 segment) */                                           \
  X(TableGet)          /* i64 (i32 table, i32 index) */                              \
  X(TableSet)          /* (i32 table, i32 index, i64 reference) */                   \
  X(TableGrow)         /* i32 (i32 table, i64 reference, i32 delta) */               \
  X(TableFill)         /* (i32 table, i32 index, i64 reference, i32 n) */            \
  X(TableCopy)         /* (i32 dst_table, i32 src_table, i32 dst, i32 src, i32 n) */ \
  X(TableInit)         /* (i32 table, i32 segment, i32 dst, i32 src, i32 n) */       \
  X(ElemDrop)          /* (i32 segment) */                                           \
  X(AtomicWait32)      /* i32 (i64 address, i32 expected, i64 timeout_ns) */         \
  X(AtomicWait64)      /* i32 (i64 address, i64 expected, i64 timeout_ns) */         \
  X(AtomicNotify)      /* i32 (i64 address, i32 count) */                            \
  X(RawCopy)           /* (i64 dst, i64 src, i64 n): memmove that LLVM asked for */  \
  X(RawFill)           /* (i64 dst, i64 value, i64 n): memset that LLVM asked for */ \
  X(Throw)             /* noreturn (): unwinds with the exception in the Context */  \
  X(AdaptCall)         /* called as Context::expected_type, calls Context::callee */ \
  X(AdaptConstantCall) /* the same, but calls Context::constant_callee */

enum class Helper : uint32_t {
#define LINDEN_ENUMERATOR(name) name,
  LINDEN_JIT_HELPERS(LINDEN_ENUMERATOR)
#undef LINDEN_ENUMERATOR
      Count
};

struct alignas(64) Context {
  InstanceData* instance;
  std::byte* memory_base;
  FunctionReference* callee;     // set by the caller of any `any_code`
  uintptr_t stack_limit;         // host code must not be entered below this stack pointer
  uintptr_t host_stack_pointer;  // where a trap unwinds to; 0 outside any guest
  // The stack pointer with which the guest last called out: the return address lies there.
  uintptr_t activation;
  // For the helpers that adapt an indirect call: the index of the type that the caller called, and
  // what it found in a constant table.
  uint64_t expected_type;
  const ConstantTableEntry* constant_callee;
  void (*helpers[static_cast<size_t>(Helper::Count)])();
  alignas(16) unsigned char inline_globals[kInlineGlobals * 16];
  alignas(16) unsigned char overflow[1000 * 16];
  // The exception that is being thrown, from the throw to the clause that takes it; meaningless
  // otherwise. A tag is known by a number that no other tag of the process has, not by an address:
  // frames keep it, and a forked guest finds the same numbers in its own instances.
  alignas(16) uint64_t exception_values[kMaxExceptionWords];  // one after the other
  uint64_t exception_tag;
  // Not 0 once the unwinder has brought it to a landing pad: thrown in another frame than this.
  uint64_t exception_unwound;
  // kMemoryMask, for the `mask` back-end. It lies here so that the compiler cannot know its value.
  uint64_t memory_mask;
};

// The identity of a function type, equal for equal types in every module. Types of up to eight
// values are encoded exactly, so generated code compares with a constant and no hash can collide;
// longer ones get numbers from the runtime's interner (kInternedTypeBit set), read from
// InstanceData::type_ids.
inline constexpr uint32_t kInternedTypeBit = 0x8000'0000u;
// 0 if the type is too long to be encoded.
uint32_t encode_type_id(const FunctionType& type);

// Words of Context::exception_values that a value takes.
constexpr unsigned exception_words(ValueType type) { return type == ValueType::V128 ? 2 : 1; }

}  // namespace linden::jit

#endif
