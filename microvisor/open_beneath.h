// What a walk from a path to a file (path_walk.cpp) asks the host for: openings that cannot lead
// out of the directory they begin in.
#pragma once

#include <linux/openat2.h>

#include <string>

#include "microvisor/host.h"
#include "microvisor/mount_namespace.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// For `resolve`.
inline constexpr uint64_t kBeneath = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
inline constexpr uint64_t kNoLinks = kBeneath | RESOLVE_NO_SYMLINKS;

// So often names are looked up again that are changed while we look at them one after the other.
inline constexpr int kLookupAttempts = 16;

// openat2 of `path` beneath `directory`. Flags are Linux's.
Result<HostFd> open_beneath(Host& host, int directory, const std::string& path, uint64_t flags,
                            uint64_t mode, uint64_t resolve);

// Whether openat2 with these flags is a change of the file or of its directory.
bool changes_files(uint64_t flags);

// As open_beneath, with EROFS for a change beneath a read-only mount. Linux looks the name up
// first, so that mistakes in the name are found before that.
Result<HostFd> open_in_mount(Host& host, const Mount& mount, int directory, const std::string& path,
                             uint64_t flags, uint64_t mode, uint64_t resolve);

// The text of a link; EINVAL if it isn't one.
Result<std::string> read_link(Host& host, int fd);

// What the host calls a directory, relative to what it calls the root of `mount`. A text of the
// past: nothing follows from it until it was resolved. ENOENT if it lies elsewhere.
Result<std::string> recorded_path(Host& host, const Mount& mount, int fd);

// The present path of what `fd` is open on, beneath the root of `mount`.
Result<std::string> path_in_mount(Host& host, const Mount& mount, int fd);

// What looking up names gives that have been renamed, removed or replaced since they were known.
bool is_name_changed(Error error);

}  // namespace linden::microvisor
