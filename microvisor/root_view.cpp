#include "microvisor/root_view.h"

#include <string.h>

#include <algorithm>

#include "microvisor/device_files.h"
#include "microvisor/process_files.h"

namespace linden::microvisor {

namespace {

bool is_root(const DirectoryGrant& grant) {
  std::string_view path = grant.guest_path;
  return next_component(path).empty();
}

}  // namespace

Result<std::unique_ptr<RootView>> RootView::create(Host& host, const Options& options,
                                                   std::string* error_message) {
  auto names = MountNamespace::create(host);
  auto mount = [&](const std::string& path, const DirectoryGrant& grant) -> Result<void> {
    return names->mount_directory(path, TRY(grant.open_directory(host, error_message)),
                                  grant.read_only, error_message);
  };

  // The last one given wins, as for any other mount point.
  auto root = std::find_if(options.grants.rbegin(), options.grants.rend(), is_root);
  if (root != options.grants.rend()) {
    TRY(mount("/", *root));
  } else if (!options.root.host_path.empty()) {
    TRY(mount("/", options.root));
  }

  std::unique_ptr<RootView> view(new RootView);
  auto make_private = [&](const char* path, const char* name) -> Result<void> {
    Result<HostFd> directory = view->private_files_->make(name);
    if (!directory.ok() && error_message) {
      *error_message =
          std::string("cannot make a directory for ") + path + ": " + strerror(directory.code());
    }
    return names->mount_directory(path, TRY(std::move(directory)), false, error_message);
  };
  auto created = PrivateDirectory::create(host, options.temporary_directory);
  if (!created.ok() && error_message) {
    *error_message = "cannot make a temporary directory in '" + options.temporary_directory +
                     "': " + strerror(created.code());
  }
  view->private_files_ = TRY(std::move(created));
  TRY(make_private("/tmp", "tmp"));
  TRY(names->mount_virtual("/dev", make_device_directory(options.terminal), error_message));
  TRY(make_private("/dev/shm", "shm"));
  TRY(names->mount_virtual("/proc", make_process_directory(), error_message));
  for (const DirectoryGrant& grant : options.grants) {
    if (!is_root(grant)) TRY(mount(grant.guest_path, grant));
  }
  view->names_ = std::move(names);
  return view;
}

}  // namespace linden::microvisor
