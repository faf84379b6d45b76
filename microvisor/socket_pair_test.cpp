#include "microvisor/socket_pair.h"

#include <sys/socket.h>

#include <thread>

#include "microvisor/fault_injecting_host.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {
namespace {

std::string read_some(OpenFile& file) {
  char text[64] = {};
  const iovec vector{text, sizeof text - 1};
  Result<size_t> got = file.readv({&vector, 1});
  return got.ok() ? std::string(text, got.value()) : "error " + std::to_string(got.code());
}

Result<size_t> write_text(OpenFile& file, std::string text) {
  const iovec vector{text.data(), text.size()};
  return file.writev({&vector, 1});
}

TEST_CASE("a socket pair that can't move to the host goes on here") {
  LinuxHost linux_host;
  FaultInjectingHost host(linux_host);
  const size_t before = test::count_host_descriptors();
  bool failed = true;
  for (int n = 1; failed; ++n) {
    REQUIRE(n < 30);
    auto [left, right] = make_socket_pair(host, SOCK_STREAM, O_NONBLOCK).take();
    CHECK(write_text(*left, "to the right").ok());
    CHECK(write_text(*right, "to the left").ok());
    CHECK(right->shutdown(SHUT_WR).ok());
    host.fail_call(n, ENFILE);
    const bool moved = left->pollable().ok();
    failed = host.has_failed();
    host.fail_none();
    CHECK(moved == !failed);
    CHECK(write_text(*left, ", more").ok());
    CHECK(read_some(*right) == "to the right, more");
    CHECK(read_some(*left) == "to the left");
    CHECK(read_some(*left).empty());
    CHECK(left->pollable().ok());
    CHECK(read_some(*left).empty());
    CHECK(write_text(*left, "late").ok());
    CHECK(read_some(*right) == "late");
    CHECK(read_some(*right) == "error " + std::to_string(EAGAIN));
    CHECK(write_text(*right, "x").code() == EPIPE);
  }
  CHECK(test::count_host_descriptors() == before);
}

TEST_CASE("who waits for a socket's bytes gets them from the host when the pair has moved") {
  LinuxHost host;
  auto [left, right] = make_socket_pair(host, SOCK_STREAM, 0).take();
  std::string got;
  std::thread reader([&, &right = right] { got = read_some(*right); });
  usleep(10'000);
  REQUIRE(left->pollable().ok());
  CHECK(write_text(*left, "hello").ok());
  reader.join();
  CHECK(got == "hello");
}

}  // namespace
}  // namespace linden::microvisor
