#include "runtime/program_loader.h"

#include <sys/stat.h>

#include "runtime/ahead_of_time.h"

namespace linden::runtime {
namespace {

constexpr size_t kKept = 32;
constexpr size_t kMaximumFileSize = size_t{1} << 30;

microvisor::Result<std::vector<uint8_t>> read_all(microvisor::OpenFile& file, uint64_t size) {
  if (size > kMaximumFileSize) return microvisor::Error{ENOMEM};
  std::vector<uint8_t> bytes(size);
  size_t done = 0;
  while (done < bytes.size()) {
    const iovec vector{bytes.data() + done, bytes.size() - done};
    const size_t got = TRY(file.preadv({&vector, 1}, static_cast<int64_t>(done)));
    if (got == 0) break;
    done += got;
  }
  bytes.resize(done);
  return bytes;
}

int to_errno(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
      return ENOEXEC;
    default:
      return ENOMEM;
  }
}

}  // namespace

microvisor::Result<std::shared_ptr<const CompiledModule>> ProgramLoader::load(
    microvisor::OpenFile& file) {
  const struct stat status = TRY(file.stat());
  const auto size = static_cast<uint64_t>(status.st_size);
  Key key = FileVersion{status.st_dev,         status.st_ino,          size,
                        status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                        status.st_ctim.tv_nsec};
  std::vector<uint8_t> bytes;
  if (!file.has_identity()) {
    bytes = TRY(read_all(file, size));
    key = jit::digest(bytes);
  }
  if (auto module = find(key)) return module;
  if (file.has_identity()) bytes = TRY(read_all(file, size));
  if (is_ahead_of_time(bytes)) {
    auto module = module_of_ahead_of_time(std::move(bytes));
    if (!module.ok()) return microvisor::Error{to_errno(module.status())};
    bytes = *std::move(module);
  }
  auto module = CompiledModule::load(std::move(bytes), options_);
  if (!module.ok()) return microvisor::Error{to_errno(module.status())};
  std::lock_guard lock(mutex_);
  loaded_.push_front({key, *module});
  if (loaded_.size() > kKept) loaded_.pop_back();
  return *module;
}

std::shared_ptr<const CompiledModule> ProgramLoader::find(const Key& key) {
  std::lock_guard lock(mutex_);
  for (auto loaded = loaded_.begin(); loaded != loaded_.end(); ++loaded) {
    if (loaded->key != key) continue;
    loaded_.splice(loaded_.begin(), loaded_, loaded);
    return loaded->module;
  }
  return nullptr;
}

}  // namespace linden::runtime
