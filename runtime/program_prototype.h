// Programs as they are before their first instruction, for exec: memory initialised, start function
// run, globals set. A program that is begun again is a copy of its prototype, like a fork, instead
// of being linked and initialised anew.
#ifndef LINDEN_RUNTIME_PROGRAM_PROTOTYPE_H_
#define LINDEN_RUNTIME_PROGRAM_PROTOTYPE_H_

#include <list>
#include <memory>
#include <mutex>

#include "runtime/memory_pool.h"
#include "runtime/store.h"

namespace linden::runtime {

// Nothing in it ever runs or changes, so it may be copied by many threads at once.
struct ProgramPrototype {
  std::shared_ptr<Store> store;
  std::shared_ptr<MemoryImage> image;
  std::unique_ptr<Instance> instance;
};

// Those of the programs that were begun last. Thread-safe.
class ProgramPrototypes {
 public:
  // Null if there is none.
  std::shared_ptr<const ProgramPrototype> find(const CompiledModule& module);
  void add(std::shared_ptr<const ProgramPrototype> prototype);

 private:
  std::mutex mutex_;
  std::list<std::shared_ptr<const ProgramPrototype>> kept_;  // the last used first
};

}  // namespace linden::runtime

#endif
