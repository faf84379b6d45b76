#include "microvisor/processes.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <thread>
#include <vector>

#include "microvisor/test_support.h"

namespace linden::microvisor {
namespace {

using test::PosixFixture;

// Keeps what it is to run, so that tests decide how it goes on.
class Starter final : public ThreadStarter {
 public:
  explicit Starter(Cage& cage) : cage_(cage) { cage.set_thread_starter(this); }
  ~Starter() override { cage_.set_thread_starter(nullptr); }
  Result<void> start(Thread&, std::unique_ptr<Thread> thread, uint32_t) override {
    threads.push_back(std::move(thread));
    return {};
  }
  Result<void> fork(Thread&, std::unique_ptr<Cage> child, const ForkRequest& request) override {
    if (refuses) return Error{EAGAIN};
    children.push_back(std::move(child));
    requests.push_back(request);
    return {};
  }
  Result<void> execute(Thread&, OpenFile&, ProgramArguments) override { return Error{ENOEXEC}; }

  // The last child's program ends.
  void end_child(ExitStatus status) {
    const int id = children.back()->id();
    Processes& processes = cage_.processes();
    processes.leave(id);
    children.pop_back();
    processes.end(id, status, {});
  }

  bool refuses = false;
  std::vector<std::unique_ptr<Thread>> threads;
  std::vector<std::unique_ptr<Cage>> children;
  std::vector<ForkRequest> requests;

 private:
  Cage& cage_;
};

struct ParentFixture : PosixFixture {
  Starter starter{*cage};
  int fork() { return static_cast<int>(call(SYS_fork)); }
  int64_t wait(int id, int options = WNOHANG) { return call(SYS_wait4, id, status, options, 0); }
  uint32_t status = memory.allocate(4);
  int status_word() { return memory.get<int>(status); }
};

TEST_CASE("a thread starts with its maker's signal mask") {
  ParentFixture parent;
  const uint32_t set = parent.memory.put(std::vector<SignalSet>{signal_bit(SIGUSR1)});
  REQUIRE(parent.call(SYS_rt_sigprocmask, SIG_SETMASK, set, 0, 8) == 0);
  constexpr uint32_t kFlags =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  REQUIRE(parent.call(SYS_clone, kFlags, 0, 0, 0, 0) > 0);
  CHECK(parent.starter.threads.back()->signal_mask() == signal_bit(SIGUSR1));
}

TEST_CASE("a child is waited for once, and its id is free then") {
  ParentFixture parent;
  CHECK(parent.wait(-1) == -ECHILD);
  const int id = parent.fork();
  REQUIRE(id > 0);
  CHECK(parent.wait(-1) == 0);
  CHECK(parent.wait(id + 1) == -ECHILD);
  parent.starter.end_child(ExitStatus::exited(3));
  CHECK(parent.cage->processes().count() == 2);
  CHECK(parent.wait(id) == id);
  CHECK(WIFEXITED(parent.status_word()));
  CHECK(WEXITSTATUS(parent.status_word()) == 3);
  CHECK(parent.wait(id) == -ECHILD);
  CHECK(parent.cage->processes().count() == 1);
}

TEST_CASE("waitid leaves the zombie with WNOWAIT, and says how it ended") {
  ParentFixture parent;
  const int id = parent.fork();
  parent.starter.end_child(ExitStatus::killed(SIGKILL));
  const uint32_t information = parent.memory.allocate(128);
  for (int options : {WEXITED | WNOWAIT, WEXITED}) {
    REQUIRE(parent.call(SYS_waitid, P_PID, id, information, options, 0) == 0);
    const auto found = parent.memory.get<GuestSiginfo>(information);
    CHECK(found.number == SIGCHLD);
    CHECK(found.code == CLD_KILLED);
    CHECK(found.sender.process == id);
    CHECK(found.sender.value == SIGKILL);
  }
  CHECK(parent.call(SYS_waitid, P_PID, id, information, WEXITED, 0) == -ECHILD);
  CHECK(parent.call(SYS_waitid, P_ALL, 0, information, 0, 0) == -EINVAL);
  CHECK(parent.call(SYS_waitid, 9, 0, information, WEXITED, 0) == -EINVAL);
  CHECK(parent.call(SYS_wait4, -1, parent.status, 0x1000, 0) == -EINVAL);
}

TEST_CASE("a wait ends when a child does") {
  ParentFixture parent;
  const int id = parent.fork();
  std::thread ender([&] { parent.starter.end_child(ExitStatus::exited(1)); });
  CHECK(parent.wait(-1, 0) == id);
  ender.join();
}

TEST_CASE("children of a process that ignores SIGCHLD are never zombies") {
  ParentFixture parent;
  REQUIRE(parent.cage->signals().set_action(SIGCHLD, {1 /* SIG_IGN */, 0, 0}).ok());
  parent.fork();
  parent.starter.end_child(ExitStatus::exited(0));
  CHECK(parent.cage->processes().count() == 1);
  CHECK(parent.wait(-1) == -ECHILD);
}

TEST_CASE("the parent is sent the signal that clone named, with the child's status") {
  ParentFixture parent;
  const uint32_t mask = parent.memory.put(std::vector<SignalSet>{signal_bit(SIGUSR1)});
  REQUIRE(parent.call(SYS_rt_sigprocmask, SIG_SETMASK, mask, 0, 8) == 0);
  const auto id = parent.call(SYS_clone, SIGUSR1, 0, 0, 0, 0);
  REQUIRE(id > 0);
  parent.starter.end_child(ExitStatus::exited(5));
  auto information = parent.cage->signals().accept(parent.cage->main_thread(), signal_bit(SIGUSR1));
  REQUIRE(information);
  CHECK(information->sender.process == id);
  CHECK(information->sender.value == 5);
}

TEST_CASE("clone refuses what a process here cannot share") {
  ParentFixture parent;
  for (uint32_t flags : {CLONE_VM, CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_PARENT}) {
    CHECK(parent.call(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0) == -EINVAL);
  }
  CHECK(parent.call(SYS_clone, 100, 0, 0, 0, 0) == -EINVAL);
  CHECK(parent.call(SYS_vfork) > 0);
  CHECK(parent.starter.requests.back().borrows_memory);
  CHECK(parent.starter.requests.back().waits);
}

TEST_CASE("a fork that fails leaves nothing") {
  ParentFixture parent;
  parent.starter.refuses = true;
  for (int i = 0; i < 100'000; ++i) REQUIRE(parent.fork() == -EAGAIN);
  CHECK(parent.cage->processes().count() == 1);
}

TEST_CASE("a fork inherits descriptors, handlers, mask, umask, limits and directory") {
  ParentFixture parent;
  parent.directory.write("file", "0123456789");
  const int fd = parent.opened("file");
  REQUIRE(parent.call(SYS_umask, 0027) >= 0);
  REQUIRE(parent.cage->signals().set_action(SIGUSR2, {77, 0, 0}).ok());
  const uint32_t limit = parent.memory.put(std::vector<GuestRlimit>{{123, 456}});
  REQUIRE(parent.call(SYS_setrlimit, RLIMIT_NOFILE, limit) == 0);
  parent.fork();
  Cage& child = *parent.starter.children.back();
  CHECK(child.parent_id() == parent.cage->id());
  CHECK(child.attributes().creation_mask() == 0027);
  CHECK(child.signals().action(SIGUSR2)->handler == 77);
  CHECK(child.attributes().limit(RLIMIT_NOFILE)->soft == 123);
  CHECK(child.fds().limit() == 123);
  CHECK(*child.working_directory() == "/data");
  // The same open file: one offset.
  REQUIRE(parent.call(SYS_lseek, fd, 4, SEEK_SET) == 4);
  CHECK(*(*child.fds().file(fd))->seek(0, SEEK_CUR) == 4);
  // Another table.
  REQUIRE(child.fds().close(fd).ok());
  CHECK(parent.call(SYS_lseek, fd, 0, SEEK_CUR) == 4);
}

TEST_CASE("orphans become children of 1, and are forgotten when they end") {
  ParentFixture parent;
  parent.fork();
  Cage& child = *parent.starter.children.back();
  auto grandchild = child.fork(child.main_thread(), SIGCHLD);
  REQUIRE(grandchild.ok());
  const int id = (*grandchild)->id();
  CHECK((*grandchild)->parent_id() == child.id());
  parent.starter.end_child(ExitStatus::exited(0));
  CHECK((*grandchild)->parent_id() == Processes::kInit);
  Processes& processes = parent.cage->processes();
  CHECK(processes.count() == 3);
  processes.leave(id);
  processes.end(id, ExitStatus::exited(0), {});
  CHECK(processes.count() == 2);
  CHECK(parent.wait(-1) > 0);
}

TEST_CASE("orphans become children of the nearest ancestor that wants them") {
  ParentFixture parent;
  CHECK(parent.call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
  parent.fork();
  Cage& child = *parent.starter.children.back();
  auto grandchild = child.fork(child.main_thread(), SIGCHLD);
  REQUIRE(grandchild.ok());
  const int id = (*grandchild)->id();
  Processes& processes = parent.cage->processes();
  // One that has ended already is there to be waited for.
  auto zombie = child.fork(child.main_thread(), SIGCHLD);
  REQUIRE(zombie.ok());
  const int zombie_id = (*zombie)->id();
  processes.leave(zombie_id);
  processes.end(zombie_id, ExitStatus::exited(4), {});
  const int child_id = child.id();
  parent.starter.end_child(ExitStatus::exited(0));
  CHECK((*grandchild)->parent_id() == parent.cage->id());
  CHECK(parent.wait(child_id) == child_id);
  CHECK(parent.wait(-1) == zombie_id);
  processes.leave(id);
  processes.end(id, ExitStatus::exited(5), {});
  CHECK(parent.wait(-1) == id);
}

TEST_CASE("a process group is set for oneself and for children that have not begun a program") {
  ParentFixture parent;
  const int first = parent.fork(), second = parent.fork();
  Processes& processes = parent.cage->processes();
  CHECK(parent.call(SYS_getpgid, first) == parent.cage->id());
  CHECK(parent.call(SYS_setpgid, first, 0) == 0);
  CHECK(parent.call(SYS_setpgid, second, first) == 0);
  CHECK(parent.call(SYS_getpgid, second) == first);
  CHECK(parent.call(SYS_setpgid, second, 4000) == -EPERM);
  processes.note_exec(second);
  CHECK(parent.call(SYS_setpgid, second, 0) == -EACCES);
  CHECK(parent.call(SYS_setpgid, 4000, 0) == -ESRCH);
  CHECK(processes.set_group(first, second, first).code() == ESRCH);
  CHECK(parent.wait(-first) == 0);
  CHECK(parent.wait(0) == -ECHILD);
}

TEST_CASE("a new session leaves the group, and other sessions cannot be joined") {
  ParentFixture parent;
  const int id = parent.fork();
  Processes& processes = parent.cage->processes();
  CHECK(*processes.start_session(id) == id);
  CHECK(*processes.group_of(id) == id);
  CHECK(processes.start_session(id).code() == EPERM);
  CHECK(parent.call(SYS_getsid, id) == id);
  CHECK(parent.call(SYS_setpgid, id, 0) == -EPERM);
}

TEST_CASE("kill reaches one process, a group, or all others") {
  ParentFixture parent;
  const int first = parent.fork(), second = parent.fork();
  REQUIRE(parent.call(SYS_setpgid, second, 0) == 0);
  auto& children = parent.starter.children;
  auto killed = [&](int child) { return children[child]->exit_status().has_value(); };
  auto deliver = [&] {
    for (auto& child : children) (void)child->signals().take(child->main_thread());
  };
  CHECK(parent.call(SYS_kill, 4000, SIGTERM) == -ESRCH);
  CHECK(parent.call(SYS_kill, first, 0) == 0);
  CHECK(parent.call(SYS_kill, first, 65) == -EINVAL);
  CHECK(parent.call(SYS_kill, -second, SIGTERM) == 0);
  deliver();
  CHECK_FALSE(killed(0));
  CHECK(killed(1));
  CHECK(parent.call(SYS_kill, -1, SIGKILL) == 0);
  deliver();
  CHECK(killed(0));
  CHECK_FALSE(parent.cage->exit_status());
  CHECK(children[0]->exit_status() == ExitStatus::killed(SIGKILL));
}

TEST_CASE("an id is not given out while a group is called by it") {
  Processes processes;
  ParentFixture parent;
  const int leader = parent.fork();
  REQUIRE(parent.call(SYS_setpgid, leader, 0) == 0);
  const int member = parent.fork();
  REQUIRE(parent.call(SYS_setpgid, member, leader) == 0);
  std::swap(parent.starter.children[0], parent.starter.children[1]);
  parent.starter.end_child(ExitStatus::exited(0));
  REQUIRE(parent.wait(leader) == leader);
  Processes& all = parent.cage->processes();
  bool is_reused = false;
  for (int i = 0; i < 2 * TaskIds::kLimit; ++i) {
    const int id = *all.allocate_id();
    is_reused |= id == leader || id == member;
    all.free_id(id);
  }
  CHECK_FALSE(is_reused);
}

TEST_CASE("there is a limit of processes") {
  auto processes = std::make_shared<Processes>(3);
  PosixFixture posix;
  Cage first(posix.host, {.id = *processes->allocate_id(), .processes = processes});
  std::vector<std::unique_ptr<Cage>> children;
  for (int i = 0; i < 2; ++i) {
    auto child = first.fork(first.main_thread(), 0);
    REQUIRE(child.ok());
    children.push_back(child.take());
  }
  CHECK(first.fork(first.main_thread(), 0).code() == EAGAIN);
  children.pop_back();
  CHECK(first.fork(first.main_thread(), 0).ok());
}

}  // namespace
}  // namespace linden::microvisor
