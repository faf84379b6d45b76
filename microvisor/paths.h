// Which directories a cage may see, and how it names them.
//
// A grant gives a cage one host directory under a guest name. A path is located by finding the
// grant it starts in; the rest is resolved by the kernel, beneath the grant (path_operations.h). No
// `..` is ever folded as text: the part of a path that is compared with guest names ends at the
// first `..`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "microvisor/open_file.h"
#include "microvisor/result.h"

namespace linden::microvisor {

// "HOST[::GUEST][:ro]"; the guest name defaults to HOST as typed.
struct DirectoryGrant {
  std::string host_path;
  std::string guest_path;
  bool read_only = false;

  // EINVAL with a sentence for the user in `*error_message` (may be null).
  static Result<DirectoryGrant> parse(std::string_view text, std::string* error_message);
  // Opens the directory on the host. `*error_message` as above.
  Result<std::shared_ptr<OpenFile>> open(Host& host, std::string* error_message) const;
};

// A path, and the directory beneath which it is to be resolved.
struct Location {
  std::shared_ptr<OpenFile> base;
  std::string path;  // relative; not empty
};

// The granted directories by absolute guest name. Not changed after set-up, hence thread-safe.
class Namespace {
 public:
  // A relative guest name counts from "/". A name with ".." in it can't be reached by path (as a
  // WASI preopen it can) and is left out.
  void add(std::string_view guest_path, std::shared_ptr<OpenFile> root);

  // The grant with the longest name that `absolute_path` starts with; ENOENT if there is none.
  Result<Location> locate(std::string_view absolute_path) const;

 private:
  struct Mount {
    std::vector<std::string> components;
    std::shared_ptr<OpenFile> root;
  };
  std::vector<Mount> mounts_;
};

}  // namespace linden::microvisor
