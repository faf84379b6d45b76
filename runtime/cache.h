// Compiled images on disk, by content key. Entries are written to a temporary file and renamed, so
// a reader sees a whole entry or none; every entry carries a BLAKE3 digest that is checked on load,
// and one that does not match is removed and rebuilt. The directory is kept below a size by
// removing the entries used least recently. Thread-safe and safe among processes; const because the
// cache's content is not the object's state.
#ifndef LINDEN_RUNTIME_CACHE_H_
#define LINDEN_RUNTIME_CACHE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "jit/digest.h"
#include "jit/image.h"

namespace linden::runtime {

class Cache {
 public:
  static constexpr uint64_t kDefaultMaximumSize = 1ull << 30;

  // $LINDEN_CACHE_DIR, or $XDG_CACHE_HOME/linden, or $HOME/.cache/linden. FailedPrecondition if
  // none of them is set.
  static absl::StatusOr<std::string> default_directory();

  // $LINDEN_CACHE_SIZE (bytes, or with a K, M or G suffix) overrides the default maximum.
  explicit Cache(std::string directory, uint64_t maximum_size = kDefaultMaximumSize);

  const std::string& directory() const { return directory_; }
  uint64_t maximum_size() const { return maximum_size_; }

  // Nullopt if absent or damaged (a damaged entry is removed). `digest`, if not null, is told what
  // identifies the entry's content, the key included.
  std::optional<jit::Image> find(const std::string& key, jit::Digest* digest = nullptr) const;
  // What is in the file of an entry, whatever its key. DataLoss if it is none or damaged.
  static absl::StatusOr<jit::Image> read_entry(std::vector<uint8_t> file_bytes);
  // An error (full disk, no permission) leaves no partial entry; callers may ignore it.
  absl::Status insert(const std::string& key, const jit::Image& image,
                      jit::Digest* digest = nullptr) const;
  void remove(const std::string& key) const;

  // Whether what has this digest, an entry or another file, was verified (runtime/verification.h).
  bool is_stamped(const jit::Digest& digest) const;
  void stamp(const jit::Digest& digest) const;

  struct Entry {
    std::string key;
    uint64_t size;
    int64_t last_used;  // seconds since the epoch
  };
  absl::StatusOr<std::vector<Entry>> list() const;
  // Removes all entries; returns how many bytes that freed.
  absl::StatusOr<uint64_t> clear() const;

 private:
  std::string path_of(const std::string& key) const;
  void trim() const;

  std::string directory_;
  uint64_t maximum_size_;
};

}  // namespace linden::runtime

#endif
