#include "runtime/verification.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "runtime/context.h"
#include "runtime/sealed_file.h"
#include "verifier/verifier.h"

namespace linden::runtime {
namespace {

constexpr char kKeyName[] = "stamp-key";
constexpr char kSuffix[] = ".verified";

// Reads exactly `size` bytes of a regular file that is ours and that nobody else can read or write.
bool read_private(const std::string& path, uint8_t* bytes, size_t size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  struct stat status;
  const bool is_read = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                       status.st_uid == ::geteuid() && (status.st_mode & 077) == 0 &&
                       status.st_size == static_cast<off_t>(size) &&
                       ::read(fd, bytes, size) == static_cast<ssize_t>(size);
  ::close(fd);
  return is_read;
}

// With a new file that takes the place of what is there (`replace`), or of nothing.
bool write_private(const std::string& directory, const std::string& path, const uint8_t* bytes,
                   size_t size, bool replace) {
  std::string temporary = absl::StrCat(directory, "/", kTemporaryPrefix, "XXXXXX");
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return false;
  bool done = ::write(fd, bytes, size) == static_cast<ssize_t>(size);
  done &= ::close(fd) == 0;
  if (done && replace) return ::rename(temporary.c_str(), path.c_str()) == 0;
  done = done && ::link(temporary.c_str(), path.c_str()) == 0;
  ::unlink(temporary.c_str());
  return done;
}

// No construction of its own is needed: BLAKE3 cannot be extended, so a digest that begins with the
// key is a MAC.
jit::Digest stamp(std::span<const uint8_t> key, const jit::Digest& digest) {
  const int64_t context = context_offset();
  const std::string_view identity = verifier::identity();
  std::vector<uint8_t> text(key.begin(), key.end());
  text.insert(text.end(), digest.begin(), digest.end());
  const auto* bytes = reinterpret_cast<const uint8_t*>(&context);
  text.insert(text.end(), bytes, bytes + sizeof context);
  text.insert(text.end(), identity.begin(), identity.end());
  return jit::digest(text);
}

}  // namespace

absl::Status verify_image(const jit::Image& image, const jit::Module& module,
                          const LoadOptions& options) {
  if (image.target != jit::image_target(module, compile_options_of(options))) {
    return absl::PermissionDeniedError(
        "its machine code is refused: it was compiled for another module, machine or build");
  }
  if (options.sfi != jit::Sfi::Segment) return absl::OkStatus();
  const verifier::Verdict verdict =
      verifier::verify(image, context_offset(), {.threads = options.compile_threads});
  if (verdict.ok()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("its machine code is refused: ", verifier::to_string(verdict.refusals[0])));
}

std::string VerificationStamps::path_of(const jit::Digest& digest) const {
  const absl::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  return absl::StrCat(directory_, "/", absl::BytesToHexString(bytes), kSuffix);
}

bool VerificationStamps::owns(std::string_view name) {
  return name.ends_with(kSuffix) || name == kKeyName;
}

std::optional<VerificationStamps::Key> VerificationStamps::read_key() const {
  Key key;
  if (!read_private(absl::StrCat(directory_, "/", kKeyName), key.data(), key.size())) {
    return std::nullopt;
  }
  return key;
}

std::optional<VerificationStamps::Key> VerificationStamps::make_key() const {
  if (std::optional<Key> key = read_key()) return key;
  Key key;
  if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
    return std::nullopt;
  }
  // Another process may have been faster: its key is the one.
  write_private(directory_, absl::StrCat(directory_, "/", kKeyName), key.data(), key.size(),
                /*replace=*/false);
  return read_key();
}

bool VerificationStamps::contains(const jit::Digest& digest) const {
  jit::Digest found;
  if (!read_private(path_of(digest), found.data(), found.size())) return false;
  const std::optional<Key> key = read_key();
  return key && stamp(*key, digest) == found;
}

void VerificationStamps::add(const jit::Digest& digest) const {
  const std::optional<Key> key = make_key();
  if (!key) return;
  const jit::Digest made = stamp(*key, digest);
  write_private(directory_, path_of(digest), made.data(), made.size(), /*replace=*/true);
}

}  // namespace linden::runtime
