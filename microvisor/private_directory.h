// A directory of the host for one run, which is removed with all that was left in it.
//
// Ownership: removes the directory when it ends; the Host outlives it.
#pragma once

#include <memory>
#include <string>

#include "microvisor/host.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class PrivateDirectory {
 public:
  // Makes a directory with a new name beneath `parent`, a path of the host, for the user alone.
  static Result<std::unique_ptr<PrivateDirectory>> create(Host& host, const std::string& parent);
  // As far as the host lets it: what can't be removed stays.
  ~PrivateDirectory();
  PrivateDirectory(const PrivateDirectory&) = delete;

  // Makes a directory in it, and opens that.
  Result<HostFd> make(const char* name) const;

 private:
  PrivateDirectory(Host& host, HostFd parent, std::string name, HostFd directory)
      : host_(host),
        parent_(std::move(parent)),
        name_(std::move(name)),
        directory_(std::move(directory)) {}

  Host& host_;
  HostFd parent_;
  std::string name_;
  HostFd directory_;
};

}  // namespace linden::microvisor
