// Numbers for cages and threads: as on Linux, one sequence for both, so that a thread's id is never
// another cage's.
//
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <bitset>
#include <mutex>

#include "microvisor/result.h"

namespace linden::microvisor {

class TaskIds {
 public:
  // Linux's default pid_max.
  static constexpr int kLimit = 32768;

  // The next free number after the one given out last, from 2 on: 1 is whoever starts the first
  // cage. Freed numbers thus rest as long as possible. EAGAIN if all are in use.
  Result<int> allocate();
  // Takes a number that the embedder has chosen.
  void reserve(int id);
  void free(int id);

 private:
  std::mutex mutex_;
  std::bitset<kLimit> used_;
  int last_ = 1;
};

}  // namespace linden::microvisor
