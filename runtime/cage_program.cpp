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
#include "runtime/guest_thread.h"
#include "runtime/host_threads.h"
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

// The frames of the calling thread, from the system call that it is in.
std::span<const std::byte> current_frames() {
  const uintptr_t begin = current_context().activation - sizeof(SyscallFrame);
  return {reinterpret_cast<const std::byte*>(begin), GuestThread::current().stack_top()};
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
  void wait(const microvisor::Thread& thread) {
    while (opened_.load() == 0 && !thread.must_end()) {
      ::syscall(SYS_futex, &opened_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
    }
  }

 private:
  std::atomic<uint32_t> opened_ = 0;
};

absl::StatusOr<std::unique_ptr<CageProgram>> CageProgram::create(
    std::shared_ptr<const CompiledModule> module, microvisor::Cage& cage,
    ProgramSettings settings) {
  settings.prototypes = std::make_shared<ProgramPrototypes>();
  settings.memories = MemoryPool::create(cage.host(), settings.memory_limit.value_or(UINT64_MAX));
  std::unique_ptr<CageProgram> program(
      new CageProgram(cage, std::make_shared<const ProgramSettings>(std::move(settings))));
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
        main_task_.emplace(GuestTask{cage_.main_thread(), *this, instance, {}});
        instance.user_data = &*main_task_;
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
  main_task_.emplace(GuestTask{cage_.main_thread(), *this, *instance_, {}});
  instance_->user_data = &*main_task_;
}

CageProgram::~CageProgram() {
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

void CageProgram::set_image(std::shared_ptr<MemoryImage> image, bool is_borrowed) {
  image_ = std::move(image);
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
    if (!begin_next_program().ok()) {
      // There is no program left that could be told.
      cage_.exit(microvisor::ExitStatus::killed(SIGKILL));
      break;
    }
    FunctionReference* start = *find_entry("_start", 0);
    run_thread(cage_.main_thread(), [&] { return instance_->call(start, {}, {}); });
  }
  std::lock_guard lock(trap_mutex_);
  return {
      cage_.exit_status().value_or(microvisor::ExitStatus::exited(cage_.main_thread().exit_code())),
      std::move(trap_)};
}

absl::Status CageProgram::begin_next_program() {
  cage_.set_address_space(nullptr);
  cage_.set_memory({});
  image_.reset();
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

microvisor::Result<void> CageProgram::execute(microvisor::Thread& caller,
                                              microvisor::OpenFile& file,
                                              microvisor::ProgramArguments arguments) {
  if (settings_->loader == nullptr) return microvisor::Error{ENOSYS};
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

// Ends the whole program, as a fatal signal does.
void CageProgram::note_trap(Trap trap) {
  const int signal = trap.exit_code() - 128;
  {
    std::lock_guard lock(trap_mutex_);
    if (!trap_ && !cage_.exit_status()) trap_ = std::move(trap);
  }
  cage_.exit(microvisor::ExitStatus::killed(signal));
}

microvisor::Result<void> CageProgram::start(std::unique_ptr<microvisor::Thread> thread,
                                            uint32_t start_block) {
  absl::StatusOr<FunctionReference*> entry = find_entry("lind_thread_start", 1);
  if (!entry.ok()) return microvisor::Error{ENOSYS};
  // Of the instance that makes the call: it is the one whose globals are current here.
  auto* caller = static_cast<Instance*>(current_context().instance->owner);
  absl::Status started = run_on_host_thread(
      cage_.host(), [this, thread = std::move(thread), instance = caller->replicate(),
                     entry = *entry, start_block]() mutable {
        GuestTask task{*thread, *this, *instance, {}};
        instance->user_data = &task;
        const Value argument = Value::i32(start_block);
        run_thread(*thread, [&] { return instance->call(entry, {&argument, 1}, {}); });
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
  // A module without memory; no C program is.
  if (image_ == nullptr) return microvisor::Error{ENOMEM};
  std::unique_ptr<CageProgram> child = TRY(make_child(std::move(child_cage), request));
  std::shared_ptr<Release> release;
  if (request.waits) release = child->release_ = std::make_shared<Release>();
  const std::span<const std::byte> frames = current_frames();
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
    std::unique_ptr<microvisor::Cage> cage, const microvisor::ForkRequest& request) {
  std::unique_ptr<CageProgram> child(new CageProgram(*cage, settings_));
  child->owned_cage_ = std::move(cage);
  child->store_ = store_;
  if (request.borrows_memory) {
    child->set_image(image_, /*is_borrowed=*/true);
  } else {
    child->set_image(TRY(settings_->memories->copy(image_->address_space)));
  }
  // A child that does not find its id there has a bad pointer, and fork has not failed for that.
  if (!request.set_tid.is_null()) {
    (void)child->cage_.memory().write(request.set_tid, child->cage_.id());
  }
  // Of the instance that makes the call: it is the one whose globals are current here.
  auto* caller = static_cast<Instance*>(current_context().instance->owner);
  child->replicate_main_instance(*caller);
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
