// Access to one linear memory of a guest.
//
// A guest address is an offset, never a host address: GuestPtr and GuestSpan can't be dereferenced,
// only copied in or out, or turned into a checked iovec for the kernel. The range check is in one
// function (GuestMemory::host_range), and each guest word is read once, so that a second guest
// thread can't change it between check and use.
//
// A pointer may also lead to another cage's memory: foreign_memory.h.
//
// Ownership: GuestMemory is a view; whoever made the memory keeps `base` and `size_in_bytes` alive.
// Errors: EFAULT for a range outside of the memory or on a protected page; never a host fault.
// Thread-safety: all operations may run concurrently. The size only grows, therefore a range that
// was checked once stays valid.
#pragma once

#include <limits.h>
#include <sys/uio.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "absl/container/inlined_vector.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// A guest address: 32 bits, and above kSpaceShift which memory it is in; 0: the cage's own.
inline constexpr unsigned kSpaceShift = 40;
inline constexpr uint64_t kSpaceMask = ~uint64_t{0} << kSpaceShift;

// A guest address of a T.
template <typename T>
struct GuestPtr {
  uint64_t offset = 0;

  bool is_null() const { return static_cast<uint32_t>(offset) == 0; }
  template <typename U>
  GuestPtr<U> cast() const {
    return GuestPtr<U>{offset};
  }
  // What an address that was read from the object here leads to: it is in the same memory.
  template <typename U>
  GuestPtr<U> leads_to(uint32_t address) const {
    return GuestPtr<U>{(offset & kSpaceMask) | address};
  }
  // For addresses of pages, which are always in the cage's own memory.
  uint32_t address() const { return static_cast<uint32_t>(offset); }
};

// `count` consecutive guest objects. The byte length can't overflow: it is computed in 64 bits.
template <typename T>
struct GuestSpan {
  GuestPtr<T> begin;
  uint32_t count = 0;

  uint64_t size_in_bytes() const { return uint64_t{count} * sizeof(T); }
};

// struct iovec as the guest lays it out.
struct GuestIovec {
  uint32_t base;
  uint32_t length;
};
static_assert(sizeof(GuestIovec) == 8);

// Checked host iovecs; typical calls have few and need no allocation.
using IoVectors = absl::InlinedVector<iovec, 16>;

class GuestMemory {
 public:
  GuestMemory() = default;
  GuestMemory(std::byte* base, const std::atomic<uint64_t>* size_in_bytes)
      : base_(base), size_in_bytes_(size_in_bytes) {}

  uint64_t size() const {
    return size_in_bytes_ ? size_in_bytes_->load(std::memory_order_acquire) : 0;
  }

  template <typename T>
  Result<T> read(GuestPtr<T> from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    TRY(copy_in(&value, from.offset, sizeof(T)));
    return value;
  }

  template <typename T>
  Result<void> write(GuestPtr<T> to, const std::type_identity_t<T>& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_out(to.offset, &value, sizeof(T));
  }

  // Copies the first `to.size()` objects. EFAULT leaves `to` unspecified.
  template <typename T, size_t N>
  Result<void> copy_in(std::span<T, N> to, GuestPtr<std::remove_const_t<T>> from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_in(to.data(), from.offset, to.size_bytes());
  }
  template <typename T, size_t N>
  Result<void> copy_out(GuestPtr<std::remove_const_t<T>> to, std::span<T, N> from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_out(to.offset, from.data(), from.size_bytes());
  }
  Result<void> copy_in(void* to, uint64_t from, uint64_t length) const;
  Result<void> copy_out(uint64_t to, const void* from, uint64_t length) const;

  // Atomically stores `desired` if the word is `expected`; returns what it was. EINVAL if the
  // address is not a multiple of 4.
  Result<uint32_t> compare_exchange(GuestPtr<uint32_t> word, uint32_t expected,
                                    uint32_t desired) const;

  // A NUL-terminated string of at most `limit` bytes without the NUL; ENAMETOOLONG if it is longer.
  Result<std::string> copy_string(GuestPtr<char> from, size_t limit = PATH_MAX - 1) const;
  // `length` bytes that aren't terminated. ENAMETOOLONG above `limit`, so that a guest can't make
  // the host allocate at will.
  Result<std::string> copy_characters(GuestSpan<char> from, size_t limit = PATH_MAX - 1) const;

  // Buffers for the kernel, which reports a protected page as EFAULT (or a short count) itself.
  template <typename T>
  Result<iovec> io_vector(GuestSpan<T> span) const {
    std::byte* data = TRY(host_range(span.begin.offset, span.size_in_bytes()));
    return iovec{data, static_cast<size_t>(span.size_in_bytes())};
  }
  // EINVAL for more than IOV_MAX elements, as Linux has it, and for an element above `max_length`.
  Result<IoVectors> io_vectors(GuestSpan<GuestIovec> vectors,
                               uint32_t max_length = UINT32_MAX) const;

  // A word for the kernel's futex calls, which report a protected page as EFAULT themselves. EINVAL
  // if it is not aligned.
  Result<const void*> futex_word(GuestPtr<uint32_t> word) const {
    if (word.offset % 4 != 0) return Error{EINVAL};
    return TRY(host_range(word.offset, 4));
  }

  // How many bytes of the memory lie at and above an address.
  uint64_t available_from(uint64_t offset) const;

  // EFAULT unless [offset, offset + length) lies within the memory.
  template <typename T>
  Result<void> check(GuestSpan<T> span) const {
    TRY(host_range(span.begin.offset, span.size_in_bytes()));
    return {};
  }

 private:
  friend class ForeignMemories;

  // The one range check. An empty range at the very end is inside.
  Result<std::byte*> host_range(uint64_t offset, uint64_t length) const {
    uint64_t limit = size();
    if (offset > limit || length > limit - offset) return foreign_range(offset, length);
    return base_ + offset;
  }
  // The same for a foreign pointer, and EFAULT for everything else.
  static Result<std::byte*> foreign_range(uint64_t offset, uint64_t length);
  // Which memory a pointer leads to; null for none.
  static const GuestMemory* foreign_memory(uint64_t offset);

  std::byte* base_ = nullptr;
  const std::atomic<uint64_t>* size_in_bytes_ = nullptr;
};

// An aligned word of 4 or 8 bytes of a guest's memory, read at once; nothing if it is not
// accessible.
std::optional<uint64_t> load_user_word(const std::byte* word, unsigned size);

// Copies to memory that may be a guest's: a range that was checked and turned into an iovec for the
// kernel, where the answer is ours and not the kernel's. EFAULT on a protected page, after copying
// what lies before it.
Result<void> copy_to_guest(void* to, const void* from, size_t length);
// Zeros, likewise.
Result<void> clear_guest(std::byte* to, size_t length);

// To be called by the process's SIGSEGV/SIGBUS handler with the interrupted program counter. If the
// fault happened in a guest memory copy, moves the counter to the recovery code and returns true;
// the copy then fails with EFAULT. Async-signal-safe.
bool recover_user_copy_fault(uint64_t* instruction_pointer);

}  // namespace linden::microvisor
