// Who watches the system calls of a program and of all that it forks: `linden trace`.
//
// Thread-safety: all functions are called concurrently, from the host threads that run the guest's
// threads. They run on guests' native stacks, may block, and must not raise traps.
#ifndef LINDEN_RUNTIME_CALL_OBSERVER_H_
#define LINDEN_RUNTIME_CALL_OBSERVER_H_

#include <cstdint>

#include "microvisor/guest_memory.h"
#include "microvisor/processes.h"
#include "microvisor/signals.h"
#include "microvisor/thread.h"

namespace linden::runtime {

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // A call is about to be made, or to be made again after it was interrupted.
  // Its pointers lead to `memory`; nowhere, if it is one that a grate forwards, whose pointers may
  // lead to the memories of several cages.
  virtual void begin(microvisor::Thread& thread, int number, const uint64_t arguments[6],
                     const microvisor::GuestMemory& memory) = 0;
  // It has been made. After exit, exit_group and execve the guest may not see the result; a new
  // process begins with the result 0 of a call that the observer sees in its parent alone.
  virtual void end(microvisor::Thread& thread, int number, const uint64_t arguments[6],
                   const microvisor::GuestMemory& memory, int64_t result) = 0;
  // A handler is about to run, before the thread's last call returns or is made again.
  virtual void signal(microvisor::Thread& thread, const microvisor::SignalDelivery& delivery) = 0;
  // Nothing follows of a thread, or of a process; of the main thread, when the process ends.
  virtual void ended(int id, microvisor::ExitStatus status) = 0;
};

}  // namespace linden::runtime

#endif
