#include "runtime/table.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace linden::runtime {

using jit::FunctionReference;
using jit::TableEntry;

absl::StatusOr<std::unique_ptr<Table>> Table::create(const jit::TableType& type,
                                                     jit::InstanceData* owner) {
  std::unique_ptr<Table> table(new (std::nothrow) Table);
  if (table == nullptr || type.limits.initial > kMaximumSize) {
    return absl::ResourceExhaustedError("a table is too large");
  }
  table->type_ = type;
  table->owner_ = owner;
  const uint64_t maximum =
      type.limits.has_maximum ? std::min(type.limits.maximum, kMaximumSize) : kMaximumSize;
  table->reserved_ = std::max<uint64_t>(maximum, 1) * sizeof(TableEntry);
  void* entries = mmap(nullptr, table->reserved_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (entries == MAP_FAILED) {
    return absl::ResourceExhaustedError("no address space is left for a table");
  }
  // Fresh pages are zero, which is what null entries are.
  table->data_ = {static_cast<TableEntry*>(entries), type.limits.initial};
  return table;
}

Table::~Table() {
  if (data_.entries != nullptr) munmap(data_.entries, reserved_);
}

uint64_t Table::get(uint64_t index) const {
  return reinterpret_cast<uint64_t>(data_.entries[index].reference);
}

void Table::set(uint64_t index, uint64_t reference) {
  TableEntry& entry = data_.entries[index];
  auto* function = reinterpret_cast<FunctionReference*>(reference);
  entry.reference = function;
  if (type_.element != jit::ValueType::FuncRef) return;
  if (function == nullptr) {
    entry.code = nullptr;
    entry.type_id = 0;
  } else {
    const bool own = owner_ != nullptr && function->instance == owner_;
    entry.code = own ? function->code : function->any_code;
    entry.type_id = function->type_id;
  }
}

int64_t Table::grow(uint64_t delta, uint64_t reference) {
  const uint64_t old_size = data_.size;
  uint64_t limit = reserved_ / sizeof(TableEntry);
  if (type_.limits.has_maximum) limit = std::min(limit, type_.limits.maximum);
  if (delta > limit || old_size > limit - delta) return -1;
  data_.size += delta;
  if (reference != 0) fill(old_size, reference, delta);
  return static_cast<int64_t>(old_size);
}

bool Table::fill(uint64_t index, uint64_t reference, uint64_t count) {
  if (count > data_.size || index > data_.size - count) return false;
  for (uint64_t i = 0; i < count; ++i) set(index + i, reference);
  return true;
}

bool Table::copy(Table& destination, const Table& source, uint64_t to, uint64_t from,
                 uint64_t count) {
  if (count > source.data_.size || from > source.data_.size - count ||
      count > destination.data_.size || to > destination.data_.size - count) {
    return false;
  }
  // Overlapping ranges of one table are copied in the direction that keeps what is still to be
  // read.
  const bool backwards = &destination == &source && to > from;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t step = backwards ? count - 1 - i : i;
    destination.set(to + step, source.get(from + step));
  }
  return true;
}

}  // namespace linden::runtime
