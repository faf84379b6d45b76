// Timers that send signals.

#include <sys/time.h>

#include <algorithm>

#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::PosixFixture;

namespace {

constexpr SignalSet kAll = ~SignalSet{0};

// Blocks every signal, and takes them as sigtimedwait(2) does.
struct TimerFixture : PosixFixture {
  TimerFixture() { cage->signals().set_mask(cage->main_thread(), kAll); }

  int create(int signal, uint32_t value = 0, int notify = SIGEV_SIGNAL,
             int clock = CLOCK_MONOTONIC) {
    const uint32_t event =
        memory.put(std::vector<GuestSigevent>{{value, signal, notify, cage->id(), {}}});
    const uint32_t number = memory.allocate(4);
    const int64_t result = call(SYS_timer_create, clock, event, number);
    return result < 0 ? static_cast<int>(result) : memory.get<int>(number);
  }
  int64_t set(int timer, int64_t nanoseconds, int64_t interval = 0, int flags = 0) {
    auto time = [](int64_t value) {
      return GuestTimespec{value / 1'000'000'000, static_cast<int32_t>(value % 1'000'000'000), 0};
    };
    const uint32_t value =
        memory.put(std::vector<GuestItimerspec>{{time(interval), time(nanoseconds)}});
    return call(SYS_timer_settime, timer, flags, value, 0);
  }
  // Takes a signal of `set` within ten seconds. In short waits, because nothing calls a thread of
  // tests back.
  GuestSiginfo take(SignalSet set) {
    const uint32_t wanted = memory.put(std::vector{set});
    const uint32_t time = memory.put(std::vector<GuestTimespec>{{0, 10'000'000, 0}});
    const uint32_t information = memory.allocate(128);
    int64_t taken = -EAGAIN;
    for (int tries = 0; taken == -EAGAIN && tries < 1000; ++tries) {
      taken = call(SYS_rt_sigtimedwait, wanted, information, time, 8);
    }
    REQUIRE(taken > 0);
    return memory.get<GuestSiginfo>(information);
  }
  bool is_pending(int signal) {
    return (cage->signals().pending_for(cage->main_thread()) & signal_bit(signal)) != 0;
  }
  void sleep(int milliseconds) {
    const timespec time{0, milliseconds * 1'000'000};
    nanosleep(&time, nullptr);
  }
};

}  // namespace

TEST_CASE("a timer sends its signal with its number and value") {
  TimerFixture posix;
  const int timer = posix.create(SIGRTMIN + 3, 0xabcd);
  REQUIRE(timer >= 0);
  CHECK(posix.set(timer, 1'000'000) == 0);
  const GuestSiginfo information = posix.take(signal_bit(SIGRTMIN + 3));
  CHECK(information.code == SI_TIMER);
  CHECK(information.timer.number == timer);
  CHECK(information.timer.value == 0xabcd);
  CHECK(information.timer.overrun == 0);
  posix.sleep(20);
  CHECK_FALSE(posix.is_pending(SIGRTMIN + 3));
}

TEST_CASE("expirations while a timer's signal is pending are its overrun") {
  TimerFixture posix;
  const int timer = posix.create(SIGUSR1);
  CHECK(posix.call(SYS_timer_getoverrun, timer) == 0);
  CHECK(posix.set(timer, 1'000'000, 1'000'000) == 0);
  posix.sleep(30);
  const GuestSiginfo first = posix.take(signal_bit(SIGUSR1));
  CHECK(first.timer.overrun >= 20);
  CHECK(posix.call(SYS_timer_getoverrun, timer) == first.timer.overrun);
  CHECK(posix.take(signal_bit(SIGUSR1)).code == SI_TIMER);
}

TEST_CASE("timers of one signal don't displace each other") {
  TimerFixture posix;
  const int one = posix.create(SIGUSR1), other = posix.create(SIGUSR1);
  CHECK(posix.set(one, 1'000'000) == 0);
  CHECK(posix.set(other, 1'000'000) == 0);
  std::vector<int> numbers = {posix.take(signal_bit(SIGUSR1)).timer.number,
                              posix.take(signal_bit(SIGUSR1)).timer.number};
  std::ranges::sort(numbers);
  CHECK(numbers == std::vector{one, other});
}

TEST_CASE("a timer that is stopped sends nothing any more") {
  TimerFixture posix;
  const int timer = posix.create(SIGUSR1);
  for (int i = 0; i < 200; ++i) {
    posix.memory.rewind();
    CHECK(posix.set(timer, 1'000'000 + i * 1000) == 0);
    posix.sleep(1);
    CHECK(posix.set(timer, 0) == 0);
    const bool before = posix.is_pending(SIGUSR1);
    posix.sleep(1);
    REQUIRE(posix.is_pending(SIGUSR1) == before);
    if (before) posix.take(signal_bit(SIGUSR1));
  }
}

TEST_CASE("a timer whose signal is ignored costs nothing, and works again with a handler") {
  TimerFixture posix;
  posix.cage->signals().set_mask(posix.cage->main_thread(), 0);
  auto act = [&](uint32_t handler) {
    const uint32_t action = posix.memory.put(std::vector<GuestSigaction>{{handler, 0, 0}});
    REQUIRE(posix.call(SYS_rt_sigaction, SIGUSR1, action, 0, 8) == 0);
  };
  act(1);
  const int timer = posix.create(SIGUSR1);
  timespec before, after;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  CHECK(posix.set(timer, 1, 1) == 0);
  posix.sleep(200);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const int64_t spent =
      (after.tv_sec - before.tv_sec) * 1'000'000'000 + after.tv_nsec - before.tv_nsec;
  CHECK(spent < 50'000'000);
  CHECK_FALSE(posix.cage->signals().take(posix.cage->main_thread()).has_value());
  act(16);
  posix.sleep(20);
  auto delivery = posix.cage->signals().take(posix.cage->main_thread());
  REQUIRE(delivery.has_value());
  CHECK(delivery->information.code == SI_TIMER);
  CHECK(delivery->information.timer.overrun > 0);
}

TEST_CASE("the alarm is SIGALRM, and tells what is left") {
  TimerFixture posix;
  CHECK(posix.call(SYS_alarm, 100) == 0);
  CHECK(posix.call(SYS_alarm, 50) == 100);
  const uint32_t value = posix.memory.allocate(sizeof(GuestItimerval));
  CHECK(posix.call(SYS_getitimer, ITIMER_REAL, value) == 0);
  CHECK(posix.memory.get<GuestItimerval>(value).value.seconds >= 49);
  const uint32_t periodic = posix.memory.put(std::vector<GuestItimerval>{{{0, 1000}, {0, 1000}}});
  CHECK(posix.call(SYS_setitimer, ITIMER_REAL, periodic, value) == 0);
  for (int i = 0; i < 3; ++i) CHECK(posix.take(signal_bit(SIGALRM)).code == SI_KERNEL);
  // A null pointer stops it.
  CHECK(posix.call(SYS_setitimer, ITIMER_REAL, 0, value) == 0);
  CHECK(posix.memory.get<GuestItimerval>(value).interval.microseconds == 1000);
  CHECK(posix.call(SYS_alarm, 0) == 0);
  CHECK(posix.call(SYS_getitimer, 99, value) == -EINVAL);
  const uint32_t bad = posix.memory.put(std::vector<GuestItimerval>{{{0, 0}, {0, 1'000'000}}});
  CHECK(posix.call(SYS_setitimer, ITIMER_REAL, bad, 0) == -EINVAL);
}

TEST_CASE("an alarm is not lost to a SIGALRM that someone sent") {
  TimerFixture posix;
  const uint32_t periodic = posix.memory.put(std::vector<GuestItimerval>{{{0, 1000}, {0, 1000}}});
  CHECK(posix.call(SYS_setitimer, ITIMER_REAL, periodic, 0) == 0);
  for (int i = 0; i < 50; ++i) {
    posix.memory.rewind();
    CHECK(posix.call(SYS_kill, posix.cage->id(), SIGALRM) == 0);
    posix.sleep(i % 3);
    posix.take(signal_bit(SIGALRM));
  }
  while (posix.take(signal_bit(SIGALRM)).code != SI_KERNEL) {
  }
}

TEST_CASE("timers that can't be made are refused") {
  TimerFixture posix;
  CHECK(posix.create(0) == -EINVAL);
  CHECK(posix.create(65) == -EINVAL);
  CHECK(posix.create(SIGUSR1, 0, 77) == -EINVAL);
  CHECK(posix.create(SIGUSR1, 0, SIGEV_SIGNAL, 99) == -EINVAL);
  CHECK(posix.create(SIGUSR1, 0, SIGEV_SIGNAL, CLOCK_REALTIME_ALARM) == -EPERM);
  CHECK(posix.create(SIGUSR1, 0, SIGEV_SIGNAL, CLOCK_PROCESS_CPUTIME_ID) == -EOPNOTSUPP);
  const uint32_t stranger = posix.memory.put(
      std::vector<GuestSigevent>{{0, SIGUSR1, SIGEV_THREAD_ID, posix.cage->id() + 1000, {}}});
  const uint32_t number = posix.memory.allocate(4);
  CHECK(posix.call(SYS_timer_create, CLOCK_MONOTONIC, stranger, number) == -EINVAL);
  CHECK(posix.call(SYS_timer_create, CLOCK_MONOTONIC, test::kBadAddress, number) == -EFAULT);
  const size_t before = test::count_host_descriptors();
  CHECK(posix.call(SYS_timer_create, CLOCK_MONOTONIC, 0, test::kBadAddress) == -EFAULT);
  // The service's own two remain.
  CHECK(test::count_host_descriptors() <= before + 2);
  for (int bad : {-1, 0, 7, INT32_MIN}) {
    CHECK(posix.set(bad, 1) == -EINVAL);
    CHECK(posix.call(SYS_timer_gettime, bad, 64) == -EINVAL);
    CHECK(posix.call(SYS_timer_getoverrun, bad) == -EINVAL);
    CHECK(posix.call(SYS_timer_delete, bad) == -EINVAL);
  }
  const int timer = posix.create(SIGUSR1);
  CHECK(posix.set(timer, -1) == -EINVAL);
  CHECK(posix.call(SYS_timer_delete, timer) == 0);
  CHECK(posix.call(SYS_timer_delete, timer) == -EINVAL);
}

TEST_CASE("a timer without a signal measures") {
  TimerFixture posix;
  const int timer = posix.create(0, 0, SIGEV_NONE);
  REQUIRE(timer >= 0);
  CHECK(posix.set(timer, 100'000'000'000, 5) == 0);
  const uint32_t value = posix.memory.allocate(sizeof(GuestItimerspec));
  CHECK(posix.call(SYS_timer_gettime, timer, value) == 0);
  CHECK(posix.memory.get<GuestItimerspec>(value).value.seconds >= 99);
  CHECK(posix.memory.get<GuestItimerspec>(value).interval.nanoseconds == 5);
}

TEST_CASE("a cage has a limited number of timers, and its end frees them") {
  const size_t before = test::count_host_descriptors();
  {
    TimerFixture posix;
    posix.host.fail_call(1, EMFILE);
    CHECK(posix.create(SIGUSR1) == -EAGAIN);
    posix.host.fail_none();
    int made = 0;
    // A machine with fewer descriptors says the same.
    while (posix.create(SIGUSR1) >= 0) {
      posix.memory.rewind();
      REQUIRE(++made <= Timers::kLimit);
    }
    CHECK(posix.create(SIGUSR1) == -EAGAIN);
    posix.memory.rewind();
    for (int i = 0; i < made; ++i) {
      posix.memory.rewind();
      CHECK(posix.set(i, 1, 1) == 0);
    }
  }
  CHECK(test::count_host_descriptors() == before);
}

TEST_CASE("cages share one service") {
  test::TemporaryDirectory directory;
  LinuxHost host;
  auto service = std::make_shared<TimerService>(host);
  const size_t before = test::count_host_descriptors();
  for (int i = 0; i < 20; ++i) {
    Cage one(host, {.id = 5, .timer_service = service});
    Cage other(host, {.id = 6, .timer_service = service});
    for (Cage* cage : {&one, &other}) {
      cage->signals().set_mask(cage->main_thread(), kAll);
      auto timer = cage->timers().create(CLOCK_MONOTONIC, {.signal = SIGUSR1}, false);
      REQUIRE(timer.ok());
      REQUIRE(cage->timers().set(*timer, 0, {{0, 1}, {0, 1}}).ok());
    }
    while (!one.signals().accept(one.main_thread(), kAll)) {
    }
    while (!other.signals().accept(other.main_thread(), kAll)) {
    }
  }
  CHECK(test::count_host_descriptors() <= before + 2);
}

}  // namespace linden::microvisor
