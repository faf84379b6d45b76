#include <sys/socket.h>

#include <set>

#include "microvisor/test_support.h"

namespace linden::microvisor::wasi {

using test::WasiFixture;

TEST_CASE("fd_write, fd_seek, fd_tell and fd_read share one offset") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t fd = wasi.opened("file", open_flag::kCreate);
  CHECK(wasi.write(fd, "hello world") == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 11);
  CHECK(fd_tell(p, fd, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint64_t>(wasi.out) == 11);
  CHECK(fd_seek(p, fd, static_cast<uint64_t>(-5), 2, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint64_t>(wasi.out) == 6);
  CHECK(wasi.read(fd) == "world");
  CHECK(fd_seek(p, fd, 0, 3, wasi.out) == Errno::Invalid);
  CHECK(fd_seek(p, fd, static_cast<uint64_t>(-1), 0, wasi.out) == Errno::Invalid);
  CHECK(fd_seek(p, 99, 0, 0, wasi.out) == Errno::BadFd);
  CHECK(fd_seek(p, fd, 0, 0, test::kBadAddress) == Errno::Fault);
}

TEST_CASE("the right to seek includes the right to tell") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  wasi.directory.write("file", "hello");
  uint32_t seeks = wasi.opened("file", 0, right::kFdSeek);
  CHECK(fd_tell(p, seeks, wasi.out) == Errno::Success);
  uint32_t tells = wasi.opened("file", 0, right::kFdTell);
  CHECK(fd_tell(p, tells, wasi.out) == Errno::Success);
  CHECK(fd_seek(p, tells, 0, 1, wasi.out) == Errno::Success);
  CHECK(fd_seek(p, tells, 1, 1, wasi.out) == Errno::NotCapable);
}

TEST_CASE("fd_pread and fd_pwrite leave the offset alone") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t fd = wasi.opened("file", open_flag::kCreate);
  uint32_t text = wasi.memory.put("hello"), buffer = wasi.memory.allocate(16);
  CHECK(fd_pwrite(p, fd, wasi.iovs({{text, 5}}), 1, 3, wasi.out) == Errno::Success);
  uint32_t two = wasi.iovs({{buffer, 2}, {buffer + 8, 4}});
  CHECK(fd_pread(p, fd, two, 2, 4, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 4);
  CHECK(wasi.memory.text(buffer, 2) == "el");
  CHECK(wasi.memory.text(buffer + 8, 2) == "lo");
  CHECK(fd_tell(p, fd, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint64_t>(wasi.out) == 0);
  CHECK(fd_pread(p, fd, two, 2, 1ull << 63, wasi.out) == Errno::Invalid);
}

TEST_CASE("hostile iovecs give an errno") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t fd = wasi.opened("file", open_flag::kCreate);
  CHECK(fd_write(p, fd, 0, 0xffffffff, wasi.out) == Errno::Invalid);
  CHECK(fd_read(p, fd, test::kBadAddress, 2, wasi.out) == Errno::Fault);
  CHECK(fd_read(p, fd, wasi.iovs({{test::kBadAddress, 100}}), 1, wasi.out) == Errno::Fault);
  CHECK(fd_write(p, fd, wasi.iovs({{16, 0xffffffff}}), 1, wasi.out) == Errno::Fault);
  CHECK(fd_write(p, fd, 0, 0, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 0);
  CHECK(fd_write(p, 0xffffffff, 0, 0, wasi.out) == Errno::BadFd);
}

TEST_CASE("rights are reported, checked and can only be given up") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  wasi.directory.write("file", "hello");
  uint32_t fd = wasi.opened("file", 0, right::kFdRead | right::kFdFilestatGet);
  uint32_t to = wasi.memory.allocate(sizeof(Fdstat));
  REQUIRE(fd_fdstat_get(p, fd, to) == Errno::Success);
  auto fdstat = wasi.memory.get<Fdstat>(to);
  CHECK(fdstat.file_type == FileType::RegularFile);
  CHECK(fdstat.rights_base == (right::kFdRead | right::kFdFilestatGet));
  CHECK(wasi.write(fd, "x") == Errno::NotCapable);
  CHECK(fd_seek(p, fd, 0, 0, wasi.out) == Errno::NotCapable);
  CHECK(fd_fdstat_set_rights(p, fd, right::kFdRead | right::kFdWrite, 0) == Errno::NotCapable);
  CHECK(fd_fdstat_set_rights(p, fd, right::kFdRead, 0) == Errno::Success);
  CHECK(fd_filestat_get(p, fd, to) == Errno::NotCapable);
  CHECK(wasi.read(fd) == "hello");
  CHECK(fd_fdstat_set_rights(p, 99, 0, 0) == Errno::BadFd);

  // What a directory doesn't pass on can't be had through it.
  REQUIRE(fd_fdstat_set_rights(p, 3, right::kPathOpen, right::kFdRead) == Errno::Success);
  CHECK(wasi.open("file", 0, right::kFdRead) == Errno::NotCapable);  // asks to inherit all
  auto [name, length] = wasi.text("file");
  CHECK(path_open(p, 3, 0, name, length, 0, right::kFdRead, 0, 0, wasi.out) == Errno::Success);
  CHECK(path_open(p, 3, 0, name, length, 0, right::kFdWrite, 0, 0, wasi.out) == Errno::NotCapable);
  CHECK(path_open(p, 3, 0, name, length, open_flag::kCreate, right::kFdRead, 0, 0, wasi.out) ==
        Errno::NotCapable);
  CHECK(path_unlink_file(p, 3, name, length) == Errno::NotCapable);
}

TEST_CASE("status flags are set and shown") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  wasi.directory.write("file", "hello");
  uint32_t fd = wasi.opened("file");
  uint32_t to = wasi.memory.allocate(sizeof(Fdstat));
  CHECK(fd_fdstat_set_flags(p, fd, fd_flag::kAppend | fd_flag::kNonblock) == Errno::Success);
  REQUIRE(fd_fdstat_get(p, fd, to) == Errno::Success);
  CHECK(wasi.memory.get<Fdstat>(to).flags == (fd_flag::kAppend | fd_flag::kNonblock));
  CHECK(wasi.write(fd, "!") == Errno::Success);
  CHECK(wasi.directory.read("file") == "hello!");
  CHECK(fd_fdstat_set_flags(p, fd, 0) == Errno::Success);
  CHECK(fd_fdstat_set_flags(p, fd, fd_flag::kSync) == Errno::NotSupported);
  CHECK(fd_fdstat_set_flags(p, fd, 32) == Errno::Invalid);
  uint32_t synced = wasi.opened("file", 0, right::kAll, fd_flag::kDsync);
  REQUIRE(fd_fdstat_get(p, synced, to) == Errno::Success);
  CHECK(wasi.memory.get<Fdstat>(to).flags == fd_flag::kDsync);
}

TEST_CASE("size, allocation, advice, times and synchronisation of a file") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t fd = wasi.opened("file", open_flag::kCreate);
  uint32_t to = wasi.memory.allocate(sizeof(Filestat));
  CHECK(fd_filestat_set_size(p, fd, 100) == Errno::Success);
  CHECK(fd_filestat_set_size(p, fd, ~0ull) == Errno::Invalid);
  CHECK(fd_allocate(p, fd, 100, 28) == Errno::Success);
  CHECK(fd_allocate(p, fd, 0, 0) == Errno::Invalid);
  CHECK(fd_allocate(p, fd, 1ull << 63, 1) == Errno::Invalid);
  for (uint32_t advice = 0; advice < 6; ++advice) {
    CHECK(fd_advise(p, fd, 0, 10, advice) == Errno::Success);
  }
  CHECK(fd_advise(p, fd, 0, 10, 6) == Errno::Invalid);
  CHECK(fd_advise(p, fd, 0, ~0ull, 0) == Errno::Invalid);
  CHECK(fd_sync(p, fd) == Errno::Success);
  CHECK(fd_datasync(p, fd) == Errno::Success);
  CHECK(fd_filestat_set_times(p, fd, 5'000'000'007, 0,
                              time_flag::kAccess | time_flag::kModificationNow) == Errno::Success);
  CHECK(fd_filestat_set_times(p, fd, 0, 0, time_flag::kAccess | time_flag::kAccessNow) ==
        Errno::Invalid);
  CHECK(fd_filestat_set_times(p, fd, 0, 0, 16) == Errno::Invalid);
  REQUIRE(fd_filestat_get(p, fd, to) == Errno::Success);
  auto filestat = wasi.memory.get<Filestat>(to);
  CHECK(filestat.size == 128);
  CHECK(filestat.links == 1);
  CHECK(filestat.file_type == FileType::RegularFile);
  CHECK(filestat.access_time == 5'000'000'007);
  CHECK(filestat.modification_time > 1'600'000'000'000'000'000);
  CHECK(fd_filestat_get(p, fd, test::kBadAddress) == Errno::Fault);
  CHECK(fd_filestat_get(p, 99, to) == Errno::BadFd);
}

TEST_CASE("preopens are numbered from 3 in order, with the guest's names") {
  test::TemporaryDirectory directory;
  WasiFixture wasi(
      {.dirs = {test::grant(directory.path() + "::."), test::grant(directory.path() + "::/"),
                test::grant(directory.path() + "::../x:ro")}});
  Process& p = *wasi.process;
  const char* names[] = {".", "/", "../x"};
  for (uint32_t i = 0; i < 3; ++i) {
    std::string_view name = names[i];
    REQUIRE(fd_prestat_get(p, 3 + i, wasi.out) == Errno::Success);
    auto prestat = wasi.memory.get<Prestat>(wasi.out);
    CHECK(prestat.tag == 0);
    REQUIRE(prestat.name_length == name.size());
    CHECK(fd_prestat_dir_name(p, 3 + i, wasi.out, prestat.name_length) == Errno::Success);
    CHECK(wasi.memory.text(wasi.out, name.size()) == name);
    CHECK(fd_prestat_dir_name(p, 3 + i, wasi.out, 0) == Errno::NameTooLong);
  }
  CHECK(fd_prestat_get(p, 6, wasi.out) == Errno::BadFd);
  CHECK(fd_prestat_get(p, 0, wasi.out) == Errno::BadFd);
  uint32_t file = wasi.opened("file", open_flag::kCreate);
  CHECK(fd_prestat_get(p, file, wasi.out) == Errno::BadFd);
  CHECK(fd_prestat_dir_name(p, file, wasi.out, 10) == Errno::BadFd);
  CHECK(wasi.open("file", 0, right::kFdRead | right::kFdWrite, 1, 5) == Errno::ReadOnly);
  CHECK(wasi.open("file", 0, right::kFdRead, 1, 5) == Errno::Success);
}

TEST_CASE("fd_close and fd_renumber") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  wasi.directory.write("a", "A");
  wasi.directory.write("b", "B");
  uint32_t a = wasi.opened("a"), b = wasi.opened("b");
  CHECK(fd_renumber(p, a, 99) == Errno::BadFd);
  CHECK(fd_renumber(p, 99, a) == Errno::BadFd);
  CHECK(fd_renumber(p, a, a) == Errno::Success);
  CHECK(fd_renumber(p, a, b) == Errno::Success);
  CHECK(wasi.read(b) == "A");
  CHECK(fd_close(p, a) == Errno::BadFd);
  CHECK(fd_close(p, b) == Errno::Success);
  CHECK(fd_close(p, 3) == Errno::Success);
  CHECK(fd_prestat_get(p, 3, wasi.out) == Errno::BadFd);
  CHECK(fd_close(p, 0xffffffff) == Errno::BadFd);
}

TEST_CASE("fd_readdir resumes by cookie through a large directory with a tiny buffer") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  std::set<std::string> expected{".", ".."};
  for (int i = 0; i < 1000; ++i) {
    std::string name = "entry-" + std::to_string(i);
    wasi.directory.write(name, "");
    expected.insert(name);
  }
  constexpr uint32_t kSize = 48;
  uint32_t buffer = wasi.memory.allocate(kSize);
  std::set<std::string> seen;
  uint64_t cookie = 0;
  while (true) {
    REQUIRE(fd_readdir(p, 3, buffer, kSize, cookie, wasi.out) == Errno::Success);
    uint32_t used = wasi.memory.get<uint32_t>(wasi.out);
    REQUIRE(used <= kSize);
    uint32_t offset = 0;
    while (used - offset >= sizeof(Dirent)) {
      auto dirent = wasi.memory.get<Dirent>(buffer + offset);
      if (used - offset < sizeof(Dirent) + dirent.name_length) break;
      std::string name = wasi.memory.text(buffer + offset + sizeof(Dirent), dirent.name_length);
      CHECK(seen.insert(name).second);
      CHECK(dirent.type == (name[0] == '.' ? FileType::Directory : FileType::RegularFile));
      cookie = dirent.next;
      offset += sizeof(Dirent) + dirent.name_length;
    }
    if (used < kSize) break;
  }
  CHECK(seen == expected);

  // The same cookie gives the same rest again.
  uint32_t large = wasi.memory.allocate(64 << 10);
  REQUIRE(fd_readdir(p, 3, large, 64 << 10, 0, wasi.out) == Errno::Success);
  uint32_t all = wasi.memory.get<uint32_t>(wasi.out);
  auto first = wasi.memory.get<Dirent>(large);
  REQUIRE(fd_readdir(p, 3, large, 64 << 10, first.next, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == all - sizeof(Dirent) - first.name_length);
}

TEST_CASE("fd_readdir refuses what it can't do") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  uint32_t file = wasi.opened("file", open_flag::kCreate);
  uint32_t buffer = wasi.memory.allocate(64);
  CHECK(fd_readdir(p, file, buffer, 64, 0, wasi.out) == Errno::NotCapable);
  CHECK(fd_readdir(p, 99, buffer, 64, 0, wasi.out) == Errno::BadFd);
  CHECK(fd_readdir(p, 3, test::kBadAddress, 64, 0, wasi.out) == Errno::Fault);
  CHECK(fd_readdir(p, 3, buffer, 64, ~0ull, wasi.out) == Errno::Invalid);
  CHECK(fd_readdir(p, 3, buffer, 0, 0, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 0);
  CHECK(fd_readdir(p, 3, buffer, 10, 0, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 10);
}

TEST_CASE("sockets send, receive, accept and shut down") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  uint32_t left = wasi.adopt(pair[0]), right_end = wasi.adopt(pair[1]);
  uint32_t text = wasi.memory.put("hello"), buffer = wasi.memory.allocate(16);
  CHECK(sock_send(p, left, wasi.iovs({{text, 5}}), 1, 0, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 5);
  CHECK(sock_send(p, left, wasi.iovs({{text, 5}}), 1, 1, wasi.out) == Errno::Invalid);
  uint32_t to = wasi.iovs({{buffer, 16}});
  CHECK(sock_recv(p, right_end, to, 1, 1, wasi.out, wasi.out + 8) == Errno::Success);
  CHECK(sock_recv(p, right_end, to, 1, 0, wasi.out, wasi.out + 8) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 5);
  CHECK(wasi.memory.get<uint16_t>(wasi.out + 8) == 0);
  CHECK(wasi.memory.text(buffer, 5) == "hello");
  CHECK(sock_recv(p, right_end, to, 0xffffffff, 0, wasi.out, wasi.out + 8) == Errno::Invalid);
  CHECK(sock_recv(p, right_end, to, 1, 4, wasi.out, wasi.out + 8) == Errno::Invalid);
  CHECK(sock_shutdown(p, left, 0) == Errno::Invalid);
  CHECK(sock_shutdown(p, left, 2) == Errno::Success);
  CHECK(sock_send(p, left, wasi.iovs({{text, 5}}), 1, 0, wasi.out) == Errno::Pipe);
  CHECK(sock_accept(p, left, 0, wasi.out) == Errno::Invalid);
  CHECK(sock_accept(p, left, 1, wasi.out) == Errno::Invalid);

  sockaddr address{.sa_family = AF_UNIX, .sa_data = {}};
  int listener = ::socket(AF_UNIX, SOCK_STREAM, 0), client = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(listener, &address, sizeof(sa_family_t)) == 0);  // an abstract name of its own
  socklen_t size = sizeof(address);
  sockaddr_storage bound;
  size = sizeof(bound);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size) == 0);
  REQUIRE(::listen(listener, 1) == 0);
  REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&bound), size) == 0);
  uint32_t server = wasi.adopt(listener);
  CHECK(sock_accept(p, server, fd_flag::kNonblock, wasi.out) == Errno::Success);
  uint32_t connection = wasi.memory.get<uint32_t>(wasi.out);
  CHECK(sock_recv(p, connection, to, 1, 0, wasi.out, wasi.out + 8) == Errno::Again);
  ::close(client);

  uint32_t file = wasi.opened("file", open_flag::kCreate);
  CHECK(sock_accept(p, file, 0, wasi.out) == Errno::NotCapable);
  CHECK(sock_shutdown(p, file, 1) == Errno::NotCapable);
  CHECK(sock_send(p, file, wasi.iovs({{text, 5}}), 1, 0, wasi.out) == Errno::NotSocket);
}

}  // namespace linden::microvisor::wasi
