#include "microvisor/directory_listing.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "microvisor/abi.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

void DirectoryListing::add(uint64_t inode, uint8_t type, std::string_view name) {
  bool present = std::ranges::any_of(entries_, [&](const Entry& e) { return e.name == name; });
  if (!present) entries_.push_back({inode, type, std::string(name)});
}

void DirectoryListing::add_records(std::span<const std::byte> records) {
  while (records.size() > sizeof(DirectoryEntryHeader)) {
    DirectoryEntryHeader header;
    std::memcpy(&header, records.data(), sizeof(header));
    // Names within one directory differ, so there is no need to compare them.
    entries_.push_back({header.inode, header.type,
                        reinterpret_cast<const char*>(records.data() + sizeof(header))});
    records = records.subspan(header.record_length);
  }
}

Result<size_t> DirectoryListing::read(size_t* position, std::span<std::byte> to) const {
  std::vector<std::byte> records;
  size_t next = *position;
  for (; next < entries_.size(); ++next) {
    const Entry& entry = entries_[next];
    size_t length = (sizeof(DirectoryEntryHeader) + entry.name.size() + 1 + 7) / 8 * 8;
    if (records.size() + length > to.size()) break;
    DirectoryEntryHeader header{.inode = entry.inode,
                                .next = static_cast<int64_t>(next + 1),
                                .record_length = static_cast<uint16_t>(length),
                                .type = entry.type};
    size_t start = records.size();
    records.resize(start + length);
    std::memcpy(&records[start], &header, sizeof(header));
    std::memcpy(&records[start + sizeof(header)], entry.name.data(), entry.name.size());
  }
  if (records.empty()) {
    if (next < entries_.size()) return Error{EINVAL};
    return size_t{0};
  }
  TRY(copy_to_guest(to.data(), records.data(), records.size()));
  *position = next;
  return records.size();
}

Result<size_t> ListingCursor::read(const DirectoryListing& listing, std::span<std::byte> to) {
  MutexLock lock(&mutex_);
  return listing.read(&position_, to);
}

Result<size_t> ListingCursor::read_at(const DirectoryListing& listing, int64_t position,
                                      std::span<std::byte> to) {
  if (position < 0) return Error{EINVAL};
  MutexLock lock(&mutex_);
  position_ = static_cast<size_t>(position);
  return listing.read(&position_, to);
}

Result<int64_t> ListingCursor::seek(int64_t offset, int whence) {
  MutexLock lock(&mutex_);
  if (whence != SEEK_SET && whence != SEEK_CUR) return Error{EINVAL};
  int64_t base = whence == SEEK_CUR ? static_cast<int64_t>(position_) : 0;
  if (__builtin_add_overflow(base, offset, &offset) || offset < 0) return Error{EINVAL};
  position_ = static_cast<size_t>(offset);
  return offset;
}

}  // namespace linden::microvisor
