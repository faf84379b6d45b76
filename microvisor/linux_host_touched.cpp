// LinuxHost: which pages have contents. Linux 6.7 has a call for that; before, /proc/self/pagemap
// has a word for each page.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

constexpr uintptr_t kPage = 4096;

// As <linux/fs.h> has it since 6.7.
struct PageRegion {
  uint64_t start;
  uint64_t end;
  uint64_t categories;
};
struct ScanArguments {
  uint64_t size;
  uint64_t flags;
  uint64_t start;
  uint64_t end;
  uint64_t walk_end;
  uint64_t regions;
  uint64_t region_count;
  uint64_t maximum_pages;
  uint64_t inverted;
  uint64_t required;
  uint64_t any_of;
  uint64_t returned;
};
constexpr unsigned long kScan = _IOWR('f', 16, ScanArguments);
constexpr uint64_t kPresent = 1 << 3, kSwapped = 1 << 4, kZeroPage = 1 << 5;

int page_map() {
  static const int fd = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  return fd;
}

Result<size_t> scan(uint64_t start, uint64_t end, std::span<HostRange> ranges) {
  constexpr size_t kMost = 64;
  std::array<PageRegion, kMost> found;
  const size_t capacity = std::min(ranges.size(), kMost);
  ScanArguments arguments{};
  arguments.size = sizeof arguments;
  arguments.start = start;
  arguments.end = end;
  arguments.regions = reinterpret_cast<uint64_t>(found.data());
  arguments.region_count = capacity;
  // Not a page of zeros that the kernel shares, and in memory or not.
  arguments.inverted = kZeroPage;
  arguments.required = kZeroPage;
  arguments.any_of = kPresent | kSwapped;
  const int count = ::ioctl(page_map(), kScan, &arguments);
  if (count < 0) return Error{errno};
  for (int i = 0; i < count; ++i) {
    ranges[i] = {reinterpret_cast<std::byte*>(found[i].start),
                 reinterpret_cast<std::byte*>(found[i].end)};
  }
  return static_cast<size_t>(count);
}

Result<size_t> read_page_map(uint64_t start, uint64_t end, std::span<HostRange> ranges) {
  constexpr uint64_t kInMemory = uint64_t{1} << 63, kInSwap = uint64_t{1} << 62;
  std::array<uint64_t, 512> words;
  size_t count = 0;
  while (start < end) {
    const size_t wanted = std::min<uint64_t>((end - start) / kPage, words.size());
    const auto offset = static_cast<off_t>(start / kPage * sizeof(uint64_t));
    const ssize_t got = ::pread(page_map(), words.data(), wanted * sizeof(uint64_t), offset);
    if (got <= 0) return Error{got < 0 ? errno : EIO};
    for (size_t i = 0; i < static_cast<size_t>(got) / sizeof(uint64_t); ++i, start += kPage) {
      if ((words[i] & (kInMemory | kInSwap)) == 0) continue;
      auto* page = reinterpret_cast<std::byte*>(start);
      if (count != 0 && ranges[count - 1].end == page) {
        ranges[count - 1].end += kPage;
      } else if (count == ranges.size()) {
        return count;
      } else {
        ranges[count++] = {page, page + kPage};
      }
    }
  }
  return count;
}

}  // namespace

Result<size_t> LinuxHost::find_touched(const std::byte* start, const std::byte* end,
                                       std::span<HostRange> ranges) {
  const auto first = reinterpret_cast<uint64_t>(start), last = reinterpret_cast<uint64_t>(end);
  Result<size_t> found = scan(first, last, ranges);
  if (found.code() != ENOTTY && found.code() != EINVAL) return found;
  return read_page_map(first, last, ranges);
}

}  // namespace linden::microvisor
