#include <poll.h>

#include <chrono>

#include "microvisor/test_support.h"

namespace linden::microvisor::wasi {

using test::WasiFixture;

namespace {

constexpr uint64_t kMillisecond = 1'000'000;

Subscription timer(uint64_t user_data, uint32_t clock, uint64_t timeout, uint16_t flags = 0) {
  Subscription subscription{};
  subscription.user_data = user_data;
  subscription.type = EventType::Clock;
  subscription.clock_or_fd = clock;
  subscription.timeout = timeout;
  subscription.flags = flags;
  return subscription;
}

Subscription watch(uint64_t user_data, EventType type, uint32_t fd) {
  Subscription subscription{};
  subscription.user_data = user_data;
  subscription.type = type;
  subscription.clock_or_fd = fd;
  return subscription;
}

std::vector<Event> poll(WasiFixture& wasi, std::vector<Subscription> subscriptions) {
  uint32_t in = wasi.memory.put(subscriptions);
  uint32_t out = wasi.memory.allocate(subscriptions.size() * sizeof(Event));
  REQUIRE(poll_oneoff(*wasi.process, in, out, static_cast<uint32_t>(subscriptions.size()),
                      wasi.out) == Errno::Success);
  std::vector<Event> events;
  for (uint32_t i = 0; i < wasi.memory.get<uint32_t>(wasi.out); ++i) {
    events.push_back(wasi.memory.get<Event>(out + i * uint32_t{sizeof(Event)}));
  }
  return events;
}

uint16_t code(Errno error) { return static_cast<uint16_t>(error); }

}  // namespace

TEST_CASE("the earliest timer fires, and not before its time") {
  WasiFixture wasi;
  auto start = std::chrono::steady_clock::now();
  auto events = poll(wasi, {timer(1, 1, 3600'000 * kMillisecond), timer(2, 1, 20 * kMillisecond)});
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(20));
  REQUIRE(events.size() == 1);
  CHECK(events[0].user_data == 2);
  CHECK(events[0].type == EventType::Clock);
  CHECK(events[0].error == 0);
}

TEST_CASE("absolute timers in the past and far in the future") {
  WasiFixture wasi;
  auto events = poll(wasi, {timer(1, 0, 1, 1), timer(2, 1, ~0ull), timer(3, 0, ~0ull, 1)});
  REQUIRE(events.size() == 1);
  CHECK(events[0].user_data == 1);
  REQUIRE(clock_time_get(*wasi.process, 1, 0, wasi.out) == Errno::Success);
  uint64_t soon = wasi.memory.get<uint64_t>(wasi.out) + 5 * kMillisecond;
  CHECK(poll(wasi, {timer(4, 1, soon, 1)}).size() == 1);
  REQUIRE(clock_time_get(*wasi.process, 1, 0, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint64_t>(wasi.out) >= soon);
}

TEST_CASE("clocks that can't be waited for become an error event") {
  WasiFixture wasi;
  auto events = poll(wasi, {timer(1, 2, 1), timer(2, 9, 1)});
  REQUIRE(events.size() == 2);
  CHECK(events[0].error == code(Errno::NotSupported));
  CHECK(events[1].error == code(Errno::Invalid));
}

TEST_CASE("pipes become readable, writable and hung up") {
  WasiFixture wasi;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  uint32_t reader = wasi.adopt(ends[0]), writer = wasi.adopt(ends[1]);
  auto events =
      poll(wasi, {watch(1, EventType::FdRead, reader), watch(2, EventType::FdWrite, writer)});
  REQUIRE(events.size() == 1);
  CHECK(events[0].user_data == 2);
  CHECK(poll(wasi, {watch(1, EventType::FdRead, reader), timer(9, 1, kMillisecond)})
            .at(0)
            .user_data == 9);
  REQUIRE(wasi.write(writer, "hello") == Errno::Success);
  events = poll(wasi, {watch(1, EventType::FdRead, reader), timer(9, 1, ~0ull)});
  REQUIRE(events.size() == 1);
  CHECK(events[0].type == EventType::FdRead);
  CHECK(events[0].byte_count == 5);
  REQUIRE(fd_close(*wasi.process, writer) == Errno::Success);
  events = poll(wasi, {watch(1, EventType::FdRead, reader)});
  CHECK(events.at(0).flags == kEventHangup);
  // The other way round: nobody reads any more, and that ends nobody.
  REQUIRE(pipe(ends) == 0);
  uint32_t broken = wasi.adopt(ends[1]);
  ::close(ends[0]);
  CHECK(wasi.write(broken, "x") == Errno::Pipe);
}

TEST_CASE("files are always ready, and bad descriptors are an event of their own") {
  WasiFixture wasi;
  wasi.directory.write("file", "hello");
  uint32_t file = wasi.opened("file");
  uint32_t deaf = wasi.opened("file", 0, right::kFdRead);
  auto events = poll(wasi, {watch(1, EventType::FdRead, file), watch(2, EventType::FdWrite, file),
                            watch(3, EventType::FdRead, 99), watch(4, EventType::FdRead, deaf)});
  REQUIRE(events.size() == 4);
  for (const Event& event : events) {
    switch (event.user_data) {
      case 1:
        CHECK(event.byte_count == 5);
        break;
      case 3:
        CHECK(event.error == code(Errno::BadFd));
        break;
      case 4:
        CHECK(event.error == code(Errno::NotCapable));
        break;
    }
  }
}

TEST_CASE("hostile subscriptions give an errno") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t in = wasi.memory.put(std::vector{timer(1, 1, 0)});
  uint32_t out = wasi.memory.allocate(sizeof(Event));
  CHECK(poll_oneoff(p, in, out, 0, wasi.out) == Errno::Invalid);
  CHECK(poll_oneoff(p, in, out, 1u << 31, wasi.out) == Errno::Invalid);
  CHECK(poll_oneoff(p, in, out, 0xffffffff, wasi.out) == Errno::Invalid);
  CHECK(poll_oneoff(p, test::kBadAddress, out, 1, wasi.out) == Errno::Fault);
  CHECK(poll_oneoff(p, in, test::kBadAddress, 1, wasi.out) == Errno::Fault);
  CHECK(poll_oneoff(p, in, out, 1, test::kBadAddress) == Errno::Fault);
  uint32_t bad_type = wasi.memory.put(std::vector{watch(1, EventType{77}, 3)});
  CHECK(poll_oneoff(p, bad_type, out, 1, wasi.out) == Errno::Invalid);
  uint32_t bad_flags = wasi.memory.put(std::vector{timer(1, 1, 0, 0xfffe)});
  CHECK(poll_oneoff(p, bad_flags, out, 1, wasi.out) == Errno::Invalid);
}

}  // namespace linden::microvisor::wasi
