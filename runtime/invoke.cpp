#include "runtime/invoke.h"

#include <asm/prctl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "runtime/context.h"
#include "runtime/guest_thread.h"
#include "runtime/sanitizer.h"
#include "runtime/store.h"
#include "runtime/syscall_frame.h"

namespace linden::runtime {

const bool have_fsgsbase = (getauxval(AT_HWCAP2) & 2) != 0;

extern "C" int linden_enter(const void* code, EntryFrame* frame, void* stack_top);
extern "C" int linden_enter_copy(const SyscallFrame* copied, EntryFrame* frame);

namespace {

Value* overflow_slot(unsigned index) {
  return reinterpret_cast<Value*>(current_context().overflow) + index;
}

Value masked(ValueType type, Value value) {
  if (type == ValueType::I32 || type == ValueType::F32) value.low &= 0xffff'ffff;
  if (type != ValueType::V128) value.high = 0;
  return value;
}

// Visits each value's place: a general register, a vector register or an overflow slot.
template <typename Visit>
void for_each_place(const std::vector<ValueType>& types, unsigned integer_registers,
                    unsigned vector_registers, Visit visit) {
  unsigned integers = 0, vectors = 0, overflow = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    const bool is_vector = jit::is_vector_class(types[i]);
    unsigned& used = is_vector ? vectors : integers;
    const unsigned limit = is_vector ? vector_registers : integer_registers;
    if (used < limit) {
      visit(i, is_vector, false, used++);
    } else {
      visit(i, is_vector, true, overflow++);
    }
  }
}

void read_results(const FunctionType& type, const EntryFrame& frame, std::span<Value> results) {
  for_each_place(type.results, jit::kIntegerResultRegisters, jit::kVectorResultRegisters,
                 [&](size_t i, bool is_vector, bool is_overflow, unsigned index) {
                   const Value raw = is_overflow ? *overflow_slot(index)
                                     : is_vector ? frame.vector_results[index]
                                                 : Value{frame.integer_results[index], 0};
                   results[i] = masked(type.results[i], raw);
                 });
}

}  // namespace

void read_arguments(const FunctionType& type, const ArgumentRegisters& registers,
                    std::span<Value> arguments) {
  for_each_place(type.params, jit::kIntegerArgumentRegisters, jit::kVectorArgumentRegisters,
                 [&](size_t i, bool is_vector, bool is_overflow, unsigned index) {
                   const Value raw = is_overflow ? *overflow_slot(index)
                                     : is_vector ? registers.vectors[index]
                                                 : Value{registers.integers[index], 0};
                   arguments[i] = masked(type.params[i], raw);
                 });
}

void write_arguments(const FunctionType& type, std::span<const Value> arguments,
                     ArgumentRegisters& registers) {
  for_each_place(type.params, jit::kIntegerArgumentRegisters, jit::kVectorArgumentRegisters,
                 [&](size_t i, bool is_vector, bool is_overflow, unsigned index) {
                   if (is_overflow) {
                     *overflow_slot(index) = arguments[i];
                   } else if (is_vector) {
                     registers.vectors[index] = arguments[i];
                   } else {
                     registers.integers[index] = arguments[i].low;
                   }
                 });
}

void write_results(const FunctionType& type, const std::vector<Value>& results, EntryFrame& frame) {
  for_each_place(type.results, jit::kIntegerResultRegisters, jit::kVectorResultRegisters,
                 [&](size_t i, bool is_vector, bool is_overflow, unsigned index) {
                   if (is_overflow) {
                     *overflow_slot(index) = results[i];
                   } else if (is_vector) {
                     frame.vector_results[index] = results[i];
                   } else {
                     frame.integer_results[index] = results[i].low;
                   }
                 });
}

extern "C" void linden_switch_instance(jit::InstanceData* to) { switch_instance(to); }

void* current_user_data() {
  jit::InstanceData* instance = current_context().instance;
  return instance == nullptr ? nullptr : static_cast<Instance*>(instance->owner)->user_data;
}

namespace {

// What every way into a guest does. `instance`: what becomes current; null for host functions,
// which leave it as it is. enter(stack top or null, frame) returns whether the guest trapped.
template <typename Enter>
std::optional<Trap> enter(jit::InstanceData* instance, EntryFrame& frame, Enter enter) {
  jit::Context& context = current_context();
  GuestThread& thread = GuestThread::current();
  if (absl::Status status = thread.prepare(); !status.ok()) {
    Trap trap;
    trap.code = TrapCode::HostError;
    trap.detail = std::string(status.message());
    return trap;
  }
  jit::InstanceData* const caller = context.instance;
  const bool is_nested = context.host_stack_pointer != 0;
  if (instance != nullptr) linden_switch_instance(instance);
  const bool trapped = enter(is_nested ? nullptr : thread.stack_top(), frame) != 0;
  // A trap may have come from any instance that was called on the way; the switch saves its
  // globals.
  linden_switch_instance(caller);
  if (!trapped) return std::nullopt;
  // What lies below this frame, if it is on the guest's stack, or else all of that stack.
  thread.forget_frames(is_nested ? __builtin_frame_address(0) : thread.stack_top());
  return thread.take_trap();
}

std::optional<Trap> call_function(FunctionReference* function, jit::InstanceData* instance,
                                  std::span<const Value> arguments, std::span<Value> results) {
  EntryFrame frame{};
  auto call = [&](std::byte* stack_top, EntryFrame& frame) {
    current_context().callee = function;
    write_arguments(*function->type, arguments, frame.arguments);
    return linden_enter(function->code, &frame, stack_top);
  };
  std::optional<Trap> trap = enter(instance, frame, call);
  if (!trap) read_results(*function->type, frame, results);
  return trap;
}

}  // namespace

std::optional<Trap> invoke(FunctionReference* function, std::span<const Value> arguments,
                           std::span<Value> results) {
  return call_function(function, function->instance, arguments, results);
}

std::optional<Trap> Instance::call(FunctionReference* function, std::span<const Value> arguments,
                                   std::span<Value> results) {
  return call_function(function, &data_, arguments, results);
}

std::optional<Trap> Instance::resume(std::span<const std::byte> frames) {
  EntryFrame frame{};
  return runtime::enter(&data_, frame, [&](std::byte* stack_top, EntryFrame& frame) {
    std::byte* copy = stack_top - frames.size();
    std::memcpy(copy, frames.data(), frames.size());
    return linden_enter_copy(reinterpret_cast<const SyscallFrame*>(copy), &frame);
  });
}

}  // namespace linden::runtime
