// Calling into guests: registers to and from values, instance switches, and the activation itself.
#ifndef LINDEN_RUNTIME_INVOKE_H_
#define LINDEN_RUNTIME_INVOKE_H_

#include <span>
#include <vector>

#include "runtime/value.h"

namespace linden::runtime {

// The registers of a call, as entry_x86_64.S lays them out.
struct alignas(16) ArgumentRegisters {
  uint64_t integers[6];
  alignas(16) Value vectors[8];
};
struct alignas(16) EntryFrame {
  ArgumentRegisters arguments;
  uint64_t integer_results[3];
  alignas(16) Value vector_results[2];
};
static_assert(offsetof(ArgumentRegisters, vectors) == 48);
static_assert(offsetof(EntryFrame, integer_results) == 176);
static_assert(offsetof(EntryFrame, vector_results) == 208);

// Arguments as a callee finds them, results as a caller expects them; overflow ones in the Context.
// Both arrays have the length that the type says.
void read_arguments(const FunctionType& type, const ArgumentRegisters& registers,
                    std::span<Value> arguments);
void write_arguments(const FunctionType& type, std::span<const Value> arguments,
                     ArgumentRegisters& registers);
void write_results(const FunctionType& type, const std::vector<Value>& results, EntryFrame& frame);

// Of a handler of a grate (linden_enter_handler).
struct HandlerResult {
  uint64_t value;
  uint64_t has_trapped;
};

// Makes another instance (or none) current on this thread: %gs, memory base and inline globals.
extern "C" void linden_switch_instance(jit::InstanceData* instance);

}  // namespace linden::runtime

#endif
