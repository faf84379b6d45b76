// What a tree of cages is doing, for whoever runs it: the processes with what each has and has
// used.
//
// Thread-safety: may be called at any time; processes come and go meanwhile, so that a figure is of
// some moment during the call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "microvisor/processes.h"

namespace linden::microvisor {

struct ProcessStatus {
  int id = 0;
  int parent = 0;
  int group = 0;
  int session = 0;
  // A zombie, which has nothing of what follows but its name.
  bool has_ended = false;
  // On its way there: its memory and its descriptors are gone.
  bool is_ending = false;
  // Every level below `parent` counts one; 0 for a process whose parent is not in the listing.
  int depth = 0;
  size_t threads = 0;
  size_t descriptors = 0;
  // Addresses that are mapped, touched or not; 0 before the first instruction of a program.
  uint64_t mapped_bytes = 0;
  // They are the parent's, as after vfork(2).
  bool borrows_memory = false;
  int64_t processor_time = 0;  // nanoseconds
  uint64_t system_calls = 0;   // begun
  std::vector<std::string> args;
};

// Children follow their parent, in the order of ids.
std::vector<ProcessStatus> list_processes(const Processes& processes);

}  // namespace linden::microvisor
