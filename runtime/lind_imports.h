// The imports of the lind ABI (docs/abi.md): system calls and the start block.
#ifndef LINDEN_RUNTIME_LIND_IMPORTS_H_
#define LINDEN_RUNTIME_LIND_IMPORTS_H_

#include <optional>

#include "runtime/store.h"

namespace linden::runtime {

// The host function for an import from "lind"; nullopt for anything else. Instances that call it
// must have a GuestTask as their user_data.
std::optional<Extern> find_lind_import(Store& store, const jit::Import& import);

}  // namespace linden::runtime

#endif
