#include "runtime/cage_program.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/context.h"
#include "runtime/grate_calls.h"
#include "runtime/guest_thread.h"
#include "runtime/host_threads.h"
#include "runtime/interposition.h"
#include "runtime/lind_imports.h"
#include "runtime/syscall_frame.h"

namespace linden::runtime {
namespace {

// Null pointers, with an offset of a large structure, fault.
constexpr uint64_t kNullZone = 64 << 10;

// An exported constant, as wasm-ld's __heap_base is.
std::optional<uint32_t> exported_constant(const Instance& instance, const char* name) {
  std::optional<Extern> item = instance.find_export(name);
  if (!item || !std::holds_alternative<Global*>(*item)) return std::nullopt;
  const Global* global = std::get<Global*>(*item);
  if (global->type.type != ValueType::I32 || global->type.is_mutable) return std::nullopt;
  return static_cast<uint32_t>(global->cell.low);
}

// The frames of a task, from the system call that it is in. On its own host thread, on which grates
// may have been called since.
std::span<const std::byte> frames_of(const GuestTask& task) {
  const uintptr_t base =
      &task == current_user_data() ? current_context().host_stack_pointer : task.base;
  const auto* begin = reinterpret_cast<const std::byte*>(task.frame);
  if (task.stack_top != nullptr) return {begin, task.stack_top};
  // The first guest thread was entered from the host's own stack.
  const GuestThread& thread = GuestThread::current();
  const auto* end =
      thread.is_on_stack(base) ? reinterpret_cast<const std::byte*>(base) : thread.stack_top();
  return {begin, end};
}

// Null for a thread that only makes a call for another cage.
GuestTask* task_of(const microvisor::Thread& thread) {
  return static_cast<GuestTask*>(thread.runner);
}

// Code without isolation works with one memory of the process, and no copy of it.
bool has_fixed_memory(const Instance& instance) {
  return instance.compiled().sfi() == jit::Sfi::None;
}

#ifndef NDEBUG
// jit/frame_check.h proves that there are none. What host functions leave behind, entry_x86_64.S
// clears in such builds: guest frames have parts that are never written.
void require_no_stack_address(std::span<const std::byte> frames) {
  const GuestThread& thread = GuestThread::current();
  for (size_t i = 0; i + 8 <= frames.size(); i += 8) {
    uintptr_t word;
    std::memcpy(&word, frames.data() + i, sizeof word);
    if (!thread.is_on_stack(word)) continue;
    std::fprintf(stderr, "linden: fork: a frame holds the stack address %#zx\n", size_t{word});
    std::abort();
  }
}
#endif

}  // namespace

// Opened once. The wait is none of the microvisor's interruptible ones: signals wait until it is
// over, and only the end of the thread ends it. Whoever wants that calls the thread back again and
// again (Cage::wait_for_threads), so none of its calls needs to come at the right time.
class CageProgram::Release {
 public:
  void open() {
    opened_ = 1;
    ::syscall(SYS_futex, &opened_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
  void wait(microvisor::Thread& thread) {
    while (opened_.load() == 0 && !thread.must_end() && !microvisor::current_thread()->must_end()) {
      if (thread.attention().load() & microvisor::Thread::kLook) thread.cage().acknowledge();
      ::syscall(SYS_futex, &opened_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
    }
  }

 private:
  std::atomic<uint32_t> opened_ = 0;
};

GuestTask::GuestTask(microvisor::Thread& thread, CageProgram& program, Instance& instance)
    : thread(thread), program(program), instance(instance), member(program.member()) {
  thread.runner = this;
  instance.user_data = this;
}

absl::StatusOr<std::unique_ptr<CageProgram>> CageProgram::create(
    std::shared_ptr<const CompiledModule> module, microvisor::Cage& cage,
    ProgramSettings settings) {
  settings.prototypes = std::make_shared<ProgramPrototypes>();
  settings.interposition = std::make_shared<Interposition>();
  settings.memories = MemoryPool::create(cage.host(), settings.memory_limit.value_or(UINT64_MAX));
  std::unique_ptr<CageProgram> program(
      new CageProgram(cage, std::make_shared<const ProgramSettings>(std::move(settings))));
  program->member_ = program->interposition().add(*program, nullptr);
  cage.set_thread_starter(program.get());
  if (absl::Status status = program->link(std::move(module)); !status.ok()) return status;
  return program;
}

absl::Status CageProgram::link(std::shared_ptr<const CompiledModule> module) {
  // The module's start function is a guest already: it makes system calls, and can be called back.
  microvisor::ThreadBinding binding(cage_.main_thread());
  store_ = std::make_shared<Store>();
  absl::Status prepared;
  auto linked = store_->instantiate(
      std::move(module),
      [this](const jit::Import& import) { return find_lind_import(*store_, import); },
      [&](Instance& instance) {
        instance_ = &instance;
        main_task_.emplace(cage_.main_thread(), *this, instance);
        prepared = prepare_memory(instance);
      });
  if (!linked.ok()) return linked.status();
  if (!prepared.ok()) return prepared;
  if (linked->trap) {
    return absl::FailedPreconditionError(
        absl::StrCat("its memory cannot be initialised: ", linked->trap->message()));
  }
  return find_entry("_start", 0).status();
}

void CageProgram::copy_prototype(const ProgramPrototype& prototype,
                                 std::shared_ptr<MemoryImage> image) {
  store_ = prototype.store;
  set_image(std::move(image));
  replicate_main_instance(*prototype.instance);
}

// Only if the start function was told nothing that the next time would be different.
void CageProgram::keep_prototype() {
  if (image_ == nullptr || main_task_->has_called) return;
  auto image = settings_->memories->copy(image_->address_space);
  if (!image.ok()) return;
  std::unique_ptr<Instance> instance = instance_->replicate(image.value()->memory.get());
  settings_->prototypes->add(std::make_shared<const ProgramPrototype>(
      ProgramPrototype{store_, image.take(), std::move(instance)}));
}

void CageProgram::replicate_main_instance(Instance& original) {
  own_instance_ = original.replicate(image_->memory.get());
  instance_ = own_instance_.get();
  main_task_.emplace(cage_.main_thread(), *this, *instance_);
}

CageProgram::~CageProgram() {
  if (member_) interposition().end(*this);
  cage_.set_thread_starter(nullptr);
  cage_.set_address_space(nullptr);
  cage_.set_memory({});
}

absl::Status CageProgram::prepare_memory(Instance& instance) {
  Memory* memory = instance.memory();
  if (memory == nullptr) return absl::OkStatus();
  const uint64_t initial_size = memory->size().load();
  if (absl::Status status = memory->become_address_space(kNullZone); !status.ok()) return status;
  std::shared_ptr<MemoryImage> image = settings_->memories->adopt(store_->release(memory));
  if (initial_size > kNullZone &&
      !image->address_space.add_initial(kNullZone, initial_size, PROT_READ | PROT_WRITE).ok()) {
    return absl::ResourceExhaustedError("its data do not fit into the memory that it may use");
  }
  if (std::optional<uint32_t> heap = exported_constant(instance, "__heap_base")) {
    image->address_space.set_break(*heap);
  }
  set_image(std::move(image));
  return absl::OkStatus();
}

void CageProgram::release_image() {
  std::shared_ptr<MemoryImage> released;
  std::lock_guard lock(image_mutex_);
  // Its memory goes after the lock.
  released = std::move(image_);
}

void CageProgram::set_image(std::shared_ptr<MemoryImage> image, bool is_borrowed) {
  {
    std::lock_guard lock(image_mutex_);
    image_ = std::move(image);
  }
  cage_.set_memory(microvisor::GuestMemory(image_->memory->base(), &image_->memory->size()),
                   is_borrowed);
  cage_.set_address_space(&image_->address_space);
}

absl::StatusOr<FunctionReference*> CageProgram::find_entry(const char* name,
                                                           size_t parameters) const {
  std::optional<Extern> item = instance_->find_export(name);
  if (!item || !std::holds_alternative<FunctionReference*>(*item)) {
    return absl::FailedPreconditionError(absl::StrCat("it exports no function ", name));
  }
  FunctionReference* function = std::get<FunctionReference*>(*item);
  const FunctionType expected{std::vector<ValueType>(parameters, ValueType::I32), {}};
  if (*function->type != expected) {
    return absl::FailedPreconditionError(absl::StrCat("its export ", name, " is ",
                                                      jit::to_string(*function->type),
                                                      " and should be ", jit::to_string(expected)));
  }
  return function;
}

CageProgram::Outcome CageProgram::run() {
  // link() has looked.
  FunctionReference* start = *find_entry("_start", 0);
  run_thread(cage_.main_thread(), [&] { return instance_->call(start, {}, {}); });
  return finish();
}

CageProgram::Outcome CageProgram::finish() {
  while (true) {
    cage_.wait_for_threads();
    if (cage_.exit_status() || !cage_.is_executing()) break;
    interposition().begin_program(*this);
    if (!begin_next_program().ok()) {
      // There is no program left that could be told.
      cage_.exit(microvisor::ExitStatus::killed(SIGKILL));
      break;
    }
    FunctionReference* start = *find_entry("_start", 0);
    run_thread(cage_.main_thread(), [&] { return instance_->call(start, {}, {}); });
  }
  const microvisor::ExitStatus status = ended_as(cage_.main_thread());
  if (status.signal() != 0) interposition().note_harsh_exit(*main_task_, status);
  interposition().end(*this);
  if (observer() != nullptr) observer()->ended(cage_.id(), status);
  std::lock_guard lock(trap_mutex_);
  return {status, std::move(trap_)};
}

microvisor::ExitStatus CageProgram::ended_as(const microvisor::Thread& thread) const {
  return cage_.exit_status().value_or(microvisor::ExitStatus::exited(thread.exit_code()));
}

absl::Status CageProgram::begin_next_program() {
  cage_.set_address_space(nullptr);
  cage_.set_memory({});
  release_image();
  watch_idle_memories(cage_.host());
  own_instance_.reset();
  store_.reset();
  if (release_) std::exchange(release_, nullptr)->open();
  cage_.finish_exec();
  std::shared_ptr<const CompiledModule> module = std::exchange(next_module_, nullptr);
  if (auto prototype = std::exchange(next_prototype_, nullptr)) {
    copy_prototype(*prototype, std::exchange(next_image_, nullptr));
    return absl::OkStatus();
  }
  if (absl::Status status = link(std::move(module)); !status.ok()) return status;
  keep_prototype();
  return absl::OkStatus();
}

microvisor::Result<microvisor::ProgramFile> CageProgram::open_program(microvisor::Thread& caller,
                                                                      int directory,
                                                                      const std::string& path,
                                                                      int flags) {
  GuestTask* const task = task_of(caller);
  if (task == nullptr || task->reader == nullptr) return microvisor::ProgramFile{};
  return interposition().open_program(*task, directory, path, flags);
}

microvisor::Result<void> CageProgram::execute(microvisor::Thread& caller,
                                              microvisor::OpenFile& file,
                                              microvisor::ProgramArguments arguments) {
  if (settings_->loader == nullptr || has_fixed_memory(*instance_)) {
    return microvisor::Error{ENOSYS};
  }
  std::shared_ptr<const CompiledModule> module = TRY(settings_->loader->load(file));
  if (!module->module().has_lind_abi()) return microvisor::Error{ENOEXEC};
  // While there is a program that can be told that memory is short.
  auto prototype = settings_->prototypes->find(*module);
  std::shared_ptr<MemoryImage> image;
  if (prototype) image = TRY(settings_->memories->copy(prototype->image->address_space));
  TRY(cage_.begin_exec(caller, std::move(arguments)));
  next_module_ = std::move(module);
  next_prototype_ = std::move(prototype);
  next_image_ = std::move(image);
  return {};
}

template <typename Enter>
void CageProgram::run_thread(microvisor::Thread& thread, Enter enter) {
#ifndef NDEBUG
  // Host functions of the last program here have left addresses on it; see
  // require_no_stack_address.
  GuestThread::current().clear_stack();
#endif
  {
    microvisor::ThreadBinding binding(thread);
    GrateCalls calls(thread);
    // A start function that returns has ended the program, as main's return does.
    std::optional<Trap> trap = enter();
    if (!trap) {
      thread.end(0);
    } else if (trap->code != TrapCode::Exit) {
      note_trap(*std::move(trap));
    }
  }
  thread.run_exit_actions();
}

const void* CageProgram::signal_entry() {
  absl::StatusOr<FunctionReference*> entry = find_entry("lind_signal_entry", 3);
  if (entry.ok()) return (*entry)->code;
  // A program that asks for handlers and has no entry for them.
  Trap trap;
  trap.code = TrapCode::HostError;
  trap.detail = std::string(entry.status().message());
  note_trap(std::move(trap));
  return nullptr;
}

void CageProgram::note_trap(Trap trap) {
  const int signal = trap.exit_code() - 128;
  {
    std::lock_guard lock(trap_mutex_);
    if (!trap_ && !cage_.exit_status()) trap_ = std::move(trap);
  }
  cage_.exit(microvisor::ExitStatus::killed(signal));
}

microvisor::Result<void> CageProgram::start(microvisor::Thread& caller,
                                            std::unique_ptr<microvisor::Thread> thread,
                                            uint32_t start_block) {
  if (task_of(caller) == nullptr) return microvisor::Error{EPERM};
  absl::StatusOr<FunctionReference*> entry = find_entry("lind_thread_start", 1);
  if (!entry.ok()) return microvisor::Error{ENOSYS};
  absl::Status started =
      run_on_host_thread(cage_.host(), [this, thread = std::move(thread),
                                        instance = task_of(caller)->instance.replicate(),
                                        entry = *entry, start_block]() mutable {
        GuestTask task(*thread, *this, *instance);
        const Value argument = Value::i32(start_block);
        run_thread(*thread, [&] { return instance->call(entry, {&argument, 1}, {}); });
        if (observer() != nullptr) observer()->ended(thread->id(), ended_as(*thread));
        instance.reset();
        // Last: when the thread is gone, so may be the program.
        thread.reset();
      });
  if (!started.ok()) return microvisor::Error{EAGAIN};
  return {};
}

microvisor::Result<void> CageProgram::fork(microvisor::Thread& caller,
                                           std::unique_ptr<microvisor::Cage> child_cage,
                                           const microvisor::ForkRequest& request) {
  // There are no frames that the child could go on with.
  GuestTask* const task = task_of(caller);
  if (task == nullptr) return microvisor::Error{EPERM};
  if (has_fixed_memory(task->instance) && !request.borrows_memory) {
    return microvisor::Error{ENOSYS};
  }
  // A module without memory; no C program is.
  if (image_ == nullptr) return microvisor::Error{ENOMEM};
  std::unique_ptr<CageProgram> child = TRY(make_child(*task, std::move(child_cage), request));
  std::shared_ptr<Release> release;
  if (request.waits) release = child->release_ = std::make_shared<Release>();
  const std::span<const std::byte> frames = frames_of(*task);
#ifndef NDEBUG
  require_no_stack_address(frames);
#endif
  absl::Status started = run_on_host_thread(
      cage_.host(),
      [child = std::move(child), frames = std::vector(frames.begin(), frames.end())]() mutable {
        run_child(std::move(child), std::move(frames));
      });
  if (!started.ok()) return microvisor::Error{EAGAIN};
  if (release) release->wait(caller);
  return {};
}

microvisor::Result<std::unique_ptr<CageProgram>> CageProgram::make_child(
    GuestTask& caller, std::unique_ptr<microvisor::Cage> cage,
    const microvisor::ForkRequest& request) {
  std::unique_ptr<CageProgram> child(new CageProgram(*cage, settings_));
  child->owned_cage_ = std::move(cage);
  child->store_ = store_;
  child->member_ = interposition().add(*child, &member());
  if (child->member_ == nullptr) return microvisor::Error{ENOMEM};
  if (request.borrows_memory) {
    child->set_image(image_, /*is_borrowed=*/true);
  } else {
    child->set_image(TRY(settings_->memories->copy(image_->address_space)));
  }
  // A child that does not find its id there has a bad pointer, and fork has not failed for that.
  if (!request.set_tid.is_null()) {
    (void)child->cage_.memory().write(request.set_tid, child->cage_.id());
  }
  if (int error = interposition().interpose_child(caller, *child); error != 0) {
    return microvisor::Error{error};
  }
  child->replicate_main_instance(caller.instance);
  child->cage_.set_thread_starter(child.get());
  return child;
}

void CageProgram::run_child(std::unique_ptr<CageProgram> child, std::vector<std::byte> frames) {
  microvisor::Cage& cage = child->cage_;
  child->run_thread(cage.main_thread(), [&] { return child->instance_->resume(frames); });
  Outcome outcome = child->finish();
  if (outcome.trap && child->settings_->on_child_trap) {
    child->settings_->on_child_trap(cage.id(), *outcome.trap);
  }
  // The parent hears of it when everything is gone that the process had.
  const std::shared_ptr<microvisor::Processes> processes = cage.shared_processes();
  const std::shared_ptr<Release> release = child->release_;
  const int id = cage.id();
  rusage usage = cage.usage();
  microvisor::add_usage(usage, cage.usage_of_children());
  processes->leave(id);
  std::unique_ptr<microvisor::Cage> last = std::move(child->owned_cage_);
  child.reset();
  last.reset();
  if (release) release->open();
  processes->end(id, outcome.status, usage);
}

}  // namespace linden::runtime
