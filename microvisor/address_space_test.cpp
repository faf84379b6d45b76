#include "microvisor/address_space.h"

#include <random>
#include <thread>

#include "microvisor/address_space_test_support.h"
#include "microvisor/dispatch.h"
#include "microvisor/host_file.h"

namespace linden::microvisor {

using test::AddressSpaceFixture;
using test::kAnonymous;
using test::kPage;
using test::kReadWrite;

namespace {

constexpr uint32_t kTop = AddressSpace::kEnd;

class FileFixture : public AddressSpaceFixture {
 public:
  // "AAAA...", "BBBB...", ...: a letter for each page, and half a page at the end.
  explicit FileFixture(int pages = 3) {
    std::string text;
    for (int i = 0; i < pages; ++i) text += std::string(kPage, static_cast<char>('A' + i));
    directory.write("file", text + "half");
    fd = open((directory / "file").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(fd >= 0);
  }
  ~FileFixture() { close(fd); }

  test::TemporaryDirectory directory;
  int fd;
};

}  // namespace

TEST_CASE("mappings are placed from the top down and become one") {
  AddressSpaceFixture memory;
  CHECK(memory.map(1) == kTop - kPage);
  CHECK(memory.map(2) == kTop - 3 * kPage);
  CHECK(memory.space.describe() == "fffed000-ffff0000 rw-p 00000000 00:00 0\n");
  // A hint is followed where it is free, and rounded up.
  CHECK(memory.map(1, kAnonymous, -1, 0x20000001) == 0x20001000);
  CHECK(memory.map(1, kAnonymous, -1, 0x20001000) == kTop - 4 * kPage);
  CHECK(memory.map(1, kAnonymous, -1, 1) == AddressSpace::kStart);
  memory.check();
}

TEST_CASE("impossible mappings have Linux's errno values") {
  FileFixture memory;
  AddressSpace& space = memory.space;
  const int fixed = kAnonymous | MAP_FIXED;
  CHECK(space.map(0, 0, kReadWrite, kAnonymous, -1, 0).code() == EINVAL);
  CHECK(space.map(0, 1, kReadWrite, kAnonymous, -1, 1).code() == EINVAL);
  CHECK(space.map(0, 1, kReadWrite, MAP_ANONYMOUS, -1, 0).code() == EINVAL);
  CHECK(space.map(0, 1, kReadWrite, MAP_ANONYMOUS | MAP_SHARED_VALIDATE, -1, 0).code() == EINVAL);
  CHECK(space.map(0, 1, kReadWrite, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0).code() ==
        EINVAL);
  CHECK(space.map(0, 1, kReadWrite, kAnonymous | MAP_HUGETLB, -1, 0).code() == ENOMEM);
  CHECK(space.map(0, 1, PROT_READ | PROT_EXEC, kAnonymous, -1, 0).code() == EPERM);
  CHECK(space.map(0, 0xffffffff, kReadWrite, kAnonymous, -1, 0).code() == ENOMEM);
  CHECK(space.map(0x20000800, kPage, kReadWrite, fixed, -1, 0).code() == EINVAL);
  CHECK(space.map(0xf000, kPage, kReadWrite, fixed, -1, 0).code() == EPERM);
  CHECK(space.map(0, kPage, kReadWrite, fixed, -1, 0).code() == EPERM);
  CHECK(space.map(kTop, kPage, kReadWrite, fixed, -1, 0).code() == ENOMEM);
  CHECK(space.map(kTop - kPage, 2 * kPage, kReadWrite, fixed, -1, 0).code() == ENOMEM);
  uint32_t taken = memory.map(2);
  CHECK(space.map(taken, kPage, kReadWrite, kAnonymous | MAP_FIXED_NOREPLACE, -1, 0).code() ==
        EEXIST);
  // Of files: the host decides.
  CHECK(space.map(0, kPage, PROT_READ, MAP_PRIVATE, memory.fd, -4096).code() == EOVERFLOW);
  CHECK(space
            .map(0x20000000, kPage, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, memory.fd,
                 0)
            .code() == EOPNOTSUPP);
  CHECK(space.map(0, kPage, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, memory.fd, 0).code() == EINVAL);
  int directory = open("/", O_RDONLY | O_CLOEXEC);
  CHECK(space.map(0, kPage, PROT_READ, MAP_PRIVATE, directory, 0).code() == ENODEV);
  close(directory);
  int reader = open((memory.directory / "file").c_str(), O_RDONLY | O_CLOEXEC);
  CHECK(space.map(0, kPage, kReadWrite, MAP_SHARED, reader, 0).code() == EACCES);
  uint32_t shared = memory.map(1, MAP_SHARED, reader, 0, 0, PROT_READ);
  CHECK(space.protect(shared, kPage, kReadWrite).code() == EACCES);
  close(reader);
  memory.check();
}

TEST_CASE("protection is of single pages, and stops at a hole") {
  AddressSpaceFixture memory;
  AddressSpace& space = memory.space;
  uint32_t at = memory.map(4);
  memory.put(at, std::string(4 * kPage, 'x'));
  CHECK(space.protect(at + kPage, 1, PROT_READ).ok());
  CHECK(space.protect(at + 2 * kPage, kPage, PROT_NONE).ok());
  CHECK(memory.get(at + kPage, 1) == "x");
  CHECK(memory.view().copy_out(at + kPage, "y", 1).code() == EFAULT);
  CHECK(memory.get(at + 2 * kPage, 1) == "fault");
  CHECK(space.protect(at + 2 * kPage, kPage, kReadWrite).ok());
  CHECK(memory.get(at + 2 * kPage, 1) == "x");
  memory.check();
  CHECK(space.unmap(at + 2 * kPage, kPage).ok());
  CHECK(space.protect(at, 4 * kPage, PROT_NONE).code() == ENOMEM);
  CHECK(memory.get(at, 1) == "fault");  // done up to the hole
  CHECK(memory.get(at + 3 * kPage, 1) == "x");
  CHECK(space.protect(at + 1, kPage, PROT_NONE).code() == EINVAL);
  CHECK(space.protect(at, kPage, 64).code() == EINVAL);
  CHECK(space.protect(at, kPage, PROT_READ | PROT_EXEC).code() == EACCES);
  CHECK(space.protect(at + 2 * kPage, kPage, PROT_READ | PROT_EXEC).code() == ENOMEM);
  CHECK(space.protect(at, 0, PROT_NONE).ok());
  CHECK(space.protect(at, kPage, PROT_READ | PROT_GROWSDOWN).code() == EINVAL);
  memory.check();
}

TEST_CASE("memory that was unmapped is gone, and comes back empty") {
  AddressSpaceFixture memory;
  AddressSpace& space = memory.space;
  uint32_t at = memory.map(16);
  memory.put(at, std::string(16 * kPage, 'x'));
  CHECK(space.unmap(at + kPage, 14 * kPage).ok());
  CHECK(space.unmap(at + kPage, 14 * kPage).ok());  // holes are no error
  CHECK(memory.get(at + 5 * kPage, 1) == "fault");
  uint8_t resident = 1;
  CHECK(space.residency(at + 5 * kPage, {&resident, 1}).code() == ENOMEM);
  memory.map(1, kAnonymous | MAP_FIXED, -1, at + 5 * kPage);
  CHECK(space.residency(at + 5 * kPage, {&resident, 1}).ok());
  CHECK((resident & 1) == 0);
  CHECK(memory.get(at + 5 * kPage, 1) == std::string(1, '\0'));
  CHECK(space.unmap(at, 0).code() == EINVAL);
  CHECK(space.unmap(at + 1, kPage).code() == EINVAL);
  CHECK(space.unmap(kTop, kPage).code() == EINVAL);
  CHECK(space.unmap(0, kTop).ok());
  CHECK(space.mapped_bytes() == 0);
  memory.check();
}

TEST_CASE("files are mapped at their offsets, private or shared") {
  FileFixture memory;
  uint32_t own = memory.map(2, MAP_PRIVATE, memory.fd, 0, kPage);
  uint32_t shared = memory.map(4, MAP_SHARED, memory.fd);
  CHECK(memory.get(own, 1) == "B");
  CHECK(memory.get(shared + 3 * kPage, 6) == std::string("half\0\0", 6));
  memory.put(own, "own");
  memory.put(shared, "shared");
  CHECK(memory.space.sync(shared, 4 * kPage, MS_SYNC).ok());
  CHECK(memory.directory.read("file").substr(0, 7) == "sharedA");
  CHECK(memory.directory.read("file").substr(kPage, 3) == "BBB");
  CHECK(memory.space.sync(shared, kPage, MS_SYNC | MS_ASYNC).code() == EINVAL);
  CHECK(memory.space.sync(0x20000000, kPage, MS_SYNC).code() == ENOMEM);
  CHECK(memory.space.advise(own, 2 * kPage, MADV_DONTNEED).ok());
  CHECK(memory.get(own, 3) == "BBB");
  memory.check();
}

TEST_CASE("what lies beyond the end of a mapped file is a fault of the guest alone") {
  FileFixture memory;
  uint32_t at = memory.map(6, MAP_SHARED, memory.fd);
  CHECK(memory.get(at + 4 * kPage, 1) == "fault");
  CHECK(memory.view().copy_out(at + 4 * kPage, "xxxx", 4).code() == EFAULT);
  // Truncated and grown all the time while it is being copied.
  std::atomic<bool> stop = false;
  std::thread truncater([&] {
    while (!stop) {
      (void)!ftruncate(memory.fd, 0);
      (void)!ftruncate(memory.fd, 4 * kPage);
    }
  });
  int faults = 0, copies = 0;
  while (faults < 20 || copies < 20) {
    (memory.get(at, 4 * kPage) == "fault" ? faults : copies)++;
  }
  stop = true;
  truncater.join();
}

TEST_CASE("the break moves by bytes and its pages come and go") {
  AddressSpaceFixture memory;
  AddressSpace& space = memory.space;
  CHECK(space.move_break(0x100000) == 0);  // not set yet
  REQUIRE(space.add_initial(0x10000, 0x21000, kReadWrite).ok());
  CHECK(space.add_initial(0x20000, 0x22000, kReadWrite).code() == EINVAL);
  CHECK(space.add_initial(0x22000, 0x22001, kReadWrite).code() == EINVAL);
  REQUIRE(mprotect(memory.base + 0x10000, 0x11000, kReadWrite) == 0);
  space.set_break(0x20010);
  CHECK(space.move_break(0) == 0x20010);
  CHECK(space.move_break(0x2000f) == 0x20010);
  CHECK(space.move_break(0x20ff0) == 0x20ff0);
  CHECK(space.move_break(0x30001) == 0x30001);
  memory.put(0x30000, "heap");
  CHECK(space.describe() == "00010000-00031000 rw-p 00000000 00:00 0\n");
  CHECK(space.move_break(0x30000) == 0x30000);
  CHECK(memory.get(0x30000, 1) == "fault");
  CHECK(space.move_break(0x31000) == 0x31000);
  CHECK(memory.get(0x30000, 1) == std::string(1, '\0'));
  // A page stays free below what is above.
  memory.map(1, kAnonymous | MAP_FIXED, -1, 0x40000);
  CHECK(space.move_break(0x3f001) == 0x31000);
  CHECK(space.move_break(0x3f000) == 0x3f000);
  CHECK(space.move_break(0xffffffff) == 0x3f000);
  memory.check();
}

TEST_CASE("the heap begins where the data end, not at the end of a page of wasm") {
  AddressSpaceFixture memory;
  REQUIRE(mprotect(memory.base + 0x10000, 0x20000, kReadWrite) == 0);
  REQUIRE(memory.space.add_initial(0x10000, 0x30000, kReadWrite).ok());
  memory.space.set_break(0x20010);
  CHECK(memory.space.describe() == "00010000-00021000 rw-p 00000000 00:00 0\n");
  CHECK(memory.space.move_break(0x22000) == 0x22000);
  memory.check();
}

TEST_CASE("more than the limit can't be mapped") {
  AddressSpaceFixture memory(16 * kPage);
  AddressSpace& space = memory.space;
  CHECK(space.map(0, 17 * kPage, PROT_NONE, kAnonymous, -1, 0).code() == ENOMEM);
  uint32_t at = memory.map(12);
  CHECK(space.map(0, 5 * kPage, kReadWrite, kAnonymous, -1, 0).code() == ENOMEM);
  memory.map(12, kAnonymous | MAP_FIXED, -1, at);  // replaced pages don't count
  CHECK(space.remap(at, 12 * kPage, 17 * kPage, MREMAP_MAYMOVE, 0).code() == ENOMEM);
  CHECK(space.remap(at, 12 * kPage, 16 * kPage, MREMAP_MAYMOVE, 0).ok());
  space.set_break(0x100000);
  CHECK(space.move_break(0x100001) == 0x100000);
  CHECK(space.mapped_bytes() == 16 * kPage);
  memory.check();
}

TEST_CASE("a limit that was lowered holds for what is mapped from then on") {
  AddressSpaceFixture memory(16 * kPage);
  AddressSpace& space = memory.space;
  memory.map(8);
  space.set_limit(4 * kPage);
  CHECK(space.map(0, kPage, kReadWrite, kAnonymous, -1, 0).code() == ENOMEM);
  CHECK(space.mapped_bytes() == 8 * kPage);
  space.set_limit(UINT64_MAX);
  memory.map(8);
  CHECK(space.map(0, kPage, kReadWrite, kAnonymous, -1, 0).code() == ENOMEM);
  memory.check();
}

TEST_CASE("a mapping grows in place, moves and shrinks with what it holds") {
  FileFixture memory;
  AddressSpace& space = memory.space;
  const int kinds[] = {kAnonymous, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED, MAP_PRIVATE};
  for (int flags : kinds) {
    uint32_t at = memory.map(1, flags, memory.fd, 0x20000000);
    memory.put(at, "text");
    uint32_t grown = space.remap(at, kPage, 3 * kPage, 0, 0).take();
    CHECK(grown == at);
    CHECK(memory.get(at, 4) == "text");
    // Shared anonymous memory stays as long as it was made.
    const char* third = flags == (MAP_SHARED | MAP_ANONYMOUS) ? "fault" : "C";
    if (flags == kAnonymous) third = "";
    CHECK(memory.get(at + 2 * kPage, 1).c_str() == std::string_view(third));
    uint32_t above = memory.map(1, kAnonymous, -1, at + 3 * kPage);
    CHECK(space.remap(at, 3 * kPage, 4 * kPage, 0, 0).code() == ENOMEM);
    uint32_t moved = space.remap(at, 3 * kPage, 4 * kPage, MREMAP_MAYMOVE, 0).take();
    CHECK(moved != at);
    CHECK(memory.get(at, 1) == "fault");
    CHECK(memory.get(moved, 4) == "text");
    CHECK(space.remap(moved, 4 * kPage, kPage, 0, 0).take() == moved);
    CHECK(memory.get(moved + kPage, 1) == "fault");
    uint32_t target = 0x30000000;
    CHECK(space.remap(moved, kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, target).take() ==
          target);
    CHECK(memory.get(target, 4) == "text");
    CHECK(space.remap(target, kPage, kPage, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0).ok());
    memory.check();
    CHECK(space.unmap(target, 2 * kPage).ok());
    CHECK(space.unmap(above, kPage).ok());
  }
}

TEST_CASE("large memory that grows over and over keeps what it holds") {
  AddressSpaceFixture memory;
  uint32_t pages = 600, at = memory.map(pages);
  memory.put(at, "first");
  for (int i = 0; i < 20; ++i) {
    // The neighbour forces every second growth to move.
    if (i % 2) memory.map(1, kAnonymous, -1, at + pages * kPage);
    memory.put(at + (pages - 1) * kPage, "last");
    at = memory.space.remap(at, pages * kPage, (pages + 100) * kPage, MREMAP_MAYMOVE, 0).take();
    CHECK(memory.get(at, 5) == "first");
    CHECK(memory.get(at + (pages - 1) * kPage, 4) == "last");
    pages += 100;
  }
  memory.check();
}

TEST_CASE("shared memory is mapped a second time by an old length of 0") {
  AddressSpaceFixture memory;
  uint32_t at = memory.map(2, MAP_SHARED | MAP_ANONYMOUS);
  uint32_t again = memory.space.remap(at, 0, 2 * kPage, MREMAP_MAYMOVE, 0).take();
  memory.put(at + kPage, "both");
  CHECK(memory.get(again + kPage, 4) == "both");
  uint32_t own = memory.map(1);
  CHECK(memory.space.remap(own, 0, kPage, MREMAP_MAYMOVE, 0).code() == EINVAL);
  memory.check();
}

TEST_CASE("advice is kept for forks and passed on for the rest") {
  AddressSpaceFixture memory;
  AddressSpace& space = memory.space;
  auto attributes = [&](uint32_t address) {
    RegionAttributes found;
    space.for_each_region([&](const Region& region) {
      if (region.range.contains(address)) found = region.attributes;
    });
    return found;
  };
  uint32_t at = memory.map(4);
  CHECK(space.advise(at, kPage, MADV_WIPEONFORK).ok());
  CHECK(space.advise(at + kPage, kPage, MADV_DONTFORK).ok());
  CHECK(attributes(at).wipe_on_fork);
  CHECK(attributes(at + kPage).dont_fork);
  CHECK_FALSE(attributes(at + 2 * kPage).dont_fork);
  CHECK(space.advise(at, 4 * kPage, MADV_DOFORK).ok());
  CHECK(space.advise(at, 4 * kPage, MADV_KEEPONFORK).ok());
  CHECK(space.describe() == "fffec000-ffff0000 rw-p 00000000 00:00 0\n");
  uint32_t shared = memory.map(1, MAP_SHARED | MAP_ANONYMOUS);
  CHECK(space.advise(shared, kPage, MADV_WIPEONFORK).code() == EINVAL);
  memory.put(at, "text");
  CHECK(space.advise(at, kPage, MADV_DONTNEED).ok());
  CHECK(memory.get(at, 1) == std::string(1, '\0'));
  CHECK(space.advise(0x20000000, kPage, MADV_DONTNEED).code() == ENOMEM);
  CHECK(space.advise(at + 1, kPage, MADV_DONTNEED).code() == EINVAL);
  for (int refused : {12, 13, 100, 101, 102, 103, 99, -1}) {
    CHECK(space.advise(at, kPage, refused).code() == EINVAL);
  }
  // Large memory is advised to use huge pages, stacks are not.
  CHECK(attributes(at).huge_pages == HugePages::NoAdvice);
  CHECK(attributes(memory.map(512)).huge_pages == HugePages::Wanted);
  CHECK(attributes(memory.map(512, kAnonymous | MAP_STACK)).huge_pages == HugePages::Refused);
  space.set_break(0x100000);
  CHECK(space.move_break(0x180000) == 0x180000);
  CHECK(attributes(0x100000).huge_pages == HugePages::NoAdvice);
  CHECK(space.move_break(0x480000) == 0x480000);
  CHECK(attributes(0x100000).huge_pages == HugePages::Wanted);
  memory.check();
}

TEST_CASE("whole huge pages are placed on the host's huge pages") {
  AddressSpaceFixture memory;
  memory.map(1);
  uint32_t at = memory.map(1024);
  CHECK(reinterpret_cast<uintptr_t>(memory.base + at) % kHugePageSize == 0);
}

#if !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)  // which cannot allocate then
TEST_CASE("a guest that uses up the host's mappings gets ENOMEM") {
  AddressSpaceFixture memory;
  constexpr uint32_t kPages = 140000;
  uint32_t at = memory.map(kPages);
  int code = 0;
  for (uint32_t page = 0; page < kPages && code == 0; page += 2) {
    code = memory.space.protect(at + page * kPage, kPage, PROT_READ).code();
  }
  CHECK(code == ENOMEM);
  CHECK(memory.recorded() == memory.actual());
  CHECK(memory.space.unmap(at, kPages * kPage).ok());
  memory.check();
}
#endif

TEST_CASE("every boundary value in every argument stays inside of the memory") {
  FileFixture memory;
  Cage cage(memory.host, {});
  cage.set_memory(memory.view());
  cage.set_address_space(&memory.space);
  memory.space.set_break(0x200000);
  auto file = HostFile::stream(memory.host, HostFd(memory.host, dup(memory.fd)));
  REQUIRE(cage.fds().insert({file}).value() == 0);
  const uint64_t values[] = {0,          1,          4095,       4096,       0xffff,
                             0x10000,    0x7fffffff, 0x80000000, 0xfffef000, 0xffff0000,
                             0xfffff000, 0xffffffff, 1ull << 32, 1ull << 63, ~0ull};
  const uint64_t flags[] = {0x22, 0x32, 0x100022, 0x01, 0x11, 0x02, 0x12, 0x21, ~0ull};
  auto call = [&](int number, std::array<uint64_t, 6> arguments) {
    int64_t result = dispatch(cage.main_thread(), number, arguments.data());
    CHECK(result >= -4095);
    CHECK(result < static_cast<int64_t>(AddressSpace::kEnd));
  };
  for (uint64_t address : values) {
    for (uint64_t length : values) {
      for (uint64_t flag : flags) call(SYS_mmap, {address, length, 3, flag, 0, 0});
      call(SYS_mmap, {address, 4096, 3, 2, 0, length});
      for (uint64_t other : values) {
        call(SYS_mremap, {address, length, other, MREMAP_MAYMOVE, 0, 0});
        call(SYS_mremap, {address, 4096, length, 3, other, 0});
        call(SYS_mremap, {address, length, length, 7, other, 0});
        call(SYS_mincore, {address, length, other, 0, 0, 0});
      }
      call(SYS_mprotect, {address, length, 3, 0, 0, 0});
      call(SYS_madvise, {address, length, MADV_DONTNEED, 0, 0, 0});
      call(SYS_msync, {address, length, MS_ASYNC, 0, 0, 0});
      call(SYS_munlock, {address, length, 0, 0, 0, 0});
      call(SYS_munmap, {address, length, 0, 0, 0, 0});
    }
    call(SYS_brk, {address, 0, 0, 0, 0, 0});
    memory.space.for_each_region([&](const Region& region) {
      CHECK(region.range.start >= AddressSpace::kStart);
      CHECK(region.range.end <= AddressSpace::kEnd);
    });
    memory.check();
  }
}

#if !__has_feature(address_sanitizer)  // in whose programs munlock() does nothing
TEST_CASE("memory is locked as the host allows") {
  AddressSpaceFixture memory;
  AddressSpace& space = memory.space;
  uint32_t at = memory.map(2);
  CHECK(space.lock_pages(at, 2 * kPage, 1 /* MLOCK_ONFAULT */).ok());
  CHECK(space.advise(at, kPage, MADV_DONTNEED).code() == EINVAL);
  CHECK(space.unlock_pages(at, 2 * kPage).ok());
  CHECK(space.advise(at, kPage, MADV_DONTNEED).ok());
  CHECK(space.lock_pages(at, kPage, 2).code() == EINVAL);
  CHECK(space.lock_pages(0x20000000, kPage, 0).code() == ENOMEM);
  for (int flags : {0, 4, 8}) CHECK(space.lock_all_pages(flags).code() == EINVAL);
  CHECK(space.lock_all_pages(MCL_CURRENT | MCL_FUTURE).ok());
  uint8_t resident = 0;
  uint32_t later = memory.map(1);
  CHECK(space.residency(later, {&resident, 1}).ok());
  CHECK((resident & 1) == 1);
  CHECK(space.unlock_all_pages().ok());
  CHECK(space.advise(later, kPage, MADV_DONTNEED).ok());
}
#endif

TEST_CASE("memory files are mapped like others, and barriers are the host's") {
  AddressSpaceFixture memory;
  Cage cage(memory.host, {});
  cage.set_memory(memory.view());
  auto call = [&](int number, std::array<uint64_t, 6> arguments) {
    return dispatch(cage.main_thread(), number, arguments.data());
  };
  CHECK(call(SYS_mmap, {0, 4096, 3, 0x22, 0, 0}) == -ENOSYS);  // without an address space
  cage.set_address_space(&memory.space);
  CHECK(call(SYS_mmap, {0, 4096, 3, 0x02, 5, 0}) == -EBADF);
  uint32_t name = memory.map(1);
  memory.put(name, "memory");
  CHECK(call(SYS_memfd_create, {name, 1}) == 0);
  CHECK(call(SYS_ftruncate, {0, 4096}) == 0);
  int64_t at = call(SYS_mmap, {0, 4096, 3, MAP_SHARED, 0, 0});
  REQUIRE(at > 0x80000000);
  CHECK(call(SYS_pwrite64, {0, name, 6, 0}) == 6);
  CHECK(memory.get(static_cast<uint32_t>(at), 6) == "memory");
  CHECK(call(SYS_memfd_create, {name, 4}) == -EINVAL);
  memory.put(name, std::string(250, 'x'));
  CHECK(call(SYS_memfd_create, {name, 0}) == -EINVAL);
  CHECK(call(SYS_memfd_create, {16, 0}) == -EFAULT);
  CHECK((call(SYS_membarrier, {0, 0, 0}) & ~0x19) == 0);
  CHECK(call(SYS_membarrier, {16, 0, 0}) == 0);
  CHECK(call(SYS_membarrier, {8, 0, 0}) == 0);
  CHECK(call(SYS_membarrier, {24, 0, 0}) == -EINVAL);
  CHECK(call(SYS_membarrier, {0, 1, 0}) == -EINVAL);
  CHECK(call(SYS_mincore, {name, 4096, name}) == 0);
  CHECK(call(SYS_mincore, {name, 4096, 16}) == -EFAULT);
  memory.check();
}

TEST_CASE("threads map and unmap at the same time") {
  AddressSpaceFixture memory;
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int id = 0; id < 4; ++id) {
    threads.emplace_back([&, id] {
      std::mt19937 random(static_cast<unsigned>(id));
      for (int i = 0; i < 400; ++i) {
        const uint32_t length = (1 + random() % 8) * kPage;
        auto at = memory.space.map(0, length, kReadWrite, kAnonymous, -1, 0);
        if (!at.ok()) {
          ++wrong;
          continue;
        }
        GuestMemory view = memory.view();
        if (!view.write(GuestPtr<int>{at.value()}, id).ok()) ++wrong;
        auto moved = memory.space.remap(at.value(), length, length + kPage, MREMAP_MAYMOVE, 0);
        if (!moved.ok() || view.read(GuestPtr<int>{moved.value()}).take() != id) ++wrong;
        if (random() % 4 && !memory.space.unmap(moved.value(), length + kPage).ok()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  memory.check();
}

}  // namespace linden::microvisor
