#include "tests/fuzz/supervisor.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace linden::fuzz {
namespace {

constexpr unsigned kTallies = 16;

// Shared by parent and children.
struct Shared {
  std::atomic<uint64_t> current;  // the item being run, plus one
  std::atomic<uint64_t> done;     // items finished
  std::atomic<uint32_t> phase;
  std::atomic<double> phase_began;
  std::atomic<uint64_t> tallies[kTallies];
};

Shared& shared() {
  static Shared* const memory = static_cast<Shared*>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED) {
    std::perror("mmap");
    std::exit(2);
  }
  return *memory;
}

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

[[noreturn]] void run_child(uint64_t begin, uint64_t end,
                            const std::function<void(uint64_t)>& run) {
  for (uint64_t item = begin; item < end; ++item) {
    shared().current = item + 1;
    set_phase(Phase::Host);
    run(item);
    ++shared().done;
  }
  shared().current = 0;
  std::exit(0);  // not _exit: leaks are looked for here
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return std::string("died: ") + strsignal(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

enum class Ending { Clean, Died, HostHang, GuestHang };

Ending wait_for(pid_t child, const SupervisorOptions& options, int* status) {
  for (;;) {
    if (waitpid(child, status, WNOHANG) == child) {
      return WIFEXITED(*status) && WEXITSTATUS(*status) == 0 ? Ending::Clean : Ending::Died;
    }
    const bool in_guest = shared().phase == static_cast<uint32_t>(Phase::Guest);
    const double limit = in_guest ? options.guest_seconds : options.host_seconds;
    if (now() - shared().phase_began > limit) {
      kill(child, SIGKILL);
      waitpid(child, status, 0);
      return in_guest ? Ending::GuestHang : Ending::HostHang;
    }
    usleep(2000);
  }
}

}  // namespace

void set_phase(Phase phase) {
  shared().phase_began = now();
  shared().phase = static_cast<uint32_t>(phase);
}

void count(unsigned tally) { ++shared().tallies[tally]; }
uint64_t counted(unsigned tally) { return shared().tallies[tally]; }

SupervisorResult supervise(const SupervisorOptions& options,
                           const std::function<void(uint64_t)>& run,
                           const std::function<void(uint64_t, const std::string&)>& failed) {
  SupervisorResult result;
  shared().done = 0;
  for (uint64_t next = 0; next < options.items;) {
    const uint64_t end = std::min(options.items, next + options.items_per_child);
    std::fflush(nullptr);  // or the child would write our buffers once more
    set_phase(Phase::Host);
    shared().current = next + 1;
    const pid_t child = fork();
    if (child < 0) {
      std::perror("fork");
      std::exit(2);
    }
    if (child == 0) run_child(next, end, run);
    int status = 0;
    const Ending ending = wait_for(child, options, &status);
    const uint64_t current = shared().current;
    next = current == 0 ? end : current;
    if (ending == Ending::Clean) continue;
    if (ending == Ending::GuestHang) {
      ++result.guest_timeouts;
      continue;
    }
    ++result.failures;
    std::string what = ending == Ending::HostHang ? "the host hangs" : describe(status);
    if (current == 0) what += " at its end (a leak?)";
    failed(current == 0 ? end - 1 : current - 1, what);
  }
  result.finished = shared().done;
  return result;
}

}  // namespace linden::fuzz
