#include "runtime/lind_imports.h"

#include "microvisor/dispatch.h"
#include "microvisor/start_block.h"
#include "runtime/cage_program.h"
#include "runtime/context.h"
#include "runtime/host_function.h"

namespace linden::runtime {
namespace {

int64_t syscall(GuestTask& task, uint32_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                uint64_t a4, uint64_t a5, uint64_t a6) {
  const uint64_t arguments[6] = {a1, a2, a3, a4, a5, a6};
  const int64_t result = microvisor::dispatch(task.thread, static_cast<int>(number), arguments);
  // Nothing is held here that unwinding would drop.
  if (task.thread.must_end()) raise_trap(TrapCode::Exit);
  return result;
}

// Copies the block to `block` if it fits into `size` bytes; its size, or 0 if it cannot be made.
uint32_t start_block(GuestTask& task, uint32_t block, uint32_t size) {
  return microvisor::write_start_block(task.thread.cage(), {block}, size);
}

}  // namespace

std::optional<Extern> find_lind_import(Store& store, const jit::Import& import) {
  if (import.module != "lind") return std::nullopt;
  if (import.name == "syscall") return bind_host_function<syscall>(store);
  if (import.name == "start-block") return bind_host_function<start_block>(store);
  return std::nullopt;
}

}  // namespace linden::runtime
