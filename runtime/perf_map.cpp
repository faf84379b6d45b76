#include "runtime/perf_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

namespace {

std::atomic<bool> is_begun = false;

absl::Status add_lines(const std::string& lines) {
  const std::string path = absl::StrCat("/tmp/perf-", getpid(), ".map");
  // Not through a link that someone else has put there: the folder is everyone's.
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return absl::ErrnoToStatus(errno, path);
  // One write, so that lines of several threads do not mix.
  const ssize_t written = write(file, lines.data(), lines.size());
  const int error = errno;
  close(file);
  if (written < 0) return absl::ErrnoToStatus(error, path);
  if (static_cast<size_t>(written) != lines.size()) {
    return absl::ResourceExhaustedError(absl::StrCat(path, ": written only in part"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status begin_perf_map() {
  is_begun = true;
  return add_lines("");
}

bool has_perf_map() { return is_begun; }

absl::Status write_perf_map(const LoadedCode& code) {
  std::string lines;
  for (const jit::ImageFunction& function : code.image().functions) {
    const uintptr_t start = reinterpret_cast<uintptr_t>(code.base()) + function.code_offset;
    const std::string name = function.function_index == jit::kNoFunction
                                 ? "adapter"
                                 : code.module().module().display_name(function.function_index);
    absl::StrAppendFormat(&lines, "%x %x %s\n", start, function.code_size, name);
  }
  return add_lines(lines);
}

}  // namespace linden::runtime
