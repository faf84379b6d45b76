#include "runtime/sealed_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "jit/digest.h"

namespace linden::runtime {
namespace {

// What precedes the payload. The digest covers what follows it and, by being compared with values
// known beforehand, nothing else needs to be covered.
struct Header {
  char magic[8];
  uint64_t payload_size;
  jit::Digest digest;
};
static_assert(sizeof(Header) == 48);

absl::Status error(const char* what, const std::string& path) {
  int code = errno;
  return absl::ErrnoToStatus(code, absl::StrCat("cannot ", what, " ", path));
}

bool write_fully(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> read_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return error("open", path);
  absl::Cleanup closer = [fd] { ::close(fd); };

  struct stat status;
  if (::fstat(fd, &status) < 0) return error("read", path);
  // Regular files have a size to begin with; pipes and the like grow the buffer as they go.
  std::vector<uint8_t> bytes(S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) + 1
                                                     : 65536);
  size_t used = 0;
  for (;;) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    ssize_t n = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (n < 0) {
      if (errno == EINTR) continue;
      return error("read", path);
    }
    if (n == 0) break;
    used += static_cast<size_t>(n);
  }
  bytes.resize(used);
  return bytes;
}

bool SealedFile::has_magic(std::span<const uint8_t> bytes, FileMagic magic) {
  return bytes.size() >= sizeof(Header::magic) &&
         std::memcmp(bytes.data(), magic.data(), sizeof(Header::magic)) == 0;
}

absl::StatusOr<SealedFile> SealedFile::open(std::vector<uint8_t> bytes, FileMagic magic) {
  Header header;
  if (bytes.size() < sizeof header || !has_magic(bytes, magic)) {
    return absl::DataLossError("not a file of the expected kind and version");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  SealedFile file(std::move(bytes));
  if (header.payload_size != file.payload().size()) {
    return absl::DataLossError("truncated or extended");
  }
  if (header.digest != jit::digest(file.payload())) {
    return absl::DataLossError("content does not match its digest");
  }
  return file;
}

absl::StatusOr<SealedFile> SealedFile::read(const std::string& path, FileMagic magic) {
  absl::StatusOr<std::vector<uint8_t>> bytes = read_file(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<SealedFile> file = open(*std::move(bytes), magic);
  if (!file.ok()) {
    return absl::Status(file.status().code(), absl::StrCat(path, ": ", file.status().message()));
  }
  return file;
}

jit::Digest SealedFile::digest() const {
  jit::Digest digest;
  std::memcpy(digest.data(), bytes_.data() + offsetof(Header, digest), digest.size());
  return digest;
}

std::span<const uint8_t> SealedFile::payload() const {
  return std::span(bytes_).subspan(sizeof(Header));
}

absl::Status SealedFile::write(const std::string& path, FileMagic magic,
                               std::initializer_list<std::span<const uint8_t>> parts, mode_t mode,
                               jit::Digest* digest) {
  std::vector<uint8_t> bytes(sizeof(Header));
  for (std::span<const uint8_t> part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  Header header;
  std::memcpy(header.magic, magic.data(), sizeof header.magic);
  header.payload_size = bytes.size() - sizeof header;
  header.digest = jit::digest(std::span(bytes).subspan(sizeof header));
  if (digest != nullptr) *digest = header.digest;
  std::memcpy(bytes.data(), &header, sizeof header);

  // Renaming is atomic only within a file system, so the temporary file lies beside the final one.
  size_t slash = path.rfind('/');
  std::string temporary = absl::StrCat(path.substr(0, slash == std::string::npos ? 0 : slash + 1),
                                       kTemporaryPrefix, "XXXXXX");
  int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return error("create a temporary file for", path);
  bool written = write_fully(fd, bytes) && ::fchmod(fd, mode) == 0;
  int write_error = errno;
  // close() too can be what reports a full disk (NFS, quotas).
  if (::close(fd) < 0 && written) {
    written = false;
    write_error = errno;
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (written) write_error = errno;
  ::unlink(temporary.c_str());
  errno = write_error;
  return error("write", path);
}

}  // namespace linden::runtime
