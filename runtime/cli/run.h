// What another command may add to `linden run`, whose options and workings it shares.
#ifndef LINDEN_RUNTIME_CLI_RUN_H_
#define LINDEN_RUNTIME_CLI_RUN_H_

#include <memory>

#include "absl/status/status.h"
#include "runtime/call_observer.h"
#include "runtime/cli/command.h"

namespace linden::cli {

// For programs of the lind ABI; others are refused.
class RunExtension {
 public:
  virtual ~RunExtension() = default;
  // The command's.
  virtual const char* name() const = 0;
  // As Command::declare, after the options of `run`.
  virtual void declare(CLI::App& app) = 0;
  // The options are known, and nothing has begun: there is no other thread yet.
  virtual absl::Status prepare() = 0;
  // Told of the system calls, from prepare() to finish().
  virtual runtime::CallObserver& observer() = 0;
  // No process is left.
  virtual void finish() = 0;
};

// `extension` may be null.
std::unique_ptr<Command> create_run_with(std::unique_ptr<RunExtension> extension);

}  // namespace linden::cli

#endif
