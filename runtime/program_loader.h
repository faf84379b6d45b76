// Programs that guests begin by exec: from a file of the guest's to a compiled module.
#ifndef LINDEN_RUNTIME_PROGRAM_LOADER_H_
#define LINDEN_RUNTIME_PROGRAM_LOADER_H_

#include <list>
#include <memory>
#include <mutex>
#include <variant>

#include "jit/digest.h"
#include "microvisor/open_file.h"
#include "runtime/compiled_module.h"

namespace linden::runtime {

// Keeps the programs that were begun last, so that a program that is begun again and again is
// neither read nor looked up in the cache again. Thread-safe.
class ProgramLoader {
 public:
  explicit ProgramLoader(LoadOptions options) : options_(std::move(options)) {}

  // ENOEXEC if the file is no valid module; ENOMEM; errors of reading.
  //
  // A file that `linden compile` wrote is compiled again: guests can write such files, and the
  // machine code in them is not to be trusted.
  microvisor::Result<std::shared_ptr<const CompiledModule>> load(microvisor::OpenFile& file);

 private:
  // What tells a file from every other one, and from itself after a change.
  struct FileVersion {
    uint64_t device, inode, size;
    int64_t modified_seconds, modified_nanoseconds, changed_seconds, changed_nanoseconds;
    friend bool operator==(const FileVersion&, const FileVersion&) = default;
  };
  // A file that only its contents tell from others is known by these.
  using Key = std::variant<FileVersion, jit::Digest>;
  struct Loaded {
    Key key;
    std::shared_ptr<const CompiledModule> module;
  };

  std::shared_ptr<const CompiledModule> find(const Key& key);

  const LoadOptions options_;
  std::mutex mutex_;
  std::list<Loaded> loaded_;  // the last used first
};

}  // namespace linden::runtime

#endif
