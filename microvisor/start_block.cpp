#include "microvisor/start_block.h"

#include <elf.h>

#include <cstring>

namespace linden::microvisor {

namespace {

constexpr size_t kMaximumString = size_t{128} << 10;
constexpr size_t kMaximumSize = size_t{6} << 20;
constexpr uint32_t kPageSize = 4096;
constexpr uint32_t kClockTicks = 100;

// Words first; strings, to which words may point, follow them.
class Builder {
 public:
  Builder(uint32_t address, size_t words) : address_(address), strings_at_(words * 4) {}

  void word(uint32_t value) { words_.push_back(value); }
  void pointer_to(const void* data, size_t size) {
    word(address_ + static_cast<uint32_t>(strings_at_ + strings_.size()));
    const auto* bytes = static_cast<const std::byte*>(data);
    strings_.insert(strings_.end(), bytes, bytes + size);
  }
  void pointer_to(const std::string& text) { pointer_to(text.c_str(), text.size() + 1); }

  std::vector<std::byte> take() const {
    std::vector<std::byte> block(strings_at_ + strings_.size());
    std::memcpy(block.data(), words_.data(), words_.size() * 4);
    std::memcpy(block.data() + strings_at_, strings_.data(), strings_.size());
    return block;
  }

 private:
  const uint32_t address_;
  const size_t strings_at_;
  std::vector<uint32_t> words_;
  std::vector<std::byte> strings_;
};

Result<void> check_size(const StartBlockContents& contents, uint32_t address) {
  uint64_t size = 0;
  for (const auto* list : {&contents.args, &contents.environment}) {
    for (const std::string& text : *list) {
      if (text.size() >= kMaximumString) return Error{E2BIG};
      size += text.size() + 1 + 4;
    }
  }
  if (contents.executable.size() >= kMaximumString) return Error{E2BIG};
  constexpr uint64_t kRest = 4096;  // the vector, the counts, the random bytes
  size += contents.executable.size() + kRest;
  if (size > kMaximumSize || size > UINT32_MAX - uint64_t{address}) return Error{E2BIG};
  return {};
}

}  // namespace

Result<std::vector<std::byte>> make_start_block(const StartBlockContents& contents,
                                                uint32_t address) {
  TRY(check_size(contents, address));
  const uint32_t secure =
      contents.user != contents.effective_user || contents.group != contents.effective_group;
  const std::pair<uint32_t, uint32_t> numbers[] = {
      {AT_PAGESZ, kPageSize},   {AT_CLKTCK, kClockTicks},
      {AT_UID, contents.user},  {AT_EUID, contents.effective_user},
      {AT_GID, contents.group}, {AT_EGID, contents.effective_group},
      {AT_SECURE, secure},
  };
  constexpr size_t kPointersInVector = 2;
  const size_t vector_words = 2 * (std::size(numbers) + kPointersInVector + 1);
  Builder builder(address,
                  1 + contents.args.size() + 1 + contents.environment.size() + 1 + vector_words);
  builder.word(static_cast<uint32_t>(contents.args.size()));
  for (const std::string& argument : contents.args) builder.pointer_to(argument);
  builder.word(0);
  for (const std::string& setting : contents.environment) builder.pointer_to(setting);
  builder.word(0);
  for (auto [type, value] : numbers) {
    builder.word(type);
    builder.word(value);
  }
  builder.word(AT_RANDOM);
  builder.pointer_to(contents.random.data(), contents.random.size());
  builder.word(AT_EXECFN);
  builder.pointer_to(contents.executable);
  builder.word(AT_NULL);
  builder.word(0);
  return builder.take();
}

uint32_t write_start_block(Cage& cage, GuestPtr<std::byte> address, uint32_t size) {
  const HostIdentity& identity = cage.attributes().identity();
  StartBlockContents contents{.args = cage.args(),
                              .environment = cage.environment(),
                              .executable = cage.executable(),
                              .user = identity.real_user,
                              .effective_user = identity.effective_user,
                              .group = identity.real_group,
                              .effective_group = identity.effective_group,
                              .random = {}};
  if (!cage.host().getrandom(contents.random, 0).ok()) return 0;
  auto block = make_start_block(contents, address.address());
  if (!block.ok()) return 0;
  const auto needed = static_cast<uint32_t>(block->size());
  if (needed > size) return needed;
  if (!cage.memory().copy_out(address, std::span(std::as_const(*block))).ok()) return 0;
  return needed;
}

}  // namespace linden::microvisor
