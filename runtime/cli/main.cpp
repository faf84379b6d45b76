#include "absl/synchronization/mutex.h"
#include "runtime/cli/command.h"

int main(int argc, char** argv) {
  // Debian's abseil looks for deadlocks at every lock, which costs a system call of ours more than
  // all the rest of it. Builds with sanitizers look themselves.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return linden::cli::run_command_line(argc, argv);
}
