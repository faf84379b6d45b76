// Everything that instances share and refer to: memories, tables, globals, functions. A Store owns
// all of them, so that they may point at one another freely; they end together with it.
//
// Threads: objects of one Store may be used from several threads as wasm's threads proposal allows
// (shared memories, atomics). instantiate(), grow operations and lookups are otherwise for one
// thread at a time.
#ifndef LINDEN_RUNTIME_STORE_H_
#define LINDEN_RUNTIME_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/module.h"
#include "runtime/compiled_module.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "runtime/trap.h"
#include "runtime/value.h"

namespace linden::runtime {

class Instance;
class Store;

struct Global {
  jit::GlobalType type;
  Value cell;  // generated code reads and writes it in place
};

// What tells one kind of exception from another; see jit::Context::exception_tag.
struct Tag {
  FunctionType type;
  uint64_t identity;
};

// Anything that can be imported or exported.
using Extern = std::variant<FunctionReference*, Table*, Memory*, Global*, Tag*>;
jit::ExternalKind kind_of(const Extern& value);

// A host function called with decoded values. Returns a trap code to end the guest with it.
using HostCallback =
    std::function<TrapCode(std::span<const Value> arguments, std::span<Value> results)>;

// Finds what to link to one import; nullopt if there is no such thing.
using ImportResolver = std::function<std::optional<Extern>(const jit::Import&)>;

class Store {
 public:
  Store();
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  absl::StatusOr<Memory*> create_memory(const jit::Limits& limits);
  absl::StatusOr<Table*> create_table(const jit::TableType& type);
  Global* create_global(jit::GlobalType type, Value value);
  // `type` has no results. Different from every other tag of the process.
  Tag* create_tag(FunctionType type);
  FunctionReference* create_function(FunctionType type, HostCallback callback);
  // `function` follows the calling rule of jit/abi.h itself: see host_function.h.
  FunctionReference* create_raw_function(FunctionType type, const void* function);
  // `stub` is what guests call: it keeps the rules of entry_x86_64.S as well.
  FunctionReference* create_stub_function(FunctionType type, const void* stub);

  struct InstantiateResult {
    Instance* instance = nullptr;  // also set when the start function or a segment trapped
    std::optional<Trap> trap;
  };
  // Links, initialises and runs the start function. FailedPrecondition ("unknown import ..." or
  // "incompatible import type ...") if the imports do not fit; ResourceExhausted if memory is
  // short.
  //
  // `prepare`, if given, is called with the linked instance before any of its code runs, hence
  // before the start function: the place to set user_data and limits.
  absl::StatusOr<InstantiateResult> instantiate(
      std::shared_ptr<const CompiledModule> module, const ImportResolver& imports,
      const std::function<void(Instance&)>& prepare = nullptr);

  // A host function and the reference through which guests know it.
  struct HostFunction;

  // Takes over a memory that an instance of this store has, and that is of no other use by now.
  std::unique_ptr<Memory> release(Memory* memory);

  // The instance whose code a reference runs, or null for host functions.
  static Instance* instance_of(const FunctionReference* function);

 private:
  friend class Instantiation;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Global>> globals_;
  std::vector<std::unique_ptr<Tag>> tags_;
  std::vector<std::unique_ptr<HostFunction>> host_functions_;
};

// Calls a function; `arguments` and `results` must have the sizes that its type says. Returns the
// trap if there was one (results are then unspecified). May be called again from host functions.
std::optional<Trap> invoke(FunctionReference* function, std::span<const Value> arguments,
                           std::span<Value> results);

// Runs on one thread at a time: while it does, its private globals live in that thread's Context.
class Instance {
 public:
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const CompiledModule& compiled() const { return *compiled_; }
  const jit::Module& module() const { return compiled_->module(); }
  std::optional<Extern> find_export(std::string_view name) const;
  Extern export_at(size_t index) const;
  // Memory 0, or null.
  Memory* memory() const { return memories_.empty() ? nullptr : memories_[0]; }
  // The same program for another thread: shares memory, tables, functions and code, and starts with
  // the values that the globals have now; no start function runs. From now on the shared tables
  // cannot be changed: their entries are more than a word, and threads could see half of one. Only
  // for the thread on which this instance runs, or while it runs on none. The store, and the
  // instance that it made, must outlive the copy.
  //
  // With a memory of its own it is a fork's: nothing that the copy does reaches this instance.
  std::unique_ptr<Instance> replicate(Memory* memory = nullptr);

  // invoke() of a function of this program with this instance as the current one, for copies.
  std::optional<Trap> call(FunctionReference* function, std::span<const Value> arguments,
                           std::span<Value> results);

  // What generated code knows of it.
  jit::InstanceData* data() { return &data_; }

  // The table of C's function pointers, or null.
  const Table* function_table() const { return tables_.empty() ? nullptr : tables_[0]; }

  // Goes on with a copy of another thread's frames, taken in a system call of an instance of which
  // this is a copy: from the SyscallFrame to the top of the stack. The call returns 0. To be called
  // on a thread that runs no guest; the frames are not more than its stack.
  std::optional<Trap> resume(std::span<const std::byte> frames);

  // For the embedder: what host functions of this instance find again (see host_function.h).
  void* user_data = nullptr;

  ~Instance();

 private:
  friend class Store;
  friend class Instantiation;
  friend struct InstanceHelpers;
  Instance() = default;

  jit::InstanceData data_{};
  Store* store_ = nullptr;
  std::shared_ptr<const CompiledModule> compiled_;
  // Of the functions that can be referred to; never resized once made.
  std::vector<FunctionReference> own_functions_;
  std::vector<FunctionReference*> functions_;
  std::vector<Table*> tables_;
  std::vector<jit::TableData*> table_data_;
  std::vector<Memory*> memories_;
  std::vector<Global*> globals_;
  std::vector<void*> global_cells_;
  std::vector<std::unique_ptr<Global>> replicated_globals_;
  std::vector<Tag*> tags_;
  std::vector<uint64_t> tag_identities_;
  std::vector<uint32_t> type_ids_;
  std::vector<std::vector<uint64_t>> element_segments_;  // references; emptied when dropped
  std::vector<std::span<const uint8_t>> data_segments_;  // emptied when dropped
};

}  // namespace linden::runtime

#endif
