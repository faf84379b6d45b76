#include "microvisor/root_view.h"

#include <sys/syscall.h>

#include <algorithm>
#include <functional>

#include "microvisor/abi.h"
#include "microvisor/address_space_test_support.h"
#include "microvisor/cage.h"
#include "microvisor/host_file.h"
#include "microvisor/path_operations.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

namespace {

// A cage that sees a root with /etc/passwd, and what `grants` name.
class ViewFixture {
 public:
  explicit ViewFixture(std::vector<std::string> grants = {}) {
    for (const char* name :
         {"root/etc", "root/tmp", "root/dev", "root/proc", "private", "granted"}) {
      std::filesystem::create_directories(directory / name);
    }
    directory.write("root/etc/passwd", "root:x:0:0\n");
    directory.write("granted/file", "granted");
    RootView::Options options;
    options.root.host_path = directory / "root";
    options.temporary_directory = directory / "private";
    for (const std::string& guest : grants) {
      options.grants.push_back(test::grant((directory / "granted::") + guest));
    }
    std::string message;
    auto created = RootView::create(host, options, &message);
    INFO(message);
    REQUIRE(created.ok());
    view = created.take();
    cage = std::make_unique<Cage>(
        host, Cage::Options{.id = 7,
                            .parent_id = 3,
                            .program = {{"/bin/prog", "x"}, {"A=b"}, "/bin/prog"},
                            .names = view->names()});
  }

  Result<std::shared_ptr<OpenFile>> open(const std::string& path, int flags = O_RDONLY,
                                         int base = AT_FDCWD) {
    return open_at(host, TRY(cage->locate(base, path)), flags, 0644);
  }
  int open_fd(const std::string& path, int flags = O_RDONLY) {
    auto file = open(path, flags);
    INFO(path);
    REQUIRE(file.ok());
    return cage->fds().insert({file.take()}).value();
  }
  Result<struct stat> stat(const std::string& path, Symlinks symlinks = Symlinks::Follow) {
    return stat_at(host, TRY(cage->locate(AT_FDCWD, path)), symlinks);
  }
  std::string link(const std::string& path) {
    std::array<std::byte, PATH_MAX> text;
    auto length = read_link_at(host, cage->locate(AT_FDCWD, path).take(), text);
    if (!length.ok()) return "error " + std::to_string(length.code());
    return {reinterpret_cast<char*>(text.data()), *length};
  }
  std::string read(const std::string& path) {
    auto file = open(path);
    if (!file.ok()) return "error " + std::to_string(file.code());
    char text[4096];
    iovec vector{text, sizeof(text)};
    auto length = (*file)->readv({&vector, 1});
    if (!length.ok()) return "error " + std::to_string(length.code());
    return {text, *length};
  }
  std::vector<std::string> list(const std::string& path) {
    auto file = open(path, O_RDONLY | O_DIRECTORY);
    REQUIRE(file.ok());
    std::vector<std::string> names;
    // So small that it takes several calls.
    alignas(8) std::byte records[80];
    while (size_t count = (*file)->read_entries(records).take()) {
      for (size_t i = 0; i < count;) {
        DirectoryEntryHeader header;
        std::memcpy(&header, &records[i], sizeof(header));
        names.emplace_back(reinterpret_cast<char*>(&records[i + sizeof(header)]));
        i += header.record_length;
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TemporaryDirectory directory;
  LinuxHost host;
  std::unique_ptr<RootView> view;
  std::unique_ptr<Cage> cage;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the root is read-only and /tmp is private, and removed with the view") {
  ViewFixture guest;
  CHECK(guest.read("/etc/passwd") == "root:x:0:0\n");
  CHECK(guest.open("/etc/new", O_WRONLY | O_CREAT).code() == EROFS);
  CHECK(guest.open("/etc/passwd", O_RDONLY | O_CREAT).ok());
  CHECK(make_directory_at(guest.host, guest.cage->locate(AT_FDCWD, "/etc").take(), 0755).code() ==
        EEXIST);
  CHECK(guest.open("/tmp/new", O_WRONLY | O_CREAT).ok());
  CHECK(guest.open("/tmp/../tmp/new").ok());
  CHECK_FALSE(guest.directory.has("root/tmp/new"));
  // Deeper than a path can be, and with a link out of it.
  REQUIRE(guest.cage->change_directory("/tmp").ok());
  std::string name(200, 'd');
  for (int i = 0; i < 40; ++i) {
    REQUIRE(make_directory_at(guest.host, guest.cage->locate(AT_FDCWD, name).take(), 0755).ok());
    REQUIRE(guest.open(name + "/file", O_WRONLY | O_CREAT).ok());
    REQUIRE(guest.cage->change_directory(name).ok());
  }
  CHECK(guest.cage->working_directory().code() == ENAMETOOLONG);
  REQUIRE(make_symlink_at(guest.host, guest.directory / "granted",
                          guest.cage->locate(AT_FDCWD, "link").take())
              .ok());
  guest.cage.reset();
  guest.view.reset();
  CHECK(std::filesystem::is_empty(guest.directory / "private"));
  CHECK(guest.directory.read("granted/file") == "granted");
}

TEST_CASE("grants need no directory beneath, and are listed") {
  ViewFixture guest({"/data", "/deep/er/data", "/etc/extra"});
  CHECK(guest.read("/data/file") == "granted");
  CHECK(guest.read("/deep/er/data/file") == "granted");
  CHECK(guest.read("/deep/er/data/../../er/data/file") == "granted");
  CHECK(guest.list("/") == Names{".", "..", "data", "deep", "dev", "etc", "proc", "tmp"});
  CHECK(guest.list("/etc") == Names{".", "..", "extra", "passwd"});
  CHECK(guest.list("/deep") == Names{".", "..", "er"});
  CHECK(guest.list("/deep/er") == Names{".", "..", "data"});
  REQUIRE(guest.cage->change_directory("/deep/er/data").ok());
  CHECK(guest.cage->working_directory().value() == "/deep/er/data");
  REQUIRE(guest.cage->change_directory("..").ok());
  CHECK(guest.cage->working_directory().value() == "/deep/er");
  CHECK(guest.read("data/file") == "granted");
  CHECK(guest.read("../../etc/passwd") == "root:x:0:0\n");
  // Beneath descriptors too.
  int root = guest.open_fd("/", O_RDONLY | O_DIRECTORY);
  CHECK(guest.open("data/file", O_RDONLY, root).ok());
  int deep = guest.open_fd("/deep", O_RDONLY | O_DIRECTORY);
  CHECK(guest.open("er/../../data/file", O_RDONLY, deep).ok());
  auto remove = [&](const std::string& path, Remove what) {
    return remove_at(guest.host, guest.cage->locate(AT_FDCWD, path).take(), what).code();
  };
  CHECK(remove("/data", Remove::Directory) == EROFS);
  CHECK(remove("/data/file", Remove::File) == 0);
  CHECK(guest.open("/", O_WRONLY).code() == EISDIR);
}

TEST_CASE("a later mount covers an earlier one and what is mounted in it") {
  test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "first");
  std::filesystem::create_directories(directory / "second/in");
  directory.write("second/in/file", "second");
  LinuxHost host;
  auto names = MountNamespace::create(host);
  test::mount(host, *names, (directory / "first") + "::/a");
  test::mount(host, *names, (directory / "first") + "::/a/in");
  test::mount(host, *names, (directory / "second") + "::/a");
  Cage cage(host, {.names = names});
  for (const char* path : {"/a/in/file", "/a/../a/in/file"}) {
    CHECK(open_at(host, cage.locate(AT_FDCWD, path).take(), O_RDONLY, 0).ok());
  }
  test::mount(host, *names, (directory / "second/in") + "::/");
  CHECK(open_at(host, cage.locate(AT_FDCWD, "/file").take(), O_RDONLY, 0).ok());
  CHECK(open_at(host, cage.locate(AT_FDCWD, "/a").take(), O_RDONLY, 0).code() == ENOENT);
}

TEST_CASE("a mount point is busy, and so are the directories that lead to it") {
  test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "root/a/b/point");
  std::filesystem::create_directories(directory / "other");
  LinuxHost host;
  auto names = MountNamespace::create(host);
  test::mount(host, *names, (directory / "root") + "::/");
  test::mount(host, *names, (directory / "other") + "::/a/b/point");
  test::mount(host, *names, (directory / "other") + "::/a/missing");
  Cage cage(host, {.names = names});
  auto at = [&](const char* path) { return cage.locate(AT_FDCWD, path).take(); };
  CHECK(remove_at(host, at("/a/b/point"), Remove::Directory).code() == EBUSY);
  CHECK(remove_at(host, at("/a/missing"), Remove::Directory).code() == EBUSY);
  CHECK(remove_at(host, at("/a/missing"), Remove::File).code() == EISDIR);
  CHECK(make_directory_at(host, at("/a/missing"), 0755).code() == EEXIST);
  CHECK(rename_at(host, at("/a/b"), at("/a/c"), 0).code() == EBUSY);
  CHECK(rename_at(host, at("/a"), at("/c"), 0).code() == EBUSY);
  REQUIRE(make_directory_at(host, at("/a/b/dir"), 0755).ok());
  CHECK(rename_at(host, at("/a/b/dir"), at("/a/b/point"), 0).code() == EBUSY);
  CHECK(rename_at(host, at("/a/b/dir"), at("/a/b/point/dir"), 0).code() == EXDEV);
  CHECK(rename_at(host, at("/a/b/dir"), at("/dir"), 0).ok());
}

TEST_CASE("devices have the host's numbers, and nothing else of the host's /dev is there") {
  ViewFixture guest;
  CHECK(guest.list("/dev") == Names{".", "..", "fd", "full", "null", "random", "shm", "stderr",
                                    "stdin", "stdout", "urandom", "zero"});
  struct stat expected;
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"}) {
    REQUIRE(::stat(path, &expected) == 0);
    auto status = guest.stat(path);
    REQUIRE(status.ok());
    CHECK(S_ISCHR(status->st_mode));
    CHECK(status->st_rdev == expected.st_rdev);
  }
  auto null = guest.open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC);
  REQUIRE(null.ok());
  char byte = 'x';
  iovec vector{&byte, 1};
  CHECK((*null)->writev({&vector, 1}).value() == 1);
  constexpr std::array<timespec, 2> kTimes = {timespec{1, 0}, timespec{2, 0}};
  CHECK((*null)->set_times(kTimes).code() == EROFS);
  CHECK(guest.open("/dev/mem").code() == ENOENT);
  CHECK(guest.open("/dev/new", O_WRONLY | O_CREAT).code() == EROFS);
  CHECK(guest.open("/dev/shm/segment", O_RDWR | O_CREAT).ok());
  CHECK(guest.list("/dev/shm") == Names{".", "..", "segment"});
}

TEST_CASE("/proc/self/maps shows what is mapped") {
  ViewFixture guest;
  test::AddressSpaceFixture memory;
  CHECK(guest.read("/proc/self/maps").empty());
  guest.cage->set_address_space(&memory.space);
  memory.map(1);
  CHECK(guest.read("/proc/self/maps") == memory.space.describe());
}

TEST_CASE("/proc tells of the cage and not of the host") {
  ViewFixture guest;
  CHECK(guest.list("/proc") == Names{".", "..", "7", "cpuinfo", "meminfo", "mounts", "self"});
  CHECK(guest.link("/proc/self") == "7");
  CHECK(guest.link("/proc/self/exe") == "/bin/prog");
  CHECK(guest.read("/proc/self/cmdline") == std::string("/bin/prog\0x\0", 12));
  CHECK(guest.read("/proc/7/environ") == std::string("A=b\0", 4));
  CHECK(guest.read("/proc/self/comm") == "prog\n");
  CHECK(guest.read("/proc/self/status").find("Pid:\t7\nPPid:\t3\n") != std::string::npos);
  CHECK(guest.read("/proc/mounts").find("linden /tmp directory rw 0 0\n") != std::string::npos);
  const std::string stat = guest.read("/proc/self/stat");
  CHECK(stat.starts_with("7 (prog) R 3 7 "));
  CHECK(std::ranges::count(stat, ' ') == 51);
  CHECK(guest.read("/proc/self/maps").empty());
  CHECK(guest.read("/proc/meminfo").starts_with("MemTotal:"));
  CHECK(guest.read("/proc/cpuinfo").starts_with("processor\t: "));
  for (const char* path :
       {"/proc/1", "/proc/07", "/proc/self/mem", "/proc/sys", "/proc/self/exe"}) {
    CHECK(guest.open(path).code() == ENOENT);
  }
  CHECK(guest.open("/proc/self/comm", O_WRONLY).code() == EACCES);
  CHECK(guest.open("/proc/self/exe", O_RDONLY | O_NOFOLLOW).code() == ELOOP);
  CHECK(guest.read("/proc/self/root/etc/passwd") == "root:x:0:0\n");
  REQUIRE(guest.cage->change_directory("/etc").ok());
  CHECK(guest.link("/proc/self/cwd") == "/etc");
  CHECK(guest.read("/proc/self/cwd/passwd") == "root:x:0:0\n");
}

TEST_CASE("/tmp and /dev/shm are everyone's, and each file its owner's") {
  ViewFixture guest;
  for (const char* path : {"/tmp", "/dev/shm"}) CHECK((guest.stat(path)->st_mode & 07777) == 01777);
}

TEST_CASE("/proc/self/fd leads to open files, with the access they were opened with") {
  ViewFixture guest({"/data"});
  int fd = guest.open_fd("/data/file");
  std::string path = "/proc/self/fd/" + std::to_string(fd);
  CHECK(guest.link(path) == "/data/file");
  CHECK(guest.link("/dev/fd/" + std::to_string(fd)) == "/data/file");
  CHECK(guest.read(path) == "granted");
  CHECK(guest.read(path) == "");  // the offset is shared
  CHECK(guest.open(path, O_WRONLY).code() == EACCES);
  CHECK(S_ISREG(guest.stat(path)->st_mode));
  CHECK(S_ISLNK(guest.stat(path, Symlinks::DontFollow)->st_mode));
  int directory = guest.open_fd("/data", O_RDONLY | O_DIRECTORY);
  std::string beneath = "/proc/self/fd/" + std::to_string(directory);
  CHECK(guest.open(beneath + "/file").ok());
  CHECK(guest.read(beneath + "/../etc/passwd") == "root:x:0:0\n");
  REQUIRE(
      remove_at(guest.host, guest.cage->locate(AT_FDCWD, "/data/file").take(), Remove::File).ok());
  CHECK(guest.link(path) == "/data/file (deleted)");
  CHECK(guest.list("/proc/self/fd") == Names{".", "..", "0", "1"});
  CHECK(guest.open("/proc/self/fd/9").code() == ENOENT);
  CHECK(guest.open("/proc/self/fd/00").code() == ENOENT);
  // An inherited directory is no grant, and its name on the host is not told.
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  ::close(pipe_ends[1]);
  int pipe = guest.cage->fds()
                 .insert({HostFile::stream(guest.host, HostFd(guest.host, pipe_ends[0]))})
                 .value();
  CHECK(guest.link("/proc/self/fd/" + std::to_string(pipe)).starts_with("pipe:["));
  int outside = guest.cage->fds()
                    .insert({HostFile::stream(
                        guest.host, HostFd(guest.host, ::open("/", O_RDONLY | O_DIRECTORY)))})
                    .value();
  std::string leak = "/proc/self/fd/" + std::to_string(outside);
  CHECK(guest.open(leak + "/etc/passwd").code() == ENOTDIR);
  CHECK(guest.link(leak).starts_with("file:["));
  CHECK(guest.cage->change_directory(leak).code() == ENOTDIR);
}

TEST_CASE("calls on metadata find their files in the tree, and change only what may be changed") {
  ViewFixture guest({"/data", "/ro:ro"});
  test::TestMemory memory;
  guest.cage->set_memory(memory.view());
  auto call = [&](int number, const std::string& path, auto... rest) {
    uint64_t words[6] = {memory.put(path), static_cast<uint64_t>(rest)...};
    return dispatch(guest.cage->main_thread(), number, words);
  };
  const uint32_t out = memory.allocate(512);

  CHECK(call(SYS_chmod, "/etc/../data/./file", 0600) == 0);
  CHECK(std::filesystem::status(guest.directory / "granted/file").permissions() ==
        std::filesystem::perms(0600));
  CHECK(call(SYS_truncate, "/tmp/../data/file", 3) == 0);
  CHECK(guest.directory.read("granted/file") == "gra");
  CHECK(call(SYS_mknod, "/data/fifo", S_IFIFO | 0600, 0) == 0);
  CHECK(call(SYS_mknod, "/tmp", S_IFREG | 0600, 0) == -EEXIST);
  CHECK(call(SYS_statfs, "/data", out) == 0);

  for (const char* path : {"/ro/file", "/etc/passwd", "/dev/null", "/proc/self/status", "/dev"}) {
    CAPTURE(path);
    CHECK(call(SYS_chmod, path, 0600) == -EROFS);
    CHECK(call(SYS_lchown, path, 0, 0) == -EROFS);
    CHECK(call(SYS_utimes, path, 0) == -EROFS);
    CHECK(call(SYS_statfs, path, out) == 0);
    CHECK(call(SYS_access, path, R_OK) == 0);
    CHECK(call(SYS_mknod, path, S_IFREG | 0600, 0) == -EEXIST);
    CHECK(call(SYS_setxattr, path, memory.put("user.a"), out, 1, 0) == -EROFS);
    int place = guest.open_fd(path, O_PATH);
    uint64_t words[6] = {static_cast<uint64_t>(place), out, 8};
    CHECK(dispatch(guest.cage->main_thread(), SYS_read, words) == -EBADF);
    CHECK(dispatch(guest.cage->main_thread(), SYS_fstat, words) == 0);
  }
  CHECK(call(SYS_access, "/dev/null", R_OK | W_OK) == 0);
  CHECK(call(SYS_truncate, "/dev/null", 0) == -EINVAL);
  CHECK(call(SYS_truncate, "/etc/passwd", 0) == -EROFS);
  // A link in the root is followed from the guest's root.
  std::filesystem::create_symlink("/data/file", guest.directory / "root/link");
  CHECK(call(SYS_chmod, "/link", 0640) == 0);
  CHECK(call(SYS_lchown, "/link", 0, 0) == -EROFS);
}

TEST_CASE("a view that can't be made says why and leaves nothing") {
  ViewFixture guest;
  FaultInjectingHost host(guest.host);
  RootView::Options options;
  options.root.host_path = guest.directory / "root";
  options.temporary_directory = guest.directory / "private2";
  std::filesystem::create_directory(guest.directory / "private2");
  options.grants = {test::grant((guest.directory / "granted") + "::/a/b")};
  size_t before = test::count_host_descriptors();
  bool failed = true;
  for (int n = 1; failed; ++n) {
    REQUIRE(n < 200);
    host.fail_call(n, EMFILE);
    std::string message;
    {
      auto view = RootView::create(host, options, &message);
      INFO("host call " << n << ": " << view.code());
      failed = host.has_failed();
      host.fail_none();
      CHECK(view.ok() == !failed);
      if (failed) CHECK_FALSE(message.empty());
    }
    CHECK(test::count_host_descriptors() == before);
    CHECK(std::filesystem::is_empty(guest.directory / "private2"));
  }
  options.grants = {test::grant((guest.directory / "granted") + "::/etc/passwd/x")};
  std::string message;
  CHECK(RootView::create(host, options, &message).code() == ENOTDIR);
  CHECK(message.find("/etc/passwd/x") != std::string::npos);
}

TEST_CASE("the common paths take one system call of the host to open") {
  ViewFixture guest;
  FaultInjectingHost host(guest.host);
  RootView::Options options;
  options.root.host_path = guest.directory / "root";
  options.temporary_directory = guest.directory / "private";
  auto view = RootView::create(host, options, nullptr).take();
  Cage cage(host, {.names = view->names()});
  auto calls_to_open = [&](const char* path, int flags) {
    int count = 0;
    bool more = true;
    while (more) {
      host.fail_call(++count, EIO);
      (void)open_at(host, cage.locate(AT_FDCWD, path).take(), flags, 0644);
      more = host.has_failed();
      host.fail_none();
    }
    return count - 1;
  };
  CHECK(calls_to_open("/etc/passwd", O_RDONLY) == 1);
  CHECK(calls_to_open("/tmp/new", O_WRONLY | O_CREAT) == 1);
  CHECK(calls_to_open("/etc/missing", O_RDONLY) == 1);
  REQUIRE(cage.change_directory("/etc").ok());
  CHECK(calls_to_open("passwd", O_RDONLY) == 1);
  CHECK(calls_to_open("./../etc/passwd", O_RDONLY) > 1);
}

TEST_CASE("a host call that fails during a walk leaves no descriptor behind") {
  ViewFixture guest({"/data", "/deep/data"});
  FaultInjectingHost host(guest.host);
  Cage cage(host, {.names = guest.view->names()});
  auto at = [&](const char* path) { return cage.locate(AT_FDCWD, path).take(); };
  REQUIRE(make_directory_at(host, at("/tmp/a"), 0755).ok());
  REQUIRE(make_symlink_at(host, "/data/../tmp/a/../../deep/data/file", at("/tmp/a/link")).ok());
  REQUIRE(cage.change_directory("/tmp/a").ok());
  std::vector<std::function<int()>> operations = {
      [&] { return open_at(host, at("link"), O_RDONLY, 0).code(); },
      [&] { return stat_at(host, at("../../etc/passwd"), Symlinks::Follow).code(); },
      [&] { return make_directory_at(host, at("../../tmp/made"), 0755).code(); },
      [&] { return rename_at(host, at("../../tmp/made"), at("../a/../made"), 0).code(); },
      [&] { return remove_at(host, at("../../tmp/a/../made"), Remove::Directory).code(); },
      [&] { return cage.change_directory("../../tmp/a").code(); },
      [&] { return cage.working_directory().code(); },
  };
  for (size_t i = 0; i < operations.size(); ++i) {
    bool failed = true;
    for (int n = 1; failed; ++n) {
      INFO("operation " << i << ", host call " << n);
      REQUIRE(n < 200);
      size_t before = test::count_host_descriptors();
      host.fail_call(n, EDQUOT);
      int error = operations[i]();
      failed = host.has_failed();
      host.fail_none();
      CHECK(error == (failed ? EDQUOT : 0));
      CHECK(test::count_host_descriptors() == before);
    }
  }
}

}  // namespace linden::microvisor
