#include "microvisor/shared_segments.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "microvisor/address_space_test_support.h"

namespace linden::microvisor {
namespace {

using test::AddressSpaceFixture;
using test::PosixFixture;

constexpr uint32_t kGigabyte = 1 << 30;

TEST_CASE_METHOD(PosixFixture, "System V segments are limited in number and in sum") {
  std::vector<int64_t> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(call(SYS_shmget, IPC_PRIVATE, kGigabyte, 0600));
    REQUIRE(ids.back() >= 0);
  }
  CHECK(call(SYS_shmget, IPC_PRIVATE, kGigabyte + 1, 0600) == -ENOSPC);
  CHECK(call(SYS_shmctl, ids[1], IPC_RMID, 0) == 0);
  CHECK(call(SYS_shmget, IPC_PRIVATE, kGigabyte + 1, 0600) >= 0);
  int64_t last = 0;
  for (int i = 3; i < SharedSegments::kLimit && last >= 0; ++i) {
    last = call(SYS_shmget, IPC_PRIVATE, 1, 0600);
  }
  // Either that, or the host's descriptors are used up; the guest's are not touched.
  CHECK((last >= 0 ? call(SYS_shmget, IPC_PRIVATE, 1, 0600) : last) == -ENOSPC);
  // What is at an index again has another id.
  CHECK(call(SYS_shmctl, ids[1], IPC_RMID, 0) == -EINVAL);
}

TEST_CASE_METHOD(PosixFixture,
                 "a System V segment that the host has no memory for leaves nothing") {
  const size_t before = test::count_host_descriptors();
  for (int n = 1; n <= 2; ++n) {
    host.fail_call(n, ENOMEM);
    CHECK(call(SYS_shmget, 77, 4096, IPC_CREAT | 0600) == -ENOMEM);
    host.fail_none();
  }
  CHECK(call(SYS_shmget, 77, 4096, 0600) == -ENOENT);
  CHECK(test::count_host_descriptors() == before);
}

TEST_CASE("a System V segment ends with the last address space that shows it") {
  AddressSpaceFixture memory;
  AddressSpaceFixture child;
  auto segment = std::make_shared<SharedSegment>(
      SharedSegment{memory.host.memfd_create("segment", MFD_CLOEXEC).take(), 8192});
  REQUIRE(memory.host.ftruncate(segment->memory.get(), 8192).ok());
  std::weak_ptr<SharedSegment> seen = segment;
  const uint32_t at = memory.space.attach(std::move(segment), 0, PROT_READ | PROT_WRITE, 0).value();
  CHECK(seen.use_count() == 1);
  REQUIRE(memory.space.protect(at, 4096, PROT_READ).ok());
  CHECK(seen.use_count() == 2);
  REQUIRE(child.space.copy_from(memory.space).ok());
  CHECK(seen.use_count() == 4);
  CHECK(memory.space.detach(at).ok());
  CHECK(memory.space.detach(at).code() == EINVAL);
  CHECK(seen.use_count() == 2);
  REQUIRE(child.space.unmap(at, 8192).ok());
  CHECK(seen.expired());
}

}  // namespace
}  // namespace linden::microvisor
