#include "runtime/wasi_imports.h"

#include <string_view>

#include "microvisor/wasi/process.h"
#include "runtime/context.h"
#include "runtime/host_function.h"

namespace linden::runtime {
namespace {

using microvisor::wasi::Errno;
using microvisor::wasi::Process;

// The two calls after which the guest may be at its end. They hold nothing that unwinding would
// drop.
void proc_exit(Process& process, uint32_t code) {
  microvisor::wasi::proc_exit(process, code);
  raise_trap(TrapCode::Exit);
}

Errno proc_raise(Process& process, uint32_t signal) {
  Errno result = microvisor::wasi::proc_raise(process, signal);
  if (process.exit_code().has_value()) raise_trap(TrapCode::Exit);
  return result;
}

struct Binding {
  std::string_view name;
  FunctionReference* (*bind)(Store& store);
};

constexpr Binding kEndingBindings[] = {
    {"proc_exit", bind_host_function<proc_exit>},
    {"proc_raise", bind_host_function<proc_raise>},
};
constexpr Binding kBindings[] = {
#define LINDEN_WASI(name) {#name, bind_host_function<microvisor::wasi::name>},
#include "microvisor/wasi/functions.def"
#undef LINDEN_WASI
};

}  // namespace

std::optional<Extern> find_wasi_import(Store& store, const jit::Import& import) {
  if (import.module != "wasi_snapshot_preview1") return std::nullopt;
  for (const Binding& binding : kEndingBindings) {
    if (binding.name == import.name) return binding.bind(store);
  }
  for (const Binding& binding : kBindings) {
    if (binding.name == import.name) return binding.bind(store);
  }
  return std::nullopt;
}

void attach_wasi_process(Instance& instance, Process& process) {
  instance.user_data = &process;
  if (Memory* memory = instance.memory()) {
    process.set_memory(microvisor::GuestMemory(memory->base(), &memory->size()));
  }
}

}  // namespace linden::runtime
