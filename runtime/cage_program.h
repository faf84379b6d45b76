// A cage whose program is a module of the lind ABI (docs/abi.md): connects the module's instances,
// one for each thread, with the microvisor's cage and threads.
//
// Life: create() links the module and prepares its memory; run() runs it to its end on the calling
// host thread, while other threads of the program run on host threads of the pool.
// Ownership: borrows the cage, which outlives it; owns everything else.
// Threads: create() and run() are for one host thread.
#ifndef LINDEN_RUNTIME_CAGE_PROGRAM_H_
#define LINDEN_RUNTIME_CAGE_PROGRAM_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "microvisor/address_space.h"
#include "microvisor/cage.h"
#include "runtime/store.h"

namespace linden::runtime {

// One thread of a program: what its system calls find in Instance::user_data.
struct GuestTask {
  microvisor::Thread& thread;
  class CageProgram& program;
  Instance& instance;
  microvisor::GuestSiginfo information{};  // of the signal that is being delivered
};

class CageProgram final : public microvisor::ThreadStarter {
 public:
  struct Outcome {
    int exit_code = 0;         // as a shell would see it: 128 + signal after a trap
    std::optional<Trap> trap;  // what ended the program, if it did not end itself
  };

  // FailedPrecondition: the module is no such program (it lacks _start, or imports something else);
  // ResourceExhausted: memory is short. `memory_limit` in bytes bounds what the program may map.
  static absl::StatusOr<std::unique_ptr<CageProgram>> create(
      std::shared_ptr<const CompiledModule> module, microvisor::Cage& cage,
      std::optional<uint64_t> memory_limit = std::nullopt);
  ~CageProgram() override;

  Outcome run();

  // The code of the export lind_signal_entry. Null if there is none: then the program is to end.
  const void* signal_entry();

  microvisor::Result<void> start(std::unique_ptr<microvisor::Thread> thread,
                                 uint32_t start_block) override;

  microvisor::Cage& cage() { return cage_; }
  // Of guest memory, now.
  uint64_t mapped_bytes() const { return address_space_ ? address_space_->mapped_bytes() : 0; }

 private:
  CageProgram(microvisor::Cage& cage) : cage_(cage) {}

  absl::Status prepare_memory(Instance& instance, std::optional<uint64_t> memory_limit);
  absl::StatusOr<FunctionReference*> find_entry(const char* name, size_t parameters) const;
  // Runs a guest function as `thread`, to the thread's end.
  void run_thread(microvisor::Thread& thread, Instance& instance, FunctionReference* entry,
                  std::span<const Value> arguments);
  void note_trap(Trap trap);

  microvisor::Cage& cage_;
  Store store_;
  Instance* instance_ = nullptr;  // the main thread's
  std::optional<GuestTask> main_task_;
  std::unique_ptr<microvisor::AddressSpace> address_space_;  // ends before the memory in store_
  std::mutex trap_mutex_;
  std::optional<Trap> trap_;  // the first one
};

}  // namespace linden::runtime

#endif
