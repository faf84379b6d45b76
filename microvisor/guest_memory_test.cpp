#include "microvisor/guest_memory.h"

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::FaultHandler;
using test::TestMemory;

TEST_CASE("a range must lie within the memory") {
  TestMemory memory;
  GuestMemory view = memory.view();
  constexpr uint32_t kEnd = TestMemory::kSize;
  auto check = [&](uint32_t offset, uint32_t length) {
    return view.check(GuestSpan<char>{{offset}, length}).code();
  };
  CHECK(check(0, kEnd) == 0);
  CHECK(check(kEnd - 1, 1) == 0);
  CHECK(check(kEnd, 0) == 0);
  CHECK(check(kEnd, 1) == EFAULT);
  CHECK(check(kEnd + 1, 0) == EFAULT);
  CHECK(check(kEnd - 1, 2) == EFAULT);
  CHECK(check(0xffffffff, 0xffffffff) == EFAULT);
  CHECK(check(1, 0xffffffff) == EFAULT);
  // The byte length overflows 32 bits, and would fit if it wrapped.
  CHECK(view.check(GuestSpan<uint64_t>{{0}, 0x20000001}).code() == EFAULT);
}

TEST_CASE("a memory that doesn't exist contains nothing") {
  GuestMemory none;
  CHECK(none.read(GuestPtr<char>{0}).code() == EFAULT);
  CHECK(none.check(GuestSpan<char>{{0}, 0}).ok());
}

TEST_CASE("values of every size are copied in and out") {
  TestMemory memory;
  GuestMemory view = memory.view();
  for (size_t size : {1, 2, 3, 4, 5, 7, 8, 9, 16, 4096, 5000}) {
    std::string data(size, 'x');
    data.front() = 'a';
    data.back() = 'z';
    REQUIRE(view.copy_out(100, data.data(), size).ok());
    std::string back(size, ' ');
    REQUIRE(view.copy_in(back.data(), 100, size).ok());
    CHECK(back == data);
  }
}

TEST_CASE("a protected page makes a copy fail and not the process") {
  FaultHandler handler;
  TestMemory memory;
  GuestMemory view = memory.view();
  memory.protect(8192, 4096);
  char buffer[5000];
  CHECK(view.copy_in(buffer, 8000, 500).code() == EFAULT);  // the fault is in the middle
  CHECK(view.copy_out(8000, buffer, 500).code() == EFAULT);
  CHECK(view.copy_in(buffer, 8192, 4).code() == EFAULT);
  CHECK(view.copy_in(buffer, 8192, 8).code() == EFAULT);
  CHECK(view.copy_out(8190, buffer, 4).code() == EFAULT);
  CHECK(view.copy_out(8190, buffer, 8).code() == EFAULT);
  CHECK(view.copy_out(8192, buffer, 1).code() == EFAULT);
  CHECK(view.copy_in(buffer, 7000, 1192).ok());
}

TEST_CASE("only faults of the copy itself are recovered") {
  uint64_t pc = reinterpret_cast<uint64_t>(&recover_user_copy_fault);
  uint64_t before = pc;
  CHECK_FALSE(recover_user_copy_fault(&pc));
  CHECK(pc == before);
}

TEST_CASE("a string ends at its NUL, the limit or the end of memory") {
  FaultHandler handler;
  TestMemory memory;
  GuestMemory view = memory.view();
  uint32_t hello = memory.put("hello");
  CHECK(view.copy_string({hello}).take() == "hello");
  CHECK(view.copy_string({hello}, 5).take() == "hello");
  CHECK(view.copy_string({hello}, 4).code() == ENAMETOOLONG);

  std::memset(memory.base() + 4000, 'x', 8192);
  CHECK(view.copy_string({4000}).code() == ENAMETOOLONG);

  uint32_t end = TestMemory::kSize;
  std::memset(memory.base() + end - 4, 'x', 4);
  CHECK(view.copy_string({end - 4}).code() == EFAULT);
  memory.base()[end - 1] = std::byte{0};
  CHECK(view.copy_string({end - 4}).take() == "xxx");
  CHECK(view.copy_string({end}).code() == EFAULT);

  // Up to the last byte before a protected page.
  memory.protect(65536, 4096);
  std::memcpy(memory.base() + 65533, "ab", 3);
  CHECK(view.copy_string({65533}).take() == "ab");
  memory.base()[65535] = std::byte{'c'};
  CHECK(view.copy_string({65533}).code() == EFAULT);
}

TEST_CASE("characters without NUL are bounded before anything is allocated") {
  TestMemory memory;
  GuestMemory view = memory.view();
  uint32_t hello = memory.put("hello");
  CHECK(view.copy_characters({{hello}, 4}).take() == "hell");
  CHECK(view.copy_characters({{hello}, 5000}).code() == ENAMETOOLONG);
  CHECK(view.copy_characters({{hello}, 0xffffffff}).code() == EFAULT);
}

TEST_CASE("iovecs are checked one by one") {
  TestMemory memory;
  GuestMemory view = memory.view();
  auto convert = [&](std::vector<GuestIovec> vectors) {
    uint32_t address = memory.put(vectors);
    return view.io_vectors({{address}, static_cast<uint32_t>(vectors.size())});
  };
  auto good = convert({{16, 8}, {TestMemory::kSize, 0}});
  REQUIRE(good.ok());
  CHECK(good->size() == 2);
  CHECK((*good)[0].iov_base == memory.base() + 16);
  CHECK((*good)[0].iov_len == 8);
  CHECK(convert({{16, 8}, {TestMemory::kSize - 4, 8}}).code() == EFAULT);
  CHECK(convert({{0xffffffff, 0xffffffff}}).code() == EFAULT);
  CHECK(convert({}).ok());
  CHECK(view.io_vectors({{0}, 0xffffffff}).code() == EINVAL);
  CHECK(view.io_vectors({{0}, IOV_MAX + 1}).code() == EINVAL);
  CHECK(view.io_vectors({{TestMemory::kSize - 8}, 2}).code() == EFAULT);
}

}  // namespace linden::microvisor
