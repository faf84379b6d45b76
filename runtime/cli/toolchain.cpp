// `linden cc`, `linden ld`, `linden ar` and so on.
//
// The sysroot describes its own compiler: linden.cfg holds the target's options for clang, and
// bin/ld those of the linker. clang's driver does the rest, so that its exit codes, -v, -###,
// dependency files and so on are its own. What remains is to find both, to answer for the target's
// name, and to drop the options that other Linux targets obey and for which clang has no meaning
// here.
#include "runtime/cli/toolchain.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <optional>

#include "runtime/cli/command.h"
#include "runtime/cli/execute.h"

namespace linden::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCompilerHelp =
    "Compiles and links C programs for Linden. Options are clang's (clang-22 --help) with the "
    "target,\n"
    "the headers and libraries of the sysroot, and the link line filled in.\n\n"
    "Usage: linden cc [--sysroot=DIR] OPTIONS FILES...\n\n"
    "  --print-toolchain-file  the path of the toolchain file for CMake\n"
    "  -print-sysroot          the sysroot that is used\n\n"
    "The sysroot: --sysroot, or the environment variable LINDEN_SYSROOT, or `sysroot` beside this\n"
    "command. LINDEN_CLANG names another compiler than clang-22.\n\n"
    "Examples:\n"
    "  linden cc -O2 hello.c -o hello && linden run hello\n"
    "  make CC='linden cc'\n"
    "  ./configure --host=wasm32-linden-linux-gnu CC='linden cc' AR='linden ar' RANLIB='linden "
    "ranlib'\n"
    "  cmake -DCMAKE_TOOLCHAIN_FILE=\"$(linden cc --print-toolchain-file)\" ...\n";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Programs are linked statically at a fixed address, by one linker.
bool has_no_meaning(std::string_view argument) {
  return is_one_of(argument,
                   {"-fPIC", "-fpic", "-fPIE", "-fpie", "-pie", "-no-pie", "-nopie", "-static",
                    "-static-pie", "-rdynamic", "-static-libgcc", "-shared-libgcc", "-fno-plt"}) ||
         argument.starts_with("-fuse-ld=") || argument.starts_with("-ftls-model=");
}

// Whether clang takes the next argument as this one's value, whatever it looks like. Only such
// values matter here as can look like an option that is handled here.
bool takes_value(std::string_view argument) {
  return is_one_of(argument, {"-o",          "-D",         "-U",       "-I",       "-L",
                              "-l",          "-x",         "-u",       "-z",       "-MF",
                              "-MT",         "-MQ",        "-include", "-imacros", "-isystem",
                              "-iquote",     "-idirafter", "-Xlinker", "-Xclang",  "-Xpreprocessor",
                              "-Xassembler", "-mllvm"});
}

bool is_utility(std::string_view name) {
  const Tool* tool = find_tool(name);
  return tool != nullptr && tool->program != nullptr;
}

constexpr std::string_view kProgramQuestion = "print-prog-name=";

// What clang would answer for another target or another linker. Options take one dash or two.
bool is_question(std::string_view argument) {
  if (!argument.starts_with("-")) return false;
  std::string_view name = argument.substr(argument.starts_with("--") ? 2 : 1);
  return is_one_of(name, {"dumpmachine", "print-toolchain-file", "print-sysroot",
                          "print-libgcc-file-name"}) ||
         (name.starts_with(kProgramQuestion) &&
          (name.ends_with("=ld") || is_utility(name.substr(kProgramQuestion.size()))));
}

struct CompilerCommand {
  std::optional<std::string> sysroot;   // of --sysroot
  std::optional<std::string> question;  // an option that asks for a line of text that only we know
  std::vector<std::string> arguments;   // for clang
};

CompilerCommand parse_compiler_command(std::vector<std::string> arguments) {
  CompilerCommand command;
  bool relocatable = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string& argument = arguments[i];
    bool has_next = i + 1 < arguments.size();
    if (has_no_meaning(argument)) continue;
    if (argument.starts_with("--sysroot=")) {
      command.sysroot = argument.substr(strlen("--sysroot="));
      continue;
    }
    if (argument == "--sysroot" && has_next) {
      command.sysroot = arguments[++i];
      continue;
    }
    if (is_question(argument)) command.question = argument;
    // For other targets clang leaves out libraries and start files by itself.
    relocatable |= argument == "-r";
    bool skip = takes_value(argument) && has_next;
    command.arguments.push_back(std::move(argument));
    if (skip) command.arguments.push_back(std::move(arguments[++i]));
  }
  if (relocatable) command.arguments.push_back("-nostdlib");
  return command;
}

std::string getenv_or(const char* name, std::string otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

// Nothing after printing why.
std::optional<fs::path> find_sysroot(const Tool& tool, const std::optional<std::string>& option) {
  std::error_code error;
  fs::path path = option ? fs::absolute(*option, error) : default_sysroot();
  if (fs::exists(path / "linden.cfg", error)) return path;
  fail_command(tool.name,
               path.string() +
                   " is not a sysroot for Linden: it has no linden.cfg. `scripts/build` makes " +
                   "build/sysroot; --sysroot or LINDEN_SYSROOT name another one");
  return std::nullopt;
}

std::string answer(std::string_view question, const fs::path& sysroot) {
  if (question.ends_with("toolchain-file")) return sysroot / "linden.cmake";
  if (question.ends_with("sysroot")) return sysroot;
  if (question.ends_with("libgcc-file-name")) return sysroot / "lib" / "libgcc.a";
  size_t program = question.find(kProgramQuestion);
  if (program == std::string_view::npos) return std::string(kTargetTriple);
  // libtool asks for the linker, and asks that about shared libraries.
  std::string_view name = question.substr(program + kProgramQuestion.size());
  return name == "ld" ? sysroot / "bin" / "ld" : fs::path(find_tool(name)->program);
}

int run_compiler(const Tool& tool, std::vector<std::string> arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::fputs(kCompilerHelp, stdout);
    return 0;
  }
  CompilerCommand command = parse_compiler_command(std::move(arguments));
  std::optional<fs::path> sysroot = find_sysroot(tool, command.sysroot);
  if (!sysroot) return kFailure;
  if (command.question) {
    std::puts(answer(*command.question, *sysroot).c_str());
    return 0;
  }
  std::string configuration = "--config=" + (*sysroot / "linden.cfg").string();
  // We would start ourselves for ever.
  if (!command.arguments.empty() && command.arguments.front() == configuration) {
    std::fprintf(stderr, "%s: LINDEN_CLANG names this command; it must name clang\n",
                 std::string(tool.name).c_str());
    return kFailure;
  }
  command.arguments.insert(command.arguments.begin(), std::move(configuration));
  return execute(tool.name, getenv_or("LINDEN_CLANG", "clang-22"), command.arguments);
}

int run_linker(const Tool& tool, std::vector<std::string> arguments) {
  std::optional<fs::path> sysroot = find_sysroot(tool, std::nullopt);
  if (!sysroot) return kFailure;
  return execute(tool.name, *sysroot / "bin" / "ld", arguments);
}

int run_utility(const Tool& tool, std::vector<std::string> arguments) {
  return execute(tool.name, tool.program, arguments);
}

int refuse_cxx(const Tool& tool, std::vector<std::string>) {
  fail_command(tool.name, "there is no C++ library for Linden yet; `linden cc` compiles C");
  return kUsageError;
}

constexpr Tool kTools[] = {
    {"cc", "compile and link C programs, as clang does", run_compiler},
    {"c++", "reserved: there is no C++ library yet", refuse_cxx},
    {"ld", "link objects, as wasm-ld does", run_linker},
    {"ar", "make archives", run_utility, "llvm-ar-22"},
    {"ranlib", "make indices of archives", run_utility, "llvm-ranlib-22"},
    {"nm", "list symbols", run_utility, "llvm-nm-22"},
    {"strip", "remove symbols", run_utility, "llvm-strip-22"},
    {"objcopy", "copy and change objects", run_utility, "llvm-objcopy-22"},
    {"objdump", "show sections and code", run_utility, "llvm-objdump-22"},
    {"readelf", "show headers", run_utility, "llvm-readelf-22"},
    {"size", "show sizes of sections", run_utility, "llvm-size-22"},
};

}  // namespace

fs::path default_sysroot() {
  std::error_code error;
  fs::path executable = fs::read_symlink("/proc/self/exe", error);
  return fs::absolute(getenv_or("LINDEN_SYSROOT", (executable.parent_path() / "sysroot").string()),
                      error);
}

std::span<const Tool> tools() { return kTools; }

const Tool* find_tool(std::string_view name) {
  if (name == "gcc" || name == "clang") name = "cc";
  if (name == "g++" || name == "clang++") name = "c++";
  for (const Tool& tool : kTools) {
    if (name == tool.name) return &tool;
  }
  return nullptr;
}

}  // namespace linden::cli
