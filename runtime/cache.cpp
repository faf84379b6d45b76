#include "runtime/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "runtime/sealed_file.h"
#include "runtime/verification.h"

namespace linden::runtime {
namespace {

// Changes whenever Image::serialize() or the entry's layout (the key, then the image) does.
constexpr FileMagic kMagic = "LNDNIM01";
constexpr char kSuffix[] = ".image";
constexpr size_t kMaximumKeyLength = 128;
// Of jit::cache_key().
constexpr size_t kKeySize = 64;
// A temporary file this old has no writer any more: that process was killed.
constexpr int64_t kStaleSeconds = 3600;
constexpr size_t kMaximumStamps = 10'000;

bool is_valid_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaximumKeyLength &&
         std::all_of(key.begin(), key.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
         });
}

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  std::string_view suffix = text.substr(static_cast<size_t>(end - text.data()));
  if (suffix.empty()) return value;
  if (suffix.size() > 1) return std::nullopt;
  int shift = suffix[0] == 'K' || suffix[0] == 'k'   ? 10
              : suffix[0] == 'M' || suffix[0] == 'm' ? 20
              : suffix[0] == 'G' || suffix[0] == 'g' ? 30
                                                     : 0;
  if (shift == 0 || value > (UINT64_MAX >> shift)) return std::nullopt;
  return value << shift;
}

// As mkdir -p with mode 0700, which is what XDG asks for.
absl::Status make_directories(const std::string& directory) {
  for (size_t end = 1; end <= directory.size(); ++end) {
    if (end != directory.size() && directory[end] != '/') continue;
    std::string part = directory.substr(0, end);
    if (::mkdir(part.c_str(), 0700) == 0 || errno == EEXIST || errno == EISDIR) continue;
    int code = errno;
    // A parent that exists but may not be written to is fine as long as the next step works.
    struct stat status;
    if (::stat(part.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
    return absl::ErrnoToStatus(code, absl::StrCat("cannot create the cache directory ", part));
  }
  return absl::OkStatus();
}

// Entries hold machine code that will run in this process, outside every sandbox: they are only
// taken from a directory that nobody else can write to.
absl::Status check_directory(const std::string& directory) {
  struct stat status;
  if (::stat(directory.c_str(), &status) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot use the cache directory ", directory));
  }
  if (!S_ISDIR(status.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the cache directory ", directory,
                     " is not a directory; remove it or set LINDEN_CACHE_DIR"));
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & 022) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the cache directory ", directory,
                     " belongs to or can be written by other users; make it yours with mode 0700 "
                     "or set LINDEN_CACHE_DIR"));
  }
  return absl::OkStatus();
}

struct File {
  std::string name;
  uint64_t size;
  timespec used;
};

absl::StatusOr<std::vector<File>> list_files(const std::string& directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (stream == nullptr) {
    if (errno == ENOENT) return std::vector<File>();
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read the cache directory ", directory));
  }
  std::vector<File> files;
  while (const dirent* entry = ::readdir(stream.get())) {
    struct stat status;
    // Others may remove entries while this loop runs.
    if (::fstatat(::dirfd(stream.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0) continue;
    if (!S_ISREG(status.st_mode)) continue;
    files.push_back({entry->d_name, static_cast<uint64_t>(status.st_size), status.st_mtim});
  }
  return files;
}

bool is_entry(const File& file) {
  return file.name.ends_with(kSuffix) && !file.name.starts_with(kTemporaryPrefix);
}

bool used_earlier(const File& a, const File& b) {
  return a.used.tv_sec != b.used.tv_sec ? a.used.tv_sec < b.used.tv_sec
                                        : a.used.tv_nsec < b.used.tv_nsec;
}

}  // namespace

absl::StatusOr<std::string> Cache::default_directory() {
  auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (std::string directory = variable("LINDEN_CACHE_DIR"); !directory.empty()) return directory;
  // XDG: a relative path is to be ignored.
  if (std::string base = variable("XDG_CACHE_HOME"); base.starts_with('/')) {
    return absl::StrCat(base, "/linden");
  }
  if (std::string home = variable("HOME"); !home.empty()) {
    return absl::StrCat(home, "/.cache/linden");
  }
  return absl::FailedPreconditionError(
      "no place for the cache: set LINDEN_CACHE_DIR, XDG_CACHE_HOME or HOME");
}

Cache::Cache(std::string directory, uint64_t maximum_size)
    : directory_(std::move(directory)), maximum_size_(maximum_size) {
  if (maximum_size != kDefaultMaximumSize) return;
  if (const char* text = std::getenv("LINDEN_CACHE_SIZE")) {
    maximum_size_ = parse_size(text).value_or(maximum_size);
  }
}

std::string Cache::path_of(const std::string& key) const {
  return absl::StrCat(directory_, "/", key, kSuffix);
}

std::optional<jit::Image> Cache::find(const std::string& key, jit::Digest* digest) const {
  if (!is_valid_key(key) || !check_directory(directory_).ok()) return std::nullopt;
  std::string path = path_of(key);
  absl::StatusOr<SealedFile> file = SealedFile::read(path, kMagic);
  if (file.ok()) {
    // The entry names its key, so that a renamed file is not taken for another module.
    std::span<const uint8_t> payload = file->payload();
    if (payload.size() >= key.size() && std::memcmp(payload.data(), key.data(), key.size()) == 0) {
      absl::StatusOr<jit::Image> image = jit::Image::deserialize(payload.subspan(key.size()));
      if (image.ok()) {
        ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
        if (digest != nullptr) *digest = file->digest();
        return *std::move(image);
      }
    }
  } else if (!absl::IsDataLoss(file.status())) {
    return std::nullopt;
  }
  ::unlink(path.c_str());
  return std::nullopt;
}

absl::StatusOr<jit::Image> Cache::read_entry(std::vector<uint8_t> file_bytes) {
  absl::StatusOr<SealedFile> file = SealedFile::open(std::move(file_bytes), kMagic);
  if (!file.ok()) return file.status();
  if (file->payload().size() < kKeySize) return absl::DataLossError("it has no key");
  return jit::Image::deserialize(file->payload().subspan(kKeySize));
}

absl::Status Cache::insert(const std::string& key, const jit::Image& image,
                           jit::Digest* digest) const {
  if (!is_valid_key(key)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", key, "\" is no cache key"));
  }
  std::vector<uint8_t> bytes = image.serialize();
  if (bytes.size() > maximum_size_) {
    return absl::ResourceExhaustedError(absl::StrCat("an image of ", bytes.size(),
                                                     " bytes does not fit into a cache of ",
                                                     maximum_size_, "; raise LINDEN_CACHE_SIZE"));
  }
  if (absl::Status status = make_directories(directory_); !status.ok()) return status;
  if (absl::Status status = check_directory(directory_); !status.ok()) return status;
  absl::Status status =
      SealedFile::write(path_of(key), kMagic, {bytes_of(key), bytes}, 0600, digest);
  if (status.ok()) trim();
  return status;
}

void Cache::remove(const std::string& key) const {
  if (is_valid_key(key)) ::unlink(path_of(key).c_str());
}

bool Cache::is_stamped(const jit::Digest& digest) const {
  return check_directory(directory_).ok() && VerificationStamps(directory_).contains(digest);
}

void Cache::stamp(const jit::Digest& digest) const {
  if (!make_directories(directory_).ok() || !check_directory(directory_).ok()) return;
  VerificationStamps(directory_).add(digest);
}

absl::StatusOr<std::vector<Cache::Entry>> Cache::list() const {
  absl::StatusOr<std::vector<File>> files = list_files(directory_);
  if (!files.ok()) return files.status();
  std::sort(files->begin(), files->end(), [](auto& a, auto& b) { return used_earlier(b, a); });
  std::vector<Entry> entries;
  for (const File& file : *files) {
    if (!is_entry(file)) continue;
    entries.push_back({file.name.substr(0, file.name.size() - std::strlen(kSuffix)), file.size,
                       static_cast<int64_t>(file.used.tv_sec)});
  }
  return entries;
}

absl::StatusOr<uint64_t> Cache::clear() const {
  absl::StatusOr<std::vector<File>> files = list_files(directory_);
  if (!files.ok()) return files.status();
  uint64_t freed = 0;
  for (const File& file : *files) {
    // Only what the cache made: the directory may have been pointed at something else by mistake.
    if (!is_entry(file) && !file.name.starts_with(kTemporaryPrefix) &&
        !VerificationStamps::owns(file.name)) {
      continue;
    }
    std::string path = absl::StrCat(directory_, "/", file.name);
    if (::unlink(path.c_str()) == 0) {
      freed += file.size;
    } else if (errno != ENOENT) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", path));
    }
  }
  return freed;
}

void Cache::trim() const {
  absl::StatusOr<std::vector<File>> files = list_files(directory_);
  if (!files.ok()) return;
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  uint64_t total = 0;
  // A stamp does not say which entry it is for. One that is missing costs a proof.
  size_t stamps = 0;
  for (const File& file : *files) {
    if (is_entry(file)) {
      total += file.size;
    } else if (VerificationStamps::owns(file.name)) {
      if (++stamps > kMaximumStamps) ::unlink(absl::StrCat(directory_, "/", file.name).c_str());
    } else if (file.name.starts_with(kTemporaryPrefix) &&
               file.used.tv_sec + kStaleSeconds < now.tv_sec) {
      ::unlink(absl::StrCat(directory_, "/", file.name).c_str());
    }
  }
  if (total <= maximum_size_) return;
  std::sort(files->begin(), files->end(), used_earlier);
  for (const File& file : *files) {
    if (total <= maximum_size_) break;
    if (!is_entry(file)) continue;
    // Whoever has the entry open keeps reading it; one already gone counts as freed too.
    ::unlink(absl::StrCat(directory_, "/", file.name).c_str());
    total -= file.size;
  }
}

}  // namespace linden::runtime
