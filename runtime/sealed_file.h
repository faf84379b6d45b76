// Files that are whole or absent: written under a temporary name and renamed, and carrying a digest
// of their content that is checked when they are read. The cache and ahead-of-time files are made
// of them. The digest detects damage, not malice: whoever can write the file can also compute it.
#ifndef LINDEN_RUNTIME_SEALED_FILE_H_
#define LINDEN_RUNTIME_SEALED_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "jit/digest.h"

namespace linden::runtime {

// Eight characters that tell kinds and versions of sealed files apart.
using FileMagic = std::string_view;

// The start of the names of temporary files, in the directory of the file being written.
inline constexpr char kTemporaryPrefix[] = ".linden-new-";

class SealedFile {
 public:
  // NotFound; DataLoss if it is not a sealed file with this magic or does not match its digest; or
  // what opening and reading it met.
  static absl::StatusOr<SealedFile> read(const std::string& path, FileMagic magic);
  // As read(), from the bytes of a file.
  static absl::StatusOr<SealedFile> open(std::vector<uint8_t> bytes, FileMagic magic);
  // Whether these are the first bytes of such a file, damaged or not.
  static bool has_magic(std::span<const uint8_t> bytes, FileMagic magic);

  // The parts, one after another, become the payload. On failure nothing is left behind. `digest`,
  // if not null, is told that of the payload.
  static absl::Status write(const std::string& path, FileMagic magic,
                            std::initializer_list<std::span<const uint8_t>> parts, mode_t mode,
                            jit::Digest* digest = nullptr);

  std::span<const uint8_t> payload() const;
  // Of the payload.
  jit::Digest digest() const;

 private:
  explicit SealedFile(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}

  std::vector<uint8_t> bytes_;
};

// The whole content of a file.
absl::StatusOr<std::vector<uint8_t>> read_file(const std::string& path);

}  // namespace linden::runtime

#endif
