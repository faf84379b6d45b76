#include "microvisor/call_text.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "microvisor/abi.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

using test::kBadAddress;
using test::TestMemory;

namespace {

// Calls that nobody makes: their arguments, and results of the test's choice.
class Texts {
 public:
  // As trace lines have it; `result` is what the call returns.
  template <typename... Args>
  std::string line(int64_t result, int number, Args... args) {
    return line_after([] {}, result, number, args...);
  }
  // `call` does what the call would do to the memory.
  template <typename Call, typename... Args>
  std::string line_after(Call call, int64_t result, int number, Args... args) {
    const uint64_t values[6] = {static_cast<uint64_t>(args)...};
    CallText text(memory.view(), number, values, limits);
    call();
    text.finish(memory.view(), result);
    return text.call() + " = " + text.result();
  }
  template <typename T>
  uint32_t put(const T& value) {
    return memory.put(std::vector<T>{value});
  }

  test::FaultHandler faults;
  TestMemory memory;
  TextLimits limits;
};

}  // namespace

TEST_CASE("flags, paths and errors are named") {
  Texts texts;
  const uint32_t path = texts.memory.put("/etc/passwd");
  CHECK(texts.line(3, SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0666) ==
        R"(openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3)");
  CHECK(texts.line(-ENOENT, SYS_openat, 5, path, O_WRONLY | O_CREAT | O_TRUNC, 0644) ==
        R"(openat(5, "/etc/passwd", O_WRONLY|O_CREAT|O_TRUNC, 0644) = )"
        R"(-1 ENOENT (No such file or directory))");
  CHECK(texts.line(3, SYS_open, path, O_RDWR | 1 << 30) ==
        R"(open("/etc/passwd", O_RDWR|0x40000000) = 3)");
  CHECK(texts.line(3, SYS_open, path, O_RDWR | O_TMPFILE | O_SYNC, 0) ==
        R"(open("/etc/passwd", O_RDWR|O_SYNC|O_TMPFILE, 000) = 3)");
  CHECK(texts.line(0, SYS_access, path, R_OK | X_OK) == R"(access("/etc/passwd", R_OK|X_OK) = 0)");
  CHECK(texts.line(0, SYS_access, path, F_OK) == R"(access("/etc/passwd", F_OK) = 0)");
  CHECK(texts.line(0, SYS_mknod, path, S_IFIFO | 0600, 0) ==
        R"(mknod("/etc/passwd", S_IFIFO|0600, 0) = 0)");
  CHECK(texts.line(022, SYS_umask, 077) == "umask(077) = 022");
  CHECK(texts.line(7, SYS_lseek, 3, -5, SEEK_END) == "lseek(3, -5, SEEK_END) = 7");
  CHECK(texts.line(-EINVAL, SYS_lseek, 3, 0, 99) ==
        "lseek(3, 0, 99) = -1 EINVAL (Invalid argument)");
}

TEST_CASE("how many arguments there are can depend on the others") {
  Texts texts;
  CHECK(texts.line(0, SYS_fcntl, 3, F_GETFD, 77) == "fcntl(3, F_GETFD) = 0");
  CHECK(texts.line(1, SYS_fcntl, 3, F_GETFD) == "fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
  CHECK(texts.line(0, SYS_fcntl, 3, F_SETFD, FD_CLOEXEC) == "fcntl(3, F_SETFD, FD_CLOEXEC) = 0");
  CHECK(texts.line(0x8002, SYS_fcntl, 3, F_GETFL) ==
        "fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)");
  CHECK(texts.line(10, SYS_fcntl, 3, F_DUPFD, 10) == "fcntl(3, F_DUPFD, 10) = 10");
  CHECK(texts.line(1, SYS_futex, 0x1000, FUTEX_WAKE_PRIVATE, 1, 5, 6, 7) ==
        "futex(0x1000, FUTEX_WAKE_PRIVATE, 1) = 1");
  CHECK(texts.line(0, SYS_futex, 0x1000, FUTEX_WAIT, 2, texts.put(GuestTimespec{1, 5, 0})) ==
        "futex(0x1000, FUTEX_WAIT, 2, {tv_sec=1, tv_nsec=5}) = 0");
}

TEST_CASE("addresses and what is mapped there") {
  Texts texts;
  CHECK(texts.line(0xfffe0000, SYS_mmap, 0, 8192, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xfffe0000");
  CHECK(texts.line(-EACCES, SYS_mmap, 0x10000, 1, PROT_NONE, MAP_SHARED | MAP_FIXED, 4, 0x2000) ==
        "mmap(0x10000, 1, PROT_NONE, MAP_SHARED|MAP_FIXED, 4, 0x2000) = "
        "-1 EACCES (Permission denied)");
  CHECK(texts.line(0x20000, SYS_mremap, 0x10000, 1, 2, MREMAP_MAYMOVE, 99) ==
        "mremap(0x10000, 1, 2, MREMAP_MAYMOVE) = 0x20000");
  CHECK(texts.line(0x5000, SYS_brk, 0) == "brk(NULL) = 0x5000");
}

TEST_CASE("buffers are quoted, cut, and of the length that was moved") {
  Texts texts;
  const std::string bytes("a\n\0\1772\"\\\377", 8);
  const uint32_t in = texts.memory.put(bytes);
  CHECK(texts.line(8, SYS_write, 1, in, 8) == R"(write(1, "a\n\0\1772\"\\\377", 8) = 8)");
  const uint32_t out = texts.memory.allocate(64);
  auto receive = [&] { std::memcpy(texts.memory.base() + out, "hello", 5); };
  CHECK(texts.line_after(receive, 5, SYS_read, 0, out, 64) == R"(read(0, "hello", 64) = 5)");
  CHECK(texts.line(0, SYS_read, 0, out, 64) == R"(read(0, "", 64) = 0)");
  CHECK(texts.line(-EBADF, SYS_read, 9, 0x40, 64) ==
        "read(9, 0x40, 64) = -1 EBADF (Bad file descriptor)");
  const uint32_t large = texts.memory.put(std::string(33, 'x'));
  CHECK(texts.line(33, SYS_write, 1, large, 33) ==
        "write(1, \"" + std::string(32, 'x') + "\"..., 33) = 33");
  texts.limits.string = 2;
  CHECK(texts.line(33, SYS_pwrite64, 1, large, 33, -1) == R"(pwrite64(1, "xx"..., 33, -1) = 33)");
  texts.limits.string = 0;
  CHECK(texts.line(33, SYS_write, 1, large, 33) == R"(write(1, ""..., 33) = 33)");
}

TEST_CASE("what a call takes in is shown as it was before the call") {
  Texts texts;
  const uint32_t text = texts.memory.put("before");
  auto overwrite = [&] { std::memcpy(texts.memory.base() + text, "after!", 6); };
  CHECK(texts.line_after(overwrite, 6, SYS_write, 1, text, 6) == R"(write(1, "before", 6) = 6)");
}

TEST_CASE("vectors share what was moved") {
  Texts texts;
  const uint32_t abc = texts.memory.put("abc"), defg = texts.memory.put("defg");
  const uint32_t vectors = texts.memory.put(std::vector<GuestIovec>{{abc, 3}, {defg, 4}});
  CHECK(texts.line(7, SYS_writev, 1, vectors, 2) ==
        R"(writev(1, [{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}], 2) = 7)");
  CHECK(texts.line(4, SYS_readv, 0, vectors, 2) ==
        R"(readv(0, [{iov_base="abc", iov_len=3}, {iov_base="d", iov_len=4}], 2) = 4)");
  texts.limits.string = 1;
  CHECK(texts.line(7, SYS_writev, 1, vectors, 2) ==
        R"(writev(1, [{iov_base="a"..., iov_len=3}, ...], 2) = 7)");
}

TEST_CASE("structures that go in, and those that come out") {
  Texts texts;
  const uint32_t two = texts.put(std::array<int32_t, 2>{3, 4});
  CHECK(texts.line(0, SYS_pipe2, two, O_CLOEXEC) == "pipe2([3, 4], O_CLOEXEC) = 0");
  const uint32_t second = texts.put(GuestTimespec{1, 500, 0});
  CHECK(texts.line(0, SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, second, 0x90) ==
        "clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=1, tv_nsec=500}, 0x90) = 0");
  CHECK(texts.line(-EINVAL, SYS_clock_gettime, 77, second).starts_with("clock_gettime(77, 0x"));
  CHECK(texts.line(0, SYS_clock_gettime, CLOCK_REALTIME, second) ==
        "clock_gettime(CLOCK_REALTIME, {tv_sec=1, tv_nsec=500}) = 0");
  const uint32_t limit = texts.put(GuestRlimit{1 << 20, UINT64_MAX});
  CHECK(texts.line(0, SYS_prlimit64, 0, RLIMIT_STACK, 0, limit) ==
        "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=1024*1024, rlim_max=RLIM64_INFINITY}) = 0");
  GuestStat status{};
  status.mode = S_IFREG | 0640;
  status.size = 12;
  CHECK(texts.line(0, SYS_fstat, 3, texts.put(status)) ==
        "fstat(3, {st_mode=S_IFREG|0640, st_size=12, ...}) = 0");
  status.mode = S_IFCHR | 0666;
  status.special_device = makedev(1, 3);
  CHECK(texts.line(0, SYS_fstat, 3, texts.put(status)) ==
        "fstat(3, {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0");
  const uint32_t offset = texts.put(int64_t{1} << 40);
  CHECK(texts.line(5, SYS_sendfile, 1, 0, offset, 5) == "sendfile(1, 0, [1099511627776], 5) = 5");
}

TEST_CASE("ends of processes") {
  Texts texts;
  const uint32_t status = texts.put(int32_t{3 << 8});
  CHECK(texts.line(7, SYS_wait4, -1, status, WNOHANG, 0) ==
        "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], WNOHANG, NULL) = 7");
  CHECK(texts.line(7, SYS_wait4, -1, texts.put(int32_t{SIGKILL}), 0, 0) ==
        "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 7");
  CHECK(texts.line(0, SYS_wait4, -1, 0x50, WNOHANG, 0) == "wait4(-1, 0x50, WNOHANG, NULL) = 0");
  CHECK(texts.line(0, SYS_exit_group, 3) == "exit_group(3) = ?");
  CHECK(texts.line(0, SYS_exit, 0) == "exit(0) = ?");
}

TEST_CASE("signals and sets of them") {
  Texts texts;
  CHECK(texts.line(3, SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) ==
        "clone(CLONE_VM|CLONE_VFORK|SIGCHLD, NULL, NULL, NULL, NULL) = 3");
  CHECK(texts.line(0, SYS_kill, 5, SIGTERM) == "kill(5, SIGTERM) = 0");
  CHECK(texts.line(0, SYS_tgkill, 5, 6, 34) == "tgkill(5, 6, SIGRT_2) = 0");
  CHECK(texts.line(0, SYS_kill, -1, 0) == "kill(-1, 0) = 0");
  CHECK(texts.line(-EINVAL, SYS_kill, 1, 99) == "kill(1, 99) = -1 EINVAL (Invalid argument)");
  const uint32_t few = texts.put(signal_bit(SIGINT) | signal_bit(SIGTERM) | signal_bit(40));
  const uint32_t most = texts.put(~signal_bit(SIGKILL));
  CHECK(texts.line(0, SYS_rt_sigprocmask, SIG_BLOCK, few, 0, 8) ==
        "rt_sigprocmask(SIG_BLOCK, [INT TERM RT_8], NULL, 8) = 0");
  CHECK(texts.line(0, SYS_rt_sigprocmask, SIG_SETMASK, 0, most, 8) ==
        "rt_sigprocmask(SIG_SETMASK, NULL, ~[KILL], 8) = 0");
  const uint32_t action = texts.put(GuestSigaction{18, SA_RESTART, signal_bit(SIGALRM)});
  CHECK(texts.line(0, SYS_rt_sigaction, SIGALRM, action, 0, 8) ==
        "rt_sigaction(SIGALRM, {sa_handler=0x12, sa_mask=[ALRM], sa_flags=SA_RESTART}, NULL, 8) "
        "= 0");
  GuestSiginfo information{
      .number = SIGUSR1, .error = 0, .code = SI_USER, .padding = 0, .sender = {2, 3, 0}};
  CHECK(show_siginfo(information) == "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=2, si_uid=3}");
  information = {
      .number = SIGCHLD, .error = 0, .code = CLD_KILLED, .padding = 0, .sender = {2, 3, SIGKILL}};
  CHECK(show_siginfo(information) ==
        "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=2, si_uid=3, si_status=SIGKILL}");
}

TEST_CASE("what a program is given") {
  Texts texts;
  const uint32_t program = texts.memory.put("/bin/ls"), first = texts.memory.put("ls");
  const uint32_t long_argument = texts.memory.put(std::string(40, 'y'));
  const uint32_t argv = texts.memory.put(std::vector<uint32_t>{first, long_argument, 0});
  const uint32_t envp = texts.memory.put(std::vector<uint32_t>{first, first, 0});
  CHECK(texts.line(0, SYS_execve, program, argv, envp) ==
        "execve(\"/bin/ls\", [\"ls\", \"" + std::string(32, 'y') + "\"...], " +
            to_hexadecimal(envp) + " /* 2 vars */) = 0");
}

TEST_CASE("poll shows what it waits for and what it found") {
  Texts texts;
  const uint32_t fds =
      texts.memory.put(std::vector<GuestPollfd>{{3, POLLIN | POLLOUT, 0}, {4, POLLIN, 0}});
  auto find = [&] {
    const int16_t found = POLLIN;
    std::memcpy(texts.memory.base() + fds + 14, &found, 2);
  };
  CHECK(texts.line(0, SYS_poll, fds, 1, 5) ==
        "poll([{fd=3, events=POLLIN|POLLOUT}], 1, 5) = 0 (Timeout)");
  CHECK(texts.line_after(find, 1, SYS_poll, fds, 2, -1) ==
        "poll([{fd=3, events=POLLIN|POLLOUT}, {fd=4, events=POLLIN}], 2, -1) = "
        "1 ([{fd=4, revents=POLLIN}])");
}

TEST_CASE("bad pointers are shown as addresses") {
  Texts texts;
  texts.memory.protect(65536, 4096);
  texts.memory.base()[TestMemory::kSize - 1] = std::byte{'x'};
  for (const uint32_t bad : {kBadAddress, 65536u, uint32_t{TestMemory::kSize} - 1}) {
    const std::string shown = to_hexadecimal(bad);
    CHECK(texts.line(-EFAULT, SYS_openat, AT_FDCWD, bad, O_RDONLY) ==
          "openat(AT_FDCWD, " + shown + ", O_RDONLY) = -1 EFAULT (Bad address)");
    CHECK(texts.line(-EFAULT, SYS_write, 1, bad, 5) ==
          "write(1, " + shown + ", 5) = -1 EFAULT (Bad address)");
    CHECK(texts.line(0, SYS_writev, 1, bad, 1) == "writev(1, " + shown + ", 1) = 0");
    CHECK(texts.line(0, SYS_execve, bad, bad, bad) ==
          "execve(" + shown + ", " + shown + ", " + shown + ") = 0");
  }
  // A vector that is there, of a buffer that isn't.
  CHECK(texts.line(1, SYS_writev, 1, texts.put(GuestIovec{kBadAddress, 4}), 1) ==
        "writev(1, [{iov_base=0xfffffff0, iov_len=4}], 1) = 1");
}

TEST_CASE("no argument of any call makes its text fail") {
  Texts texts;
  texts.memory.protect(65536, 4096);
  texts.memory.put(std::string(2000, 'z'));
  for (const SyscallInfo& info : syscalls()) {
    for (const uint64_t value : {uint64_t{0}, uint64_t{64}, uint64_t{65530}, uint64_t{kBadAddress},
                                 uint64_t{UINT32_MAX}, UINT64_MAX}) {
      for (const int64_t result : {int64_t{-EFAULT}, int64_t{0}, int64_t{1}, INT64_MAX}) {
        const std::string line =
            texts.line(result, info.number, value, value, value, value, value, value);
        CHECK(line.starts_with(std::string(info.name) + "("));
        CHECK(line.size() < 10'000);
      }
    }
  }
}

TEST_CASE("calls that are refused or don't exist") {
  Texts texts;
  CHECK(texts.line(-EAFNOSUPPORT, SYS_socket, 2, 1, 0) ==
        "socket(...) = -1 EAFNOSUPPORT (Address family not supported by protocol)");
  CHECK(texts.line(-ENOSYS, 0x1ff, 1, 2, 3, 4, 5, 0) ==
        "syscall_0x1ff(0x1, 0x2, 0x3, 0x4, 0x5, 0) = -1 ENOSYS (Function not implemented)");
}

TEST_CASE("a call that hasn't ended has no result, and none of what it gives out") {
  TestMemory memory;
  const uint64_t arguments[6] = {0, 0x1000, 10};
  const CallText text(memory.view(), SYS_read, arguments);
  CHECK(text.call() == "read(0, 0x1000, 10)");
  CHECK(text.result() == "?");
}

TEST_CASE("the table of forms names calls and arguments that exist") {
  for (const NamedForm& entry : named_forms()) {
    INFO(entry.call << " " << entry.argument);
    const auto info = std::ranges::find(syscalls(), entry.call, &SyscallInfo::name);
    REQUIRE(info != syscalls().end());
    CHECK((entry.argument == kResult || entry.argument < info->argument_count));
    CHECK((entry.form.shown == Shown::Names) == !entry.form.names.empty());
  }
}

}  // namespace linden::microvisor
