// Files that `linden compile` writes: a module's bytes together with its machine code.
//
// A file whose code was made by another build of Linden, for another processor or with other
// options is still good: its bytes are compiled again. The digest inside guards against damage
// only; such a file is native code, to be trusted as far as an executable from the same source.
#ifndef LINDEN_RUNTIME_AHEAD_OF_TIME_H_
#define LINDEN_RUNTIME_AHEAD_OF_TIME_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

struct AheadOfTimeResult {
  uint64_t file_size = 0;
  uint64_t code_size = 0;
  double compile_seconds = 0;
};

// Whether the bytes are meant to be such a file, intact or not.
bool is_ahead_of_time(std::span<const uint8_t> bytes);

// Compiles and writes, atomically. InvalidArgument: not a valid module.
absl::StatusOr<AheadOfTimeResult> write_ahead_of_time(const std::string& path,
                                                      std::vector<uint8_t> module_bytes,
                                                      const LoadOptions& options);

struct LoadedAheadOfTime {
  std::shared_ptr<const CompiledModule> module;
  bool recompiled = false;  // the code inside was not fit for this process
};
// From the bytes of a file. DataLoss if they are damaged.
absl::StatusOr<LoadedAheadOfTime> load_ahead_of_time(std::vector<uint8_t> file_bytes,
                                                     const LoadOptions& options);

// The module inside the file. DataLoss if the file is damaged.
absl::StatusOr<std::vector<uint8_t>> module_of_ahead_of_time(std::vector<uint8_t> file_bytes);

// The machine code inside the file, whether it fits this process or not. DataLoss likewise.
absl::StatusOr<jit::Image> image_of_ahead_of_time(std::vector<uint8_t> file_bytes);

}  // namespace linden::runtime

#endif
