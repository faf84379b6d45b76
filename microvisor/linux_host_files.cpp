// LinuxHost: metadata of files, and names.

#include <fcntl.h>
#include <limits.h>
#include <linux/stat.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

namespace {

bool has_own_file_system_attributes() {
  static thread_local const bool kUnshared = ::unshare(CLONE_FS) == 0;
  return kUnshared;
}

}  // namespace

ScopedCreationMask::ScopedCreationMask(mode_t mask) : active_(has_own_file_system_attributes()) {
  if (active_) previous_ = ::umask(mask);
}

ScopedCreationMask::~ScopedCreationMask() {
  if (active_) ::umask(previous_);
}

Result<struct stat> LinuxHost::fstat(int fd) {
  struct stat status;
  TRY(checked_void(::fstat(fd, &status)));
  return status;
}

Result<void> LinuxHost::ftruncate(int fd, int64_t size) {
  if (::ftruncate(fd, size) == 0) return {};
  if (errno != EBADF) return Error{errno};
  return checked_void(::truncate(DescriptorPath(fd).c_str(), size));
}

Result<void> LinuxHost::fallocate(int fd, int mode, int64_t offset, int64_t length) {
  return checked_void(::fallocate(fd, mode, offset, length));
}

Result<void> LinuxHost::fadvise(int fd, int64_t offset, int64_t length, int advice) {
  // Unlike the others it returns the errno.
  int error = ::posix_fadvise(fd, offset, length, advice);
  if (error != 0) return Error{error};
  return {};
}

Result<void> LinuxHost::set_times(int fd, std::span<const timespec, 2> times) {
  // The system call itself: the C library's wrapper rejects some of these combinations.
  return checked_void(::syscall(SYS_utimensat, fd, "", times.data(), AT_EMPTY_PATH));
}

Result<size_t> LinuxHost::getdents(int fd, std::span<std::byte> to) {
  return checked<size_t>(::syscall(SYS_getdents64, fd, to.data(), to.size()));
}

Result<size_t> LinuxHost::readlink(int fd, std::span<std::byte> to) {
  return checked<size_t>(::readlinkat(fd, "", reinterpret_cast<char*>(to.data()), to.size()));
}

Result<std::string> LinuxHost::descriptor_path(int fd) {
  char path[PATH_MAX];
  size_t length = TRY(checked<size_t>(::readlink(DescriptorPath(fd).c_str(), path, sizeof(path))));
  if (length == sizeof(path)) return Error{ENAMETOOLONG};
  return std::string(path, length);
}

Result<void> LinuxHost::mkdirat(int directory, const char* leaf, uint32_t mode) {
  ScopedCreationMask exact(0);
  return checked_void(::mkdirat(directory, leaf, mode));
}

Result<void> LinuxHost::mknodat(int directory, const char* leaf, uint32_t mode) {
  ScopedCreationMask exact(0);
  return checked_void(::mknodat(directory, leaf, mode, 0));
}

Result<void> LinuxHost::unlinkat(int directory, const char* leaf, int flags) {
  return checked_void(::unlinkat(directory, leaf, flags));
}

Result<void> LinuxHost::renameat2(int old_directory, const char* old_leaf, int new_directory,
                                  const char* new_leaf, uint32_t flags) {
  return checked_void(
      ::syscall(SYS_renameat2, old_directory, old_leaf, new_directory, new_leaf, flags));
}

Result<void> LinuxHost::linkat(int old_directory, const char* old_leaf, int new_directory,
                               const char* new_leaf) {
  return checked_void(::linkat(old_directory, old_leaf, new_directory, new_leaf, 0));
}

Result<void> LinuxHost::link_descriptor(int fd, int new_directory, const char* new_leaf) {
  if (::linkat(fd, "", new_directory, new_leaf, AT_EMPTY_PATH) == 0) return {};
  // Kernels before 6.10 answer ENOENT to callers without CAP_DAC_READ_SEARCH.
  if (errno != ENOENT) return Error{errno};
  return checked_void(
      ::linkat(AT_FDCWD, DescriptorPath(fd).c_str(), new_directory, new_leaf, AT_SYMLINK_FOLLOW));
}

Result<void> LinuxHost::symlinkat(const char* target, int directory, const char* leaf) {
  return checked_void(::symlinkat(target, directory, leaf));
}

Result<struct statfs> LinuxHost::fstatfs(int fd) {
  struct statfs status;
  TRY(checked_void(::fstatfs(fd, &status)));
  return status;
}

Result<struct statx> LinuxHost::statx(int fd, int flags, uint32_t mask) {
  struct statx status;
  TRY(checked_void(::statx(fd, "", flags | AT_EMPTY_PATH, mask, &status)));
  return status;
}

Result<void> LinuxHost::access(int fd, int mode) {
  if (::syscall(SYS_faccessat2, fd, "", mode, AT_EMPTY_PATH) == 0) return {};
  if (errno != ENOSYS) return Error{errno};
  return checked_void(::access(DescriptorPath(fd).c_str(), mode));  // before Linux 5.8
}

Result<void> LinuxHost::change_mode(int fd, uint32_t mode) {
  if (::fchmod(fd, mode) == 0) return {};
  if (errno != EBADF) return Error{errno};
  return checked_void(::chmod(DescriptorPath(fd).c_str(), mode));
}

Result<void> LinuxHost::change_owner(int fd, uid_t user, gid_t group) {
  return checked_void(::fchownat(fd, "", user, group, AT_EMPTY_PATH));
}

Result<size_t> LinuxHost::get_attribute(int fd, const char* name, std::span<std::byte> to) {
  return checked<size_t>(::getxattr(DescriptorPath(fd).c_str(), name, to.data(), to.size()));
}

Result<void> LinuxHost::set_attribute(int fd, const char* name, std::span<const std::byte> value,
                                      int flags) {
  return checked_void(
      ::setxattr(DescriptorPath(fd).c_str(), name, value.data(), value.size(), flags));
}

Result<size_t> LinuxHost::list_attributes(int fd, std::span<std::byte> to) {
  return checked<size_t>(
      ::listxattr(DescriptorPath(fd).c_str(), reinterpret_cast<char*>(to.data()), to.size()));
}

Result<void> LinuxHost::remove_attribute(int fd, const char* name) {
  return checked_void(::removexattr(DescriptorPath(fd).c_str(), name));
}

}  // namespace linden::microvisor
