// WASI preview 1 as imports: connects the functions of microvisor/wasi to instances.
#ifndef LINDEN_RUNTIME_WASI_IMPORTS_H_
#define LINDEN_RUNTIME_WASI_IMPORTS_H_

#include <optional>

#include "runtime/store.h"

namespace linden::microvisor::wasi {
class Process;
}

namespace linden::runtime {

// The host function for an import from "wasi_snapshot_preview1"; nullopt for anything else.
std::optional<Extern> find_wasi_import(Store& store, const jit::Import& import);

// Makes `process` the one that the instance's WASI calls act on, in the instance's memory. Must
// happen before the instance's code runs; the process has to outlive the instance's last call.
// After a trap with TrapCode::Exit the process knows the exit code.
void attach_wasi_process(Instance& instance, microvisor::wasi::Process& process);

}  // namespace linden::runtime

#endif
