// Attempts to reach what wasn't granted. `inside` is granted, its neighbour `outside` is not.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "microvisor/cage.h"
#include "microvisor/host_file.h"
#include "microvisor/path_operations.h"
#include "microvisor/test_support.h"

namespace linden::microvisor {

namespace {

class Sandbox {
 public:
  Sandbox() {
    std::filesystem::create_directories(directory / "inside/sub");
    std::filesystem::create_directory(directory / "outside");
    directory.write("outside/secret", "secret");
    directory.write("inside/file", "file");
    base = test::grant(directory / "inside").open(host, nullptr).take();
    read_only = test::grant((directory / "inside") + ":ro").open(host, nullptr).take();
  }

  void symlink(std::string_view name, std::string target) {
    std::filesystem::create_symlink(target, directory / ("inside/" + std::string(name)));
  }
  Location at(std::string path) { return {base, std::move(path)}; }
  Location at_read_only(std::string path) { return {read_only, std::move(path)}; }
  int open(std::string path, int flags = O_RDONLY) {
    return open_at(host, at(std::move(path)), flags, 0644).code();
  }

  test::TemporaryDirectory directory;
  LinuxHost host;
  std::shared_ptr<OpenFile> base;
  std::shared_ptr<OpenFile> read_only;
};

constexpr std::array<timespec, 2> kTimes = {timespec{1, 0}, timespec{2, 0}};

}  // namespace

TEST_CASE("paths that stay beneath the grant work") {
  Sandbox box;
  box.symlink("link", "sub/../file");
  CHECK(box.open("file") == 0);
  CHECK(box.open("sub/../file") == 0);
  CHECK(box.open("./sub/.././file") == 0);
  CHECK(box.open("link") == 0);
  CHECK(box.open("link", O_RDONLY | O_NOFOLLOW) == ELOOP);
  CHECK(box.open("missing") == ENOENT);
  CHECK(box.open("file/") == ENOTDIR);
  CHECK(box.open("file/x") == ENOTDIR);
}

TEST_CASE("no operation leaves the grant by dots or an absolute path") {
  Sandbox box;
  std::string absolute = box.directory / "outside/secret";
  std::array<std::byte, 64> buffer;
  for (const std::string& path :
       {std::string("../outside/secret"), std::string("sub/../../outside/secret"),
        std::string("../inside/file"), absolute, std::string("/etc/passwd"),
        std::string("sub/../../../../../../../etc/passwd")}) {
    INFO(path);
    CHECK(box.open(path) == kErrnoNotCapable);
    CHECK(box.open(path, O_WRONLY | O_CREAT) == kErrnoNotCapable);
    CHECK(box.open(path, O_PATH) == kErrnoNotCapable);
    CHECK(stat_at(box.host, box.at(path), Symlinks::Follow).code() == kErrnoNotCapable);
    CHECK(stat_at(box.host, box.at(path), Symlinks::DontFollow).code() == kErrnoNotCapable);
    CHECK(set_times_at(box.host, box.at(path), Symlinks::Follow, kTimes).code() ==
          kErrnoNotCapable);
    CHECK(read_link_at(box.host, box.at(path), buffer).code() == kErrnoNotCapable);
    CHECK(make_directory_at(box.host, box.at(path), 0755).code() == kErrnoNotCapable);
    CHECK(remove_at(box.host, box.at(path), Remove::File).code() == kErrnoNotCapable);
    CHECK(remove_at(box.host, box.at(path), Remove::Directory).code() == kErrnoNotCapable);
    CHECK(rename_at(box.host, box.at("file"), box.at(path), 0).code() == kErrnoNotCapable);
    CHECK(rename_at(box.host, box.at(path), box.at("new"), 0).code() == kErrnoNotCapable);
    CHECK(link_at(box.host, box.at(path), Symlinks::Follow, box.at("new")).code() ==
          kErrnoNotCapable);
    CHECK(link_at(box.host, box.at(path), Symlinks::DontFollow, box.at("new")).code() ==
          kErrnoNotCapable);
    CHECK(link_at(box.host, box.at("file"), Symlinks::DontFollow, box.at(path)).code() ==
          kErrnoNotCapable);
    CHECK(make_symlink_at(box.host, "x", box.at(path)).code() == kErrnoNotCapable);
  }
  CHECK(box.open("..") == kErrnoNotCapable);
  CHECK(box.open("/") == kErrnoNotCapable);
  CHECK(box.directory.read("outside/secret") == "secret");
  CHECK(box.directory.has("inside/file"));
  CHECK_FALSE(box.directory.has("inside/new"));
}

TEST_CASE("symbolic links don't lead out") {
  Sandbox box;
  box.symlink("root", "/");
  box.symlink("up", "..");
  box.symlink("absolute", box.directory / "outside/secret");
  box.symlink("chain1", "chain2");
  box.symlink("chain2", "sub/chain3");
  box.symlink("sub/chain3", "../../outside/secret");
  box.symlink("loop", "loop");
  box.symlink("outside", "../outside");
  for (const char* path : {"root/etc/passwd", "root", "up/outside/secret", "absolute", "chain1",
                           "sub/chain3", "outside/secret"}) {
    INFO(path);
    CHECK(box.open(path) == kErrnoNotCapable);
    CHECK(stat_at(box.host, box.at(path), Symlinks::Follow).code() == kErrnoNotCapable);
    CHECK(set_times_at(box.host, box.at(path), Symlinks::Follow, kTimes).code() ==
          kErrnoNotCapable);
    CHECK(link_at(box.host, box.at(path), Symlinks::Follow, box.at("new")).code() ==
          kErrnoNotCapable);
  }
  CHECK(box.open("loop") == ELOOP);
  CHECK(make_directory_at(box.host, box.at("up/new"), 0755).code() == kErrnoNotCapable);
  CHECK(make_symlink_at(box.host, "x", box.at("outside/new")).code() == kErrnoNotCapable);
  CHECK(remove_at(box.host, box.at("outside/secret"), Remove::File).code() == kErrnoNotCapable);
  CHECK(rename_at(box.host, box.at("file"), box.at("outside/file"), 0).code() == kErrnoNotCapable);
  CHECK(rename_at(box.host, box.at("outside/secret"), box.at("stolen"), 0).code() ==
        kErrnoNotCapable);
  // A trailing slash would make the kernel follow the last component as well.
  CHECK(link_at(box.host, box.at("outside/"), Symlinks::DontFollow, box.at("new")).code() ==
        kErrnoNotCapable);
  CHECK(remove_at(box.host, box.at("outside/"), Remove::Directory).code() == ENOTDIR);
  CHECK_FALSE(box.directory.has("outside/new"));
  // The links themselves are the guest's.
  CHECK(stat_at(box.host, box.at("root"), Symlinks::DontFollow).ok());
  CHECK(remove_at(box.host, box.at("root"), Remove::File).ok());
}

TEST_CASE("creating through a dangling symbolic link stays inside") {
  Sandbox box;
  box.symlink("out", "../outside/new");
  box.symlink("absolute", box.directory / "outside/new");
  box.symlink("in", "sub/new");
  CHECK(box.open("out", O_WRONLY | O_CREAT) == kErrnoNotCapable);
  CHECK(box.open("absolute", O_WRONLY | O_CREAT | O_TRUNC) == kErrnoNotCapable);
  CHECK(box.open("in", O_WRONLY | O_CREAT | O_EXCL) == EEXIST);
  CHECK(box.open("in", O_WRONLY | O_CREAT) == 0);
  CHECK(box.directory.has("inside/sub/new"));
  CHECK_FALSE(box.directory.has("outside/new"));
  CHECK(make_directory_at(box.host, box.at("out"), 0755).code() == EEXIST);
}

TEST_CASE("magic links of /proc are not followed") {
  LinuxHost host;
  Location self{test::grant("/proc").open(host, nullptr).take(), "self/root/etc"};
  CHECK(open_at(host, self, O_RDONLY, 0).code() == ELOOP);
  self.path = "self/cwd";
  CHECK(open_at(host, self, O_RDONLY, 0).code() == ELOOP);
}

TEST_CASE("a directory that is swapped for a link never leads out") {
  Sandbox box;
  box.directory.write("inside/sub/secret", "public");
  std::string sub = box.directory / "inside/sub", spare = box.directory / "inside/spare";
  std::filesystem::create_symlink("../outside", spare);
  std::atomic<bool> stop = false;
  std::thread attacker([&] {
    while (!stop) renameat2(AT_FDCWD, sub.c_str(), AT_FDCWD, spare.c_str(), RENAME_EXCHANGE);
  });
  for (int i = 0; i < 3000; ++i) {
    auto file = open_at(box.host, box.at("sub/../sub/secret"), O_RDONLY, 0);
    if (file.ok()) {
      char text[7] = {};
      iovec vector{text, 6};
      REQUIRE((*file)->readv({&vector, 1}).ok());
      REQUIRE(std::string(text) == "public");
    }
    (void)remove_at(box.host, box.at("sub/gone"), Remove::File);
    (void)make_directory_at(box.host, box.at("sub/made"), 0755);
  }
  stop = true;
  attacker.join();
  CHECK_FALSE(box.directory.has("outside/made"));
  CHECK(box.directory.read("outside/secret") == "secret");
}

TEST_CASE("dots and trailing slashes as last component give Linux's errors") {
  Sandbox box;
  CHECK(make_directory_at(box.host, box.at("new/"), 0755).ok());
  CHECK(make_directory_at(box.host, box.at("."), 0755).code() == EEXIST);
  CHECK(make_directory_at(box.host, box.at(".."), 0755).code() == EEXIST);
  CHECK(remove_at(box.host, box.at("sub/."), Remove::Directory).code() == EINVAL);
  CHECK(remove_at(box.host, box.at("sub/.."), Remove::Directory).code() == ENOTEMPTY);
  CHECK(remove_at(box.host, box.at("."), Remove::File).code() == EISDIR);
  CHECK(remove_at(box.host, box.at("sub"), Remove::File).code() == EISDIR);
  CHECK(remove_at(box.host, box.at("file/"), Remove::File).code() == ENOTDIR);
  CHECK(remove_at(box.host, box.at("file"), Remove::Directory).code() == ENOTDIR);
  CHECK(rename_at(box.host, box.at("."), box.at("x"), 0).code() == EBUSY);
  CHECK(rename_at(box.host, box.at("file"), box.at("x/"), 0).code() == ENOTDIR);
  CHECK(rename_at(box.host, box.at("new/"), box.at("moved/"), 0).ok());
  CHECK(make_symlink_at(box.host, "t", box.at("l/")).code() == ENOENT);
  CHECK(make_symlink_at(box.host, "", box.at("l")).code() == ENOENT);
  CHECK(link_at(box.host, box.at("sub"), Symlinks::DontFollow, box.at("l")).code() == EPERM);
  CHECK(link_at(box.host, box.at("file/"), Symlinks::DontFollow, box.at("l")).code() == ENOTDIR);
  CHECK(remove_at(box.host, box.at("moved//"), Remove::Directory).ok());
  CHECK(make_directory_at(box.host, box.at(""), 0755).code() == ENOENT);
  CHECK(make_directory_at(box.host, box.at(std::string(5000, 'x')), 0755).code() == ENAMETOOLONG);
}

TEST_CASE("a read-only grant refuses every change") {
  Sandbox box;
  box.symlink("link", "file");
  for (int flags : {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_RDONLY | O_CREAT,
                    O_WRONLY | O_CREAT | O_EXCL, O_TMPFILE | O_RDWR, O_WRONLY | O_APPEND}) {
    CHECK(open_at(box.host, box.at_read_only("file"), flags, 0644).code() == EROFS);
  }
  auto check = [](Result<void> result) { CHECK(result.code() == EROFS); };
  check(set_times_at(box.host, box.at_read_only("file"), Symlinks::Follow, kTimes));
  check(make_directory_at(box.host, box.at_read_only("new"), 0755));
  check(remove_at(box.host, box.at_read_only("file"), Remove::File));
  check(remove_at(box.host, box.at_read_only("sub"), Remove::Directory));
  check(make_symlink_at(box.host, "x", box.at_read_only("new")));
  check(rename_at(box.host, box.at_read_only("file"), box.at("new"), 0));
  check(rename_at(box.host, box.at("file"), box.at_read_only("new"), 0));
  // A hard link elsewhere would be a way to write to it.
  check(link_at(box.host, box.at_read_only("file"), Symlinks::Follow, box.at("new")));
  check(link_at(box.host, box.at_read_only("file"), Symlinks::DontFollow, box.at("new")));
  check(link_at(box.host, box.at("file"), Symlinks::DontFollow, box.at_read_only("new")));

  auto file = open_at(box.host, box.at_read_only("link"), O_RDONLY, 0).take();
  check(file->set_times(kTimes));
  check(file->truncate(0));
  check(file->allocate(0, 0, 10));
  // Neither through a directory opened beneath it.
  auto sub = open_at(box.host, box.at_read_only("sub"), O_RDONLY | O_DIRECTORY, 0).take();
  check(make_directory_at(box.host, {sub, "new"}, 0755));
  check(sub->set_times(kTimes));
  CHECK(box.directory.read("inside/file") == "file");
  CHECK(stat_at(box.host, box.at_read_only("file"), Symlinks::Follow).ok());
}

TEST_CASE("hard links follow a symbolic link only within the grant") {
  Sandbox box;
  box.symlink("link", "file");
  CHECK(link_at(box.host, box.at("link"), Symlinks::DontFollow, box.at("link2")).ok());
  CHECK(std::filesystem::is_symlink(box.directory / "inside/link2"));
  CHECK(link_at(box.host, box.at("link"), Symlinks::Follow, box.at("file2")).ok());
  CHECK(box.directory.read("inside/file2") == "file");
  CHECK(std::filesystem::hard_link_count(box.directory / "inside/file") == 2);
}

TEST_CASE("files are made without set-id bits") {
  Sandbox box;
  REQUIRE(open_at(box.host, box.at("tool"), O_WRONLY | O_CREAT, 06777).ok());
  CHECK((stat_at(box.host, box.at("tool"), Symlinks::Follow)->st_mode & 06000) == 0);
}

TEST_CASE("an inherited directory is no grant") {
  test::WasiFixture wasi;
  uint32_t fd = wasi.adopt(::open("/", O_RDONLY | O_DIRECTORY));
  CHECK(wasi.open("etc/passwd", 0, wasi::right::kFdRead, 1, fd) == wasi::Errno::NotDirectory);
  CHECK(wasi::fd_readdir(*wasi.process, fd, wasi.memory.allocate(64), 64, 0, wasi.out) ==
        wasi::Errno::NotDirectory);
}

namespace {

// A POSIX guest whose tree is `inside`, with `other` mounted on /mnt; `outside` is not in it.
class Tree {
 public:
  Tree() {
    for (const char* name : {"inside/a/b/c", "inside/mnt", "other/d", "outside"}) {
      std::filesystem::create_directories(directory / name);
    }
    directory.write("outside/secret", "secret");
    directory.write("inside/secret", "public");
    directory.write("other/secret", "public");
    auto names = MountNamespace::create(host);
    test::mount(host, *names, (directory / "inside") + "::/");
    test::mount(host, *names, (directory / "other") + "::/mnt");
    cage = std::make_unique<Cage>(host, Cage::Options{.names = names});
  }

  Location at(std::string path, int base = AT_FDCWD) { return cage->locate(base, path).take(); }
  int open(std::string path, int flags = O_RDONLY, int base = AT_FDCWD) {
    return open_at(host, at(std::move(path), base), flags, 0644).code();
  }
  // Its first bytes, or "error".
  std::string read(std::string path, int base = AT_FDCWD) {
    auto file = open_at(host, at(std::move(path), base), O_RDONLY, 0);
    char text[6] = {};
    iovec vector{text, sizeof(text)};
    if (!file.ok() || !(*file)->readv({&vector, 1}).ok()) return "error";
    return {text, sizeof(text)};
  }
  int descriptor(std::string path) {
    auto file = open_at(host, at(std::move(path)), O_PATH | O_DIRECTORY, 0);
    REQUIRE(file.ok());
    return cage->fds().insert({file.take()}).value();
  }
  void symlink(const std::string& target, const std::string& path) {
    REQUIRE(make_symlink_at(host, target, at(path)).ok());
  }

  test::TemporaryDirectory directory;
  LinuxHost host;
  std::unique_ptr<Cage> cage;
};

}  // namespace

TEST_CASE("a tree has no outside") {
  Tree tree;
  std::string up;
  for (int i = 0; i < 300; ++i) up += "../";
  tree.symlink(tree.directory / "outside/secret", "/absolute");
  tree.symlink(up + "outside/secret", "/a/up");
  tree.symlink("../../../../etc/passwd", "/mnt/passwd");
  tree.symlink("/", "/mnt/d/root");
  tree.symlink("/mnt/d", "/a/b/mnt");
  for (const char* path : {"/absolute", "/a/up", "/mnt/passwd", "/../outside/secret",
                           "/mnt/../../outside/secret", "a/b/mnt/../../../outside/secret"}) {
    INFO(path);
    CHECK(tree.open(path) == ENOENT);
    CHECK(tree.open(path, O_WRONLY | O_CREAT) == ENOENT);
  }
  CHECK(tree.read(up + "secret") == "public");
  CHECK(tree.read("/mnt/d/root/mnt/../secret") == "public");
  CHECK(tree.read("a/b/mnt/root/a/b/mnt/../secret") == "public");
  REQUIRE(tree.cage->change_directory("/mnt/d/root/a/b").ok());
  CHECK(tree.cage->working_directory().value() == "/a/b");
  CHECK(tree.read("mnt/../../secret") == "public");
  CHECK(tree.cage->change_directory("mnt/" + up).ok());
  CHECK(tree.cage->working_directory().value() == "/");
}

TEST_CASE("40 links are followed and 41 are not, through mounts as well") {
  Tree tree;
  tree.symlink("/secret", "/l0");
  for (int i = 1; i <= 40; ++i) {
    tree.symlink((i % 2 ? "/l" : "/mnt/l") + std::to_string(i - 1),
                 (i % 2 ? "/mnt/l" : "/l") + std::to_string(i));
  }
  CHECK(tree.open("/mnt/l39") == 0);
  CHECK(tree.open("/l40") == ELOOP);
  tree.symlink("/mnt/loop", "/loop");
  tree.symlink("../loop", "/mnt/loop");
  CHECK(tree.open("/loop") == ELOOP);
  CHECK(tree.open("/loop/x") == ELOOP);
  CHECK(tree.open("/loop", O_RDONLY | O_NOFOLLOW) == ELOOP);
  CHECK(tree.open("/loop", O_PATH | O_NOFOLLOW) == 0);
}

TEST_CASE("names and paths have Linux's limits") {
  Tree tree;
  std::string name(255, 'n');
  for (const std::string& directory :
       {std::string("/"), std::string("/mnt/"), std::string("mnt/../a/")}) {
    CHECK(tree.open(directory + name, O_WRONLY | O_CREAT) == 0);
    CHECK(tree.open(directory + name + "n", O_WRONLY | O_CREAT) == ENAMETOOLONG);
    CHECK(tree.open(directory + name + "n/x") == ENAMETOOLONG);
  }
  std::string longest = "/";
  while (longest.size() + 2 <= PATH_MAX - 1 - 6) longest += "./";
  longest += std::string(PATH_MAX - 1 - 6 - longest.size(), '/') + "secret";
  REQUIRE(longest.size() == PATH_MAX - 1);
  CHECK(tree.read(longest) == "public");
  CHECK(tree.open("/" + longest) == ENAMETOOLONG);
}

TEST_CASE("a directory that leaves the tree takes nobody with it") {
  Tree tree;
  int b = tree.descriptor("/a/b");
  REQUIRE(tree.cage->change_directory("/a/b").ok());
  std::filesystem::rename(tree.directory / "inside/a/b", tree.directory / "outside/b");
  CHECK(tree.open("..", O_RDONLY, b) == ENOENT);
  CHECK(tree.open("../secret", O_RDONLY, b) == ENOENT);
  CHECK(tree.open("c/../../secret") == ENOENT);
  CHECK(tree.cage->working_directory().code() == ENOENT);
  CHECK(tree.open("c", O_RDONLY, b) == 0);
  // Into another mount it is not in this one any more either.
  std::filesystem::rename(tree.directory / "outside/b", tree.directory / "other/b");
  CHECK(tree.open("../secret", O_RDONLY, b) == ENOENT);
  std::filesystem::rename(tree.directory / "other/b", tree.directory / "inside/a/b");
  CHECK(tree.read("../../secret", b) == "public");
  // Removed, it still knows its parent.
  std::filesystem::remove_all(tree.directory / "inside/a/b");
  CHECK(tree.read("../../secret", b) == "public");
  CHECK(tree.cage->working_directory().code() == ENOENT);
}

TEST_CASE("races of renames and links don't lead out of a tree") {
  Tree tree;
  std::string sub = tree.directory / "inside/a", spare = tree.directory / "inside/spare";
  std::string deep = tree.directory / "inside/a/b", away = tree.directory / "outside/b";
  std::filesystem::create_symlink("../outside", spare);
  int base = tree.descriptor("/a/b/c");
  std::atomic<bool> stop = false;
  std::thread swaps([&] {
    while (!stop) renameat2(AT_FDCWD, sub.c_str(), AT_FDCWD, spare.c_str(), RENAME_EXCHANGE);
  });
  // In and out of the tree, by its host.
  std::thread moves([&] {
    while (!stop) {
      rename(deep.c_str(), away.c_str());
      rename(away.c_str(), deep.c_str());
    }
  });
  bool leaked = false;
  for (int i = 0; i < 3000; ++i) {
    for (const char* path : {"/a/secret", "/a/../secret", "/mnt/../a/b/../../secret",
                             "/a/b/c/../../../secret", "/mnt/../spare/secret"}) {
      leaked |= tree.read(path) == "secret";
    }
    for (const char* path :
         {"../secret", "../../secret", "../../../secret", "../../outside/secret"}) {
      leaked |= tree.read(path, base) == "secret";
    }
    (void)make_directory_at(tree.host, tree.at("../made", base), 0755);
  }
  stop = true;
  swaps.join();
  moves.join();
  CHECK_FALSE(leaked);
  CHECK_FALSE(tree.directory.has("outside/made"));
}

TEST_CASE("an inherited descriptor is no grant to change what is known about the file") {
  LinuxHost host;
  test::PosixFixture posix;
  test::TemporaryDirectory directory;
  directory.write("secret", "secret");
  const std::string path = directory / "secret";
  struct stat before, after;
  REQUIRE(stat(path.c_str(), &before) == 0);
  HostFd opened = HostFd(host, ::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const int fd = posix.cage->fds().insert({HostFile::inherited(host, std::move(opened))}).take();
  CHECK(posix.call(SYS_fchmod, fd, 0) == -EPERM);
  CHECK(posix.call(SYS_fchown, fd, 12, 34) == -EPERM);
  CHECK(posix.call(SYS_utimensat, fd, 0, 0, 0) == -EPERM);
  CHECK(posix.call(SYS_fsetxattr, fd, posix.text("user.name"), posix.text("value"), 5, 0) ==
        -EPERM);
  REQUIRE(stat(path.c_str(), &after) == 0);
  CHECK(before.st_mode == after.st_mode);
  CHECK(before.st_uid == after.st_uid);
  CHECK(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
  // To be read and written it is.
  CHECK(posix.call(SYS_write, fd, posix.text("x"), 1) == 1);
}

TEST_CASE("an inherited socket is no grant to shut it down or to change its options") {
  test::PosixFixture posix;
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  HostFd peer(posix.host, ends[1]);
  HostFd own(posix.host, ends[0]);
  const int fd = posix.cage->fds().insert({HostFile::inherited(posix.host, std::move(own))}).take();
  const uint64_t room = posix.text("12345678");
  CHECK(posix.call(SYS_shutdown, fd, SHUT_RDWR) == -ENOTSOCK);
  CHECK(posix.call(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDBUF, room, 4) == -ENOTSOCK);
  CHECK(posix.call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, room, room + 4) == -ENOTSOCK);
  CHECK(posix.call(SYS_getsockname, fd, room, room + 4) == -ENOTSOCK);
  CHECK(posix.call(SYS_sendto, fd, room, 1, MSG_OOB, 0, 0) == -ENOTSOCK);
  CHECK(posix.call(SYS_recvfrom, fd, room, 1, MSG_DONTWAIT, 0, 0) == -ENOTSOCK);
  CHECK(posix.call(SYS_write, fd, room, 1) == 1);
  char byte;
  CHECK(read(peer.get(), &byte, 1) == 1);
}

}  // namespace linden::microvisor
