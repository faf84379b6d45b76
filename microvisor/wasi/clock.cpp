#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

Result<clockid_t> to_clock(uint32_t clock) {
  switch (clock) {
    case 0:
      return CLOCK_REALTIME;
    case 1:
      return CLOCK_MONOTONIC;
    case 2:
      return CLOCK_PROCESS_CPUTIME_ID;
    case 3:
      return CLOCK_THREAD_CPUTIME_ID;
    default:
      return Error{EINVAL};
  }
}

Errno clock_res_get(Process& process, uint32_t clock, uint32_t resolution_out) {
  timespec resolution = WASI_TRY(process.host().clock_getres(WASI_TRY(to_clock(clock))));
  return store(process, resolution_out, to_timestamp(resolution));
}

// The precision is a permission to be less exact, which is of no use here.
Errno clock_time_get(Process& process, uint32_t clock, uint64_t, uint32_t time_out) {
  timespec now = WASI_TRY(process.host().clock_gettime(WASI_TRY(to_clock(clock))));
  return store(process, time_out, to_timestamp(now));
}

}  // namespace linden::microvisor::wasi
