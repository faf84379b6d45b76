// Wasm values on the command line: for `linden run --invoke`.
#ifndef LINDEN_RUNTIME_CLI_SCALARS_H_
#define LINDEN_RUNTIME_CLI_SCALARS_H_

#include <optional>
#include <string>

#include "runtime/value.h"

namespace linden::cli {

// Integers decimal or hexadecimal (0x), signed or unsigned; floats as strtod() reads them. Nullopt
// if the text is no value of the type.
std::optional<runtime::Value> parse_scalar(runtime::ValueType type, const std::string& text);

// Integers are shown signed, floats with as many digits as bring them back.
std::string format_scalar(runtime::ValueType type, const runtime::Value& value);

// Bytes, or with a K, M or G suffix.
std::optional<uint64_t> parse_byte_count(const std::string& text);

}  // namespace linden::cli

#endif
