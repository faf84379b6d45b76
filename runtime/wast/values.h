// The constants of scripts: arguments, and patterns that results are compared with.
#ifndef LINDEN_RUNTIME_WAST_VALUES_H_
#define LINDEN_RUNTIME_WAST_VALUES_H_

#include <string>

#include "runtime/value.h"

namespace wabt {
struct Const;
class Expectation;
}  // namespace wabt

namespace linden::runtime {

// A host reference (ref.extern n) is the word n + 1, since 0 is null.
Value to_value(const wabt::Const& constant);
ValueType type_of(const wabt::Const& constant);

// Whether a result is what the script expects: the same bits, or a NaN of the class asked for (also
// per lane), or any non-null reference for (ref.func).
bool matches(const wabt::Const& expected, ValueType type, const Value& actual);

std::string describe(ValueType type, const Value& value);
std::string describe(const wabt::Const& expected);

}  // namespace linden::runtime

#endif
