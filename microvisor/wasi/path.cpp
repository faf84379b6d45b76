// Operations on names. Every path is relative to a descriptor and stays beneath it.

#include <fcntl.h>

#include <algorithm>

#include "microvisor/path_operations.h"
#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

Result<Symlinks> to_symlinks(uint32_t lookup_flags) {
  if (lookup_flags & ~lookup_flag::kAll) return Error{EINVAL};
  return lookup_flags & lookup_flag::kSymlinkFollow ? Symlinks::Follow : Symlinks::DontFollow;
}

// The O_* for a path_open, without access mode.
Result<int> to_open_flags(uint32_t lookup_flags, uint32_t oflags, uint32_t fd_flags) {
  if (oflags & ~open_flag::kAll) return Error{EINVAL};
  int flags = TRY(to_status_flags(fd_flags));
  if (TRY(to_symlinks(lookup_flags)) == Symlinks::DontFollow) flags |= O_NOFOLLOW;
  if (oflags & open_flag::kCreate) flags |= O_CREAT;
  if (oflags & open_flag::kDirectory) flags |= O_DIRECTORY;
  if (oflags & open_flag::kExclusive) flags |= O_EXCL;
  if (oflags & open_flag::kTruncate) flags |= O_TRUNC;
  return flags;
}

// Preview 1 has no access mode: what the descriptor is for follows from the rights asked for.
int to_access_mode(uint64_t rights, uint32_t oflags) {
  bool writes = rights & (right::kFdWrite | right::kFdAllocate);
  bool reads = rights & (right::kFdRead | right::kFdReaddir);
  if (!writes || oflags & open_flag::kDirectory) return O_RDONLY;
  return reads ? O_RDWR : O_WRONLY;
}

Rights rights_of_opened(const struct stat& status, Rights wanted) {
  if (S_ISDIR(status.st_mode)) return {wanted.base & right::kDirectory, wanted.inheriting};
  bool seekable = !S_ISCHR(status.st_mode) && !S_ISFIFO(status.st_mode);
  return {wanted.base & (seekable ? right::kFile : right::kStream), 0};
}

uint32_t created_mode(Process& process, uint32_t mode) {
  return mode & ~process.cage().attributes().creation_mask();
}

}  // namespace

Errno path_open(Process& process, uint32_t fd, uint32_t lookup_flags, uint32_t path,
                uint32_t path_len, uint32_t oflags, uint64_t rights_base,
                uint64_t rights_inheriting, uint32_t fd_flags, uint32_t fd_out) {
  int flags = WASI_TRY(to_open_flags(lookup_flags, oflags, fd_flags));
  uint64_t needed = right::kPathOpen;
  if (oflags & open_flag::kCreate) needed |= right::kPathCreateFile;
  if (oflags & open_flag::kTruncate) needed |= right::kPathFilestatSetSize;
  uint64_t inherited = 0;
  Location location = WASI_TRY(process.location(fd, needed, path, path_len, &inherited));
  // Bits without a meaning are dropped: programs ask for "all" as all ones.
  Rights wanted{rights_base & right::kAll, rights_inheriting & right::kAll};
  if ((wanted.base | wanted.inheriting) & ~inherited) return Errno::NotCapable;

  flags |= to_access_mode(wanted.base, oflags);
  if (flags & (O_CREAT | O_TRUNC)) WASI_TRY(process.cage().fds().require_room());
  auto file = WASI_TRY(open_at(process.host(), location, flags, created_mode(process, 0666)));
  Rights rights = rights_of_opened(WASI_TRY(file->stat()), wanted);
  return to_errno(process.publish({std::move(file), false, rights}, fd_out).code());
}

Errno path_filestat_get(Process& process, uint32_t fd, uint32_t lookup_flags, uint32_t path,
                        uint32_t path_len, uint32_t filestat_out) {
  Symlinks symlinks = WASI_TRY(to_symlinks(lookup_flags));
  Location location = WASI_TRY(process.location(fd, right::kPathFilestatGet, path, path_len));
  struct stat status = WASI_TRY(stat_at(process.host(), location, symlinks));
  return store(process, filestat_out, to_filestat(status));
}

Errno path_filestat_set_times(Process& process, uint32_t fd, uint32_t lookup_flags, uint32_t path,
                              uint32_t path_len, uint64_t atim, uint64_t mtim, uint32_t fst_flags) {
  Symlinks symlinks = WASI_TRY(to_symlinks(lookup_flags));
  Location location = WASI_TRY(process.location(fd, right::kPathFilestatSetTimes, path, path_len));
  auto times = WASI_TRY(to_times(atim, mtim, fst_flags));
  return to_errno(set_times_at(process.host(), location, symlinks, times).code());
}

Errno path_create_directory(Process& process, uint32_t fd, uint32_t path, uint32_t path_len) {
  Location location = WASI_TRY(process.location(fd, right::kPathCreateDirectory, path, path_len));
  return to_errno(make_directory_at(process.host(), location, created_mode(process, 0777)).code());
}

Errno path_remove_directory(Process& process, uint32_t fd, uint32_t path, uint32_t path_len) {
  Location location = WASI_TRY(process.location(fd, right::kPathRemoveDirectory, path, path_len));
  return to_errno(remove_at(process.host(), location, Remove::Directory).code());
}

Errno path_unlink_file(Process& process, uint32_t fd, uint32_t path, uint32_t path_len) {
  Location location = WASI_TRY(process.location(fd, right::kPathUnlinkFile, path, path_len));
  return to_errno(remove_at(process.host(), location, Remove::File).code());
}

Errno path_rename(Process& process, uint32_t fd, uint32_t old_path, uint32_t old_path_len,
                  uint32_t new_fd, uint32_t new_path, uint32_t new_path_len) {
  Location from = WASI_TRY(process.location(fd, right::kPathRenameSource, old_path, old_path_len));
  Location to =
      WASI_TRY(process.location(new_fd, right::kPathRenameTarget, new_path, new_path_len));
  return to_errno(rename_at(process.host(), from, to, 0).code());
}

Errno path_link(Process& process, uint32_t old_fd, uint32_t old_lookup_flags, uint32_t old_path,
                uint32_t old_path_len, uint32_t new_fd, uint32_t new_path, uint32_t new_path_len) {
  Symlinks symlinks = WASI_TRY(to_symlinks(old_lookup_flags));
  Location from =
      WASI_TRY(process.location(old_fd, right::kPathLinkSource, old_path, old_path_len));
  Location to = WASI_TRY(process.location(new_fd, right::kPathLinkTarget, new_path, new_path_len));
  return to_errno(link_at(process.host(), from, symlinks, to).code());
}

Errno path_symlink(Process& process, uint32_t old_path, uint32_t old_path_len, uint32_t fd,
                   uint32_t new_path, uint32_t new_path_len) {
  Location location = WASI_TRY(process.location(fd, right::kPathSymlink, new_path, new_path_len));
  std::string target = WASI_TRY(process.path(old_path, old_path_len));
  // No preview 1 program could follow it, but programs of the host would.
  if (target.front() == '/') return Errno::NotCapable;
  return to_errno(make_symlink_at(process.host(), target, location).code());
}

Errno path_readlink(Process& process, uint32_t fd, uint32_t path, uint32_t path_len, uint32_t buf,
                    uint32_t buf_len, uint32_t bufused_out) {
  Location location = WASI_TRY(process.location(fd, right::kPathReadlink, path, path_len));
  std::array<std::byte, PATH_MAX> target;
  size_t length = WASI_TRY(read_link_at(process.host(), location, target));
  // A short buffer gets as much as fits, as from readlink(2).
  uint32_t used = static_cast<uint32_t>(std::min<size_t>(length, buf_len));
  WASI_TRY(process.memory().copy_out(buf, target.data(), used));
  return store(process, bufused_out, used);
}

}  // namespace linden::microvisor::wasi
