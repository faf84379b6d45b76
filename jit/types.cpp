#include "jit/types.h"

#include "jit/abi.h"

namespace linden::jit {

std::string to_string(const FunctionType& type) {
  std::string text = "(";
  auto append = [&](const std::vector<ValueType>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i != 0) text += ' ';
      text += to_string(values[i]);
    }
  };
  append(type.params);
  text += ") -> (";
  append(type.results);
  return text + ")";
}

// Bits 0-23: three bits a value, parameters first. Bits 24-27: number of parameters + 1, so that no
// type is 0. Bits 28-30: number of results.
uint32_t encode_type_id(const FunctionType& type) {
  size_t parameters = type.params.size();
  size_t results = type.results.size();
  if (parameters + results > 8 || results > 7) return 0;
  uint32_t id = static_cast<uint32_t>((parameters + 1) << 24 | results << 28);
  unsigned shift = 0;
  for (const auto* values : {&type.params, &type.results}) {
    for (ValueType value : *values) {
      id |= static_cast<uint32_t>(value) << shift;
      shift += 3;
    }
  }
  return id;
}

}  // namespace linden::jit
