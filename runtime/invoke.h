// Calling into guests: registers to and from values, instance switches, and the activation itself.
#ifndef LINDEN_RUNTIME_INVOKE_H_
#define LINDEN_RUNTIME_INVOKE_H_

#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <span>
#include <vector>

#include "runtime/context.h"
#include "runtime/guest_thread.h"
#include "runtime/store.h"
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

// A handler of a grate as linden_enter_handler runs it: its code, six words of its arguments, of
// which more are in the Context, and a stack of its own, or null.
struct HandlerEntry {
  const void* code;
  uint64_t words[6];
  std::byte* stack_top;
};
static_assert(offsetof(HandlerEntry, stack_top) == 56);
struct HandlerResult {
  uint64_t value;
  uint64_t has_trapped;  // GuestThread has the trap
};
extern "C" HandlerResult linden_enter_handler(const HandlerEntry* entry);

// wrgsbase costs some 15 ns, the system call ten times that; old kernels have only the call.
extern const bool have_fsgsbase;
inline void write_gs_base(const std::byte* base) {
  if (have_fsgsbase) {
    asm volatile("wrgsbase %0" : : "r"(base) : "memory");
  } else {
    syscall(SYS_arch_prctl, ARCH_SET_GS, base);
  }
}

// As linden_switch_instance.
[[gnu::always_inline]] inline void switch_instance(jit::InstanceData* to) {
  jit::Context& context = current_context();
  jit::InstanceData* from = context.instance;
  if (from == to) return;
  // Instances have few inline globals.
  auto copy_globals = [](unsigned char* to, const unsigned char* from, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) std::memcpy(to + 16 * i, from + 16 * i, 16);
  };
  if (from != nullptr) {
    copy_globals(from->inline_globals, context.inline_globals, from->inline_global_count);
  }
  context.instance = to;
  context.memory_base = nullptr;
  if (to != nullptr) {
    copy_globals(context.inline_globals, to->inline_globals, to->inline_global_count);
    context.memory_base = to->memory_base;
  }
  write_gs_base(context.memory_base);
}

// Makes another instance (or none) current on this thread: %gs, memory base and inline globals.
extern "C" void linden_switch_instance(jit::InstanceData* instance);

}  // namespace linden::runtime

#endif
