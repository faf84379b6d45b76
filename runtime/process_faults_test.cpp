// Every call of the host that fork, exec and the creation of a thread make is failed in turn, in
// real programs: the guest is told EAGAIN or ENOMEM, or does not notice, and nothing is left
// behind.
#include <signal.h>
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "microvisor/fault_injecting_host.h"
#include "microvisor/linux_host.h"
#include "microvisor/root_view.h"
#include "runtime/cage_program.h"
#include "runtime/host_threads.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

using namespace test;
namespace fs = std::filesystem;
using microvisor::ExitStatus;

// What all programs have. `$call` gives small numbers; a program ends with the errno of what
// failed, or 0.
constexpr char kPrelude[] = R"((module
  (import "lind" "syscall"
    (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (import "lind" "start-block" (func $start_block (param i32 i32) (result i32)))
  (memory (export "memory") 4 65536 shared)
  (global (export "__heap_base") i32 (i32.const 200000))
  (data (i32.const 65536) "/dir/program.wasm\00")
  (data (i32.const 65600) "x\00")
  ;; argv: two arguments
  (data (i32.const 65616) "\00\00\01\00\40\00\01\00\00\00\00\00")
  ;; an environment of nothing, and the tenth of a second
  (data (i32.const 65640) "\00\00\00\00\00\00\00\00")
  (data (i32.const 65664) "\00\00\00\00\00\00\00\00\00\e1\f5\05\00\00\00\00")
  (func $call (param $number i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32)
    (i32.wrap_i64 (call $syscall (local.get $number) (i64.extend_i32_u (local.get $a))
      (i64.extend_i32_u (local.get $b)) (i64.extend_i32_u (local.get $c)) (i64.extend_i32_u (local.get $d))
      (i64.const 0) (i64.const 0))))
  (func $exit (param $code i32)
    (drop (call $call (i32.const 231) (local.get $code) (i32.const 0) (i32.const 0) (i32.const 0)))
    unreachable)
  (func $require (param $result i32) (result i32)
    (if (i32.lt_s (local.get $result) (i32.const 0))
      (then (call $exit (i32.sub (i32.const 0) (local.get $result)))))
    (local.get $result))
  ;; For a child to end, which must end well.
  (func $wait (param $child i32)
    (drop (call $require
      (call $call (i32.const 61) (local.get $child) (i32.const 66000) (i32.const 0) (i32.const 0))))
    (if (i32.load (i32.const 66000))
      (then (call $exit (select (i32.const 137) (i32.shr_u (i32.load (i32.const 66000)) (i32.const 8))
        (i32.and (i32.load (i32.const 66000)) (i32.const 127)))))))
  (func $exec
    (drop (call $require (call $call (i32.const 59)
      (i32.const 65536) (i32.const 65616) (i32.const 65640) (i32.const 0)))))
)";

constexpr char kForks[] = R"(
  (func (export "_start") (local $child i32) (local $round i32)
    ;; The second child is a copy that was one before.
    (loop $again
      (i32.store (i32.const 150000) (local.get $round))
      (local.set $child (call $require
        (call $call (i32.const 57) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (if (i32.eqz (local.get $child)) (then
        (call $exit (i32.ne (i32.load (i32.const 150000)) (local.get $round)))))
      (call $wait (local.get $child))
      (br_if $again (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 3))))
    (call $exit (i32.const 0))))
)";

// A child begins the program by vfork and exec, then another one, and then the process itself.
constexpr char kExecs[] = R"(
  (func (export "_start") (local $child i32) (local $round i32)
    (drop (call $start_block (i32.const 70000) (i32.const 4096)))
    (if (i32.eq (i32.load (i32.const 70000)) (i32.const 2)) (then (call $exit (i32.const 0))))
    (loop $again
      (local.set $child (call $require
        (call $call (i32.const 58) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (if (i32.eqz (local.get $child)) (then (call $exec)))
      (call $wait (local.get $child))
      (br_if $again (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 2))))
    (call $exec)))
)";

// The word at 66004 is cleared when the thread has ended.
constexpr char kThreads[] = R"(
  (func (export "lind_thread_start") (param i32)
    (drop (call $call (i32.const 60) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    unreachable)
  (func (export "_start") (local $round i32) (local $left i32)
    (loop $again
      (i32.store (i32.const 66004) (i32.const 1))
      (drop (call $require (call $call (i32.const 56)
        (i32.const 0x1250f00) (i32.const 0) (i32.const 0) (i32.const 66004))))
      (loop $alive
        (local.set $left (i32.atomic.load (i32.const 66004)))
        (if (local.get $left) (then
          (drop (call $call (i32.const 202)
            (i32.const 66004) (i32.const 0) (local.get $left) (i32.const 65664)))
          (br $alive))))
      (br_if $again (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 3))))
    (call $exit (i32.const 0))))
)";

// Of addresses, without the stacks of threads that are kept for the next.
int64_t address_space_bytes() {
  constexpr int64_t kStacks = int64_t{13} << 20;
  std::ifstream statm("/proc/self/statm");
  int64_t pages = 0;
  statm >> pages;
  return pages * 4096 - kStacks * std::distance(fs::directory_iterator("/proc/self/task"), {});
}

size_t descriptors() {
  return static_cast<size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

// Takes idle host threads away, so that new ones must be made.
class BusyThreads {
 public:
  explicit BusyThreads(microvisor::Host& host) : host_(host) {}
  ~BusyThreads() {
    std::unique_lock lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return busy_ == 0; });
  }
  void occupy(int count) {
    for (int i = 0; i < count; ++i) {
      {
        std::lock_guard lock(mutex_);
        ++busy_;
      }
      REQUIRE(run_on_host_thread(host_, [this] {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return is_over_; });
                --busy_;
                changed_.notify_all();
              }).ok());
    }
  }

 private:
  microvisor::Host& host_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  int busy_ = 0;
};

// How the program ended when the n-th call failed, or nothing if it made fewer.
class Sweep {
 public:
  explicit Sweep(const char* text) : module_(bytes_of(std::string(kPrelude) + text)) {
    char name[] = "/tmp/process-faults-XXXXXX";
    REQUIRE(mkdtemp(name));
    directory_ = name;
    std::ofstream(directory_ / "program.wasm", std::ios::binary)
        .write(reinterpret_cast<const char*>(module_.data()), std::ssize(module_));
    fs::permissions(directory_ / "program.wasm", fs::perms(0755));
    faults_.spare_futexes();
    // All that earlier tests may have left.
    busy_.occupy(70);
  }
  ~Sweep() { fs::remove_all(directory_); }

  std::optional<ExitStatus> run(int n, int error) {
    busy_.occupy(2);
    microvisor::RootView::Options options;
    options.grants.push_back({directory_, "/dir", true});
    auto view = microvisor::RootView::create(faults_, options, nullptr);
    REQUIRE(view.ok());
    microvisor::Cage::Options cage_options;
    auto processes = std::make_shared<microvisor::Processes>();
    cage_options.processes = processes;
    cage_options.id = *processes->allocate_id();
    cage_options.parent_id = microvisor::Processes::kInit;
    cage_options.program = {{"program"}, {}, "/dir/program.wasm"};
    cage_options.names = (*view)->names();
    auto cage = std::make_unique<microvisor::Cage>(faults_, std::move(cage_options));
    LoadOptions load_options;
    ProgramSettings settings;
    settings.loader = std::make_shared<ProgramLoader>(load_options);
    auto compiled = CompiledModule::load(module_, load_options);
    REQUIRE(compiled.ok());
    auto program = CageProgram::create(*compiled, *cage, std::move(settings));
    INFO(program.status().ToString());
    REQUIRE(program.ok());

    faults_.fail_call(n, error);
    CageProgram::Outcome outcome = (*program)->run();
    const int id = cage->id();
    processes->leave(id);
    program->reset();
    cage.reset();
    processes->end(id, outcome.status, {});
    processes->wait_until_empty();
    const bool failed = faults_.has_failed();
    faults_.fail_none();
    if (outcome.trap) FAIL("trap: " << outcome.trap->full_message());
    if (!failed) {
      CHECK(outcome.status.shell_code() == 0);
      return std::nullopt;
    }
    return outcome.status;
  }

 private:
  microvisor::LinuxHost host_;
  microvisor::FaultInjectingHost faults_{host_};
  BusyThreads busy_{faults_};
  std::vector<uint8_t> module_;
  fs::path directory_;
};

// Whoever is told nothing else may see the end of a program that could not be begun.
void fail_each_call(const char* text, bool may_be_killed) {
  Sweep sweep(text);
  // The first run makes what is made once: the code region, descriptors of the host's own.
  REQUIRE_FALSE(sweep.run(1'000'000, ENOMEM).has_value());
  const int64_t bytes_before = address_space_bytes();
  const size_t descriptors_before = descriptors();
  int calls = 0, told = 0;
  for (int error : {ENOMEM, EAGAIN}) {
    for (int n = 1;; ++n) {
      INFO("call " << n << ", error " << error);
      REQUIRE(n < 400);
      std::optional<ExitStatus> status = sweep.run(n, error);
      CHECK(descriptors() == descriptors_before);
      // A linear memory that is lost has 4 GiB.
      CHECK(address_space_bytes() < bytes_before + (int64_t{2} << 30));
      if (!status) break;
      ++calls;
      const int code = status->shell_code();
      told += code != 0;
      CHECK((code == 0 || code == ENOMEM || code == EAGAIN || (may_be_killed && code == 137)));
    }
  }
  // Each of the programs makes more calls than that, and has nothing in place of some.
  CHECK(calls >= 10);
  CHECK(told >= 6);
}

TEST_CASE("fork survives the failure of every call of the host", "[faults]") {
  fail_each_call(kForks, /*may_be_killed=*/false);
}

TEST_CASE("exec survives the failure of every call of the host", "[faults]") {
  fail_each_call(kExecs, /*may_be_killed=*/true);
}

TEST_CASE("making a thread survives the failure of every call of the host", "[faults]") {
  fail_each_call(kThreads, /*may_be_killed=*/false);
}

}  // namespace
}  // namespace linden::runtime
