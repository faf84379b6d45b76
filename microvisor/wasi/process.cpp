#include "microvisor/wasi/process.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

constexpr int kFirstPreopen = 3;

Rights stdio_rights(const struct stat& status) {
  // Programs take a character device without seek and tell rights for a terminal.
  const uint64_t rights = S_ISREG(status.st_mode)    ? right::kFile
                          : S_ISSOCK(status.st_mode) ? right::kSocket
                                                     : right::kStream;
  return {rights, rights};
}

}  // namespace

Result<std::unique_ptr<Process>> Process::create(Host& host, Options options,
                                                 std::string* error_message) {
  auto fail = [&](Error error, const std::string& text) {
    if (error_message) *error_message = text;
    return error;
  };
  Cage::Options cage_options;
  cage_options.program = {std::move(options.args), std::move(options.env)};
  std::vector<std::shared_ptr<OpenFile>> roots;
  for (const DirectoryGrant& grant : options.dirs) {
    roots.push_back(TRY(grant.open(host, error_message)));
  }

  std::unique_ptr<Process> process(new Process(host, std::move(cage_options)));
  if (options.inherit_stdio) {
    Result<void> added = process->cage_.inherit_standard_streams(stdio_rights);
    if (!added.ok()) {
      return fail(added.error(),
                  std::string("cannot inherit standard streams: ") + strerror(added.code()));
    }
  }
  for (auto& root : roots) {
    Rights rights{.base = right::kDirectory, .inheriting = right::kAll};
    Result<int> fd = process->cage_.fds().insert({std::move(root), false, rights}, kFirstPreopen);
    if (!fd.ok()) return fail(fd.error(), "too many directories are granted");
  }
  return process;
}

void Process::exit(uint32_t code) {
  if (!cage_.exit_status()) exit_code_ = code;
  cage_.exit(ExitStatus::exited(static_cast<int>(code)));
}

std::optional<uint32_t> Process::exit_code() const {
  std::optional<ExitStatus> status = cage_.exit_status();
  if (!status) return std::nullopt;
  return status->signal() != 0 ? static_cast<uint32_t>(status->shell_code()) : exit_code_.load();
}

Result<Descriptor> Process::descriptor(uint32_t fd, uint64_t rights) {
  if (fd > static_cast<uint32_t>(std::numeric_limits<int>::max())) return Error{EBADF};
  Descriptor descriptor = TRY(cage_.fds().get(static_cast<int>(fd)));
  if (rights & ~descriptor.rights.base) return Error{kErrnoNotCapable};
  return descriptor;
}

Result<std::shared_ptr<OpenFile>> Process::file(uint32_t fd, uint64_t rights) {
  return TRY(descriptor(fd, rights)).file;
}

Result<std::string> Process::path(uint32_t path, uint32_t path_length) {
  std::string text = TRY(memory().copy_characters(GuestSpan<char>{{path}, path_length}));
  if (text.empty()) return Error{ENOENT};
  // It would cut the path short for the kernel.
  if (text.find('\0') != std::string::npos) return Error{EINVAL};
  return text;
}

Result<Location> Process::location(uint32_t fd, uint64_t rights, uint32_t path,
                                   uint32_t path_length, uint64_t* inheriting) {
  Descriptor base = TRY(descriptor(fd, 0));
  if (inheriting) *inheriting = base.rights.inheriting;
  // A file has no path rights to lack; what is wrong is that it isn't a directory.
  if (rights & ~base.rights.base) {
    struct stat status = TRY(base.file->stat());
    return Error{S_ISDIR(status.st_mode) ? kErrnoNotCapable : ENOTDIR};
  }
  return Location{std::move(base.file), TRY(this->path(path, path_length))};
}

Result<void> Process::publish(Descriptor descriptor, uint32_t out) {
  int fd = TRY(cage_.fds().insert(std::move(descriptor)));
  Result<void> stored = memory().write(GuestPtr<uint32_t>{out}, static_cast<uint32_t>(fd));
  if (!stored.ok()) TRY(cage_.fds().close(fd));
  return stored;
}

}  // namespace linden::microvisor::wasi
