// The commands that hand their command line to a program of the guests' toolchain: `linden cc`,
// which makes clang a compiler for Linden, and the binary utilities of LLVM. Nothing of these
// command lines is parsed by CLI11.
#ifndef LINDEN_RUNTIME_CLI_TOOLCHAIN_H_
#define LINDEN_RUNTIME_CLI_TOOLCHAIN_H_

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linden::cli {

// As in `./configure --host=`, and before the names of the tools under which they can be called
// directly.
inline constexpr std::string_view kTargetTriple = "wasm32-linden-linux-gnu";

// Where the sysroot is unless an option says otherwise: LINDEN_SYSROOT, or `sysroot` beside the
// command. It need not be there.
std::filesystem::path default_sysroot();

struct Tool {
  const char* name;
  const char* summary;
  // Replaces this process. Returns only if there is nothing to execute: the exit code, after saying
  // why.
  int (*run)(const Tool& tool, std::vector<std::string> arguments);
  // Of binary utilities: what is looked for in PATH.
  const char* program = nullptr;
};

// In the order of the help text.
std::span<const Tool> tools();
// Null if there is none. Aliases (gcc for cc) are found too.
const Tool* find_tool(std::string_view name);

}  // namespace linden::cli

#endif
