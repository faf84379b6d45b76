// LinuxHost: which pages have contents, and which were written. Linux 6.7 has a call for both;
// before, /proc/self/pagemap has a word for each page, and nothing says what was written.

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

constexpr uintptr_t kPage = 4096;
// That one call names.
constexpr size_t kMostRanges = 64;

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
constexpr uint64_t kWritten = 1 << 1, kPresent = 1 << 3, kSwapped = 1 << 4, kZeroPage = 1 << 5;
// Pages that are named are protected anew; pages that cannot be protected so are EPERM.
constexpr uint64_t kProtect = 1 << 0, kOnlyTracked = 1 << 1;

constexpr uint64_t kWriteProtectUnpopulated = 1 << 13, kWriteProtectWithoutEvents = 1 << 15;

int page_map() {
  static const int fd = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  return fd;
}

// A descriptor of userfaultfd(2), through which pages are write-protected so that the first write
// to each takes the protection off, and nobody waits. -1 with errno before Linux 6.7, and where it
// is forbidden.
int open_write_tracker() {
  const int fd =
      static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | 1 /* user mode only */));
  uffdio_api api{};
  api.api = UFFD_API;
  api.features =
      UFFD_FEATURE_PAGEFAULT_FLAG_WP | kWriteProtectUnpopulated | kWriteProtectWithoutEvents;
  if (fd < 0 || ::ioctl(fd, UFFDIO_API, &api) == 0) return fd;
  ::close(fd);
  return -1;
}

Result<size_t> scan(const std::byte* start, const std::byte* end, std::span<TouchedPages> ranges,
                    uint64_t flags) {
  std::array<PageRegion, kMostRanges> found;
  const size_t capacity = std::min(ranges.size(), kMostRanges);
  ScanArguments arguments{};
  arguments.size = sizeof arguments;
  arguments.flags = flags;
  arguments.start = reinterpret_cast<uint64_t>(start);
  arguments.end = reinterpret_cast<uint64_t>(end);
  arguments.regions = reinterpret_cast<uint64_t>(found.data());
  arguments.region_count = capacity;
  // Not a page of zeros that the kernel shares, and in memory or not.
  arguments.inverted = kZeroPage;
  arguments.required = kZeroPage;
  arguments.any_of = kPresent | kSwapped;
  const bool is_tracked = (flags & kProtect) != 0;
  if (is_tracked) arguments.returned = kWritten;
  const int count = ::ioctl(page_map(), kScan, &arguments);
  if (count < 0) return Error{errno};
  for (int i = 0; i < count; ++i) {
    ranges[i] = {reinterpret_cast<std::byte*>(found[i].start),
                 reinterpret_cast<std::byte*>(found[i].end),
                 !is_tracked || (found[i].categories & kWritten) != 0};
  }
  return static_cast<size_t>(count);
}

Result<size_t> read_page_map(uint64_t start, uint64_t end, std::span<TouchedPages> ranges) {
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
                                       std::span<TouchedPages> ranges) {
  Result<size_t> found = scan(start, end, ranges, 0);
  if (found.code() != ENOTTY && found.code() != EINVAL) return found;
  return read_page_map(reinterpret_cast<uint64_t>(start), reinterpret_cast<uint64_t>(end), ranges);
}

Result<void> LinuxHost::track_writes(const std::byte* start, const std::byte* end) {
  static const int tracker = open_write_tracker();
  if (tracker < 0) return Error{EOPNOTSUPP};
  uffdio_register range{};
  range.range.start = reinterpret_cast<uint64_t>(start);
  range.range.len = static_cast<uint64_t>(end - start);
  range.mode = UFFDIO_REGISTER_MODE_WP;
  if (::ioctl(tracker, UFFDIO_REGISTER, &range) != 0) return Error{errno};
  return forget_writes(start, end);
}

Result<size_t> LinuxHost::find_written(const std::byte* start, const std::byte* end,
                                       std::span<TouchedPages> ranges) {
  return scan(start, end, ranges, kProtect | kOnlyTracked);
}

// Asks for ranges that nobody reads: if it need not name any, the kernel marks pages without
// contents too, and from then on takes them for swapped out.
Result<void> LinuxHost::forget_writes(const std::byte* start, const std::byte* end) {
  std::array<TouchedPages, kMostRanges> unread;
  for (size_t count = unread.size(); count == unread.size() && start != end;) {
    count = TRY(find_written(start, end, unread));
    if (count != 0) start = unread[count - 1].end;
  }
  return {};
}

}  // namespace linden::microvisor
