// Machine code from a file runs only if the verifier (docs/sfi.md) accepts it as the code of its
// module. What was accepted once is stamped, so that it is not proved again at every start.
#ifndef LINDEN_RUNTIME_VERIFICATION_H_
#define LINDEN_RUNTIME_VERIFICATION_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "jit/digest.h"
#include "jit/image.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

// PermissionDenied, with the rule that is broken, if the image is not what this process would have
// compiled the module for, or, for `--sfi segment`, if it is not proved to keep within its sandbox.
// Nothing is known of the code of other back-ends.
absl::Status verify_image(const jit::Image& image, const jit::Module& module,
                          const LoadOptions& options);

// In the cache's directory: `stamp-key`, 32 random bytes that only the owner can read, and for each
// image that was accepted a file with a MAC by that key of the digest of the image's file, the
// verifier and where this build has its Context. What is a stamp worth: docs/sfi.md. Errors mean
// that there is no stamp, and the image is proved again. Thread-safe, also among processes.
class VerificationStamps {
 public:
  explicit VerificationStamps(std::string directory) : directory_(std::move(directory)) {}

  bool contains(const jit::Digest& digest) const;
  void add(const jit::Digest& digest) const;

  // Whether a file of the directory is a stamp, or the key.
  static bool owns(std::string_view name);

 private:
  using Key = std::array<uint8_t, 32>;
  std::optional<Key> read_key() const;
  std::optional<Key> make_key() const;
  std::string path_of(const jit::Digest& digest) const;

  std::string directory_;
};

}  // namespace linden::runtime

#endif
