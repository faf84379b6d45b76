// The host module "spectest" that specification scripts import from.
#ifndef LINDEN_RUNTIME_WAST_SPECTEST_H_
#define LINDEN_RUNTIME_WAST_SPECTEST_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/store.h"

namespace linden::runtime {

using ExternMap = std::map<std::string, Extern, std::less<>>;

// `verbose`: what is printed goes to standard output, otherwise nowhere.
absl::StatusOr<ExternMap> create_spectest(Store& store, bool verbose);

}  // namespace linden::runtime

#endif
