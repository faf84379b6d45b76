// Pipes of ours against pipes of the kernel, which must not be told apart.

#include "microvisor/pipe.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "microvisor/fault_injecting_host.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

namespace {

struct Ends {
  std::shared_ptr<OpenFile> read, write;
};

Ends make(Host& host, int flags = 0) {
  auto [read, write] = make_pipe(host, flags);
  return {std::move(read), std::move(write)};
}

// As read(2) and write(2): a count or -errno.
ssize_t write_some(OpenFile& file, const char* bytes, size_t count) {
  const iovec vectors[2] = {{const_cast<char*>(bytes), count / 3},
                            {const_cast<char*>(bytes) + count / 3, count - count / 3}};
  Result<size_t> written = file.writev(vectors);
  return written.ok() ? static_cast<ssize_t>(written.value()) : -written.code();
}
ssize_t read_some(OpenFile& file, char* bytes, size_t count) {
  const iovec vectors[2] = {{bytes, count / 2}, {bytes + count / 2, count - count / 2}};
  Result<size_t> got = file.readv(vectors);
  return got.ok() ? static_cast<ssize_t>(got.value()) : -got.code();
}
ssize_t or_errno(ssize_t result) { return result < 0 ? -errno : result; }

}  // namespace

TEST_CASE("a pipe takes and gives what one of the kernel does, wherever it lives") {
  signal(SIGPIPE, SIG_IGN);
  std::mt19937 random(GENERATE(range(1, 40)));
  auto below = [&](size_t limit) { return random() % limit; };
  LinuxHost host;
  Ends ours = make(host, O_NONBLOCK);
  int kernel[2];
  REQUIRE(pipe2(kernel, O_NONBLOCK | O_CLOEXEC) == 0);
  const size_t moves_at = below(800);
  const bool moves = below(2) == 0;
  std::vector<char> sent(200'000), got(200'000), expected(200'000);
  unsigned char next = 0;
  for (size_t step = 0; step < 400; ++step) {
    size_t count = below(6) == 0 ? below(sent.size()) : below(5000);
    if (below(4) == 0) count = count / 4096 * 4096;
    if (below(20) == 0) count = 0;
    if (moves && step == moves_at) CHECK(ours.read->pollable().ok());
    if (below(100) < 55) {
      for (size_t i = 0; i < count; ++i) sent[i] = static_cast<char>(next++ * 7);
      CHECK(write_some(*ours.write, sent.data(), count) ==
            or_errno(write(kernel[1], sent.data(), count)));
    } else {
      const ssize_t length = read_some(*ours.read, got.data(), count);
      CHECK(length == or_errno(read(kernel[0], expected.data(), count)));
      if (length > 0) CHECK(memcmp(got.data(), expected.data(), length) == 0);
    }
    int available = 0;
    ioctl(kernel[0], FIONREAD, &available);
    CHECK(ours.read->bytes_available().value() == static_cast<uint64_t>(available));
  }
  // One end closed.
  if (below(2) == 0) {
    ours.write.reset();
    close(kernel[1]);
    ssize_t length;
    do {
      length = read_some(*ours.read, got.data(), 10'000);
      CHECK(length == or_errno(read(kernel[0], expected.data(), 10'000)));
    } while (length > 0);
    CHECK(length == 0);
    close(kernel[0]);
  } else {
    ours.read.reset();
    close(kernel[0]);
    CHECK(write_some(*ours.write, sent.data(), 10) == -EPIPE);
    CHECK(or_errno(write(kernel[1], sent.data(), 10)) == -EPIPE);
    close(kernel[1]);
  }
}

TEST_CASE("what goes through a pipe arrives in order, whoever waits and wherever it lives") {
  LinuxHost host;
  const bool moves = GENERATE(false, true);
  Ends ends = make(host);
  constexpr size_t kTotal = 20 << 20;
  std::thread writer([end = std::move(ends.write)]() mutable {
    std::mt19937 random(1);
    std::vector<char> bytes(100'000);
    for (size_t done = 0; done < kTotal;) {
      const size_t count = std::min<size_t>(1 + random() % bytes.size(), kTotal - done);
      for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>((done + i) * 31 >> 3);
      if (write_some(*end, bytes.data(), count) != static_cast<ssize_t>(count)) return;
      done += count;
    }
    end.reset();
  });
  std::mt19937 random(2);
  std::vector<char> bytes(100'000);
  size_t done = 0;
  bool is_right = true;
  while (true) {
    const ssize_t count = read_some(*ends.read, bytes.data(), 2 + random() % (bytes.size() - 2));
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; ++i) {
      is_right &= bytes[i] == static_cast<char>((done + i) * 31 >> 3);
    }
    done += count;
    if (moves && done > kTotal / 3) (void)ends.read->pollable();
  }
  writer.join();
  CHECK(is_right);
  CHECK(done == kTotal);
}

TEST_CASE("every reader and every writer of a pipe gets its turn") {
  LinuxHost host;
  Ends ends = make(host);
  constexpr int kThreads = 4, kMessages = 3000;
  std::atomic<int> received[kThreads] = {};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t, end = ends.write] {
      for (int i = 0; i < kMessages; ++i) {
        char message[100];
        memset(message, t, sizeof message);
        if (write_some(*end, message, sizeof message) != sizeof message) return;
      }
    });
    threads.emplace_back([&, end = ends.read] {
      char message[100];
      while (read_some(*end, message, sizeof message) == sizeof message) {
        // Never a part of another's.
        if (message[0] != message[99] || message[0] != message[50]) return;
        received[static_cast<int>(message[0])].fetch_add(1);
      }
    });
  }
  ends.read.reset();
  ends.write.reset();
  for (std::thread& thread : threads) thread.join();
  for (const auto& count : received) CHECK(count == kMessages);
}

TEST_CASE("a pipe that cannot move to the host stays what it is") {
  LinuxHost linux_host;
  FaultInjectingHost host(linux_host);
  int failures = 0;
  for (int n = 1;; ++n) {
    REQUIRE(n < 20);
    Ends ends = make(host, O_NONBLOCK);
    CHECK(write_some(*ends.write, "some bytes", 10) == 10);
    host.fail_call(n, EMFILE);
    Result<int> moved = ends.read->pollable();
    const bool failed = host.has_failed();
    host.fail_none();
    failures += moved.ok() ? 0 : 1;
    char bytes[20];
    CHECK(read_some(*ends.read, bytes, sizeof bytes) == 10);
    CHECK(memcmp(bytes, "some bytes", 10) == 0);
    CHECK(read_some(*ends.read, bytes, sizeof bytes) == -EAGAIN);
    if (!failed) break;
  }
  CHECK(failures >= 3);
}

TEST_CASE("a fault in the guest's memory loses no bytes") {
  LinuxHost host;
  test::FaultHandler handler;
  Ends ends = make(host, O_NONBLOCK);
  void* nowhere = mmap(nullptr, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* bad = static_cast<char*>(nowhere);
  CHECK(write_some(*ends.write, bad, 10) == -EFAULT);
  CHECK(ends.read->bytes_available().value() == 0);
  CHECK(write_some(*ends.write, "bytes", 5) == 5);
  CHECK(read_some(*ends.read, bad, 5) == -EFAULT);
  char bytes[5];
  CHECK(read_some(*ends.read, bytes, 5) == 5);
  CHECK(memcmp(bytes, "bytes", 5) == 0);
  munmap(nowhere, 8192);
}

TEST_CASE("both ends of a pipe are the same file, before it moves and after") {
  LinuxHost host;
  Ends ends = make(host), other = make(host);
  const struct stat before = ends.read->stat().take();
  CHECK(S_ISFIFO(before.st_mode));
  CHECK(ends.write->stat()->st_ino == before.st_ino);
  CHECK(other.read->stat()->st_ino != before.st_ino);
  CHECK(ends.read->pollable().ok());
  for (OpenFile* end : {ends.read.get(), ends.write.get()}) {
    CHECK(end->stat()->st_ino == before.st_ino);
    CHECK(end->stat()->st_dev == before.st_dev);
    CHECK(S_ISFIFO(end->stat()->st_mode));
  }
}

}  // namespace linden::microvisor
