#include "microvisor/guest_memory.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "microvisor/foreign_memory.h"

extern "C" {
size_t linden_user_copy(void* to, const void* from, size_t count);
int linden_user_compare_exchange(void* word, uint32_t* expected, uint32_t desired);
// Code labels; only their addresses mean anything.
extern const char linden_user_copy_string[];
extern const char linden_user_copy_string_fixup[];
extern const char linden_user_copy_words_begin[];
extern const char linden_user_copy_words_end[];
extern const char linden_user_copy_words_fixup[];
}

namespace linden::microvisor {

bool recover_user_copy_fault(uint64_t* instruction_pointer) {
  auto address = [](const char* label) { return reinterpret_cast<uint64_t>(label); };
  uint64_t pc = *instruction_pointer;
  if (pc == address(linden_user_copy_string)) {
    *instruction_pointer = address(linden_user_copy_string_fixup);
    return true;
  }
  if (pc >= address(linden_user_copy_words_begin) && pc < address(linden_user_copy_words_end)) {
    *instruction_pointer = address(linden_user_copy_words_fixup);
    return true;
  }
  return false;
}

std::optional<uint64_t> load_user_word(const std::byte* word, unsigned size) {
  uint64_t value = 0;
  if (linden_user_copy(&value, word, size) != 0) return std::nullopt;
  return value;
}

Result<void> copy_to_guest(void* to, const void* from, size_t length) {
  if (linden_user_copy(to, from, length) != 0) return Error{EFAULT};
  return {};
}

Result<void> clear_guest(std::byte* to, size_t length) {
  alignas(64) static constexpr std::byte kZeros[4096] = {};
  for (size_t done = 0; done < length; done += sizeof kZeros) {
    TRY(copy_to_guest(to + done, kZeros, std::min(sizeof kZeros, length - done)));
  }
  return {};
}

namespace {

thread_local constinit ForeignMemories* foreign_memories = nullptr;

}  // namespace

ForeignMemories::ForeignMemories() : outer_(std::exchange(foreign_memories, this)) {}
ForeignMemories::~ForeignMemories() { foreign_memories = outer_; }

uint64_t ForeignMemories::pointer(const GuestMemory& memory, uint32_t offset) {
  size_t index = 0;
  while (index < count_ && memories_[index].base_ != memory.base_) ++index;
  if (index == count_) memories_[count_++] = memory;
  return (uint64_t{index + 1} << kSpaceShift) | offset;
}

const GuestMemory* GuestMemory::foreign_memory(uint64_t offset) {
  const uint64_t space = offset >> kSpaceShift;
  if (space == 0 || foreign_memories == nullptr || space > foreign_memories->count_) return nullptr;
  return &foreign_memories->memories_[space - 1];
}

Result<std::byte*> GuestMemory::foreign_range(uint64_t offset, uint64_t length) {
  const GuestMemory* memory = foreign_memory(offset);
  if (memory == nullptr) return Error{EFAULT};
  const uint64_t limit = memory->size();
  offset &= ~kSpaceMask;
  if (offset > limit || length > limit - offset) return Error{EFAULT};
  return memory->base_ + offset;
}

uint64_t GuestMemory::available_from(uint64_t offset) const {
  const GuestMemory* foreign = foreign_memory(offset);
  const uint64_t limit = foreign ? foreign->size() : size();
  if (foreign) offset &= ~kSpaceMask;
  return offset < limit ? limit - offset : 0;
}

Result<void> GuestMemory::copy_in(void* to, uint64_t from, uint64_t length) const {
  const std::byte* source = TRY(host_range(from, length));
  if (linden_user_copy(to, source, length) != 0) return Error{EFAULT};
  return {};
}

Result<void> GuestMemory::copy_out(uint64_t to, const void* from, uint64_t length) const {
  return copy_to_guest(TRY(host_range(to, length)), from, length);
}

Result<uint32_t> GuestMemory::compare_exchange(GuestPtr<uint32_t> word, uint32_t expected,
                                               uint32_t desired) const {
  if (word.offset % 4 != 0) return Error{EINVAL};
  std::byte* address = TRY(host_range(word.offset, 4));
  if (linden_user_compare_exchange(address, &expected, desired) != 0) return Error{EFAULT};
  return expected;
}

Result<std::string> GuestMemory::copy_string(GuestPtr<char> from, size_t limit) const {
  // Chunks end at page boundaries: a string that ends just before a protected page is fine.
  constexpr uint64_t kPage = 4096;
  char chunk[kPage];
  std::string result;
  uint64_t position = from.offset;
  while (true) {
    const uint64_t available = available_from(position);
    if (available == 0) return Error{EFAULT};
    uint64_t length = std::min(kPage - position % kPage, available);
    TRY(copy_in(chunk, position, length));
    const void* terminator = std::memchr(chunk, 0, length);
    size_t used = terminator ? static_cast<const char*>(terminator) - chunk : length;
    if (used > limit - result.size()) return Error{ENAMETOOLONG};
    result.append(chunk, used);
    if (terminator) return result;
    position += length;
  }
}

Result<std::string> GuestMemory::copy_characters(GuestSpan<char> from, size_t limit) const {
  TRY(check(from));
  if (from.count > limit) return Error{ENAMETOOLONG};
  std::string result(from.count, '\0');
  TRY(copy_in(result.data(), from.begin.offset, from.count));
  return result;
}

Result<IoVectors> GuestMemory::io_vectors(GuestSpan<GuestIovec> vectors,
                                          uint32_t max_length) const {
  if (vectors.count > IOV_MAX) return Error{EINVAL};
  absl::InlinedVector<GuestIovec, 16> guest(vectors.count);
  TRY(copy_in(guest.data(), vectors.begin.offset, vectors.size_in_bytes()));
  IoVectors result;
  result.reserve(guest.size());
  for (const GuestIovec& vector : guest) {
    if (vector.length > max_length) return Error{EINVAL};
    result.push_back(TRY(io_vector(
        GuestSpan<std::byte>{vectors.begin.leads_to<std::byte>(vector.base), vector.length})));
  }
  return result;
}

}  // namespace linden::microvisor
