#include "runtime/store.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "runtime/context.h"
#include "runtime/invoke.h"

namespace linden::runtime {

extern "C" {
void linden_host_entry();
void linden_callback_entry();
}

struct Store::HostFunction {
  FunctionReference reference;  // first: dispatch goes from the reference to this
  FunctionType type;
  HostCallback callback;
};

jit::ExternalKind kind_of(const Extern& value) {
  static constexpr jit::ExternalKind kKinds[] = {
      jit::ExternalKind::Function, jit::ExternalKind::Table, jit::ExternalKind::Memory,
      jit::ExternalKind::Global, jit::ExternalKind::Tag};
  return kKinds[value.index()];
}

Store::Store() = default;
Store::~Store() = default;
Instance::~Instance() = default;

absl::StatusOr<Memory*> Store::create_memory(const jit::Limits& limits) {
  absl::StatusOr<std::unique_ptr<Memory>> memory = Memory::create(limits);
  if (!memory.ok()) return memory.status();
  return memories_.emplace_back(*std::move(memory)).get();
}

absl::StatusOr<Table*> Store::create_table(const jit::TableType& type) {
  absl::StatusOr<std::unique_ptr<Table>> table = Table::create(type, nullptr);
  if (!table.ok()) return table.status();
  return tables_.emplace_back(*std::move(table)).get();
}

Global* Store::create_global(jit::GlobalType type, Value value) {
  return globals_.emplace_back(new Global{type, value}).get();
}

Tag* Store::create_tag(FunctionType type) {
  static std::atomic<uint64_t> next_identity{1};
  return tags_.emplace_back(new Tag{std::move(type), next_identity++}).get();
}

FunctionReference* Store::create_function(FunctionType type, HostCallback callback) {
  auto& function =
      host_functions_.emplace_back(new HostFunction{{}, std::move(type), std::move(callback)});
  const auto* entry = reinterpret_cast<const void*>(&linden_callback_entry);
  function->reference = {entry, entry,   nullptr,        type_id_of(function->type),
                         0,     nullptr, &function->type};
  return &function->reference;
}

FunctionReference* Store::create_raw_function(FunctionType type, const void* code) {
  FunctionReference* function =
      create_stub_function(std::move(type), reinterpret_cast<const void*>(&linden_host_entry));
  function->host_function = code;
  return function;
}

FunctionReference* Store::create_stub_function(FunctionType type, const void* stub) {
  auto& function = host_functions_.emplace_back(new HostFunction{{}, std::move(type), {}});
  function->reference = {stub, stub,    nullptr,        type_id_of(function->type),
                         0,    nullptr, &function->type};
  return &function->reference;
}

// Called by linden_callback_entry with the registers of the call.
extern "C" void linden_dispatch_callback(FunctionReference* reference, EntryFrame* frame) {
  const FunctionType& type = *reference->type;
  TrapCode code;
  {
    std::vector<Value> arguments(type.params.size());
    read_arguments(type, frame->arguments, arguments);
    std::vector<Value> results(type.results.size());
    code = reinterpret_cast<Store::HostFunction*>(reference)->callback(arguments, results);
    if (code == TrapCode::None) write_results(type, results, *frame);
  }
  if (code != TrapCode::None) raise_trap(code);
}

std::unique_ptr<Memory> Store::release(Memory* memory) {
  auto found = std::ranges::find(memories_, memory, &std::unique_ptr<Memory>::get);
  std::unique_ptr<Memory> released = std::move(*found);
  memories_.erase(found);
  return released;
}

Instance* Store::instance_of(const FunctionReference* function) {
  return function->instance == nullptr ? nullptr
                                       : static_cast<Instance*>(function->instance->owner);
}

std::unique_ptr<Instance> Instance::replicate(Memory* memory) {
  std::unique_ptr<Instance> copy(new Instance);
  copy->store_ = store_;
  copy->compiled_ = compiled_;
  copy->functions_ = functions_;
  copy->tables_ = tables_;
  copy->table_data_ = table_data_;
  copy->memories_ = memories_;
  copy->tags_ = tags_;
  copy->tag_identities_ = tag_identities_;
  copy->type_ids_ = type_ids_;
  copy->element_segments_ = element_segments_;
  copy->data_segments_ = data_segments_;
  for (Table* table : tables_) table->freeze();
  for (Global* global : globals_) {
    if (global->type.is_mutable) {
      global = copy->replicated_globals_.emplace_back(new Global(*global)).get();
    }
    copy->globals_.push_back(global);
    copy->global_cells_.push_back(&global->cell);
  }
  copy->data_ = data_;
  const jit::Context& context = current_context();
  if (context.instance == &data_) {
    std::memcpy(copy->data_.inline_globals, context.inline_globals, data_.inline_global_count * 16);
  }
  copy->data_.functions = copy->functions_.data();
  copy->data_.tables = copy->table_data_.data();
  copy->data_.globals = copy->global_cells_.data();
  copy->data_.type_ids = copy->type_ids_.data();
  copy->data_.tags = copy->tag_identities_.data();
  copy->data_.owner = copy.get();
  if (memory != nullptr) {
    copy->memories_ = {memory};
    copy->data_.memory_base = memory->base();
    copy->data_.memory_size = &memory->size();
  }
  return copy;
}

std::optional<Extern> Instance::find_export(std::string_view name) const {
  for (size_t i = 0; i < module().exports.size(); ++i) {
    if (module().exports[i].name == name) return export_at(i);
  }
  return std::nullopt;
}

Extern Instance::export_at(size_t index) const {
  const jit::Export& item = module().exports[index];
  switch (item.kind) {
    case jit::ExternalKind::Table:
      return tables_[item.index];
    case jit::ExternalKind::Memory:
      return memories_[item.index];
    case jit::ExternalKind::Global:
      return globals_[item.index];
    case jit::ExternalKind::Tag:
      return tags_[item.index];
    default:
      return functions_[item.index];
  }
}

}  // namespace linden::runtime
