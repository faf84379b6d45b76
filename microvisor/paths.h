// Names of files as guests and users write them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "microvisor/open_file.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class Cage;

// A grant gives a cage one host directory under a guest name.
//
// "HOST[::GUEST][:ro]"; the guest name defaults to HOST as typed.
struct DirectoryGrant {
  std::string host_path;
  std::string guest_path;
  bool read_only = false;

  // EINVAL with a sentence for the user in `*error_message` (may be null).
  static Result<DirectoryGrant> parse(std::string_view text, std::string* error_message);
  // Opens the directory on the host. `*error_message` as above.
  Result<HostFd> open_directory(Host& host, std::string* error_message) const;
  // The same as a file that preview 1 resolves paths beneath.
  Result<std::shared_ptr<OpenFile>> open(Host& host, std::string* error_message) const;
};

// A path of a guest, and where it starts.
//
// Preview 1 has no tree: a path is resolved beneath the directory of a descriptor and can't leave
// it, not even for another directory that was granted. A POSIX guest has one (mount_namespace.h).
struct Location {
  // The directory that a relative path starts in; null for an absolute path of a POSIX guest.
  std::shared_ptr<OpenFile> base;
  std::string path;
  // The POSIX guest whose tree it is; null for preview 1.
  Cage* cage = nullptr;
};

// Takes the next component off the front of `path`; empty at the end. "." is skipped.
std::string_view next_component(std::string_view& path);

}  // namespace linden::microvisor
