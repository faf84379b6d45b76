#include "microvisor/fd_table.h"

#include <atomic>
#include <thread>

#include "microvisor/test_support.h"

namespace linden::microvisor {

namespace {

class CountedFile final : public OpenFile {
 public:
  explicit CountedFile(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~CountedFile() override { --alive_; }
  Result<struct stat> stat() override { return Error{EIO}; }
  Result<int> status_flags() override { return 0; }
  Result<void> set_status_flags(int) override { return {}; }

 private:
  std::atomic<int>& alive_;
};

}  // namespace

TEST_CASE("descriptors take the lowest free number") {
  std::atomic<int> alive = 0;
  FdTable table(8);
  auto add = [&](int minimum = 0) {
    return table.insert({std::make_shared<CountedFile>(alive)}, minimum);
  };
  CHECK(add().value() == 0);
  CHECK(add().value() == 1);
  CHECK(add(5).value() == 5);
  CHECK(add().value() == 2);
  CHECK(table.close(1).ok());
  CHECK(add().value() == 1);
  CHECK(add(5).value() == 6);
  CHECK(add(5).value() == 7);
  CHECK(add(5).code() == EMFILE);
  CHECK(add(-1).code() == EINVAL);
  CHECK(table.open_count() == 6);
  CHECK(alive == 6);
}

TEST_CASE("numbers that aren't open are refused") {
  FdTable table(8);
  for (int fd : {-1, 0, 7, 8, 1 << 30}) {
    CHECK(table.get(fd).code() == EBADF);
    CHECK(table.close(fd).code() == EBADF);
    CHECK(table.duplicate(fd, 0, false).code() == EBADF);
    CHECK(table.duplicate_onto(fd, 1, false).code() == EBADF);
    CHECK(table.set_close_on_exec(fd, true).code() == EBADF);
  }
}

TEST_CASE("a file lives until its last duplicate and its last user are gone") {
  std::atomic<int> alive = 0;
  FdTable table;
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive)}).value() == 0);
  REQUIRE(table.duplicate(0, 0, true).value() == 1);
  CHECK(table.get(1)->close_on_exec);
  CHECK(table.get(0)->file == table.get(1)->file);
  CHECK(table.close(0).ok());
  CHECK(alive == 1);
  auto in_use = table.file(1).take();
  CHECK(table.close(1).ok());
  CHECK(alive == 1);
  in_use.reset();
  CHECK(alive == 0);
}

TEST_CASE("dup2 replaces what was there and clears close-on-exec") {
  std::atomic<int> alive = 0;
  FdTable table(8);
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive), true}).value() == 0);
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive)}).value() == 1);
  CHECK(table.duplicate_onto(0, 1, false).value() == 1);
  CHECK(alive == 1);
  CHECK_FALSE(table.get(1)->close_on_exec);
  CHECK(table.duplicate_onto(0, 0, false).value() == 0);
  CHECK(table.get(0)->close_on_exec);
  CHECK(table.duplicate_onto(0, 5, false).value() == 5);
  CHECK(table.duplicate_onto(0, 8, false).code() == EBADF);
  CHECK(table.duplicate_onto(0, -1, false).code() == EBADF);
}

TEST_CASE("exec closes the marked descriptors only") {
  std::atomic<int> alive = 0;
  FdTable table;
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive), true}).ok());
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive)}).ok());
  table.close_marked();
  CHECK(alive == 1);
  CHECK(table.get(0).code() == EBADF);
  CHECK(table.get(1).ok());
}

TEST_CASE("rights only shrink") {
  std::atomic<int> alive = 0;
  FdTable table;
  REQUIRE(table.insert({std::make_shared<CountedFile>(alive), false, {7, 3}}).ok());
  CHECK(table.restrict_rights(0, {3, 3}).ok());
  CHECK(table.restrict_rights(0, {7, 3}).code() == kErrnoNotCapable);
  CHECK(table.restrict_rights(0, {3, 7}).code() == kErrnoNotCapable);
  CHECK(table.get(0)->rights.base == 3);
}

TEST_CASE("threads may open, use and close the same numbers") {
  std::atomic<int> alive = 0;
  {
    FdTable table(16);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) {
          auto fd = table.insert({std::make_shared<CountedFile>(alive)});
          if (!fd.ok()) continue;
          auto file = table.file(i % 16);
          if (file.ok()) (void)(*file)->status_flags();
          (void)table.duplicate_onto(*fd, (i * 7) % 16, false);
          (void)table.close(*fd);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(alive <= 16);
  }
  CHECK(alive == 0);
}

}  // namespace linden::microvisor
