// copy_data_between_cages: threei/guest/lind_syscall.h has the types of copies.
#ifndef LINDEN_RUNTIME_COPY_BETWEEN_H_
#define LINDEN_RUNTIME_COPY_BETWEEN_H_

#include "microvisor/guest_memory.h"

namespace linden::runtime {

// How many bytes were copied. EFAULT, also if only the first part could be; EINVAL for an unknown
// type or too many vectors; ENAMETOOLONG for a string without end. The memories may be one, and the
// ranges overlap.
microvisor::Result<uint64_t> copy_between(const microvisor::GuestMemory& from, uint64_t source,
                                          const microvisor::GuestMemory& to, uint64_t destination,
                                          uint64_t length, uint64_t type);

}  // namespace linden::runtime

#endif
