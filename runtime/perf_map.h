// The names of compiled functions for profilers: /tmp/perf-PID.map, the file in which `perf report`
// and others look up addresses that belong to no file (Linux,
// tools/perf/Documentation/jit-interface.txt).
#ifndef LINDEN_RUNTIME_PERF_MAP_H_
#define LINDEN_RUNTIME_PERF_MAP_H_

#include "absl/status/status.h"
#include "runtime/loaded_code.h"

namespace linden::runtime {

// From now on the functions of all code that is loaded are added to the file. Says why if it cannot
// be written.
absl::Status begin_perf_map();
// Whether it was begun.
bool has_perf_map();
// Adds the functions; thread-safe. Says why if they cannot be written.
absl::Status write_perf_map(const LoadedCode& code);

}  // namespace linden::runtime

#endif
