#include "runtime/called_file.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "microvisor/abi.h"
#include "microvisor/address_space.h"

namespace linden::runtime {

using microvisor::Error;
using microvisor::GuestPtr;
using microvisor::Result;

namespace {

constexpr uint32_t kBufferSize = 256 << 10;

}  // namespace

Result<std::shared_ptr<CalledFile>> CalledFile::open(microvisor::Cage& cage, Call call,
                                                     int directory, const std::string& path,
                                                     int flags) {
  std::shared_ptr<CalledFile> file(new CalledFile(cage, std::move(call)));
  TRY(file->map_buffer());
  TRY(file->find(directory, path, flags));
  return file;
}

CalledFile::~CalledFile() {
  if (owns_fd_) (void)make(SYS_close, {static_cast<uint64_t>(fd_)});
  if (buffer_ != 0) (void)cage_.address_space()->unmap(buffer_, kBufferSize);
}

Result<void> CalledFile::map_buffer() {
  microvisor::AddressSpace* space = cage_.address_space();
  if (space == nullptr) return Error{ENOMEM};
  buffer_ = TRY(space->map(0, kBufferSize, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  return {};
}

Result<int64_t> CalledFile::make(int number, std::initializer_list<uint64_t> arguments) {
  uint64_t all[6] = {};
  std::copy(arguments.begin(), arguments.end(), all);
  const int64_t result = call_(number, all);
  if (result < 0) return Error{static_cast<int>(-result)};
  return result;
}

Result<void> CalledFile::find(int directory, const std::string& path, int flags) {
  if (path.size() >= PATH_MAX) return Error{ENAMETOOLONG};
  const uint32_t status = buffer_ + PATH_MAX;
  TRY(cage_.memory().copy_out(buffer_, path.c_str(), path.size() + 1));
  const auto from = static_cast<uint64_t>(static_cast<int64_t>(directory));
  const uint64_t empty = path.empty() ? AT_EMPTY_PATH : 0;
  TRY(make(SYS_newfstatat,
           {from, buffer_, status, (flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0) | empty}));
  const auto found = TRY(cage_.memory().read(GuestPtr<microvisor::GuestStat>{status}));
  status_.st_mode = found.mode;
  status_.st_size = found.size;
  if (S_ISLNK(found.mode)) return Error{ELOOP};
  if (!S_ISREG(found.mode)) return Error{EACCES};
  if (path.empty()) {
    // Whoever has it open may read it by other means, too.
    if ((found.mode & 0111) == 0) return Error{EACCES};
    fd_ = directory;
    return {};
  }
  TRY(make(SYS_faccessat, {from, buffer_, X_OK}));
  const auto open_flags = static_cast<uint64_t>(O_RDONLY | O_CLOEXEC | flags);
  fd_ = static_cast<int>(TRY(make(SYS_openat, {from, buffer_, open_flags})));
  owns_fd_ = true;
  if (directory == AT_FDCWD || path.starts_with('/')) TRY(note_path(path));
  return {};
}

Result<void> CalledFile::note_path(const std::string& path) {
  path_ = path;
  if (path.starts_with('/')) return {};
  const auto size = static_cast<size_t>(TRY(make(SYS_getcwd, {buffer_, PATH_MAX})));
  std::string base = TRY(cage_.memory().copy_string({buffer_}, std::min<size_t>(size, PATH_MAX)));
  path_ = base.ends_with('/') ? base + path : base + '/' + path;
  return {};
}

Result<size_t> CalledFile::preadv(std::span<const iovec> to, int64_t offset) {
  size_t done = 0;
  for (const iovec& piece : to) {
    for (size_t in_piece = 0; in_piece < piece.iov_len;) {
      const uint64_t wanted = std::min<uint64_t>(piece.iov_len - in_piece, kBufferSize);
      const auto got =
          static_cast<uint64_t>(TRY(make(SYS_pread64, {static_cast<uint64_t>(fd_), buffer_, wanted,
                                                       static_cast<uint64_t>(offset) + done})));
      if (got > wanted) return Error{EIO};
      TRY(cage_.memory().copy_in(static_cast<std::byte*>(piece.iov_base) + in_piece, buffer_, got));
      in_piece += got;
      done += got;
      if (got < wanted) return done;
    }
  }
  return done;
}

}  // namespace linden::runtime
