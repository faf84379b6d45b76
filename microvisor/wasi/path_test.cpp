#include "microvisor/test_support.h"

namespace linden::microvisor::wasi {

using test::WasiFixture;

TEST_CASE("path_open honours its flags") {
  WasiFixture wasi;
  wasi.directory.write("file", "hello");
  std::filesystem::create_directory(wasi.directory / "sub");
  std::filesystem::create_symlink("file", wasi.directory / "link");
  constexpr uint64_t kReadWrite = right::kFdRead | right::kFdWrite;
  CHECK(wasi.open("missing") == Errno::NoEntry);
  CHECK(wasi.open("") == Errno::NoEntry);
  CHECK(wasi.open("file", open_flag::kDirectory) == Errno::NotDirectory);
  CHECK(wasi.open("sub", open_flag::kDirectory, right::kAll) == Errno::Success);
  CHECK(wasi.open("sub", 0, kReadWrite) == Errno::IsDirectory);
  CHECK(wasi.open("file", open_flag::kCreate | open_flag::kExclusive, kReadWrite) == Errno::Exist);
  CHECK(wasi.open("new", open_flag::kCreate | open_flag::kExclusive, kReadWrite) == Errno::Success);
  CHECK(wasi.open("link") == Errno::Success);
  CHECK(wasi.open("link", 0, right::kFdRead, 0) == Errno::Loop);
  CHECK(wasi.open("file", open_flag::kTruncate, kReadWrite) == Errno::Success);
  CHECK(wasi.directory.read("file").empty());
  CHECK(wasi.open("file", 16) == Errno::Invalid);
  CHECK(wasi.open("file", 0, right::kFdRead, 2) == Errno::Invalid);
  CHECK(wasi.open("file", 0, right::kFdRead, 1, 3, 32) == Errno::Invalid);
  CHECK(wasi.open("file", 0, right::kFdRead, 1, 99) == Errno::BadFd);
  uint32_t file = wasi.opened("file");
  CHECK(wasi.open("x", 0, right::kFdRead, 1, file) == Errno::NotDirectory);
}

TEST_CASE("hostile paths give an errno") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  auto open = [&](uint32_t path, uint32_t length) {
    return path_open(p, 3, 0, path, length, 0, right::kFdRead, 0, 0, wasi.out);
  };
  CHECK(open(test::kBadAddress, 16) == Errno::Fault);
  CHECK(open(16, 0xffffffff) == Errno::Fault);
  CHECK(open(16, 5000) == Errno::NameTooLong);
  CHECK(wasi.open(std::string_view("a\0b", 3)) == Errno::Invalid);
  CHECK(wasi.open(std::string(300, 'x')) == Errno::NameTooLong);
  CHECK(wasi.open("../x") == Errno::NotCapable);
  CHECK(wasi.open("/etc/passwd") == Errno::NotCapable);
}

TEST_CASE("a directory opened through another confines as well") {
  WasiFixture wasi;
  std::filesystem::create_directory(wasi.directory / "sub");
  wasi.directory.write("file", "hello");
  wasi.directory.write("sub/file", "deep");
  uint32_t sub = wasi.opened("sub", open_flag::kDirectory);
  CHECK(wasi.open("../file", 0, right::kFdRead, 1, sub) == Errno::NotCapable);
  REQUIRE(wasi.open("file", 0, right::kFdRead, 1, sub) == Errno::Success);
  CHECK(wasi.read(wasi.memory.get<uint32_t>(wasi.out)) == "deep");
  Process& p = *wasi.process;
  uint32_t to = wasi.memory.allocate(sizeof(Fdstat));
  REQUIRE(fd_fdstat_get(p, sub, to) == Errno::Success);
  CHECK(wasi.memory.get<Fdstat>(to).file_type == FileType::Directory);
  CHECK((wasi.memory.get<Fdstat>(to).rights_base & right::kFdSeek) == 0);
  CHECK(fd_seek(p, sub, 0, 0, wasi.out) == Errno::NotCapable);
  uint32_t buffer = wasi.iovs({{to, 16}});
  CHECK(fd_read(p, sub, buffer, 1, wasi.out) == Errno::IsDirectory);
}

TEST_CASE("names are created, examined, renamed and removed") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  auto [a, a_length] = wasi.text("a");
  auto [b, b_length] = wasi.text("b");
  auto [dir, dir_length] = wasi.text("dir");
  uint32_t to = wasi.memory.allocate(sizeof(Filestat));
  CHECK(path_create_directory(p, 3, dir, dir_length) == Errno::Success);
  CHECK(path_create_directory(p, 3, dir, dir_length) == Errno::Exist);
  CHECK(path_filestat_get(p, 3, 0, dir, dir_length, to) == Errno::Success);
  CHECK(wasi.memory.get<Filestat>(to).file_type == FileType::Directory);
  CHECK(path_unlink_file(p, 3, dir, dir_length) == Errno::IsDirectory);
  CHECK(path_remove_directory(p, 3, dir, dir_length) == Errno::Success);
  CHECK(path_remove_directory(p, 3, dir, dir_length) == Errno::NoEntry);

  wasi.directory.write("a", "hello");
  CHECK(path_remove_directory(p, 3, a, a_length) == Errno::NotDirectory);
  CHECK(path_rename(p, 3, a, a_length, 3, b, b_length) == Errno::Success);
  CHECK(path_rename(p, 3, a, a_length, 3, b, b_length) == Errno::NoEntry);
  CHECK(path_rename(p, 3, b, b_length, 99, a, a_length) == Errno::BadFd);
  CHECK(path_link(p, 3, 0, b, b_length, 3, a, a_length) == Errno::Success);
  CHECK(path_link(p, 3, 0, b, b_length, 3, a, a_length) == Errno::Exist);
  CHECK(path_link(p, 3, 2, b, b_length, 3, a, a_length) == Errno::Invalid);
  CHECK(path_filestat_get(p, 3, 0, a, a_length, to) == Errno::Success);
  CHECK(wasi.memory.get<Filestat>(to).links == 2);
  CHECK(path_unlink_file(p, 3, a, a_length) == Errno::Success);
  CHECK(path_unlink_file(p, 3, a, a_length) == Errno::NoEntry);
  CHECK(path_filestat_get(p, 3, 4, b, b_length, to) == Errno::Invalid);
  CHECK(path_filestat_get(p, 3, 0, b, b_length, test::kBadAddress) == Errno::Fault);
}

TEST_CASE("symbolic links are made, read, followed and left alone") {
  WasiFixture wasi;
  Process& p = *wasi.process;
  wasi.directory.write("file", "hello");
  auto [file, file_length] = wasi.text("file");
  auto [link, link_length] = wasi.text("link");
  auto [absolute, absolute_length] = wasi.text("/etc/passwd");
  CHECK(path_symlink(p, file, file_length, 3, link, link_length) == Errno::Success);
  CHECK(path_symlink(p, file, file_length, 3, link, link_length) == Errno::Exist);
  CHECK(path_symlink(p, absolute, absolute_length, 3, link, link_length) == Errno::NotCapable);
  uint32_t buffer = wasi.memory.allocate(64);
  CHECK(path_readlink(p, 3, link, link_length, buffer, 64, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 4);
  CHECK(wasi.memory.text(buffer, 4) == "file");
  CHECK(path_readlink(p, 3, link, link_length, buffer, 2, wasi.out) == Errno::Success);
  CHECK(wasi.memory.get<uint32_t>(wasi.out) == 2);
  CHECK(path_readlink(p, 3, link, link_length, test::kBadAddress, 64, wasi.out) == Errno::Fault);
  CHECK(path_readlink(p, 3, file, file_length, buffer, 64, wasi.out) == Errno::Invalid);

  CHECK(path_filestat_get(p, 3, 0, link, link_length, buffer) == Errno::Success);
  CHECK(wasi.memory.get<Filestat>(buffer).file_type == FileType::SymbolicLink);
  CHECK(path_filestat_get(p, 3, 1, link, link_length, buffer) == Errno::Success);
  CHECK(wasi.memory.get<Filestat>(buffer).file_type == FileType::RegularFile);

  constexpr uint64_t kSecond = 1'000'000'000;
  constexpr uint32_t kBoth = time_flag::kAccess | time_flag::kModification;
  auto modified = [&](uint32_t lookup) {
    REQUIRE(path_filestat_get(p, 3, lookup, link, link_length, buffer) == Errno::Success);
    return wasi.memory.get<Filestat>(buffer).modification_time;
  };
  CHECK(path_filestat_set_times(p, 3, 0, link, link_length, 0, 3 * kSecond, kBoth) ==
        Errno::Success);
  CHECK(path_filestat_set_times(p, 3, 1, link, link_length, 0, 4 * kSecond, kBoth) ==
        Errno::Success);
  CHECK(modified(0) == 3 * kSecond);
  CHECK(modified(1) == 4 * kSecond);
  CHECK(path_filestat_set_times(p, 3, 1, link, link_length, 0, 0, 12) == Errno::Invalid);
}

}  // namespace linden::microvisor::wasi
