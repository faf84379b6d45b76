// Host threads for guest threads. Making one costs several system calls and fresh pages for its
// stacks, so those that are done are kept for the next; then starting a guest thread costs a
// wake-up.
#ifndef LINDEN_RUNTIME_HOST_THREADS_H_
#define LINDEN_RUNTIME_HOST_THREADS_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "microvisor/host.h"

namespace linden::runtime {

// Runs `task` on a host thread that is ready to enter guests (GuestThread::prepare).
// ResourceExhausted if there is none to be had; the task is then destroyed unrun. Thread-safe.
// Threads that wait for work do not keep the process from ending. `host` makes a thread and its
// stacks if none waits.
absl::Status run_on_host_thread(microvisor::Host& host, absl::AnyInvocable<void()> task);

// Sees to it that a thread calls MemoryPool::free_idle in time: for those that have left a memory
// in a pool and go on. Thread-safe.
void watch_idle_memories(microvisor::Host& host);

}  // namespace linden::runtime

#endif
