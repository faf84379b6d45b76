// execve(2): finds the program that a file is, following `#!` lines, and has the runtime replace
// the caller's program by it. Until the runtime has agreed, nothing about the caller changes.
//
// Source: execve(2), Linux fs/exec.c and fs/binfmt_script.c.

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// Linux's limits: MAX_ARG_STRLEN, and three quarters of the default stack.
constexpr size_t kMaximumString = size_t{128} << 10;
constexpr size_t kMaximumTotal = size_t{6} << 20;
constexpr size_t kPointerSize = 4;
// How much of a file is looked at to tell what it is: BINPRM_BUF_SIZE, less the zero behind a line
// that is cut off.
constexpr size_t kHeadSize = 255;
constexpr int kMaximumInterpreters = 5;

// argv or envp. Null is an empty one.
Result<std::vector<std::string>> copy_strings(Cage& cage, GuestPtr<uint32_t> array, size_t& total) {
  std::vector<std::string> strings;
  if (array.is_null()) return strings;
  while (true) {
    const auto pointer = TRY(cage.memory().read(array));
    if (pointer == 0) return strings;
    Result<std::string> text =
        cage.memory().copy_string(array.leads_to<char>(pointer), kMaximumString - 1);
    if (text.code() == ENAMETOOLONG) return Error{E2BIG};
    strings.push_back(TRY(std::move(text)));
    total += strings.back().size() + 1 + kPointerSize;
    if (total > kMaximumTotal) return Error{E2BIG};
    array.offset += kPointerSize;
  }
}

// A regular file that may be executed, open for reading.
Result<std::shared_ptr<OpenFile>> open_own(Cage& cage, const Location& location, int flags) {
  std::shared_ptr<OpenFile> file = TRY(open_at(cage.host(), location, O_PATH | flags, 0));
  struct stat status = TRY(file->stat());
  if (S_ISLNK(status.st_mode)) return Error{ELOOP};
  if (!S_ISREG(status.st_mode)) return Error{EACCES};
  TRY(file->access(X_OK));
  return open_at(cage.host(), location, O_RDONLY | flags, 0);
}

// As execveat(2) names a file; an empty path is the descriptor itself.
Result<ProgramFile> open_program(Thread& thread, int directory, const std::string& path,
                                 int flags) {
  Cage& cage = thread.cage();
  ProgramFile program = TRY(cage.open_program(thread, directory, path, flags));
  if (program.file) return program;
  Location location = path.empty()
                          ? TRY(cage.locate(AT_FDCWD, "/dev/fd/" + std::to_string(directory)))
                          : TRY(cage.locate(directory, path));
  program.file = TRY(open_own(cage, location, flags));
  if (program.file->mount()) program.path = TRY(shown_path(cage.host(), *program.file));
  return program;
}

Result<std::string> read_head(OpenFile& file) {
  std::string head(kHeadSize, '\0');
  const iovec vector{head.data(), head.size()};
  head.resize(TRY(file.preadv({&vector, 1}, 0)));
  return head;
}

struct Interpreter {
  std::string path;
  std::string argument;  // empty for none
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Of a head that begins with "#!". ENOEXEC if it names none, or the name may have been cut off.
Result<Interpreter> parse_interpreter(std::string_view head) {
  const size_t end = head.find('\n');
  std::string_view line = head.substr(2, end == head.npos ? head.npos : end - 2);
  auto trim = [](std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
  };
  const bool is_cut = end == head.npos && head.size() == kHeadSize;
  std::string_view rest = line;
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  const auto name_end = std::ranges::find_if(rest, [](char c) { return is_blank(c) || c == '\0'; });
  std::string_view name(rest.begin(), name_end);
  if (name.empty() || (is_cut && name_end == rest.end())) return Error{ENOEXEC};
  std::string_view argument = trim({name_end, rest.end()});
  argument = argument.substr(0, argument.find('\0'));
  return Interpreter{std::string(name), std::string(argument)};
}

// `name` is what interpreters are told that the file is called.
SyscallResult execute(Thread& thread, ProgramFile found, std::string name, GuestPtr<uint32_t> argv,
                      GuestPtr<uint32_t> envp) {
  Cage& cage = thread.cage();
  ProgramArguments program;
  size_t total = name.size();
  program.args = TRY(copy_strings(cage, argv, total));
  program.environment = TRY(copy_strings(cage, envp, total));
  if (program.args.empty()) program.args.emplace_back();
  for (int depth = 0;; ++depth) {
    const std::string head = TRY(read_head(*found.file));
    if (!head.starts_with("#!")) break;
    if (depth == kMaximumInterpreters) return Error{ELOOP};
    Interpreter interpreter = TRY(parse_interpreter(head));
    std::vector<std::string> args{interpreter.path};
    if (!interpreter.argument.empty()) args.push_back(std::move(interpreter.argument));
    args.push_back(std::move(name));
    args.insert(args.end(), program.args.begin() + 1, program.args.end());
    program.args = std::move(args);
    name = interpreter.path;
    found = TRY(open_program(thread, AT_FDCWD, name, 0));
  }
  program.executable = found.path.empty() ? name : std::move(found.path);
  TRY(cage.execute(thread, *found.file, std::move(program)));
  return 0;
}

}  // namespace

SyscallResult sys_execve(Thread& thread, Path path, GuestPtr<uint32_t> argv,
                         GuestPtr<uint32_t> envp) {
  return sys_execveat(thread, AT_FDCWD, path, argv, envp, 0);
}

SyscallResult sys_execveat(Thread& thread, int directory, Path path, GuestPtr<uint32_t> argv,
                           GuestPtr<uint32_t> envp, int flags) {
  if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) return Error{EINVAL};
  Cage& cage = thread.cage();
  std::string name = TRY(cage.memory().copy_string(path));
  const bool is_descriptor = name.empty() && (flags & AT_EMPTY_PATH) && directory != AT_FDCWD;
  if (name.empty() && !is_descriptor) return Error{ENOENT};
  if (is_descriptor) TRY(cage.fds().file(directory));
  // As Linux names a file that is executed by its descriptor.
  std::string shown = name;
  if (directory != AT_FDCWD && !name.starts_with('/')) {
    shown = "/dev/fd/" + std::to_string(directory) + (is_descriptor ? "" : "/" + name);
  }
  const int nofollow = !is_descriptor && (flags & AT_SYMLINK_NOFOLLOW) ? O_NOFOLLOW : 0;
  ProgramFile program = TRY(open_program(thread, directory, is_descriptor ? "" : name, nofollow));
  return execute(thread, std::move(program), std::move(shown), argv, envp);
}

}  // namespace linden::microvisor
