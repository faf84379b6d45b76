// What the tests of address spaces share: a reservation, and a look at what the host made of it.
#pragma once

#include <sys/syscall.h>

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#include "microvisor/address_space.h"
#include "microvisor/test_support.h"

namespace linden::microvisor::test {

inline constexpr uint32_t kPage = kGuestPageSize;
inline constexpr int kReadWrite = PROT_READ | PROT_WRITE;
inline constexpr int kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;

// A stretch of addresses with equal access: "rw-p", or "---p" for what isn't mapped.
struct Access {
  uint64_t start;
  uint64_t end;
  std::string permissions;
  friend bool operator==(const Access&, const Access&) = default;
  friend std::ostream& operator<<(std::ostream& to, const Access& access) {
    return to << std::hex << access.start << '-' << access.end << ' ' << access.permissions;
  }
};

inline void append(std::vector<Access>& list, Access next) {
  if (!list.empty() && list.back().end == next.start &&
      list.back().permissions == next.permissions) {
    list.back().end = next.end;
  } else {
    list.push_back(std::move(next));
  }
}

// The host's mappings within [base, base + size), relative to base; not merged, without holes.
inline std::vector<Access> host_mappings(const std::byte* base, uint64_t size) {
  const auto low = reinterpret_cast<uint64_t>(base);
  std::vector<Access> result;
  FILE* maps = fopen("/proc/self/maps", "re");
  REQUIRE(maps);
  char line[512], permissions[5];
  uint64_t start, end;
  while (fgets(line, sizeof(line), maps)) {
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, permissions) != 3) continue;
    start = std::max(start, low);
    end = std::min(end, low + size);
    if (start < end) result.push_back({start - low, end - low, permissions});
  }
  fclose(maps);
  return result;
}

class AddressSpaceFixture {
 public:
  static constexpr uint64_t kSize = uint64_t{4} << 30;
  // On both sides; nothing may happen to it.
  static constexpr uint64_t kSurroundings = 1 << 20;

  explicit AddressSpaceFixture(uint64_t limit = kSize)
      : reservation(static_cast<std::byte*>(mmap(nullptr, kSize + 2 * kSurroundings, PROT_NONE,
                                                 kAnonymous | MAP_NORESERVE, -1, 0))),
        base(reservation + kSurroundings),
        space(host, base, limit) {
    REQUIRE(static_cast<void*>(reservation) != MAP_FAILED);
    REQUIRE(mprotect(reservation, kSurroundings, PROT_READ) == 0);
    REQUIRE(mprotect(base + kSize, kSurroundings, PROT_READ) == 0);
  }
  ~AddressSpaceFixture() { munmap(reservation, kSize + 2 * kSurroundings); }

  GuestMemory view() const { return GuestMemory(base, &size); }

  uint32_t map(uint32_t pages, int flags = kAnonymous, int fd = -1, uint32_t address = 0,
               int64_t offset = 0, int protection = kReadWrite) {
    auto mapped = space.map(address, pages * kPage, protection, flags, fd, offset);
    REQUIRE(mapped.code() == 0);
    return mapped.value();
  }
  void put(uint32_t address, std::string_view text) const {
    REQUIRE(view().copy_out(address, text.data(), text.size()).ok());
  }
  std::string get(uint32_t address, size_t length) const {
    std::string text(length, ' ');
    return view().copy_in(text.data(), address, length).ok() ? text : "fault";
  }

  std::vector<Access> recorded() const {
    std::vector<Access> result;
    uint64_t position = 0;
    auto reach = [&](uint64_t address) {
      if (position < address) append(result, {position, address, "---p"});
    };
    space.for_each_region([&](const Region& region) {
      reach(region.range.start);
      std::string permissions = "---p";
      if (region.attributes.protection & PROT_READ) permissions[0] = 'r';
      if (region.attributes.protection & PROT_WRITE) permissions[1] = 'w';
      if (region.attributes.shared) permissions[3] = 's';
      append(result, {region.range.start, region.range.end, permissions});
      position = region.range.end;
    });
    reach(kSize);
    return result;
  }
  std::vector<Access> actual() const {
    std::vector<Access> result;
    for (Access& access : host_mappings(base, kSize)) append(result, access);
    return result;
  }
  // The record agrees with the machine, the memory has no hole, and its surroundings are untouched.
  void check() const {
    CHECK(recorded() == actual());
    const std::vector<Access> untouched{{0, kSurroundings, "r--p"}};
    CHECK(host_mappings(reservation, kSurroundings) == untouched);
    CHECK(host_mappings(base + kSize, kSurroundings) == untouched);
  }

  LinuxHost linux_host;
  FaultInjectingHost host{linux_host};
  std::byte* const reservation;
  std::byte* const base;
  std::atomic<uint64_t> size = kSize;
  AddressSpace space;
  FaultHandler handler;
};

}  // namespace linden::microvisor::test
