// `linden bench`: the harness in bench/, which is a Python program, with this command as the one
// that it measures.
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/cli/command.h"
#include "runtime/cli/execute.h"

namespace linden::cli {

namespace fs = std::filesystem;

int run_bench(std::vector<std::string> arguments) {
  std::error_code error;
  fs::path executable = fs::read_symlink("/proc/self/exe", error);
  // A build leaves a link there.
  fs::path harness = executable.parent_path() / "bench" / "harness.py";
  if (!fs::exists(harness, error)) {
    return fail_command("bench", harness.string() +
                                     " is missing; `scripts/build` makes a link to the folder "
                                     "bench of Linden's sources beside the command");
  }
  // An --linden of the caller comes later, and wins.
  arguments.insert(arguments.begin(), {"-B", harness.string(), "--linden=" + executable.string()});
  return execute("bench", "python3", arguments);
}

}  // namespace linden::cli
