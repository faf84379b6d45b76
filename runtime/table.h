// A table of references. Generated code reads `data()` directly; everything that writes goes
// through here. The entries never move: address space for the maximum is reserved at once.
#ifndef LINDEN_RUNTIME_TABLE_H_
#define LINDEN_RUNTIME_TABLE_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "jit/abi.h"
#include "jit/module.h"

namespace linden::runtime {

class Table {
 public:
  // Entries a table may have at most, whatever its type says; 32 bytes of address space each,
  // committed as they are touched.
  static constexpr uint64_t kMaximumSize = 10'000'000;

  static absl::StatusOr<std::unique_ptr<Table>> create(const jit::TableType& type,
                                                       jit::InstanceData* owner);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const jit::TableType& type() const { return type_; }
  uint64_t size() const { return data_.size; }
  jit::TableData* data() { return &data_; }

  // Forbids changes from now on, for a table that several threads read. Guests that try are trapped
  // by whoever calls the functions below.
  void freeze() { is_frozen_ = true; }
  bool is_frozen() const { return is_frozen_; }

  // References are FunctionReference* for funcref tables, any word for externref ones; 0 is null.
  // Indices must be below size().
  uint64_t get(uint64_t index) const;
  void set(uint64_t index, uint64_t reference);
  // The old size, or -1.
  int64_t grow(uint64_t delta, uint64_t reference);
  // False if a range is out of bounds; nothing is then written.
  bool fill(uint64_t index, uint64_t reference, uint64_t count);
  static bool copy(Table& destination, const Table& source, uint64_t to, uint64_t from,
                   uint64_t count);

 private:
  Table() = default;

  jit::TableType type_;
  jit::TableData data_{};
  uint64_t reserved_ = 0;
  std::atomic<bool> is_frozen_ = false;  // set before a second thread exists
  // Calls through the table from this instance may skip the instance switch; null when the table
  // can be reached from several instances.
  jit::InstanceData* owner_ = nullptr;
};

}  // namespace linden::runtime

#endif
