// Listing directories. The cookie of an entry is the host's d_off, with which the kernel can resume
// behind that entry whatever was added or removed meanwhile; we keep no state between calls.

#include <algorithm>
#include <cstring>

#include "microvisor/abi.h"
#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

// Fills guest memory from the front; what doesn't fit is cut off, even within an entry. A guest
// recognises the end of the directory by a buffer that wasn't filled.
class EntryWriter {
 public:
  EntryWriter(const GuestMemory& memory, GuestSpan<std::byte> to) : memory_(memory), to_(to) {}

  bool full() const { return used_ == to_.count; }
  uint32_t used() const { return used_; }

  Result<void> add(const DirectoryEntryHeader& entry, const char* name) {
    Dirent dirent{
        .next = static_cast<uint64_t>(entry.next),
        .inode = entry.inode,
        .name_length = static_cast<uint32_t>(strlen(name)),
        .type = to_file_type(entry.type),
        .padding = {},
    };
    TRY(append(&dirent, sizeof(dirent)));
    return append(name, dirent.name_length);
  }

 private:
  Result<void> append(const void* data, size_t length) {
    uint32_t fitting = static_cast<uint32_t>(std::min<size_t>(length, to_.count - used_));
    TRY(memory_.copy_out(uint64_t{to_.begin.offset} + used_, data, fitting));
    used_ += fitting;
    return {};
  }

  const GuestMemory& memory_;
  const GuestSpan<std::byte> to_;
  uint32_t used_ = 0;
};

}  // namespace

Errno fd_readdir(Process& process, uint32_t fd, uint32_t buf, uint32_t buf_len, uint64_t cookie,
                 uint32_t bufused_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdReaddir));
  if (cookie > INT64_MAX) return Errno::Invalid;
  GuestSpan<std::byte> to{{buf}, buf_len};
  WASI_TRY(process.memory().check(to));
  EntryWriter writer(process.memory(), to);

  int64_t position = static_cast<int64_t>(cookie);
  alignas(8) std::array<std::byte, 8192> chunk;
  while (!writer.full()) {
    Result<size_t> read = file->read_entries_at(position, chunk);
    // What is already there isn't lost; the error shows again at the next call.
    if (!read.ok() && writer.used() > 0) break;
    size_t length = WASI_TRY(std::move(read));
    if (length == 0) break;
    for (size_t offset = 0; offset < length && !writer.full();) {
      DirectoryEntryHeader entry;
      std::memcpy(&entry, &chunk[offset], sizeof(entry));
      WASI_TRY(writer.add(entry, reinterpret_cast<const char*>(&chunk[offset + sizeof(entry)])));
      offset += entry.record_length;
      position = entry.next;
    }
  }
  return store(process, bufused_out, writer.used());
}

}  // namespace linden::microvisor::wasi
