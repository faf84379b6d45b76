// Runs many independent items, each of which may crash or hang, in child processes that work
// through them in order. A child that dies is replaced by one that goes on with the next item, so
// an item costs a process only when it goes wrong.
#ifndef LINDEN_TESTS_FUZZ_SUPERVISOR_H_
#define LINDEN_TESTS_FUZZ_SUPERVISOR_H_

#include <cstdint>
#include <functional>
#include <string>

namespace linden::fuzz {

// What an item is busy with: a host that hangs is a bug, a guest that hangs is a guest.
enum class Phase : uint32_t { Host, Guest };

struct SupervisorOptions {
  uint64_t items = 0;
  // Items after which a child ends by itself, so that the leak check of the ASan build sees it.
  uint64_t items_per_child = 500;
  double host_seconds = 120;  // generous: the machine may be busy
  double guest_seconds = 0.5;
};

struct SupervisorResult {
  uint64_t finished = 0;
  uint64_t guest_timeouts = 0;
  uint64_t failures = 0;
};

// To be called by the item, in the child.
void set_phase(Phase phase);
// A number that survives the children: tallies[i] += 1.
void count(unsigned tally);
uint64_t counted(unsigned tally);

// `failed` is called in the parent with the item and what happened to it.
SupervisorResult supervise(const SupervisorOptions& options,
                           const std::function<void(uint64_t item)>& run,
                           const std::function<void(uint64_t item, const std::string&)>& failed);

}  // namespace linden::fuzz

#endif
