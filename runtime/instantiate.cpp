// Instantiation (core specification 4.5.4): link the imports, allocate, initialise, start.

#include "jit/layout.h"
#include "jit/sfi/base_address.h"
#include "microvisor/guest_memory.h"
#include "runtime/store.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace linden::runtime {

extern "C" void linden_cross_entry();

namespace {

const std::atomic<uint64_t> kNoMemorySize{0};
std::byte* const kUnsafeMemory = reinterpret_cast<std::byte*>(jit::kUnsafeMemoryBase);

bool limits_fit(uint64_t actual_size, const jit::Limits& actual, const jit::Limits& expected) {
  if (actual_size < expected.initial) return false;
  return !expected.has_maximum || (actual.has_maximum && actual.maximum <= expected.maximum);
}

absl::Status link_error(const char* what, const jit::Import& import,
                        const std::string& detail = {}) {
  return absl::FailedPreconditionError(absl::StrCat(what, ": ", import.module, ".", import.name,
                                                    " (", jit::to_string(import.kind), ")",
                                                    detail.empty() ? "" : ": ", detail));
}

}  // namespace

// The steps of one instantiation, in order.
class Instantiation {
 public:
  Instantiation(Store& store, std::shared_ptr<const CompiledModule> compiled)
      : store_(store), module_(compiled->module()), compiled_(std::move(compiled)) {}

  absl::StatusOr<Store::InstantiateResult> run(const ImportResolver& imports,
                                               const std::function<void(Instance&)>& prepare) {
    owned_.reset(new Instance);
    instance_ = owned_.get();
    instance_->compiled_ = compiled_;
    instance_->store_ = &store_;
    if (absl::Status status = link_imports(imports); !status.ok()) return status;
    make_functions();
    if (absl::Status status = make_tables(); !status.ok()) return status;
    if (absl::Status status = make_memories(); !status.ok()) return status;
    make_globals();
    make_tags();
    publish_data();
    // From here on the store keeps the instance, whatever happens: others may refer to it.
    store_.instances_.push_back(std::move(owned_));
    if (prepare) prepare(*instance_);

    Store::InstantiateResult result{instance_, {}};
    TrapCode code = initialize_tables();
    if (code == TrapCode::None) code = initialize_memory();
    if (code != TrapCode::None) {
      result.trap.emplace().code = code;
    } else if (module_.start) {
      result.trap = invoke(instance_->functions_[*module_.start], {}, {});
    }
    return result;
  }

 private:
  absl::Status link_imports(const ImportResolver& imports) {
    for (const jit::Import& import : module_.imports) {
      std::optional<Extern> found = imports(import);
      if (!found) return link_error("unknown import", import);
      if (kind_of(*found) != import.kind) {
        return link_error("incompatible import type", import,
                          absl::StrCat("it is a ", jit::to_string(kind_of(*found))));
      }
      if (absl::Status status = link_import(import, *found); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status link_import(const jit::Import& import, const Extern& found) {
    switch (import.kind) {
      case jit::ExternalKind::Function: {
        auto* function = std::get<FunctionReference*>(found);
        const FunctionType& expected = module_.type_of(import.index);
        if (*function->type != expected) {
          return link_error("incompatible import type", import,
                            absl::StrCat("expected ", jit::to_string(expected), ", found ",
                                         jit::to_string(*function->type)));
        }
        instance_->functions_.push_back(function);
        return absl::OkStatus();
      }
      case jit::ExternalKind::Table: {
        auto* table = std::get<Table*>(found);
        const jit::TableType& expected = module_.tables[import.index];
        if (table->type().element != expected.element ||
            !limits_fit(table->size(), table->type().limits, expected.limits)) {
          return link_error("incompatible import type", import);
        }
        instance_->tables_.push_back(table);
        return absl::OkStatus();
      }
      case jit::ExternalKind::Memory: {
        auto* memory = std::get<Memory*>(found);
        const jit::Limits& expected = module_.memories[import.index];
        if (memory->limits().shared != expected.shared ||
            !limits_fit(memory->size_in_pages(), memory->limits(), expected)) {
          return link_error("incompatible import type", import);
        }
        if (compiled_->sfi() == jit::Sfi::None && memory->base() != kUnsafeMemory) {
          return link_error("memory at another address than code without isolation has it", import);
        }
        instance_->memories_.push_back(memory);
        return absl::OkStatus();
      }
      case jit::ExternalKind::Global: {
        auto* global = std::get<Global*>(found);
        const jit::GlobalType& expected = module_.globals[import.index].type;
        if (global->type.type != expected.type || global->type.is_mutable != expected.is_mutable) {
          return link_error("incompatible import type", import);
        }
        instance_->globals_.push_back(global);
        return absl::OkStatus();
      }
      case jit::ExternalKind::Tag: {
        auto* tag = std::get<Tag*>(found);
        if (tag->type != module_.type_of_tag(import.index)) {
          return link_error("incompatible import type", import);
        }
        instance_->tags_.push_back(tag);
        return absl::OkStatus();
      }
    }
    return link_error("unknown import", import);
  }

  void make_functions() {
    const size_t imported = module_.imported_functions;
    instance_->own_functions_.resize(module_.functions.size() - imported);
    instance_->functions_.resize(module_.functions.size());
    for (size_t i = imported; i < module_.functions.size(); ++i) {
      const auto index = static_cast<uint32_t>(i);
      FunctionReference& reference = instance_->own_functions_[i - imported];
      const void* code = compiled_->entry_point(index);
      reference = {code,
                   reinterpret_cast<const void*>(&linden_cross_entry),
                   &instance_->data_,
                   compiled_->type_ids()[module_.functions[i].type_index],
                   index,
                   nullptr,
                   &module_.type_of(index)};
      instance_->functions_[i] = &reference;
    }
  }

  absl::Status make_tables() {
    std::vector<bool> exported(module_.tables.size());
    // A cage has one module, and the threads' copies of its instance count as that instance.
    for (const jit::Export& item : module_.exports) {
      if (item.kind == jit::ExternalKind::Table && !module_.has_lind_abi()) {
        exported[item.index] = true;
      }
    }
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      absl::StatusOr<std::unique_ptr<Table>> table =
          Table::create(module_.tables[i], exported[i] ? nullptr : &instance_->data_);
      if (!table.ok()) return table.status();
      instance_->tables_.push_back(store_.tables_.emplace_back(*std::move(table)).get());
    }
    return absl::OkStatus();
  }

  absl::Status make_memories() {
    for (size_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      void* fixed = compiled_->sfi() == jit::Sfi::None ? kUnsafeMemory : nullptr;
      absl::StatusOr<std::unique_ptr<Memory>> memory = Memory::create(module_.memories[i], fixed);
      if (!memory.ok()) return memory.status();
      instance_->memories_.push_back(store_.memories_.emplace_back(*std::move(memory)).get());
    }
    return absl::OkStatus();
  }

  void make_globals() {
    const std::vector<jit::GlobalPlacement> placements = jit::place_globals(module_);
    for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      const jit::Global& global = module_.globals[i];
      const Value value = evaluate(global.initializer);
      instance_->globals_.push_back(store_.create_global(global.type, value));
      if (placements[i].kind == jit::GlobalPlacement::Kind::Inline) {
        std::memcpy(instance_->data_.inline_globals + 16 * placements[i].slot, &value, 16);
        instance_->data_.inline_global_count = placements[i].slot + 1;
      }
    }
  }

  void make_tags() {
    for (size_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
      instance_->tags_.push_back(store_.create_tag(module_.type_of_tag(static_cast<uint32_t>(i))));
    }
  }

  void publish_data() {
    jit::InstanceData& data = instance_->data_;
    for (Table* table : instance_->tables_) instance_->table_data_.push_back(table->data());
    for (Global* global : instance_->globals_) instance_->global_cells_.push_back(&global->cell);
    instance_->type_ids_.assign(compiled_->type_ids().begin(), compiled_->type_ids().end());
    for (const Tag* tag : instance_->tags_) instance_->tag_identities_.push_back(tag->identity);
    data.functions = instance_->functions_.data();
    data.tables = instance_->table_data_.data();
    data.globals = instance_->global_cells_.data();
    data.type_ids = instance_->type_ids_.data();
    data.tags = instance_->tag_identities_.data();
    Memory* memory = instance_->memory();
    data.memory_size = memory != nullptr ? &memory->size() : &kNoMemorySize;
    data.memory_base = memory != nullptr ? memory->base() : nullptr;
    data.owner = instance_;
  }

  TrapCode initialize_tables() {
    for (const jit::ElementSegment& segment : module_.elements) {
      std::vector<uint64_t> references;
      if (segment.mode != jit::SegmentMode::Declared) {
        for (const auto& element : segment.elements) references.push_back(evaluate(element).low);
      }
      instance_->element_segments_.push_back(std::move(references));
    }
    for (size_t i = 0; i < module_.elements.size(); ++i) {
      const jit::ElementSegment& segment = module_.elements[i];
      if (segment.mode != jit::SegmentMode::Active) continue;
      std::vector<uint64_t>& references = instance_->element_segments_[i];
      Table& table = *instance_->tables_[segment.table];
      const uint64_t offset = static_cast<uint32_t>(evaluate(segment.offset).low);
      if (references.size() > table.size() || offset > table.size() - references.size()) {
        return TrapCode::TableOutOfBounds;
      }
      for (size_t n = 0; n < references.size(); ++n) table.set(offset + n, references[n]);
      references = {};
    }
    return TrapCode::None;
  }

  TrapCode initialize_memory() {
    for (const jit::DataSegment& segment : module_.data) {
      instance_->data_segments_.emplace_back(segment.data);
    }
    for (size_t i = 0; i < module_.data.size(); ++i) {
      const jit::DataSegment& segment = module_.data[i];
      if (segment.mode != jit::SegmentMode::Active) continue;
      Memory& memory = *instance_->memory();
      const uint64_t size = memory.size().load(std::memory_order_acquire);
      const uint64_t offset = static_cast<uint32_t>(evaluate(segment.offset).low);
      if (segment.data.size() > size || offset > size - segment.data.size()) {
        return TrapCode::MemoryOutOfBounds;
      }
      // `prepare` may have protected pages within the size.
      microvisor::GuestMemory bytes(memory.base(), &memory.size());
      if (!bytes.copy_out(offset, segment.data.data(), segment.data.size()).ok()) {
        return TrapCode::MemoryOutOfBounds;
      }
      instance_->data_segments_[i] = {};
    }
    return TrapCode::None;
  }

  // Constant expressions are validated; the stack never underflows.
  Value evaluate(const jit::ConstantExpression& expression) const {
    using Kind = jit::ConstantInstruction::Kind;
    std::vector<Value> stack;
    for (const jit::ConstantInstruction& instruction : expression) {
      switch (instruction.kind) {
        case Kind::Const:
          stack.push_back({instruction.bits[0], instruction.bits[1]});
          continue;
        case Kind::GlobalGet:
          stack.push_back(instance_->globals_[instruction.index]->cell);
          continue;
        case Kind::RefNull:
          stack.push_back({});
          continue;
        case Kind::RefFunc:
          stack.push_back(Value::reference(instance_->functions_[instruction.index]));
          continue;
        default:
          break;
      }
      const uint64_t right = stack.back().low;
      stack.pop_back();
      uint64_t& left = stack.back().low;
      switch (instruction.kind) {
        case Kind::I32Add:
          left = static_cast<uint32_t>(left + right);
          break;
        case Kind::I32Sub:
          left = static_cast<uint32_t>(left - right);
          break;
        case Kind::I32Mul:
          left = static_cast<uint32_t>(left * right);
          break;
        case Kind::I64Add:
          left += right;
          break;
        case Kind::I64Sub:
          left -= right;
          break;
        case Kind::I64Mul:
          left *= right;
          break;
        default:
          break;
      }
    }
    return stack.empty() ? Value{} : stack.back();
  }

  Store& store_;
  const jit::Module& module_;
  std::shared_ptr<const CompiledModule> compiled_;
  std::unique_ptr<Instance> owned_;
  Instance* instance_ = nullptr;
};

absl::StatusOr<Store::InstantiateResult> Store::instantiate(
    std::shared_ptr<const CompiledModule> module, const ImportResolver& imports,
    const std::function<void(Instance&)>& prepare) {
  return Instantiation(*this, std::move(module)).run(imports, prepare);
}

}  // namespace linden::runtime
