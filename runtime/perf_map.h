// The names of compiled functions for profilers: /tmp/perf-PID.map, the file in which `perf report`
// and others look up addresses that belong to no file (Linux,
// tools/perf/Documentation/jit-interface.txt).
#ifndef LINDEN_RUNTIME_PERF_MAP_H_
#define LINDEN_RUNTIME_PERF_MAP_H_

#include "absl/status/status.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

// Adds the module's functions to the file; thread-safe. Says why if it cannot be written.
absl::Status write_perf_map(const CompiledModule& module);

}  // namespace linden::runtime

#endif
