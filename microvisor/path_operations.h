// The operations on names. System calls and WASI both use these; how a path is resolved, and where
// it can't lead, is in path_walk.h.
//
// Errors: those of Linux; EROFS for every change beneath a read-only grant
// or mount, EBUSY for removing a mount point, EXDEV for a rename or link across mounts.
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "microvisor/open_file.h"
#include "microvisor/path_walk.h"
#include "microvisor/paths.h"

namespace linden::microvisor {

enum class Symlinks { Follow, DontFollow };

// What the path names, opened with O_PATH.
Result<Target> open_path(Host& host, const Location& location, Symlinks symlinks);

// `flags` and `mode` as for open(2), host encoding. Set-id bits of `mode` are ignored: a guest must
// not be able to leave behind programs that run with the rights of the host's user.
Result<std::shared_ptr<OpenFile>> open_at(Host& host, const Location& location, int flags,
                                          uint32_t mode);
Result<struct stat> stat_at(Host& host, const Location& location, Symlinks symlinks);
Result<void> set_times_at(Host& host, const Location& location, Symlinks symlinks,
                          std::span<const timespec, 2> times);
// At most `to.size()` bytes of the link's target.
Result<size_t> read_link_at(Host& host, const Location& location, std::span<std::byte> to);

Result<void> make_directory_at(Host& host, const Location& location, uint32_t mode);
// Regular files and FIFOs, by the type in `mode`; EPERM for other types: a device node would be a
// way around every grant.
Result<void> make_node_at(Host& host, const Location& location, uint32_t mode);
enum class Remove { File, Directory };
Result<void> remove_at(Host& host, const Location& location, Remove what);
// `flags` are renameat2's RENAME_NOREPLACE and RENAME_EXCHANGE; others are EINVAL.
Result<void> rename_at(Host& host, const Location& from, const Location& to, uint32_t flags);
// Both ends must be writable: a second name in a writable grant would be a way to change a file of
// a read-only one.
Result<void> link_at(Host& host, const Location& from, Symlinks symlinks, const Location& to);
// The target is not looked at: it confines nobody until it is resolved.
Result<void> make_symlink_at(Host& host, const std::string& target, const Location& location);

}  // namespace linden::microvisor
