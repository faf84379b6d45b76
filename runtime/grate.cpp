#include "runtime/grate.h"

#include <linux/membarrier.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>

#include "runtime/context.h"
#include "runtime/invoke.h"

namespace linden::runtime {

namespace {

constexpr size_t kMaximumParameters = 16;
constexpr size_t kDispatcherParameters = 14;
constexpr uint32_t kGuardSize = 4096;
// Of C's, with what libc keeps of a thread (glibc-port, wasm-grate-thread.c).
constexpr uint32_t kStackSize = 320 << 10;
// What old handlers are called by, if the grate exports it: with the handler's index before the
// arguments.
constexpr const char* kDispatcher = "pass_fptr_to_wt";
// (memory, size, thread id)
constexpr const char* kThreadEntry = "lind_grate_thread";

bool is_handler_type(const FunctionType& type) {
  return type.params.size() <= kMaximumParameters &&
         std::ranges::all_of(type.params, [](ValueType t) { return t == ValueType::I64; }) &&
         type.results.size() == 1 &&
         (type.results[0] == ValueType::I32 || type.results[0] == ValueType::I64);
}

FunctionReference* function_at(const Instance& instance, uint32_t index) {
  const Table* table = instance.function_table();
  if (table == nullptr || index >= table->size()) return nullptr;
  return reinterpret_cast<FunctionReference*>(table->get(index));
}

FunctionReference* find_function_export(const Instance& instance, const char* name,
                                        std::vector<ValueType> params,
                                        std::vector<ValueType> results) {
  std::optional<Extern> item = instance.find_export(name);
  if (!item || !std::holds_alternative<FunctionReference*>(*item)) return nullptr;
  auto* function = std::get<FunctionReference*>(*item);
  const FunctionType expected{std::move(params), std::move(results)};
  return *function->type == expected ? function : nullptr;
}

}  // namespace

Grate::Grate(CageProgram& program, std::unique_ptr<Instance> original)
    : program_(program),
      original_(std::move(original)),
      dispatcher_(find_function_export(
          *original_, kDispatcher, std::vector<ValueType>(kDispatcherParameters, ValueType::I64),
          {ValueType::I32})),
      has_barrier_(
          program.cage().host().membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0).ok()) {}

Grate::~Grate() = default;

bool Grate::is_handler(const Instance& instance, uint32_t function) {
  const FunctionReference* reference = function_at(instance, function);
  return function != 0 && reference != nullptr && is_handler_type(*reference->type);
}

std::shared_ptr<GrateThread> Grate::acquire(microvisor::Thread& first, const Stack& stack) {
  {
    std::lock_guard lock(mutex_);
    if (is_revoked_) return nullptr;
    if (!idle_.empty()) {
      std::shared_ptr<GrateThread> thread = std::move(idle_.back());
      idle_.pop_back();
      thread->thread->attach(first);
      return thread;
    }
  }
  return make_thread(first, stack);
}

std::shared_ptr<GrateThread> Grate::make_thread(microvisor::Thread& first, const Stack& stack) {
  auto visitor = program_.cage().create_visitor();
  if (!visitor.ok()) return nullptr;
  auto made = std::make_shared<GrateThread>();
  made->thread = visitor.take();
  {
    std::lock_guard lock(mutex_);
    if (is_revoked_) return nullptr;
    made->thread->attach(first);
    made->instance = original_->replicate();
    made->task.emplace(*made->thread, program_, *made->instance);
    made->is_busy = true;
    made->depth = 1;
    all_.push_back(made);
  }
  const bool is_ready = prepare(*made, stack);
  leave(*made);
  if (is_ready) return made;
  std::lock_guard lock(mutex_);
  if (is_revoked_) return nullptr;
  std::erase(all_, made);
  dismantle(*made);
  return nullptr;
}

// Gives the thread a stack and libc's record of a thread, which the program itself sets up.
bool Grate::prepare(GrateThread& thread, const Stack& stack) {
  FunctionReference* begin = find_function_export(*thread.instance, kThreadEntry,
                                                  std::vector<ValueType>(3, ValueType::I32), {});
  // A program without libc may do without.
  if (begin == nullptr) return true;
  microvisor::AddressSpace* space = program_.cage().address_space();
  auto memory = space->map(0, kStackSize + kGuardSize, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (!memory.ok()) return false;
  if (space->protect(*memory, kGuardSize, PROT_NONE).ok()) {
    const HandlerEntry entry{
        begin->code,
        {*memory + kGuardSize, kStackSize, static_cast<uint32_t>(thread.thread->id())},
        stack ? stack->top : nullptr};
    jit::Context& context = current_context();
    jit::InstanceData* const caller = context.instance;
    const uintptr_t limit = context.stack_limit;
    HandlerResult result;
    {
      microvisor::VisitScope visit(*thread.thread);
      if (stack) context.stack_limit = stack->limit;
      switch_instance(thread.instance->data());
      context.callee = begin;
      result = linden_enter_handler(&entry);
      switch_instance(caller);
      context.stack_limit = limit;
    }
    if (!result.has_trapped) return true;
    const void* top = entry.stack_top;
    GuestThread::current().forget_frames(top != nullptr ? top : __builtin_frame_address(0));
    (void)GuestThread::current().take_trap();
  }
  (void)space->unmap(*memory, kStackSize + kGuardSize);
  return false;
}

void Grate::release(std::shared_ptr<GrateThread> thread) {
  std::lock_guard lock(mutex_);
  if (is_revoked_ || thread->thread == nullptr) return;
  if (thread->thread->must_end()) {
    std::erase(all_, thread);
    dismantle(*thread);
    return;
  }
  thread->thread->detach();
  idle_.push_back(std::move(thread));
}

void Grate::note_left() {
  std::lock_guard lock(mutex_);
  left_.notify_all();
}

const GrateThread::Function* Grate::look_up_function(GrateThread& thread, uint32_t index) const {
  if (dispatcher_ == nullptr && !is_handler(*thread.instance, index)) return nullptr;
  FunctionReference* reference =
      dispatcher_ != nullptr ? dispatcher_ : function_at(*thread.instance, index);
  GrateThread::Function& known = thread.functions[index % std::size(thread.functions)];
  known = {index, reference->type->results[0] == ValueType::I32, reference};
  return &known;
}

int64_t Grate::note_trap() {
  Trap trap = GuestThread::current().take_trap();
  // Whoever ends by itself has said so; a fault ends the whole grate.
  if (trap.code != TrapCode::Exit) program_.note_trap(std::move(trap));
  return -ESRCH;
}

void Grate::dismantle(GrateThread& thread) {
  if (thread.thread) thread.thread->detach();
  thread.task.reset();
  thread.instance.reset();
  thread.thread.reset();
}

void Grate::revoke() {
  std::unique_lock lock(mutex_);
  is_revoked_ = true;
  for (auto& thread : all_) thread->is_revoked = true;
  (void)program_.cage().host().membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
  for (auto& thread : all_) {
    if (!thread->is_busy.load()) dismantle(*thread);
  }
  // A thread on its way from host code into guest code misses a call; it is called again. One that
  // leaves may not see that somebody waits.
  std::chrono::milliseconds patience(1);
  auto call_back = [&](GrateThread& thread) {
    thread.thread->request_attention(microvisor::Thread::kEnd);
    thread.thread->interrupt();
  };
  for (auto& thread : all_) {
    if (thread->thread == nullptr) continue;
    auto is_idle = [&] { return !thread->is_busy.load(); };
    call_back(*thread);
    while (!left_.wait_for(lock, patience, is_idle)) {
      call_back(*thread);
      patience = std::min(2 * patience, std::chrono::milliseconds(100));
    }
    dismantle(*thread);
  }
  all_.clear();
  idle_.clear();
  original_.reset();
}

}  // namespace linden::runtime
