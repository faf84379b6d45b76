// A cage: one guest program as a POSIX process, with everything that belongs to it and nothing that
// belongs to how its code runs.
//
// Ownership: owns its fd table, arguments, environment and main thread, and shares its mount
// namespace; borrows the Host and the guest memory with its address space, which outlive it, and
// all other threads, which end before it. Thread-safety: arguments, environment and namespace are
// fixed while threads run. The fd table, the working directory, the threads and the exit status may
// be used concurrently. set_memory(), set_address_space() and set_thread_starter() must happen
// while none of its code runs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "microvisor/address_space.h"
#include "microvisor/fd_table.h"
#include "microvisor/guest_memory.h"
#include "microvisor/host.h"
#include "microvisor/mount_namespace.h"
#include "microvisor/mutex.h"
#include "microvisor/paths.h"
#include "microvisor/process_attributes.h"
#include "microvisor/process_listing.h"
#include "microvisor/processes.h"
#include "microvisor/processor_timers.h"
#include "microvisor/signals.h"
#include "microvisor/thread.h"
#include "microvisor/timers.h"

namespace linden::microvisor {

// What execve(2) is given.
struct ProgramArguments {
  std::vector<std::string> args = {};
  std::vector<std::string> environment = {};  // NAME=value
  std::string executable = {};                // absolute guest path of the file, for /proc/self/exe
};

class Cage {
 public:
  struct Options {
    int id = 1;
    int parent_id = 0;
    int exit_signal = 0;  // what the parent gets at its end
    ProgramArguments program = {};
    // The tree that paths are resolved in; null for preview 1, which has none.
    std::shared_ptr<const MountNamespace> names = nullptr;
    int fd_limit = FdTable::kDefaultLimit;
    int thread_limit = 4096;
    // Those that it is one of; null if it is alone.
    std::shared_ptr<Processes> processes = nullptr;
    // What watches its timers; null for one of the cage's own.
    std::shared_ptr<TimerService> timer_service = nullptr;
  };

  // `id`, if there are `processes`, comes from them.
  Cage(Host& host, Options options);
  ~Cage();

  // A child as fork(2) makes it, without memory and without anything that runs it: descriptors,
  // names, handlers, limits and the caller's mask are copied. EAGAIN at the limit of processes.
  Result<std::unique_ptr<Cage>> fork(Thread& caller, int exit_signal);

  Host& host() { return host_; }
  int id() const { return options_.id; }
  int parent_id() const { return parent_id_.load(std::memory_order_relaxed); }
  Processes& processes() const { return *options_.processes; }
  // For whoever sees to the end of the cage.
  std::shared_ptr<Processes> shared_processes() const { return options_.processes; }
  FdTable& fds() { return fds_; }
  // The open file of a descriptor, for a call that closes none. Only for threads of this cage.
  Result<FileInUse> file_in_use(int fd) {
    if (has_one_thread_.load(std::memory_order_acquire)) return fds_.file_of_only_user(fd);
    return FileInUse(TRY(fds_.file(fd)));
  }
  ProcessAttributes& attributes() { return attributes_; }
  // setrlimit(2), with what follows from it. Errors as ProcessAttributes::set_limit; EAGAIN if
  // RLIMIT_CPU cannot be watched. May be called for another cage, within Processes::for_each.
  Result<void> set_limit(int resource, const GuestRlimit& limit);
  const std::vector<std::string>& args() const { return program_.args; }
  const std::vector<std::string>& environment() const { return program_.environment; }

  const GuestMemory& memory() const { return memory_; }
  // `is_borrowed`: it is another cage's, as after vfork(2).
  void set_memory(GuestMemory memory, bool is_borrowed = false) {
    std::lock_guard lock(program_mutex_);
    memory_ = memory;
    has_borrowed_memory_ = is_borrowed;
  }
  // Whether anyone but this thread, which is about to end, uses the memory.
  bool is_memory_shared() const;
  // Null for guests whose memory only grows (WASI).
  AddressSpace* address_space() const { return address_space_; }
  // Borrowed; it describes the same memory as set_memory() and outlives the cage.
  // Limits it as RLIMIT_AS says: the limit outlives exec and fork.
  void set_address_space(AddressSpace* address_space);

  // Makes the host's standard streams descriptors 0 to 2; one that the host process was started
  // without is missing here too. `rights_of` (null for none) says what WASI may do with each.
  Result<void> inherit_standard_streams(Rights (*rights_of)(const struct stat&) = nullptr);

  const std::string& executable() const { return program_.executable; }
  // Null for preview 1.
  const MountNamespace* names() const { return options_.names.get(); }

  // Where `path` starts: at "/" if absolute, else at the working directory (AT_FDCWD) or at the
  // directory that guest descriptor `directory` is open on. ENOENT for an empty path.
  Result<Location> locate(int directory, std::string_view path);
  // The working directory's path at this moment, as getcwd(2) has it: without links. ENOENT if it
  // was removed or has left its mount.
  Result<std::string> working_directory();
  // A directory, by path or open; it stays the working directory if it is renamed. It starts as
  // "/".
  Result<void> change_directory(const std::string& path);
  Result<void> change_directory(std::shared_ptr<OpenFile> directory);

  // The thread that runs first; its id is the cage's.
  Thread& main_thread() { return main_thread_; }
  // With the maker's signal mask and affinity. EAGAIN at the limit of threads.
  Result<std::unique_ptr<Thread>> create_thread(const Thread& maker);
  // A thread for calls of other cages that this one answers, on their host threads, with all
  // signals blocked. Errors as create_thread. Nobody waits for it to end (wait_for_threads).
  Result<std::unique_ptr<Thread>> create_visitor();
  // Before the first one is made: asks the main thread to take notice that it is no longer the only
  // one that uses what belongs to the cage. False as long as it has not; then to be called again a
  // little later. From any thread that knows that the cage has not ended.
  bool expect_visitors();
  // By the main thread, that it knows.
  void acknowledge();
  // See ThreadStarter::start. ENOSYS if the cage cannot have threads.
  Result<void> start_thread(Thread& caller, std::unique_ptr<Thread> thread, uint32_t start_block);
  // See ThreadStarter::fork. ENOSYS if the cage cannot have children.
  Result<void> start_process(Thread& caller, std::unique_ptr<Cage> child,
                             const ForkRequest& request);
  // See ThreadStarter::open_program.
  Result<ProgramFile> open_program(Thread& caller, int directory, const std::string& path,
                                   int flags);
  // See ThreadStarter::execute. ENOSYS if the cage cannot begin other programs.
  Result<void> execute(Thread& caller, OpenFile& file, ProgramArguments program);
  void set_thread_starter(ThreadStarter* starter) { thread_starter_ = starter; }
  bool has_thread(int id) const;
  // Calls visit(span of Thread*) with all threads, the main one first, none of which ends
  // meanwhile.
  template <typename Visit>
  auto with_threads(Visit visit) {
    std::lock_guard lock(threads_mutex_);
    std::vector<Thread*> all{&main_thread_};
    for (auto [id, thread] : threads_) all.push_back(thread);
    return visit(std::span<Thread* const>(all));
  }
  Signals& signals() { return signals_; }
  Timers& timers() { return timers_; }
  ProcessorTimers& processor_timers() { return processor_timers_; }
  // Returns when no thread but the main one is left, visitors aside. If the cage is to end, keeps
  // calling the others back until they have noticed.
  void wait_for_threads();

  // Records how the program ended, and calls all threads back; the first call wins.
  void exit(ExitStatus status);
  // Set as soon as the program is to end. Whoever runs its threads looks here after each system
  // call.
  std::optional<ExitStatus> exit_status() const;

  // exec(2), first half: all threads are to end, the caller's too, and then finish_exec() is to be
  // called. EAGAIN if another thread has come first, or the program is to end.
  Result<void> begin_exec(Thread& caller, ProgramArguments program);
  // Second half, when no thread is left: closes and resets what exec does. The main thread may then
  // run again.
  void finish_exec();
  bool is_executing() const { return is_executing_.load(); }

  // For those who wait for children. Shared, because a child that has ended may wake them when the
  // cage is gone.
  const std::shared_ptr<ChildChanges>& child_changes() const { return child_changes_; }

  // For a listing; without what the parent knows. From any thread, within Processes::list().
  ProcessStatus status();

  // What all threads have used, in nanoseconds and as a whole. Of other threads than the caller's
  // that have not ended, the usage has the time alone, as if they had spent it in user mode.
  int64_t processor_time();
  rusage usage();
  // Of the calling thread.
  rusage usage_of(const Thread& caller) const { return caller.bound_usage(); }
  // What children have used that were waited for.
  void add_usage_of_children(const rusage& usage);
  rusage usage_of_children() const;

 private:
  friend class Thread;
  friend class Processes;
  static constexpr int64_t kRunning = -1;

  Cage(Host& host, Options options, ProcessAttributes attributes);

  void set_working_directory(std::shared_ptr<OpenFile> directory);
  // Its threads are to end, for whatever reason.
  bool is_ending() const { return exit_status_.load() != kRunning || is_executing_.load(); }
  void forget_thread(const Thread& thread);
  void call_back(Thread& thread);
  void call_threads_back();

  Host& host_;
  const Options options_;
  std::atomic<int> parent_id_ = options_.parent_id;  // Processes keeps it true
  // Held by whoever changes the next four, or looks at them for another cage. The cage's own
  // threads need it not: nothing of these changes while one runs.
  mutable std::mutex program_mutex_;
  ProgramArguments program_;
  GuestMemory memory_;
  bool has_borrowed_memory_ = false;
  AddressSpace* address_space_ = nullptr;
  ProcessAttributes attributes_;
  FdTable fds_;
  std::atomic<int64_t> exit_status_ = kRunning;
  std::atomic<bool> is_executing_ = false;
  ProgramArguments next_program_;  // of begin_exec()
  const std::shared_ptr<ChildChanges> child_changes_ = std::make_shared<ChildChanges>();
  mutable std::mutex usage_mutex_;
  rusage usage_of_children_{};
  ThreadStarter* thread_starter_ = nullptr;
  mutable std::mutex threads_mutex_;
  std::condition_variable thread_ended_;
  // The next seven are guarded by threads_mutex_.
  size_t visitors_ = 0;
  bool expects_visitors_ = false;
  bool is_acknowledged_ = false;              // that it does
  std::unordered_map<int, Thread*> threads_;  // without the main thread
  rusage usage_{};                            // of threads that run no more
  int64_t ended_time_ = 0;                    // likewise, without the main thread
  uint64_t ended_calls_ = 0;                  // likewise
  // Written with threads_mutex_ held. True means that nobody but the main thread uses what belongs
  // to the cage: others are made by it, and have done everything when they are forgotten.
  std::atomic<bool> has_one_thread_ = true;
  Thread main_thread_;
  Signals signals_{*this};
  Timers timers_;
  ProcessorTimers processor_timers_;
  mutable Mutex working_directory_mutex_;
  // Null: "/".
  std::shared_ptr<OpenFile> working_directory_ ABSL_GUARDED_BY(working_directory_mutex_);
};

}  // namespace linden::microvisor
