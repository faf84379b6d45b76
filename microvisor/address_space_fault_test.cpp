// Every host call of every operation on an address space is made to fail in turn: the record must
// be true afterwards, and what the operation didn't replace must still be there.

#include <functional>

#include "microvisor/address_space_test_support.h"

namespace linden::microvisor {

using test::AddressSpaceFixture;
using test::kAnonymous;
using test::kPage;
using test::kReadWrite;

namespace {

constexpr uint32_t kAt = 0x20000000;
constexpr uint32_t kOther = 0x30000000;

using Operation = std::function<Result<void>(AddressSpace&, int fd)>;

Result<void> forget(Result<uint32_t> address) {
  TRY(std::move(address));
  return {};
}

// A fresh memory for each failure: six private pages, four shared ones and a heap.
int fail_each_call(const Operation& operation) {
  test::TemporaryDirectory directory;
  directory.write("file", std::string(8 * kPage, 'f'));
  for (int n = 1;; ++n) {
    REQUIRE(n < 20);
    int fd = open((directory / "file").c_str(), O_RDWR | O_CLOEXEC);
    AddressSpaceFixture memory;
    memory.map(6, kAnonymous, -1, kAt);
    memory.map(4, MAP_SHARED, fd, kOther);
    memory.space.set_break(0x100000);
    REQUIRE(memory.space.move_break(0x104000) == 0x104000);
    memory.put(kAt, "private");
    memory.put(kOther, "shared");
    memory.host.fail_call(n, ENOMEM);
    Result<void> result = operation(memory.space, fd);
    const bool failed = memory.host.has_failed();
    memory.host.fail_none();
    close(fd);
    memory.check();
    CHECK((failed || result.ok()));
    if (!failed) return n - 1;
    if (!result.ok()) {
      INFO(memory.space.describe());
      CHECK(memory.get(kAt, 7) == "private");
      CHECK(memory.get(kOther, 6) == "shared");
    }
  }
}

int fail_each_remap(uint32_t address, uint32_t old_pages, uint32_t new_pages, int flags,
                    uint32_t target = 0) {
  return fail_each_call([=](AddressSpace& space, int) {
    return forget(space.remap(address, old_pages * kPage, new_pages * kPage, flags, target));
  });
}

}  // namespace

TEST_CASE("the record stays true whichever host call fails") {
  constexpr int kMove = MREMAP_MAYMOVE;
  constexpr int kFixed = MREMAP_MAYMOVE | MREMAP_FIXED;
  auto map = [](uint32_t address, uint32_t pages, int flags) {
    return fail_each_call([=](AddressSpace& space, int fd) {
      return forget(space.map(address, pages * kPage, kReadWrite, flags, fd, 0));
    });
  };
  CHECK(map(0, 2, kAnonymous) == 1);
  CHECK(map(0, 512, kAnonymous) == 2);
  CHECK(map(0, 2, MAP_SHARED | MAP_ANONYMOUS) == 2);
  CHECK(map(0, 2, MAP_PRIVATE) == 3);
  CHECK(map(kAt + 2 * kPage, 8, MAP_PRIVATE | MAP_FIXED) == 3);
  CHECK(map(kAt + 2 * kPage, 8, kAnonymous | MAP_FIXED) == 1);
  auto unmap = [](AddressSpace& space, int) { return space.unmap(kAt + kPage, kPage); };
  CHECK(fail_each_call(unmap) == 1);
  auto protect = [](AddressSpace& space, int) -> Result<void> {
    TRY(space.protect(kAt + kPage, kPage, PROT_READ));
    return space.protect(kAt, 6 * kPage, PROT_READ);
  };
  CHECK(fail_each_call(protect) == 4);
  CHECK(fail_each_remap(kAt, 6, 9, 0) == 2);
  CHECK(fail_each_remap(kAt, 2, 9, kMove) == 3);
  CHECK(fail_each_remap(kAt, 6, 2, 0) == 1);
  CHECK(fail_each_remap(kAt, 6, 6, kFixed, 0x40000000) == 2);
  CHECK(fail_each_remap(kAt, 6, 9, kFixed, 0x40000000) == 3);
  CHECK(fail_each_remap(kAt, 6, 6, kMove | MREMAP_DONTUNMAP) == 1);
  CHECK(fail_each_remap(kOther, 4, 6, 0) == 2);
  CHECK(fail_each_remap(kOther, 4, 6, kFixed, 0x40000000) == 3);
  CHECK(fail_each_remap(kOther, 0, 4, kMove) == 1);
  auto advise = [](AddressSpace& space, int) {
    return space.advise(kAt, 6 * kPage, MADV_HUGEPAGE);
  };
  CHECK(fail_each_call(advise) == 1);
  auto move_break = [](uint32_t to) {
    return fail_each_call([=](AddressSpace& space, int) -> Result<void> {
      uint32_t now = space.move_break(to);
      CHECK((now == to || now == 0x104000));
      return {};
    });
  };
  CHECK(move_break(0x106000) == 1);
  CHECK(move_break(0x101000) == 1);
  CHECK(move_break(0x500000) == 2);
}

TEST_CASE("large memory survives that it can't be moved") {
  for (int n = 1; n <= 3; ++n) {
    AddressSpaceFixture memory;
    memory.map(1024, kAnonymous, -1, kAt);
    memory.put(kAt + 1023 * kPage, "last");
    memory.host.fail_call(n, ENOMEM);
    CHECK(memory.space.remap(kAt, 1024 * kPage, 1030 * kPage, 0, 0).code() == ENOMEM);
    CHECK(memory.host.has_failed());
    CHECK(memory.get(kAt + 1023 * kPage, 4) == "last");
    memory.check();
  }
}

TEST_CASE("a fixed mapping that fails after the old one was removed leaves a reservation") {
  AddressSpaceFixture memory;
  memory.map(6, kAnonymous, -1, kAt);
  // What Linux before 6.12 does: the old mapping is removed, then the call fails.
  munmap(memory.base + kAt + kPage, 2 * kPage);
  memory.host.fail_call(1, ENOMEM);
  CHECK(
      memory.space.map(kAt + kPage, 2 * kPage, kReadWrite, kAnonymous | MAP_FIXED, -1, 0).code() ==
      ENOMEM);
  CHECK(memory.get(kAt + kPage, 1) == "fault");
  CHECK(memory.space.mapped_bytes() == 4 * kPage);
  memory.check();
}

}  // namespace linden::microvisor
