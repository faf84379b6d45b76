// From a path to what it names: the one place where paths are resolved, with the two sets of rules
// that Location tells apart.
//
// Errors: those of Linux for a path in its place. For preview 1, kErrnoNotCapable for whatever
// would leave the base directory. Thread-safety: all functions may be called concurrently.
#pragma once

#include <memory>
#include <string>

#include "microvisor/host.h"
#include "microvisor/mount_namespace.h"
#include "microvisor/paths.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// What a path names; exactly one of `fd`, `node` and `file` is set.
struct Target {
  HostFd fd;                                // a file of the host, opened as was asked
  std::shared_ptr<const VirtualNode> node;  // a virtual file, not opened yet
  std::shared_ptr<OpenFile> file;           // an open file of the cage (/proc/self/fd)

  bool read_only = false;
  const Mount* mount = nullptr;  // null for preview 1 and for `file`
  std::string path = {};         // of `node`, beneath its mount
};

// `flags` and `mode` as for openat2(2); flags that change anything are EROFS beneath a read-only
// mount. Nothing is created or truncated unless the result is a `fd`.
Result<Target> open_target(Host& host, const Location& location, uint64_t flags, uint64_t mode);

// A name in a directory, for the calls that make or remove names. The leaf is one component; it may
// be "." or "..", which all of these calls refuse with the right errno without acting on it, and it
// keeps one trailing slash, which they take for "must be a directory" without following a link.
// (linkat's source is the exception, see link_at.)
struct Parent {
  HostFd opened;       // empty if the directory is held by others: the base, a mount's root
  int directory = -1;  // -1: virtual
  std::string leaf;
  bool read_only = false;
  const Mount* mount = nullptr;   // null for preview 1
  bool pinned = false;            // a mount point, or a directory that leads to one
  bool exists_virtually = false;  // a mount point that isn't there beneath, or a virtual file
  std::shared_ptr<OpenFile> holder = nullptr;  // keeps `directory` open

  // Neither "." nor "..", which "/" is too.
  bool is_name() const;
  bool has_slash() const { return leaf.back() == '/'; }
};
Result<Parent> open_parent(Host& host, const Location& location);

// The absolute path of an open file at this moment, without links. ENOENT if it was removed, has
// been moved out of its mount, or has no place in the tree.
Result<std::string> guest_path(Host& host, OpenFile& file);
// The same for people to read (/proc/self/fd): with " (deleted)" if it was removed.
Result<std::string> shown_path(Host& host, OpenFile& file);

}  // namespace linden::microvisor
