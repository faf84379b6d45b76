#include "runtime/cage_program.h"

#include <sys/mman.h>

#include "absl/strings/str_cat.h"
#include "runtime/context.h"
#include "runtime/host_threads.h"
#include "runtime/lind_imports.h"

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

}  // namespace

absl::StatusOr<std::unique_ptr<CageProgram>> CageProgram::create(
    std::shared_ptr<const CompiledModule> module, microvisor::Cage& cage,
    std::optional<uint64_t> memory_limit) {
  std::unique_ptr<CageProgram> program(new CageProgram(cage));
  absl::Status prepared;
  auto linked = program->store_.instantiate(
      std::move(module),
      [&](const jit::Import& import) { return find_lind_import(program->store_, import); },
      [&](Instance& instance) {
        program->instance_ = &instance;
        program->main_task_.emplace(GuestTask{cage.main_thread(), *program, instance, {}});
        instance.user_data = &*program->main_task_;
        prepared = program->prepare_memory(instance, memory_limit);
      });
  if (!linked.ok()) return linked.status();
  if (!prepared.ok()) return prepared;
  if (linked->trap) {
    return absl::FailedPreconditionError(
        absl::StrCat("its memory cannot be initialised: ", linked->trap->message()));
  }
  if (auto entry = program->find_entry("_start", 0); !entry.ok()) return entry.status();
  cage.set_thread_starter(program.get());
  return program;
}

CageProgram::~CageProgram() {
  cage_.set_thread_starter(nullptr);
  cage_.set_address_space(nullptr);
  cage_.set_memory({});
}

absl::Status CageProgram::prepare_memory(Instance& instance, std::optional<uint64_t> memory_limit) {
  Memory* memory = instance.memory();
  if (memory == nullptr) return absl::OkStatus();
  const uint64_t initial_size = memory->size().load();
  if (absl::Status status = memory->become_address_space(kNullZone); !status.ok()) return status;
  address_space_ = std::make_unique<microvisor::AddressSpace>(cage_.host(), memory->base(),
                                                              memory_limit.value_or(UINT64_MAX));
  if (initial_size > kNullZone &&
      !address_space_->add_initial(kNullZone, initial_size, PROT_READ | PROT_WRITE).ok()) {
    return absl::ResourceExhaustedError("its data do not fit into the memory that it may use");
  }
  if (std::optional<uint32_t> heap = exported_constant(instance, "__heap_base")) {
    address_space_->set_break(*heap);
  }
  cage_.set_memory(microvisor::GuestMemory(memory->base(), &memory->size()));
  cage_.set_address_space(address_space_.get());
  return absl::OkStatus();
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
  // create() has looked.
  FunctionReference* start = *find_entry("_start", 0);
  run_thread(cage_.main_thread(), *instance_, start, {});
  cage_.wait_for_threads();
  std::lock_guard lock(trap_mutex_);
  return {cage_.exit_status().value_or(cage_.main_thread().exit_code()), std::move(trap_)};
}

void CageProgram::run_thread(microvisor::Thread& thread, Instance& instance,
                             FunctionReference* entry, std::span<const Value> arguments) {
  {
    microvisor::ThreadBinding binding(thread);
    // A start function that returns has ended the program, as main's return does.
    std::optional<Trap> trap = instance.call(entry, arguments, {});
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
  const int exit_code = trap.exit_code();
  {
    std::lock_guard lock(trap_mutex_);
    if (!trap_ && !cage_.exit_status()) trap_ = std::move(trap);
  }
  cage_.exit(exit_code);
}

microvisor::Result<void> CageProgram::start(std::unique_ptr<microvisor::Thread> thread,
                                            uint32_t start_block) {
  absl::StatusOr<FunctionReference*> entry = find_entry("lind_thread_start", 1);
  if (!entry.ok()) return microvisor::Error{ENOSYS};
  // Of the instance that makes the call: it is the one whose globals are current here.
  auto* caller = static_cast<Instance*>(current_context().instance->owner);
  absl::Status started =
      run_on_host_thread([this, thread = std::move(thread), instance = caller->replicate(),
                          entry = *entry, start_block]() mutable {
        GuestTask task{*thread, *this, *instance, {}};
        instance->user_data = &task;
        const Value argument = Value::i32(start_block);
        run_thread(*thread, *instance, entry, {&argument, 1});
        instance.reset();
        // Last: when the thread is gone, so may be the program.
        thread.reset();
      });
  if (!started.ok()) return microvisor::Error{EAGAIN};
  return {};
}

}  // namespace linden::runtime
