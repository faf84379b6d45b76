// The subcommands of `linden`, one class and one file each.
#ifndef LINDEN_RUNTIME_CLI_COMMAND_H_
#define LINDEN_RUNTIME_CLI_COMMAND_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace linden::cli {

// Exit codes of our own. Those of `run` stay out of the way of the guest's, as env(1)'s do.
inline constexpr int kFailure = 1;
inline constexpr int kUsageError = 2;
inline constexpr int kRunFailure = 125;         // of ours, wrong usage included
inline constexpr int kModuleNotRunnable = 126;  // found, but not a module that can be run
inline constexpr int kModuleNotFound = 127;

class Command {
 public:
  virtual ~Command() = default;
  // Adds options and positional arguments, bound to members of this object.
  virtual void declare(CLI::App& app) = 0;
  // Called after the command line was parsed; returns the exit code.
  virtual int run() = 0;
  // If so, what follows the first positional argument is not parsed but put into guest_arguments.
  virtual bool passes_arguments() const { return false; }
  virtual int usage_error() const { return kUsageError; }

  std::vector<std::string> guest_arguments;
};

struct CommandEntry {
  const char* name;
  const char* summary;
  std::unique_ptr<Command> (*create)();
  // Of a command whose command line another program parses: gets it, and returns the exit code.
  // There is no `create` then.
  int (*hand_over)(std::vector<std::string> arguments) = nullptr;
};

// In the order of the help text.
std::span<const CommandEntry> commands();

// Defined in the file of each command.
std::unique_ptr<Command> create_run();
std::unique_ptr<Command> create_trace();
std::unique_ptr<Command> create_compile();
std::unique_ptr<Command> create_wast();
std::unique_ptr<Command> create_inspect();
std::unique_ptr<Command> create_verify();
std::unique_ptr<Command> create_cache();
std::unique_ptr<Command> create_completion();
int run_bench(std::vector<std::string> arguments);

int run_command_line(int argc, char** argv);

}  // namespace linden::cli

#endif
