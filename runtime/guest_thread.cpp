#include "runtime/guest_thread.h"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>

#include "runtime/code_region.h"
#include "runtime/compiled_module.h"
#include "runtime/context.h"
#include "runtime/sanitizer.h"
#include "runtime/stack_walk.h"

namespace linden::runtime {

namespace {

std::atomic<size_t> configured_stack_size{GuestThread::kDefaultStackSize};
constexpr size_t kSignalStackSize = size_t{64} << 10;

std::byte* map(microvisor::Host* host, size_t size) {
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
  if (host != nullptr) {
    microvisor::Result<std::byte*> address = host->mmap(nullptr, size, kAccess, kFlags, -1, 0);
    return address.ok() ? *address : nullptr;
  }
  void* address = mmap(nullptr, size, kAccess, kFlags, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<std::byte*>(address);
}

bool forbid(microvisor::Host* host, std::byte* address, size_t size) {
  if (host != nullptr) return host->mprotect(address, size, PROT_NONE).ok();
  return mprotect(address, size, PROT_NONE) == 0;
}

}  // namespace

void GuestThread::set_stack_size(size_t bytes) {
  bytes = std::clamp(bytes, size_t{64} << 10, kMaximumStackSize);
  configured_stack_size.store((bytes + 4095) / 4096 * 4096);
}

GuestThread& GuestThread::current() {
  thread_local GuestThread thread;
  return thread;
}

bool GuestThread::Stack::map(microvisor::Host* host) {
  if (mapping == nullptr) {
    size = kGuardSize + kReserveSize + configured_stack_size.load();
    mapping = runtime::map(host, size);
  }
  if (mapping == nullptr || !forbid(host, mapping, kGuardSize)) return false;
  top = mapping + size;
  return true;
}

GuestThread::Stack::~Stack() {
  if (mapping != nullptr) munmap(mapping, size);
}

bool GuestThread::Stack::is_in_guard(uintptr_t address) const {
  return address - reinterpret_cast<uintptr_t>(mapping) < kGuardSize;
}

bool GuestThread::Stack::contains(uintptr_t address) const {
  return top != nullptr &&
         address - reinterpret_cast<uintptr_t>(mapping) - kGuardSize < size - kGuardSize;
}

std::optional<GuestThread::Bounds> GuestThread::visit_stack(microvisor::Host& host) {
  if (visit_.top == nullptr && !visit_.map(&host)) return std::nullopt;
  return Bounds{visit_.top, visit_.limit()};
}

absl::Status GuestThread::prepare(microvisor::Host* host) {
  if (main_.top != nullptr) return absl::OkStatus();
  install_fault_handlers();
  Stack& stack = main_;
  if (!stack.map(host)) return absl::ResourceExhaustedError("cannot allocate a guest stack");
  // Not ready before all of it is.
  std::byte* const top = std::exchange(stack.top, nullptr);
  stack_t current_signal_stack{};
  sigaltstack(nullptr, &current_signal_stack);
  if ((current_signal_stack.ss_flags & SS_DISABLE) != 0) {
    signal_stack_ = map(host, kSignalStackSize);
    if (signal_stack_ == nullptr) {
      return absl::ResourceExhaustedError("cannot allocate a signal stack");
    }
    stack_t signal_stack{};
    signal_stack.ss_sp = signal_stack_;
    signal_stack.ss_size = kSignalStackSize;
    sigaltstack(&signal_stack, nullptr);
  }
  stack.top = top;
  current_context().stack_limit = stack.limit();
  return absl::OkStatus();
}

GuestThread::~GuestThread() {
  if (signal_stack_ != nullptr) {
    stack_t disabled{};
    disabled.ss_flags = SS_DISABLE;
    sigaltstack(&disabled, nullptr);
    munmap(signal_stack_, kSignalStackSize);
  }
}

void GuestThread::release_unused_stack() {
  constexpr size_t kKept = size_t{64} << 10;
  madvise(stack_bottom(), static_cast<size_t>(main_.top - stack_bottom()) - kKept, MADV_DONTNEED);
  if (visit_.top == nullptr) return;
  std::byte* const bottom = visit_.mapping + kGuardSize;
  madvise(bottom, static_cast<size_t>(visit_.top - bottom) - kKept, MADV_DONTNEED);
}

void GuestThread::clear_stack() {
  for (const Stack* stack : {&main_, &visit_}) {
    if (stack->top == nullptr) continue;
    std::byte* const bottom = stack->mapping + kGuardSize;
    madvise(bottom, static_cast<size_t>(stack->top - bottom), MADV_DONTNEED);
  }
}

bool GuestThread::is_in_guard(uintptr_t address) const {
  return main_.is_in_guard(address) || (visit_.top != nullptr && visit_.is_in_guard(address));
}

void GuestThread::forget_frames(const void* top) const {
  const Stack& stack = visit_.contains(reinterpret_cast<uintptr_t>(top) - 1) ? visit_ : main_;
  forget_stack(stack.mapping + kGuardSize, top);
}

bool GuestThread::is_on_stack(uintptr_t address) const {
  return main_.contains(address) || visit_.contains(address);
}

void GuestThread::note_trap(jit::TrapCode code, uintptr_t pc, uintptr_t sp) {
  clear_backtrace();
  for (StackWalk walk(*this, pc, sp); walk.at_frame(); walk.next()) {
    if (trap_chain_length_ == kMaximumFrames) break;
    note_frame(walk.pc());
  }
  note_trap(code);
}

Trap GuestThread::take_trap() {
  Trap trap;
  trap.code = trap_code_;
  trap.detail = std::exchange(trap_detail_, {});
  // Whoever ends as it wanted to is not asked where it was.
  if (trap_code_ == jit::TrapCode::Exit) trap_chain_length_ = 0;
  for (size_t i = 0; i < trap_chain_length_; ++i) {
    const LoadedCode* code = find_code(trap_chain_[i]);
    if (code == nullptr) break;
    const jit::Module& module = code->module().module();
    const auto offset =
        static_cast<uint32_t>(trap_chain_[i] - reinterpret_cast<uintptr_t>(code->base()));
    const jit::ImageFunction* function = code->image().function_at(offset);
    const uint32_t compiled = function != nullptr ? function->function_index : jit::kNoFunction;
    auto add_frame = [&](uint32_t index, uint32_t wasm_offset) {
      if (index == jit::kNoFunction) return;  // an adapter
      trap.backtrace.push_back({index, module.display_name(index), wasm_offset});
    };
    const uint32_t wasm_offset = code->image().wasm_offset_at(offset).value_or(0);
    // The innermost inlined function, then the one that it ended up in; what lies between them is
    // not recorded.
    const uint32_t innermost = module.function_at(wasm_offset).value_or(compiled);
    add_frame(innermost, wasm_offset);
    if (innermost != compiled) add_frame(compiled, 0);
  }
  trap_code_ = jit::TrapCode::None;
  trap_chain_length_ = 0;
  return trap;
}

}  // namespace linden::runtime
