#include "runtime/cli/execute.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/cli/command.h"

namespace linden::cli {

int fail_command(const char* name, const std::string& message) {
  std::fprintf(stderr, "linden %s: %s\n", name, message.c_str());
  return kFailure;
}

// Debian's package has the program's name, but for LLVM's utilities.
int execute(const char* name, const std::string& program,
            const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execvp(program.c_str(), argv.data());
  std::string message = program + ": " + std::strerror(errno);
  if (errno == ENOENT && program.find('/') == std::string::npos) {
    std::string package = program.starts_with("llvm-") ? "llvm-22" : program;
    message = program + " not found; install Debian's package " + package;
  }
  return fail_command(name, message);
}

}  // namespace linden::cli
