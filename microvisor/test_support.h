// What the unit tests share: temporary directories, a guest memory, a WASI process in a directory.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/dispatch.h"
#include "microvisor/fault_injecting_host.h"
#include "microvisor/guest_memory.h"
#include "microvisor/linux_host.h"
#include "microvisor/mount_namespace.h"
#include "microvisor/wasi/process.h"

namespace linden::microvisor::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char name[] = "/tmp/microvisor-test-XXXXXX";
    REQUIRE(mkdtemp(name));
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(*this / name) << text;
  }
  std::string read(std::string_view name) const {
    std::ifstream file(*this / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has(std::string_view name) const {
    struct stat status;
    return lstat((*this / name).c_str(), &status) == 0;
  }

 private:
  std::string path_;
};

// A linear memory of `kSize` bytes that is followed by inaccessible pages.
class TestMemory {
 public:
  static constexpr uint64_t kSize = 1 << 20;
  static constexpr uint64_t kReserved = 2 << 20;

  TestMemory() {
    void* mapping =
        mmap(nullptr, kReserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(mapping != MAP_FAILED);
    base_ = static_cast<std::byte*>(mapping);
    REQUIRE(mprotect(base_, kSize, PROT_READ | PROT_WRITE) == 0);
  }
  ~TestMemory() { munmap(base_, kReserved); }
  TestMemory(const TestMemory&) = delete;

  GuestMemory view() const { return GuestMemory(base_, &size_); }
  std::byte* base() const { return base_; }
  void protect(uint32_t offset, uint32_t length) const {
    REQUIRE(mprotect(base_ + offset, length, PROT_NONE) == 0);
  }

  // Reserves room in the memory; address 0 is never given out.
  uint32_t allocate(size_t size) {
    uint32_t result = next_;
    next_ += (size + 15) / 16 * 16;
    REQUIRE(next_ <= kSize);
    return result;
  }
  uint32_t put(std::string_view text) {
    uint32_t result = allocate(text.size() + 1);
    std::memcpy(base_ + result, text.data(), text.size());
    base_[result + text.size()] = std::byte{0};
    return result;
  }
  template <typename T>
  uint32_t put(const std::vector<T>& values) {
    uint32_t result = allocate(values.size() * sizeof(T));
    if (values.empty()) return result;
    std::memcpy(base_ + result, values.data(), values.size() * sizeof(T));
    return result;
  }
  template <typename T>
  T get(uint32_t offset) const {
    T value;
    std::memcpy(&value, base_ + offset, sizeof(T));
    return value;
  }
  std::string text(uint32_t offset, size_t length) const {
    return {reinterpret_cast<const char*>(base_ + offset), length};
  }
  // Forgets everything allocated.
  void rewind() { next_ = kFirst; }
  void clear(uint32_t offset, size_t size) const { std::memset(base_ + offset, 0, size); }

 private:
  static constexpr uint32_t kFirst = 64;
  std::byte* base_;
  std::atomic<uint64_t> size_ = kSize;
  uint32_t next_ = kFirst;
};

// Recovers faulting copies while it lives; other faults are fatal as usual.
class FaultHandler {
 public:
  FaultHandler();
  ~FaultHandler();

 private:
  struct sigaction previous_;
  struct sigaction previous_bus_;
};

inline size_t count_host_descriptors() {
  DIR* directory = opendir("/proc/self/fd");
  size_t count = 0;
  while (readdir(directory)) ++count;
  closedir(directory);
  return count;
}

inline DirectoryGrant grant(const std::string& text) {
  std::string message;
  Result<DirectoryGrant> parsed = DirectoryGrant::parse(text, &message);
  INFO(message);
  REQUIRE(parsed.ok());
  return parsed.take();
}

// Mounts HOST::GUEST[:ro].
inline void mount(Host& host, MountNamespace& names, const std::string& text) {
  DirectoryGrant parsed = grant(text);
  Result<HostFd> fd = parsed.open_directory(host, nullptr);
  REQUIRE(fd.ok());
  std::string message;
  Result<void> mounted =
      names.mount_directory(parsed.guest_path, fd.take(), parsed.read_only, &message);
  INFO(message);
  REQUIRE(mounted.ok());
}

constexpr uint32_t kBadAddress = 0xfffffff0;

// A POSIX guest without code: calls are made as a program would make them. It sees a temporary
// directory as /data, where it stands, and as /ro, read-only.
class PosixFixture {
 public:
  PosixFixture() : PosixFixture(std::make_shared<TemporaryDirectory>(), 7) {}
  // Another cage in the same directory.
  explicit PosixFixture(const PosixFixture& sibling) : PosixFixture(sibling.shared_directory_, 8) {}

  template <typename... Args>
  int64_t call(int number, Args... args) {
    uint64_t values[6] = {static_cast<uint64_t>(args)...};
    return dispatch(cage->main_thread(), number, values);
  }
  uint32_t text(std::string_view value) { return memory.put(value); }
  int64_t open(std::string_view path, int flags = O_RDONLY, int directory_fd = AT_FDCWD) {
    return call(SYS_openat, directory_fd, memory.put(path), flags, 0644);
  }
  // Opens, requires success, and returns the descriptor.
  int opened(std::string_view path, int flags = O_RDONLY) {
    int64_t fd = open(path, flags);
    REQUIRE(fd >= 0);
    return static_cast<int>(fd);
  }
  // Writes into a file, or whatever the descriptor is.
  int64_t write(int fd, std::string_view data) {
    return call(SYS_write, fd, memory.put(data), data.size());
  }
  // Reads at most 4096 bytes; requires success.
  std::string read(int fd) {
    uint32_t buffer = memory.allocate(4096);
    int64_t length = call(SYS_read, fd, buffer, 4096);
    REQUIRE(length >= 0);
    return memory.text(buffer, static_cast<size_t>(length));
  }

 private:
  PosixFixture(std::shared_ptr<TemporaryDirectory> shared, int id)
      : shared_directory_(std::move(shared)), directory(*shared_directory_) {
    auto names = MountNamespace::create(host);
    mount(host, *names, directory.path() + "::/data");
    mount(host, *names, directory.path() + "::/ro:ro");
    cage = std::make_unique<Cage>(host, Cage::Options{.id = id, .parent_id = 3, .names = names});
    cage->set_memory(memory.view());
    REQUIRE(cage->change_directory("/data").ok());
  }
  std::shared_ptr<TemporaryDirectory> shared_directory_;

 public:
  TemporaryDirectory& directory;
  LinuxHost linux_host;
  FaultInjectingHost host{linux_host};
  TestMemory memory;
  std::unique_ptr<Cage> cage;
};

// A preview 1 program that was granted `directory` as descriptor 3.
class WasiFixture {
 public:
  explicit WasiFixture(wasi::Options options = {}) {
    std::string message;
    if (options.dirs.empty()) options.dirs = {grant(directory.path() + "::/")};
    options.inherit_stdio = false;
    auto created = wasi::Process::create(host, std::move(options), &message);
    INFO(message);
    REQUIRE(created.ok());
    process = created.take();
    process->set_memory(memory.view());
    out = memory.allocate(64);
  }

  // The guest address and length of a string, to be spread over two parameters.
  struct Text {
    uint32_t address;
    uint32_t length;
  };
  Text text(std::string_view value) {
    return {memory.put(value), static_cast<uint32_t>(value.size())};
  }
  uint32_t iovs(std::vector<GuestIovec> vectors) { return memory.put(vectors); }

  wasi::Errno open(std::string_view path, uint32_t oflags = 0,
                   uint64_t rights = wasi::right::kFdRead, uint32_t lookup = 1, uint32_t fd = 3,
                   uint32_t fd_flags = 0) {
    auto [address, length] = text(path);
    return wasi::path_open(*process, fd, lookup, address, length, oflags, rights, wasi::right::kAll,
                           fd_flags, out);
  }
  // Opens, requires success, and returns the descriptor.
  uint32_t opened(std::string_view path, uint32_t oflags = 0, uint64_t rights = wasi::right::kAll,
                  uint32_t fd_flags = 0) {
    REQUIRE(open(path, oflags, rights, 1, 3, fd_flags) == wasi::Errno::Success);
    return memory.get<uint32_t>(out);
  }
  wasi::Errno write(uint32_t fd, std::string_view data) {
    auto [address, length] = text(data);
    return wasi::fd_write(*process, fd, iovs({{address, length}}), 1, out);
  }
  std::string read(uint32_t fd, uint32_t limit = 256) {
    uint32_t buffer = memory.allocate(limit);
    REQUIRE(wasi::fd_read(*process, fd, iovs({{buffer, limit}}), 1, out) == wasi::Errno::Success);
    return memory.text(buffer, memory.get<uint32_t>(out));
  }
  // Puts a host descriptor into the guest's table.
  uint32_t adopt(int host_fd, uint64_t rights = wasi::right::kAll);

  TemporaryDirectory directory;
  LinuxHost linux_host;
  FaultInjectingHost host{linux_host};
  TestMemory memory;
  std::unique_ptr<wasi::Process> process;
  uint32_t out;  // 64 bytes for results
};

}  // namespace linden::microvisor::test

namespace Catch {
template <>
struct StringMaker<linden::microvisor::wasi::Errno> {
  static std::string convert(linden::microvisor::wasi::Errno error) {
    return "Errno " + std::to_string(static_cast<uint32_t>(error));
  }
};
}  // namespace Catch
