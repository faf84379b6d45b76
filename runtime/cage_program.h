// A cage whose program is a module of the lind ABI (docs/abi.md): connects the module's instances,
// one for each thread, with the microvisor's cage and threads, and starts what the program forks.
//
// Life: create() links the module and prepares its memory; run() runs it to its end on the calling
// host thread, while other threads of the program run on host threads of the pool. A forked program
// is made by its parent's fork(), runs on a host thread of the pool and ends by itself.
// Ownership: borrows the first program's cage, which outlives it; a forked program owns its own.
// Forked programs share the Store, for nothing in it changes once a program forks.
// Threads: create() and run() are for one host thread.
#ifndef LINDEN_RUNTIME_CAGE_PROGRAM_H_
#define LINDEN_RUNTIME_CAGE_PROGRAM_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "microvisor/cage.h"
#include "runtime/call_observer.h"
#include "runtime/memory_pool.h"
#include "runtime/program_loader.h"
#include "runtime/program_prototype.h"
#include "runtime/store.h"
#include "threei/registry.h"

namespace linden::runtime {

class Interposition;

// One thread of a program: what its system calls find in Instance::user_data.
struct GuestTask {
  // Becomes the thread's runner and the instance's user_data.
  GuestTask(microvisor::Thread& thread, class CageProgram& program, Instance& instance);
  GuestTask(const GuestTask&) = delete;

  microvisor::Thread& thread;
  class CageProgram& program;
  Instance& instance;
  const threei::Member& member;            // the program's
  microvisor::GuestSiginfo information{};  // of the signal that is being delivered
  bool has_called = false;                 // the host, for anything

  // The system call that it is in, or the last one.
  struct SyscallFrame* frame = nullptr;
  // Where its frames end; null: at `base`.
  const std::byte* stack_top = nullptr;
  // Context::host_stack_pointer, while it waits for a grate.
  uintptr_t base = 0;
  // While its execve is performed: how the program is read. Null: by the microvisor.
  const struct ProgramReader* reader = nullptr;
};

// What a program and all that it forks have in common.
struct ProgramSettings {
  // Bounds what each program may map, in bytes.
  std::optional<uint64_t> memory_limit;
  // Told of the trap that has ended a forked program; may be empty. Called from any thread.
  std::function<void(int process, const Trap&)> on_child_trap;
  // For exec; null: there is none.
  std::shared_ptr<ProgramLoader> loader;
  // Told of every system call; borrowed. Null: nobody.
  CallObserver* observer = nullptr;
  // Made by create().
  std::shared_ptr<Interposition> interposition = nullptr;
  std::shared_ptr<MemoryPool> memories = nullptr;
  std::shared_ptr<ProgramPrototypes> prototypes = nullptr;
};

class CageProgram final : public microvisor::ThreadStarter {
 public:
  struct Outcome {
    microvisor::ExitStatus status = microvisor::ExitStatus::exited(0);
    std::optional<Trap> trap;  // what ended the program, if it did not end itself
  };

  // FailedPrecondition: the module is no such program (it lacks _start, or imports something else);
  // ResourceExhausted: memory is short.
  static absl::StatusOr<std::unique_ptr<CageProgram>> create(
      std::shared_ptr<const CompiledModule> module, microvisor::Cage& cage,
      ProgramSettings settings = {});
  ~CageProgram() override;

  Outcome run();

  // The code of the export lind_signal_entry. Null if there is none: then the program is to end.
  const void* signal_entry();

  microvisor::Result<void> start(microvisor::Thread& caller,
                                 std::unique_ptr<microvisor::Thread> thread,
                                 uint32_t start_block) override;
  microvisor::Result<void> fork(microvisor::Thread& caller, std::unique_ptr<microvisor::Cage> child,
                                const microvisor::ForkRequest& request) override;
  microvisor::Result<microvisor::ProgramFile> open_program(microvisor::Thread& caller,
                                                           int directory, const std::string& path,
                                                           int flags) override;
  microvisor::Result<void> execute(microvisor::Thread& caller, microvisor::OpenFile& file,
                                   microvisor::ProgramArguments arguments) override;

  microvisor::Cage& cage() { return cage_; }
  CallObserver* observer() const { return settings_->observer; }
  threei::Member& member() const { return *member_; }
  Interposition& interposition() const { return *settings_->interposition; }
  // Null if it has none. From any thread.
  std::shared_ptr<MemoryImage> image() const {
    std::lock_guard lock(image_mutex_);
    return image_;
  }
  // Ends the whole program, as a fatal signal does. From any thread.
  void note_trap(Trap trap);
  // Of guest memory, now.
  uint64_t mapped_bytes() const { return image_ ? image_->address_space.mapped_bytes() : 0; }

 private:
  // What the caller of vfork waits for.
  class Release;

  CageProgram(microvisor::Cage& cage, std::shared_ptr<const ProgramSettings> settings)
      : cage_(cage), settings_(std::move(settings)) {}
  // Lets go of the memory.
  void release_image();

  // Makes store, memory and instance for a module, none of which may exist.
  absl::Status link(std::shared_ptr<const CompiledModule> module);
  absl::Status prepare_memory(Instance& instance);
  // Takes over `image`, a copy of the prototype's, and makes an instance like its own; likewise.
  void copy_prototype(const ProgramPrototype& prototype, std::shared_ptr<MemoryImage> image);
  // Keeps what link() has made, for programs to come.
  void keep_prototype();
  // A copy of `original` for the main thread, which uses image_.
  void replicate_main_instance(Instance& original);
  void set_image(std::shared_ptr<MemoryImage> image, bool is_borrowed = false);
  microvisor::Result<std::unique_ptr<CageProgram>> make_child(
      GuestTask& caller, std::unique_ptr<microvisor::Cage> cage,
      const microvisor::ForkRequest& request);
  // A forked program's life, from the frames to its end.
  static void run_child(std::unique_ptr<CageProgram> child, std::vector<std::byte> frames);
  absl::StatusOr<FunctionReference*> find_entry(const char* name, size_t parameters) const;
  // What a thread does from its beginning to its end; `enter` runs the guest.
  template <typename Enter>
  void run_thread(microvisor::Thread& thread, Enter enter);
  // Runs the programs that exec puts in the place of this one, each to its end; then tells how the
  // last one ended. To be called when the main thread has ended.
  Outcome finish();
  // One that has ended.
  microvisor::ExitStatus ended_as(const microvisor::Thread& thread) const;
  absl::Status begin_next_program();

  std::unique_ptr<microvisor::Cage> owned_cage_;  // a forked program's
  microvisor::Cage& cage_;
  const std::shared_ptr<const ProgramSettings> settings_;
  std::shared_ptr<Store> store_;
  std::shared_ptr<threei::Member> member_;
  // Held by other threads than the main one, and by that to change what it guards.
  mutable std::mutex image_mutex_;
  std::shared_ptr<MemoryImage> image_;      // also a vforked child's that borrows it
  std::unique_ptr<Instance> own_instance_;  // if it is a copy of one of the store's
  Instance* instance_ = nullptr;            // the main thread's
  std::optional<GuestTask> main_task_;
  std::shared_ptr<Release> release_;
  // Of execute(). The last two are null if the program was never begun before.
  std::shared_ptr<const CompiledModule> next_module_;
  std::shared_ptr<const ProgramPrototype> next_prototype_;
  std::shared_ptr<MemoryImage> next_image_;
  std::mutex trap_mutex_;
  std::optional<Trap> trap_;  // the first one
};

}  // namespace linden::runtime

#endif
