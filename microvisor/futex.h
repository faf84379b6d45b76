// Futexes are the host's, on the guest's memory: waking and waiting cost what they cost natively,
// and mappings that cages share work by themselves. Only locks with priority inheritance are our
// own, because the kernel would look for the owner among the host's thread ids.
#pragma once

#include "microvisor/cage.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

// Wakes at most `count` waiters. A word that is not there has none.
void futex_wake(Cage& cage, GuestPtr<uint32_t> word, uint32_t count);

}  // namespace linden::microvisor
