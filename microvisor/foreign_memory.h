// Pointers into memories of other cages, for calls that one cage makes on behalf of another: a
// grate forwards a call with a path of its own and a buffer of its caller's.
//
// Bits 40 and up of a GuestPtr say which memory it leads to: 0 is the cage's own, as in all calls
// that a program makes itself. The numbers of others hold for one call of one thread, while a
// ForeignMemories lives. A pointer of the own memory is never taken for a foreign one: 32 bits and
// any length that may be added to them stay below bit 40.
//
// GuestMemory looks here only when an address is out of its range, so that calls without foreign
// pointers pay nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microvisor/guest_memory.h"

namespace linden::microvisor {

// While it lives, pointers of the calling thread may lead to the memories that were added. Whoever
// made those keeps them alive. A call that is made within another has its own, and hides the
// other's.
class ForeignMemories {
 public:
  ForeignMemories();
  ~ForeignMemories();
  ForeignMemories(const ForeignMemories&) = delete;

  // The pointer to `offset` in a memory. At most kLimit memories may be added.
  uint64_t pointer(const GuestMemory& memory, uint32_t offset);

  static constexpr size_t kLimit = 6;

 private:
  friend class GuestMemory;
  ForeignMemories* const outer_;
  GuestMemory memories_[kLimit];
  size_t count_ = 0;
};

}  // namespace linden::microvisor
