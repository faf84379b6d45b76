// The text format, by wabt. Nothing outside this directory includes wabt.
#ifndef LINDEN_RUNTIME_WAST_TEXT_H_
#define LINDEN_RUNTIME_WAST_TEXT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/module.h"

namespace wabt {
class Features;
struct Module;
}  // namespace wabt

namespace linden::runtime {

wabt::Features wabt_features(const jit::Features& features);

// InvalidArgument, with file and line, if the text is malformed.
absl::StatusOr<std::vector<uint8_t>> assemble(std::string_view text, const std::string& filename,
                                              const jit::Features& features);
// Of a module that wabt has read. Does not validate.
absl::StatusOr<std::vector<uint8_t>> write_binary(const wabt::Module& module,
                                                  const jit::Features& features);

// The proposals beyond WebAssembly 1.0 that a module makes use of, sorted. The module must be
// valid.
std::vector<std::string> features_used(std::span<const uint8_t> bytes);

}  // namespace linden::runtime

#endif
