// A cage: one guest program as a POSIX process, with everything that belongs to it and nothing that
// belongs to how its code runs.
//
// Ownership: owns its fd table, namespace, arguments and environment; borrows the Host and the
// guest memory, which outlive it.
// Thread-safety: arguments, environment and namespace are fixed at construction. The fd table, the
// working directory and the exit status may be used concurrently. set_memory() must happen before
// any guest code runs.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "microvisor/fd_table.h"
#include "microvisor/guest_memory.h"
#include "microvisor/host.h"
#include "microvisor/paths.h"
#include "microvisor/process_attributes.h"

namespace linden::microvisor {

class Cage {
 public:
  struct Options {
    int id = 1;
    int parent_id = 0;
    std::vector<std::string> args = {};
    std::vector<std::string> environment = {};  // NAME=value
    Namespace names = {};
    std::string working_directory = "/";  // absolute guest path; need not exist
    int fd_limit = FdTable::kDefaultLimit;
  };

  Cage(Host& host, Options options);

  Host& host() { return host_; }
  int id() const { return options_.id; }
  int parent_id() const { return options_.parent_id; }
  FdTable& fds() { return fds_; }
  ProcessAttributes& attributes() { return attributes_; }
  const std::vector<std::string>& args() const { return options_.args; }
  const std::vector<std::string>& environment() const { return options_.environment; }

  const GuestMemory& memory() const { return memory_; }
  void set_memory(GuestMemory memory) { memory_ = memory; }

  // Where `path` starts: at a grant if absolute, else at the working directory (AT_FDCWD) or at the
  // directory that guest descriptor `directory` is open on. ENOENT for an empty path.
  Result<Location> locate(int directory, std::string_view path);
  std::string working_directory() const;
  // `path` as the guest gave it; relative paths count from the present working directory. ENOTDIR
  // or whatever opening it gives if it isn't a directory within the grants.
  Result<void> change_directory(const std::string& path);

  // Records how the program ended; the first call wins. Status as for wait(2)'s exit code.
  void exit(int status);
  // Set as soon as the program is to end. Whoever runs its threads looks here after each system
  // call.
  std::optional<int> exit_status() const;

 private:
  static constexpr int64_t kRunning = -1;

  Host& host_;
  const Options options_;
  GuestMemory memory_;
  ProcessAttributes attributes_;
  FdTable fds_;
  std::atomic<int64_t> exit_status_ = kRunning;
  mutable absl::Mutex working_directory_mutex_;
  // Kept as text and resolved by the kernel at each use, from the grant on.
  std::string working_directory_ ABSL_GUARDED_BY(working_directory_mutex_);
};

}  // namespace linden::microvisor
