// Where machine code lives: one reservation of address space for all modules of the process, so
// that "is this program counter guest code, and whose?" is an array lookup that a signal handler
// may do.
#ifndef LINDEN_RUNTIME_CODE_REGION_H_
#define LINDEN_RUNTIME_CODE_REGION_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "jit/image.h"

namespace linden::runtime {

class LoadedCode;

// Owns a range of the code region.
class CodeAllocation {
 public:
  CodeAllocation() = default;
  CodeAllocation(CodeAllocation&& other) noexcept;
  CodeAllocation& operator=(CodeAllocation&& other) noexcept;
  ~CodeAllocation();

  // Copies the image in, rebases it and makes it executable. ResourceExhausted if the region or
  // memory is full.
  static absl::StatusOr<CodeAllocation> load(const jit::Image& image);
  // From now on find_code() gives `owner` for addresses in this allocation.
  void set_owner(const LoadedCode* owner);

  const std::byte* base() const { return base_; }
  size_t size() const { return size_; }

 private:
  std::byte* base_ = nullptr;
  size_t size_ = 0;
};

// The code that contains the address, or null. Async-signal-safe.
const LoadedCode* find_code(uintptr_t address);
// Whether the address lies in the code region at all. Async-signal-safe.
bool in_code_region(uintptr_t address);

}  // namespace linden::runtime

#endif
