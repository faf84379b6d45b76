#include "microvisor/cage.h"

#include <fcntl.h>

#include <utility>

#include "microvisor/path_operations.h"

namespace linden::microvisor {

Cage::Cage(Host& host, Options options)
    : host_(host),
      options_(std::move(options)),
      attributes_(host, options_.id, options_.fd_limit),
      fds_(options_.fd_limit),
      working_directory_(options_.working_directory) {}

std::string Cage::working_directory() const {
  absl::ReaderMutexLock lock(&working_directory_mutex_);
  return working_directory_;
}

Result<Location> Cage::locate(int directory, std::string_view path) {
  if (path.empty()) return Error{ENOENT};
  if (path.front() == '/') return options_.names.locate(path);
  if (directory == AT_FDCWD) {
    return options_.names.locate(working_directory() + "/" + std::string(path));
  }
  return Location{TRY(fds_.file(directory)), std::string(path)};
}

Result<void> Cage::change_directory(const std::string& path) {
  Location location = TRY(locate(AT_FDCWD, path));
  TRY(open_at(host_, location, O_PATH | O_DIRECTORY, 0));
  absl::MutexLock lock(&working_directory_mutex_);
  std::string next = path.front() == '/' ? path : working_directory_ + "/" + path;
  if (next.size() >= PATH_MAX) return Error{ENAMETOOLONG};
  working_directory_ = std::move(next);
  return {};
}

void Cage::exit(int status) {
  int64_t running = kRunning;
  exit_status_.compare_exchange_strong(running, status & 0xffffffff);
}

std::optional<int> Cage::exit_status() const {
  int64_t status = exit_status_.load();
  if (status == kRunning) return std::nullopt;
  return static_cast<int>(status);
}

}  // namespace linden::microvisor
