// Copies of address spaces, in new memories and in ones that have served other processes.

#include <sys/mman.h>
#include <sys/resource.h>

#include <random>

#include "microvisor/address_space_test_support.h"

namespace linden::microvisor {

using test::AddressSpaceFixture;
using test::kAnonymous;
using test::kPage;
using test::kReadWrite;

namespace {

constexpr uint32_t kAt = 0x20000000;

std::vector<Region> regions_of(const AddressSpace& space) {
  std::vector<Region> regions;
  space.for_each_region([&](const Region& region) { regions.push_back(region); });
  return regions;
}

// Page by page: what one can read in both, and that nothing is mapped in only one of them.
void check_equal(const AddressSpaceFixture& parent, const AddressSpaceFixture& child) {
  child.check();
  const std::vector<Region> regions = regions_of(parent.space);
  const std::vector<Region> copied = regions_of(child.space);
  REQUIRE(regions.size() == copied.size());
  for (size_t i = 0; i < regions.size(); ++i) {
    REQUIRE(regions[i].range == copied[i].range);
    REQUIRE(regions[i].attributes == copied[i].attributes);
    for (uint64_t page = regions[i].range.start; page < regions[i].range.end; page += kPage) {
      const auto at = static_cast<uint32_t>(page);
      if (parent.get(at, kPage) != child.get(at, kPage)) FAIL("page " << at << " differs");
    }
  }
}

void fork(AddressSpaceFixture& parent, AddressSpaceFixture& child) {
  REQUIRE(child.space.copy_from(parent.space).code() == 0);
}

}  // namespace

TEST_CASE("a memory that served one process is a copy of the next one's parent") {
  AddressSpaceFixture first, second, child;
  first.map(20, kAnonymous, -1, kAt);
  for (uint32_t page : {0, 1, 5, 19}) first.put(kAt + page * kPage, "the first");
  fork(first, child);
  check_equal(first, child);
  child.put(kAt + 7 * kPage, "the child's own");
  child.map(3, kAnonymous, -1, kAt + 100 * kPage);
  child.put(kAt + 100 * kPage, "and more");
  REQUIRE(child.space.retire().ok());

  second.map(10, kAnonymous, -1, kAt + 5 * kPage);
  second.put(kAt + 6 * kPage, "the second");
  fork(second, child);
  check_equal(second, child);
  CHECK(child.get(kAt + 5 * kPage, 9) == std::string(9, '\0'));
  CHECK(child.get(kAt + 7 * kPage, 5) == std::string(5, '\0'));
  CHECK(child.get(kAt, 1) == "fault");
  CHECK(child.get(kAt + 100 * kPage, 1) == "fault");
}

TEST_CASE("a retired memory holds on to no file and no shared memory") {
  AddressSpaceFixture space;
  test::TemporaryDirectory directory;
  directory.write("file", std::string(8 * kPage, 'f'));
  const int fd = open((directory / "file").c_str(), O_RDWR | O_CLOEXEC);
  space.map(4, MAP_SHARED, fd, kAt);
  space.map(4, MAP_PRIVATE, fd, kAt + 10 * kPage);
  space.map(4, MAP_SHARED | MAP_ANONYMOUS, -1, kAt + 20 * kPage);
  space.map(4, kAnonymous, -1, kAt + 30 * kPage);
  close(fd);
  space.put(kAt + 30 * kPage, "private");
  Result<uint64_t> kept = space.space.retire();
  REQUIRE(kept.ok());
  CHECK(kept.value() == kPage);
  space.check();
  CHECK(space.space.mapped_bytes() == 4 * kPage);
}

TEST_CASE("memory whose pages are locked, or may vanish, is not used again") {
  AddressSpaceFixture locked, freed, locked_later;
  for (AddressSpaceFixture* space : {&locked, &freed, &locked_later}) {
    space->map(4, kAnonymous, -1, kAt);
    space->put(kAt, "contents");
  }
  CHECK(locked.space.lock_pages(kAt, kPage, 0).ok());
  CHECK(freed.space.advise(kAt, kPage, MADV_FREE).ok());
  CHECK(locked_later.space.lock_all_pages(MCL_FUTURE).ok());
  for (AddressSpaceFixture* space : {&locked, &freed, &locked_later}) {
    CHECK(space->space.retire().code() == EBUSY);
  }
}

TEST_CASE("a copy that failed is not used again") {
  AddressSpaceFixture parent;
  parent.map(4, kAnonymous, -1, kAt);
  parent.put(kAt, "contents");
  for (int n = 1;; ++n) {
    REQUIRE(n < 20);
    AddressSpaceFixture child;
    child.host.fail_call(n, ENOMEM);
    parent.host.fail_call(n, ENOMEM);
    Result<void> copied = child.space.copy_from(parent.space);
    const bool failed = child.host.has_failed() || parent.host.has_failed();
    child.host.fail_none();
    parent.host.fail_none();
    if (copied.ok()) check_equal(parent, child);
    if (!copied.ok()) CHECK_FALSE(child.space.retire().ok());
    if (!failed) break;
  }
}

// Large enough that writes are tracked, from the second copy on.
TEST_CASE("copies that come back are brought up to date, whatever either side has done") {
  std::mt19937 random(GENERATE(range(1, 9)));
  auto below = [&](uint32_t limit) { return static_cast<uint32_t>(random() % limit); };
  constexpr uint32_t kPages = 700;
  AddressSpaceFixture parent, other, slots[2];
  for (AddressSpaceFixture* space : {&parent, &other}) {
    space->map(kPages, kAnonymous, -1, kAt);
    for (uint32_t page = 0; page < kPages; page += 1 + below(2)) {
      space->put(kAt + page * kPage, "page " + std::to_string(page));
    }
  }
  auto disturb = [&](AddressSpaceFixture& space) {
    for (uint32_t count = below(6); count != 0; --count) {
      const uint32_t page = below(kPages), length = 1 + below(kPages - page);
      const uint32_t at = kAt + page * kPage;
      switch (below(12)) {
        case 0:
          (void)space.space.advise(at, length * kPage, MADV_DONTNEED);
          break;
        case 1:
          REQUIRE(space.space.unmap(at, std::min(length, 8u) * kPage).ok());
          break;
        case 2:
          space.map(std::min(length, 16u), kAnonymous | MAP_FIXED, -1, at);
          break;
        case 3:
          (void)space.space.protect(at, kPage, below(2) != 0 ? PROT_READ : PROT_NONE);
          break;
        case 4:
          (void)space.space.protect(kAt, kPages * kPage, kReadWrite);
          break;
        case 5:
          (void)space.space.remap(at, 4 * kPage, 4 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
                                  kAt + below(kPages - 4) * kPage);
          break;
        case 6:
          for (uint32_t i = page; i < page + length; ++i) {
            (void)space.view().copy_out(kAt + i * kPage + 8, "many", 4);
          }
          break;
        default:
          (void)space.view().copy_out(at + below(64), &count, sizeof count);
      }
    }
  };
  for (int round = 0; round < 60; ++round) {
    AddressSpaceFixture& slot = slots[below(2)];
    AddressSpaceFixture& source = below(8) == 0 ? other : parent;
    disturb(source);
    fork(source, slot);
    check_equal(source, slot);
    disturb(source);
    disturb(slot);
    if (below(4) == 0) {
      // It forks as well.
      AddressSpaceFixture grandchild;
      fork(slot, grandchild);
      check_equal(slot, grandchild);
      disturb(slot);
    }
    REQUIRE(slot.space.retire().ok());
  }
}

TEST_CASE("a copy that comes back to its large parent is copied only where they differ") {
  AddressSpaceFixture parent, child;
  constexpr uint32_t kPages = 1024;
  parent.map(kPages, kAnonymous, -1, kAt);
  for (uint32_t page = 0; page < kPages; ++page) parent.put(kAt + page * kPage, "contents");
  for (int i = 0; i < 3; ++i) {
    fork(parent, child);
    REQUIRE(child.space.retire().ok());
  }
  if (!child.space.is_copy_of(parent.space)) {
    WARN("the host cannot track writes; skipped");
    return;
  }
  parent.put(kAt + 5 * kPage, "new");
  // Both sides are protected: each page that is copied is a fault.
  rusage before, after;
  getrusage(RUSAGE_THREAD, &before);
  fork(parent, child);
  getrusage(RUSAGE_THREAD, &after);
  CHECK(after.ru_minflt - before.ru_minflt < 100);
  check_equal(parent, child);
}

// Pages without contents in between must not get any: every fork would clear them.
TEST_CASE("a copy that comes back to its sparse parent has contents only where that one has") {
  AddressSpaceFixture parent, child;
  constexpr uint32_t kPages = 8192, kApart = 8;
  parent.map(kPages, kAnonymous | MAP_STACK, -1, kAt);
  for (uint32_t page = 0; page < kPages; page += kApart) parent.put(kAt + page * kPage, "contents");
  // As a heap that was smaller than a huge page when it was written.
  const bool wants_huge_pages = GENERATE(false, true);
  CAPTURE(wants_huge_pages);
  if (wants_huge_pages) REQUIRE(parent.space.advise(kAt, kPages * kPage, MADV_HUGEPAGE).ok());
  for (int i = 0; i < 3; ++i) {
    fork(parent, child);
    check_equal(parent, child);
    const Result<uint64_t> kept = child.space.retire();
    REQUIRE(kept.ok());
    CHECK(kept.value() == kPages / kApart * kPage);
  }
}

}  // namespace linden::microvisor
