#include "microvisor/mount_namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>

#include "microvisor/host_file.h"

namespace linden::microvisor {

bool Mount::is_pin_name(std::string_view name) const {
  return std::ranges::any_of(pins_, [&](const Pin& pin) { return pin.name == name; });
}

bool Mount::may_cross(std::string_view path) const {
  for (auto c = next_component(path); !c.empty(); c = next_component(path)) {
    if (is_pin_name(c)) return true;
  }
  return false;
}

const Mount::Pin* Mount::pin_at(FileIdentity directory, std::string_view name) const {
  for (const Pin& pin : pins_) {
    if (pin.name == name && pin.directory == directory) return &pin;
  }
  return nullptr;
}

bool Mount::has_missing_mount_points() const {
  return std::ranges::any_of(pins_, [](const Pin& pin) { return !pin.exists; });
}

void Mount::list_missing(FileIdentity directory, DirectoryListing& listing) const {
  for (const Pin& pin : pins_) {
    if (pin.exists || !(pin.directory == directory)) continue;
    // Linux too shows the number of what lies beneath the mount; nothing does, so any will do.
    listing.add(pin.mount->node_ ? pin.mount->node_->inode() : 1, DT_DIR, pin.name);
  }
}

std::shared_ptr<const Mount> Mount::share() const { return {names_->shared_from_this(), this}; }

MountNamespace::MountNamespace(Host& host) : host_(host) {
  mounts_.push_back(std::make_unique<Mount>());
  root_ = mounts_.back().get();
  root_->names_ = this;
  root_->read_only_ = true;
  root_->node_ = std::make_shared<VirtualDirectory>();
}

std::shared_ptr<MountNamespace> MountNamespace::create(Host& host) {
  return std::shared_ptr<MountNamespace>(new MountNamespace(host));
}

std::string MountNamespace::describe() const {
  std::string text;
  for (const auto& mount : mounts_) {
    std::string path;
    for (char c : mount->path_.empty() ? "/" : mount->path_) {
      constexpr std::string_view kSeparators = " \t\n\\";
      if (kSeparators.find(c) == std::string_view::npos) {
        path += c;
        continue;
      }
      char escaped[5];
      snprintf(escaped, sizeof(escaped), "\\%03o", static_cast<unsigned>(c));
      path += escaped;
    }
    text += "linden " + path + (mount->node_ ? " virtual " : " directory ") +
            (mount->read_only_ ? "ro" : "rw") + " 0 0\n";
  }
  return text;
}

MountNamespace::Found MountNamespace::find(std::string_view absolute_path) const {
  Found best{root_, absolute_path};
  size_t best_length = 0;
  for (const auto& mount : mounts_) {
    if (mount->path_.size() < best_length) continue;
    // Later mounts cover earlier ones; those that a mount on "/" hides are gone.
    std::string_view name = mount->path_, rest = absolute_path;
    bool matches = true;
    for (auto c = next_component(name); matches && !c.empty(); c = next_component(name)) {
      matches = next_component(rest) == c;
    }
    if (!matches) continue;
    best = {mount.get(), rest};
    best_length = mount->path_.size();
  }
  best.rest.remove_prefix(std::min(best.rest.find_first_not_of('/'), best.rest.size()));
  return best;
}

Result<int> MountNamespace::directory(const Cursor& cursor) const {
  return cursor.opened.get() >= 0 ? cursor.opened.get() : cursor.mount->root_->directory();
}

Result<FileIdentity> MountNamespace::identity(const Cursor& cursor) const {
  if (cursor.node) return FileIdentity::of(*cursor.node);
  return FileIdentity::of(TRY(host_.fstat(TRY(directory(cursor)))));
}

// Moves to a directory that exists; false if it doesn't.
Result<bool> MountNamespace::descend(Cursor& cursor, std::string_view name) const {
  if (cursor.node) {
    auto child = cursor.node->fixed_child(name);
    if (!child) return false;
    if (!child->is_directory()) return Error{child->is_symlink() ? ELOOP : ENOTDIR};
    cursor.node = std::move(child);
  } else {
    OpenHow how{.flags = O_PATH | O_NOFOLLOW, .resolve = RESOLVE_BENEATH};
    Result<HostFd> opened = host_.openat2(TRY(directory(cursor)), std::string(name).c_str(), how);
    if (opened.code() == ENOENT) return false;
    HostFd fd = TRY(std::move(opened));
    struct stat status = TRY(host_.fstat(fd.get()));
    if (!S_ISDIR(status.st_mode)) return Error{S_ISLNK(status.st_mode) ? ELOOP : ENOTDIR};
    cursor.opened = std::move(fd);
  }
  if (!cursor.path.empty()) cursor.path += '/';
  cursor.path += name;
  return true;
}

// A new mount on `name` in the directory at `cursor`.
Result<Mount*> MountNamespace::attach_at(Cursor& cursor, std::string_view name, bool exists) {
  auto mount = std::make_unique<Mount>();
  mount->names_ = this;
  mount->parent_ = cursor.mount;
  mount->path_ = cursor.mount->path_;
  if (!cursor.path.empty()) mount->path_ += "/" + cursor.path;
  mount->path_ += "/" + std::string(name);
  FileIdentity above = TRY(identity(cursor));
  mount->above_path_ = cursor.path;
  mount->above_node_ = cursor.node;
  if (!cursor.node) mount->above_ = TRY(host_.duplicate(TRY(directory(cursor))));
  // What it covers can't be reached any more, nor what is mounted there.
  std::erase_if(mounts_, [&](const auto& other) {
    return other->path_ == mount->path_ || other->path_.starts_with(mount->path_ + "/");
  });
  std::erase_if(cursor.mount->pins_, [&](const Mount::Pin& pin) {
    if (!(pin.name == name && pin.directory == above)) return false;
    exists = pin.exists;
    return true;
  });
  cursor.mount->pins_.push_back({above, std::string(name), mount.get(), exists});
  mounts_.push_back(std::move(mount));
  return mounts_.back().get();
}

Result<Mount*> MountNamespace::attach(std::string_view path, std::string* error_message) {
  Result<Mount*> mount = find_or_make(path);
  if (!mount.ok() && error_message) {
    const char* why = strerror(mount.code());
    if (mount.code() == EINVAL) why = "the path contains ..";
    if (mount.code() == ELOOP) why = "a symbolic link is on the way";
    *error_message = "cannot mount on '" + std::string(path) + "': " + why;
  }
  return mount;
}

Result<Mount*> MountNamespace::find_or_make(std::string_view path) {
  Cursor cursor{root_, "", HostFd(), root_->node_};
  std::string_view name = next_component(path);
  if (name.empty()) {
    mounts_.erase(mounts_.begin() + 1, mounts_.end());
    root_->pins_.clear();
    root_->node_ = nullptr;
    return root_;
  }
  while (true) {
    if (name == "..") return Error{EINVAL};
    std::string_view next = next_component(path);
    FileIdentity above = TRY(identity(cursor));
    const Mount::Pin* pin = cursor.mount->pin_at(above, name);
    if (pin && pin->mount && !next.empty()) {
      auto* mount = const_cast<Mount*>(pin->mount);
      cursor = Cursor{mount, "", HostFd(), mount->node_};
      name = next;
      continue;
    }
    Cursor parent{cursor.mount, cursor.path, HostFd(), cursor.node};
    if (cursor.opened.get() >= 0) parent.opened = TRY(host_.duplicate(cursor.opened.get()));
    Result<bool> descended = descend(cursor, name);
    if (!descended.ok() && !(pin && pin->mount)) return descended.error();
    bool exists = descended.ok() && *descended;
    if (next.empty()) return attach_at(parent, name, exists);
    if (exists) {
      if (!pin) cursor.mount->pins_.push_back({above, std::string(name), nullptr, true});
    } else {
      Mount* made = TRY(attach_at(parent, name, false));
      made->read_only_ = true;
      made->node_ = std::make_shared<VirtualDirectory>();
      cursor = Cursor{made, "", HostFd(), made->node_};
    }
    name = next;
  }
}

Result<void> MountNamespace::mount_directory(std::string_view path, HostFd directory,
                                             bool read_only, std::string* error_message) {
  Mount* mount = TRY(attach(path, error_message));
  mount->read_only_ = read_only;
  mount->root_ = HostFile::mount_root(host_, std::move(directory), *mount);
  return {};
}

Result<void> MountNamespace::mount_virtual(std::string_view path,
                                           std::shared_ptr<const VirtualNode> directory,
                                           std::string* error_message) {
  Mount* mount = TRY(attach(path, error_message));
  mount->read_only_ = true;
  mount->root_ = nullptr;
  mount->node_ = std::move(directory);
  return {};
}

}  // namespace linden::microvisor
