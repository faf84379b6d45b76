// Every host call of every operation is made to fail in turn; nothing may leak or crash.

#include <functional>

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::WasiFixture;
using wasi::Errno;

namespace {

// Runs `operation` with its 1st, 2nd, ... host call failing until it makes fewer calls.
void fail_each_call(WasiFixture& wasi, Errno expected, const std::function<Errno()>& operation) {
  constexpr int kError = EDQUOT;
  for (int n = 1;; ++n) {
    REQUIRE(n < 100);
    size_t guest_before = wasi.process->cage().fds().open_count();
    size_t host_before = test::count_host_descriptors();
    wasi.host.fail_call(n, kError);
    Errno error = operation();
    bool failed = wasi.host.has_failed();
    wasi.host.fail_none();
    if (!failed) {
      CHECK(error == expected);
      return;
    }
    CHECK(error == Errno::Quota);
    CHECK(wasi.process->cage().fds().open_count() == guest_before);
    CHECK(test::count_host_descriptors() == host_before);
  }
}

}  // namespace

TEST_CASE("a failing host call leaves no descriptor behind") {
  WasiFixture wasi;
  wasi.directory.write("file", "hello");
  std::filesystem::create_directory(wasi.directory / "sub");
  wasi.directory.write("sub/file", "hello");
  std::filesystem::create_symlink("file", wasi.directory / "link");
  wasi::Process& p = *wasi.process;
  auto [file, file_length] = wasi.text("sub/file");
  auto [name, name_length] = wasi.text("sub/new");
  auto [link, link_length] = wasi.text("link");
  uint32_t buffer = wasi.memory.allocate(256);
  auto check = [&](const std::function<Errno()>& operation) {
    fail_each_call(wasi, Errno::Success, operation);
  };
  check([&] {
    return wasi::path_open(p, 3, 1, file, file_length, 0, wasi::right::kAll, 0, 0, wasi.out);
  });
  uint32_t fd = wasi.memory.get<uint32_t>(wasi.out);
  check([&] { return wasi::path_filestat_get(p, 3, 1, file, file_length, buffer); });
  check([&] { return wasi::path_filestat_set_times(p, 3, 1, file, file_length, 1, 1, 5); });
  check([&] { return wasi::path_readlink(p, 3, link, link_length, buffer, 64, wasi.out); });
  check([&] { return wasi::path_create_directory(p, 3, name, name_length); });
  check([&] { return wasi::path_remove_directory(p, 3, name, name_length); });
  check([&] { return wasi::path_link(p, 3, 1, file, file_length, 3, name, name_length); });
  check([&] { return wasi::path_unlink_file(p, 3, name, name_length); });
  check([&] { return wasi::path_symlink(p, file, file_length, 3, name, name_length); });
  check([&] { return wasi::path_rename(p, 3, name, name_length, 3, link, link_length); });
  check([&] { return wasi::fd_fdstat_get(p, fd, buffer); });
  check([&] { return wasi::fd_filestat_get(p, fd, buffer); });
  // So small that it is full before the directory ends: an error after some entries isn't one yet.
  check([&] { return wasi::fd_readdir(p, 3, buffer, 40, 0, wasi.out); });
  check([&] { return wasi::fd_sync(p, fd); });
  check([&] { return wasi::random_get(p, buffer, 16); });
  check([&] { return wasi::clock_time_get(p, 0, 0, wasi.out); });
  check([&] { return wasi::sched_yield(p); });
}

TEST_CASE("a process that can't be created leaves no descriptor behind") {
  test::TemporaryDirectory directory;
  LinuxHost linux_host;
  FaultInjectingHost host(linux_host);
  size_t before = test::count_host_descriptors();
  bool failed = true;
  for (int n = 1; failed; ++n) {
    REQUIRE(n < 100);
    host.fail_call(n, EMFILE);
    std::string message;
    {
      auto process = wasi::Process::create(
          host, {.dirs = {test::grant(directory.path()), test::grant(directory.path() + "::x")}},
          &message);
      failed = host.has_failed();
      CHECK(process.ok() == !failed);
      if (failed) CHECK_FALSE(message.empty());
    }
    CHECK(test::count_host_descriptors() == before);
  }
}

TEST_CASE("a result that can't be stored closes the descriptor again") {
  WasiFixture wasi;
  wasi.directory.write("file", "hello");
  auto [name, length] = wasi.text("file");
  size_t before = test::count_host_descriptors();
  CHECK(wasi::path_open(*wasi.process, 3, 1, name, length, 0, wasi::right::kFdRead, 0, 0,
                        test::kBadAddress) == Errno::Fault);
  CHECK(test::count_host_descriptors() == before);
  CHECK(wasi.process->cage().fds().open_count() == 1);
}

TEST_CASE("resolution is retried when the kernel saw a race") {
  WasiFixture wasi;
  wasi.directory.write("file", "hello");
  wasi.host.fail_call(1, EAGAIN);
  CHECK(wasi.open("file") == Errno::Success);
}

TEST_CASE("waiting goes on after an interruption") {
  WasiFixture wasi;
  wasi::Subscription timer{};
  timer.clock_or_fd = 1;
  timer.timeout = 1000;
  uint32_t in = wasi.memory.put(std::vector{timer});
  // The calls are: the present, the time left, then poll.
  wasi.host.fail_call(3, EINTR);
  CHECK(wasi::poll_oneoff(*wasi.process, in, wasi.memory.allocate(32), 1, wasi.out) ==
        Errno::Success);
  CHECK(wasi.host.has_failed());
}

}  // namespace linden::microvisor
