#include "runtime/cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include "runtime/cli/toolchain.h"

#ifndef LINDEN_VERSION
#error "LINDEN_VERSION is set by CMake"
#endif

namespace linden::cli {
namespace {

constexpr CommandEntry kCommands[] = {
    {"run", "run a WebAssembly program", create_run},
    {"trace", "run a program and show its system calls", create_trace},
    {"compile", "compile a module ahead of time", create_compile},
    {"inspect", "show what a module imports, exports and needs", create_inspect},
    {"wast", "run WebAssembly specification scripts", create_wast},
    {"bench", "measure what isolation costs", nullptr, run_bench},
    {"verify", "prove that machine code keeps within its sandbox", create_verify},
    {"cache", "list or clear the cache of compiled modules", create_cache},
    {"completion", "print a completion script for a shell", create_completion},
};

void print_help(FILE* stream) {
  std::fputs(
      "Linden runs WebAssembly programs at native speed.\n\n"
      "Usage: linden COMMAND [OPTIONS] ...\n\nCommands:\n",
      stream);
  for (const CommandEntry& entry : kCommands) {
    std::fprintf(stream, "  %-12s%s\n", entry.name, entry.summary);
  }
  std::fputs("\nTools for programs, with the options of the programs of these names:\n", stream);
  for (const Tool& tool : tools()) std::fprintf(stream, "  %-12s%s\n", tool.name, tool.summary);
  std::fputs(
      "\nOptions:\n"
      "  -h, --help  show this text; `linden COMMAND --help` shows a command's options\n"
      "  --version   show the version\n\n"
      "Examples:\n"
      "  linden cc -O2 hello.c -o hello && linden run hello\n"
      "  linden run --dir data::/data:ro --env LANG=C program.wasm --verbose /data/input\n"
      "  linden compile program.wasm -o program.lindenc && linden run program.lindenc\n",
      stream);
}

// The position of the first argument that is not an option (nor the value of one), which ends what
// is ours. CLI11 itself would go on parsing options behind it.
size_t find_first_positional(const CLI::App& app, const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") return i + 1;
    if (argument.size() < 2 || argument[0] != '-') return i;
    if (argument[1] == '-') {
      if (argument.find('=') != std::string::npos) continue;
      const CLI::Option* option = app.get_option_no_throw(argument);
      if (option != nullptr && option->get_items_expected_max() > 0) ++i;
    } else {
      // Of grouped short options only the last can have its value in the next argument.
      const CLI::Option* option = app.get_option_no_throw({'-', argument.back()});
      const CLI::Option* first = app.get_option_no_throw({'-', argument[1]});
      bool has_value = first != nullptr && first->get_items_expected_max() > 0;
      if (argument.size() == 2 ? has_value
                               : !has_value && option && option->get_items_expected_max() > 0) {
        ++i;
      }
    }
  }
  return arguments.size();
}

int run_command(const CommandEntry& entry, std::vector<std::string> arguments) {
  if (entry.hand_over != nullptr) return entry.hand_over(std::move(arguments));
  std::unique_ptr<Command> command = entry.create();
  CLI::App app(entry.summary, std::string("linden ") + entry.name);
  app.option_defaults()->always_capture_default();
  command->declare(app);

  if (command->passes_arguments()) {
    size_t end = std::min(find_first_positional(app, arguments) + 1, arguments.size());
    command->guest_arguments.assign(arguments.begin() + static_cast<ptrdiff_t>(end),
                                    arguments.end());
    arguments.resize(end);
  }
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI::App::parse() wants them
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "linden %s: %s\n", entry.name, error.what());
    std::fprintf(stderr, "Try `linden %s --help`.\n", entry.name);
    return command->usage_error();
  }
  return command->run();
}

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& entry : kCommands) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

// Under some names this program is one of its commands: `linden-run` is what binfmt_misc calls,
// with the program's path as its first argument, and configure scripts look for tools behind the
// name of the target.
std::optional<int> run_by_own_name(std::string_view path, std::span<char*> arguments) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with("linden-run")) {
    std::vector<std::string> with_separator = {"--"};
    with_separator.insert(with_separator.end(), arguments.begin(), arguments.end());
    return run_command(*find_command("run"), std::move(with_separator));
  }
  if (!name.starts_with(kTargetTriple) || name.size() == kTargetTriple.size()) return std::nullopt;
  const Tool* tool = find_tool(name.substr(kTargetTriple.size() + 1));
  if (tool == nullptr) return std::nullopt;
  return tool->run(*tool, {arguments.begin(), arguments.end()});
}

}  // namespace

std::span<const CommandEntry> commands() { return kCommands; }

int run_command_line(int argc, char** argv) {
  if (argc > 0) {
    std::optional<int> code = run_by_own_name(argv[0], {argv + 1, argv + argc});
    if (code) return *code;
  }
  if (argc < 2) {
    print_help(stderr);
    return kUsageError;
  }
  std::string_view name = argv[1];
  if (name == "--help" || name == "-h" || name == "help") {
    print_help(stdout);
    return 0;
  }
  if (name == "--version") {
    std::puts("linden " LINDEN_VERSION);
    return 0;
  }
  if (const CommandEntry* entry = find_command(name)) {
    return run_command(*entry, {argv + 2, argv + argc});
  }
  if (const Tool* tool = find_tool(name)) return tool->run(*tool, {argv + 2, argv + argc});
  std::fprintf(stderr, "linden: unknown command '%s'\nTry `linden --help`.\n", argv[1]);
  return kUsageError;
}

}  // namespace linden::cli
