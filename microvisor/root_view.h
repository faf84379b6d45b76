// The file system that a POSIX guest sees by default:
//
//   /            a directory of the host, read-only unless asked otherwise
//   /tmp         private to the run, removed with the view
//   /dev         a few devices (device_files.h); /dev/shm is private as /tmp is
//   /proc        what the guest may know of itself (process_files.h)
//
// and on top of that the directories that were granted.
//
// Ownership: a view must outlive the cages that use it, because it removes their private files.
// Thread-safety: fixed once made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "microvisor/mount_namespace.h"
#include "microvisor/paths.h"
#include "microvisor/private_directory.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class RootView {
 public:
  struct Options {
    // What "/" is; its guest_path is not used. Without a host_path, "/" has nothing but the mounts.
    DirectoryGrant root = {.host_path = {}, .guest_path = "/", .read_only = true};
    // Mounted in this order. One whose guest path is "/" takes the place of `root`.
    std::vector<DirectoryGrant> grants = {};
    // Where on the host private files are made.
    std::string temporary_directory = "/tmp";
    // Whether the guest has /dev/tty.
    bool terminal = false;
  };

  // On failure `*error_message` (may be null) tells the user why.
  static Result<std::unique_ptr<RootView>> create(Host& host, const Options& options,
                                                  std::string* error_message);

  const std::shared_ptr<const MountNamespace>& names() const { return names_; }

 private:
  RootView() = default;

  // Destroyed in reverse: nothing is open in the private directory any more when it is emptied.
  std::unique_ptr<PrivateDirectory> private_files_;
  std::shared_ptr<const MountNamespace> names_;
};

}  // namespace linden::microvisor
