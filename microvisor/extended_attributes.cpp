// Extended attributes of files.

#include <linux/limits.h>
#include <sys/xattr.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

using File = std::shared_ptr<OpenFile>;

Result<int> host_descriptor(OpenFile& file) {
  Result<int> fd = file.host_descriptor();
  if (!fd.ok()) return Error{EOPNOTSUPP};
  return fd;
}

Result<std::string> read_name(Cage& cage, Path name) {
  Result<std::string> text = cage.memory().copy_string(name, XATTR_NAME_MAX);
  if (text.code() == ENAMETOOLONG || (text.ok() && text->empty())) return Error{ERANGE};
  return text;
}

// A guest may not give a file rights of its own: security.capability is a set-id bit by another
// name, and the host process may be privileged enough to set it.
Result<int> changeable(OpenFile& file, std::string_view name) {
  if (file.read_only()) return Error{EROFS};
  if (file.is_inherited()) return Error{EPERM};
  if (name.starts_with("security.") || name.starts_with("trusted.")) return Error{EPERM};
  if (!name.starts_with("user.") && !name.starts_with("system.posix_acl_")) {
    return Error{EOPNOTSUPP};
  }
  return host_descriptor(file);
}

SyscallResult get(Cage& cage, const File& file, Path name, Bytes value, uint32_t size) {
  std::string key = TRY(read_name(cage, name));
  std::vector<std::byte> buffer(std::min<uint32_t>(size, XATTR_SIZE_MAX));
  int fd = TRY(host_descriptor(*file));
  size_t length = TRY(cage.host().get_attribute(fd, key.c_str(), buffer));
  if (size != 0) TRY(cage.memory().copy_out(value, std::span(buffer).first(length)));
  return static_cast<int64_t>(length);
}

SyscallResult set(Cage& cage, const File& file, Path name, Bytes value, uint32_t size, int flags) {
  if (flags & ~(XATTR_CREATE | XATTR_REPLACE)) return Error{EINVAL};
  std::string key = TRY(read_name(cage, name));
  if (size > XATTR_SIZE_MAX) return Error{E2BIG};
  std::vector<std::byte> buffer(size);
  TRY(cage.memory().copy_in(std::span(buffer), value));
  return to_zero(
      cage.host().set_attribute(TRY(changeable(*file, key)), key.c_str(), buffer, flags));
}

SyscallResult list(Cage& cage, const File& file, Bytes names, uint32_t size) {
  std::vector<std::byte> buffer(std::min<uint32_t>(size, XATTR_LIST_MAX));
  size_t length = TRY(cage.host().list_attributes(TRY(host_descriptor(*file)), buffer));
  if (size != 0) TRY(cage.memory().copy_out(names, std::span(buffer).first(length)));
  return static_cast<int64_t>(length);
}

SyscallResult remove(Cage& cage, const File& file, Path name) {
  std::string key = TRY(read_name(cage, name));
  return to_zero(cage.host().remove_attribute(TRY(changeable(*file, key)), key.c_str()));
}

Result<File> followed(Cage& cage, Path path) {
  return file_at(cage, AT_FDCWD, path, Symlinks::Follow);
}

Result<File> not_followed(Cage& cage, Path path) {
  return file_at(cage, AT_FDCWD, path, Symlinks::DontFollow);
}

}  // namespace

SyscallResult sys_getxattr(Cage& cage, Path path, Path name, Bytes value, uint32_t size) {
  return get(cage, TRY(followed(cage, path)), name, value, size);
}

SyscallResult sys_lgetxattr(Cage& cage, Path path, Path name, Bytes value, uint32_t size) {
  return get(cage, TRY(not_followed(cage, path)), name, value, size);
}

SyscallResult sys_fgetxattr(Cage& cage, int fd, Path name, Bytes value, uint32_t size) {
  return get(cage, TRY(usable_file(cage, fd)), name, value, size);
}

SyscallResult sys_setxattr(Cage& cage, Path path, Path name, Bytes value, uint32_t size,
                           int flags) {
  return set(cage, TRY(followed(cage, path)), name, value, size, flags);
}

SyscallResult sys_lsetxattr(Cage& cage, Path path, Path name, Bytes value, uint32_t size,
                            int flags) {
  return set(cage, TRY(not_followed(cage, path)), name, value, size, flags);
}

SyscallResult sys_fsetxattr(Cage& cage, int fd, Path name, Bytes value, uint32_t size, int flags) {
  return set(cage, TRY(usable_file(cage, fd)), name, value, size, flags);
}

SyscallResult sys_listxattr(Cage& cage, Path path, Bytes names, uint32_t size) {
  return list(cage, TRY(followed(cage, path)), names, size);
}

SyscallResult sys_llistxattr(Cage& cage, Path path, Bytes names, uint32_t size) {
  return list(cage, TRY(not_followed(cage, path)), names, size);
}

SyscallResult sys_flistxattr(Cage& cage, int fd, Bytes names, uint32_t size) {
  return list(cage, TRY(usable_file(cage, fd)), names, size);
}

SyscallResult sys_removexattr(Cage& cage, Path path, Path name) {
  return remove(cage, TRY(followed(cage, path)), name);
}

SyscallResult sys_lremovexattr(Cage& cage, Path path, Path name) {
  return remove(cage, TRY(not_followed(cage, path)), name);
}

SyscallResult sys_fremovexattr(Cage& cage, int fd, Path name) {
  return remove(cage, TRY(usable_file(cage, fd)), name);
}

}  // namespace linden::microvisor
