// Resolving a path in a tree of mounts, so that nobody gets out of it.
//
// Common paths cost one system call. The text of an absolute path chooses the mount; openat2 with
// RESOLVE_BENEATH resolves the rest, links and `..` included, and says EXDEV if that leaves the
// mount. If other mounts lie in this one, it must not walk past a mount point unseen: a path none
// of whose components has the name of one can't, provided that it goes through no link, which
// RESOLVE_NO_SYMLINKS makes sure of (ELOOP).
//
// In these two cases, and if a name does match, Walk takes the path a component at a time. It
// stands in a directory that it holds open, so a step down is one openat2 of one name, whatever is
// renamed around it. Links are read, and their text takes the place of the component.
//
// A step up is the dangerous one. The host's `..` of a directory that somebody has moved out of the
// mount leads anywhere, and a check before it comes too early. A stack of open directories is safe,
// but a path of 4 KiB can be 2000 deep, and descriptors are the host's. So a step up resolves
// anew: the Walk knows by which names it came down from its anchor, and asks openat2 for
// "those/names/.." beneath the anchor. The kernel guarantees that the result lies beneath it. (If
// a directory on the way has been renamed meanwhile, the names lead nowhere, and are looked up as
// below.)
//
// An anchor is the root of a mount or a directory that the guest has open, like its working
// directory. To rise above the latter, its present path beneath the mount's root is needed. The
// kernel knows it
// (/proc/self/fd), as a text that may be outdated when we read it; it is believed only if it leads,
// beneath the root, to the same directory. If the directory has left the mount there is no such
// path, and `..` is ENOENT, as in Linux for a directory that was moved out of a bind mount.
//
// At the root of a mount, `..` continues in the directory of the mount point, which the mount holds
// open; at the root of the tree it stays.

#include "microvisor/path_walk.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "microvisor/cage.h"
#include "microvisor/open_beneath.h"

namespace linden::microvisor {

namespace {

// As in Linux.
constexpr int kMaximumLinks = 40;

// Cuts the last component off.
void remove_last(std::string& path) {
  size_t slash = path.rfind('/');
  path.resize(slash == std::string::npos ? 0 : slash);
}

void append(std::string& path, std::string_view name) {
  if (!path.empty()) path += '/';
  path += name;
}

std::string path_from_root(const Mount& mount, const std::string& path) {
  return !mount.path().empty() && path.empty() ? mount.path() : mount.path() + "/" + path;
}

Target host_target(HostFd fd, const Mount& mount) {
  Target target;
  target.fd = std::move(fd);
  target.read_only = mount.read_only();
  target.mount = &mount;
  return target;
}

// A directory in which a Walk stands: in a mount of the host, `names` beneath `anchor`; in a
// virtual one, `names` beneath the mount's root.
struct Place {
  const Mount* mount = nullptr;
  std::shared_ptr<OpenFile> anchor = nullptr;
  std::string names = {};
  HostFd opened = {};
  int fd = -1;  // of the host; `opened`, or one that the anchor or the mount holds
  std::shared_ptr<const VirtualNode> node = nullptr;
};

class Walk {
 public:
  Walk(Host& host, Cage& cage) : host_(host), cage_(cage) {}

  Result<void> begin(const Location& location);
  Result<Target> open(uint64_t flags, uint64_t mode);
  Result<Parent> parent();

 private:
  // Takes all components but the last, which is left in `leaf_` and `slash_`. No leaf: the path
  // names the directory in which the walk stands.
  Result<void> advance();
  Result<void> step(std::string_view name);
  Result<void> up();
  Result<void> up_in_host();
  Result<void> up_from_removed();
  void leave_mount();
  // Puts the text of a link in front of what is left of the path.
  Result<void> follow(const std::string& text);
  Result<void> follow_link_at(const std::string& name);
  Result<void> enter_file(std::shared_ptr<OpenFile> file);
  void enter(const Mount& mount);
  Result<const Mount::Pin*> pin(std::string_view name);
  // `name` in the virtual directory where the walk stands; ENOENT.
  Result<std::shared_ptr<const VirtualNode>> child(std::string_view name);
  Result<Target> target_at(std::shared_ptr<const VirtualNode> node, std::string path,
                           uint64_t flags) const;

  Host& host_;
  Cage& cage_;
  Place place_;
  std::string rest_;
  std::string leaf_;
  bool slash_ = false;
  int links_ = 0;
};

void Walk::enter(const Mount& mount) {
  place_ = Place{.mount = &mount, .anchor = mount.root(), .node = mount.node()};
  // Never fails for a mount's root.
  if (place_.anchor) place_.fd = place_.anchor->directory().value();
}

Result<void> Walk::enter_file(std::shared_ptr<OpenFile> file) {
  if (const OpenVirtualDirectory* directory = file->as_virtual_directory()) {
    place_ =
        Place{.mount = directory->mount(), .names = directory->path(), .node = directory->node()};
    place_.anchor = std::move(file);
    return {};
  }
  int fd = TRY(file->directory());
  // Inherited files, and what isn't a directory, have no place in the tree.
  if (!file->mount()) return Error{ENOTDIR};
  place_ = Place{.mount = file->mount(), .fd = fd};
  place_.anchor = std::move(file);
  return {};
}

Result<void> Walk::begin(const Location& location) {
  rest_ = location.path;
  if (location.base) return enter_file(location.base);
  enter(cage_.names()->root());
  return {};
}

Result<const Mount::Pin*> Walk::pin(std::string_view name) {
  const Mount::Pin* none = nullptr;
  if (!place_.mount->is_pin_name(name)) return none;
  FileIdentity here =
      place_.node ? FileIdentity::of(*place_.node) : FileIdentity::of(TRY(host_.fstat(place_.fd)));
  return place_.mount->pin_at(here, name);
}

Result<std::shared_ptr<const VirtualNode>> Walk::child(std::string_view name) {
  if (name.size() > NAME_MAX) return Error{ENAMETOOLONG};
  std::shared_ptr<const VirtualNode> found = place_.node->child(cage_, name);
  if (!found) return Error{ENOENT};
  return found;
}

Result<void> Walk::advance() {
  while (true) {
    size_t start = rest_.find_first_not_of('/');
    if (start == std::string::npos) {
      leaf_.clear();
      return {};
    }
    size_t end = std::min(rest_.find('/', start), rest_.size());
    std::string name = rest_.substr(start, end - start);
    bool last = rest_.find_first_not_of('/', end) == std::string::npos;
    slash_ = last && end != rest_.size();
    rest_.erase(0, end);
    if (last) {
      leaf_ = std::move(name);
      return {};
    }
    TRY(step(name));
  }
}

Result<void> Walk::follow(const std::string& text) {
  if (++links_ > kMaximumLinks) return Error{ELOOP};
  if (text.empty()) return Error{ENOENT};
  rest_ = text + rest_;
  if (text.front() == '/') enter(cage_.names()->root());
  return {};
}

Result<void> Walk::follow_link_at(const std::string& name) {
  HostFd link = TRY(open_beneath(host_, place_.fd, name, O_PATH | O_NOFOLLOW, 0, kNoLinks));
  return follow(TRY(read_link(host_, link.get())));
}

Result<void> Walk::step(std::string_view name) {
  if (name == ".") return {};
  if (name == "..") return up();
  if (const Mount::Pin* found = TRY(pin(name)); found && found->mount) {
    enter(*found->mount);
    return {};
  }
  if (place_.node) {
    auto node = TRY(child(name));
    if (node->is_symlink()) {
      if (auto file = TRY(node->leads_to(cage_))) return enter_file(std::move(file));
      return follow(TRY(node->target(cage_)));
    }
    if (!node->is_directory()) return Error{ENOTDIR};
    append(place_.names, name);
    place_.node = std::move(node);
    return {};
  }
  std::string text(name);
  Result<HostFd> fd =
      open_beneath(host_, place_.fd, text, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, kNoLinks);
  if (fd.code() == ENOTDIR) {
    Result<void> followed = follow_link_at(text);
    return followed.code() == EINVAL ? Error{ENOTDIR} : followed;
  }
  place_.opened = TRY(std::move(fd));
  place_.fd = place_.opened.get();
  append(place_.names, name);
  return {};
}

void Walk::leave_mount() {
  const Mount& mount = *place_.mount;
  if (!mount.parent()) return enter(mount);
  place_ = Place{.mount = mount.parent(),
                 .anchor = mount.parent()->root(),
                 .names = mount.above_path(),
                 .fd = mount.above(),
                 .node = mount.above_node()};
}

Result<void> Walk::up() {
  if (!place_.node) return up_in_host();
  if (place_.names.empty()) {
    leave_mount();
    return {};
  }
  remove_last(place_.names);
  std::string_view names = place_.names;
  std::shared_ptr<const VirtualNode> node = place_.mount->node();
  for (auto c = next_component(names); node && !c.empty(); c = next_component(names)) {
    node = node->child(cage_, c);
  }
  if (!node) return Error{ENOENT};
  place_.node = std::move(node);
  return {};
}

Result<void> Walk::up_in_host() {
  const std::shared_ptr<OpenFile>& root = place_.mount->root();
  Error last{ENOENT};
  for (int attempt = 0; attempt < kLookupAttempts; ++attempt) {
    if (attempt > 0 || (place_.names.empty() && place_.anchor != root)) {
      Result<std::string> names = path_in_mount(host_, *place_.mount, place_.fd);
      if (names.code() == ENOENT) return up_from_removed();
      place_.names = TRY(std::move(names));
      place_.anchor = root;
    }
    if (place_.names.empty()) {
      leave_mount();
      return {};
    }
    Result<HostFd> fd = open_beneath(host_, TRY(place_.anchor->directory()), place_.names + "/..",
                                     O_PATH | O_DIRECTORY, 0, kNoLinks);
    if (fd.ok()) {
      remove_last(place_.names);
      place_.opened = fd.take();
      place_.fd = place_.opened.get();
      return {};
    }
    last = fd.error();
    if (!is_name_changed(last) && last.code != ENAMETOOLONG) break;
  }
  return last;
}

// The parent of a directory that was removed is the one that it was removed from.
Result<void> Walk::up_from_removed() {
  if (TRY(host_.fstat(place_.fd)).st_nlink != 0) return Error{ENOENT};
  std::string names = TRY(recorded_path(host_, *place_.mount, place_.fd));
  remove_last(names);
  const std::shared_ptr<OpenFile>& root = place_.mount->root();
  place_.opened = TRY(open_beneath(host_, TRY(root->directory()), names.empty() ? "." : names,
                                   O_PATH | O_DIRECTORY, 0, kNoLinks));
  place_.fd = place_.opened.get();
  place_.anchor = root;
  place_.names = std::move(names);
  return {};
}

Result<Target> Walk::target_at(std::shared_ptr<const VirtualNode> node, std::string path,
                               uint64_t flags) const {
  if (flags & O_DIRECTORY && !node->is_directory()) return Error{ENOTDIR};
  Target target;
  target.node = std::move(node);
  target.read_only = true;
  target.mount = place_.mount;
  target.path = std::move(path);
  return target;
}

Result<Target> Walk::open(uint64_t flags, uint64_t mode) {
  bool creates = flags & O_CREAT && !(flags & O_PATH);
  bool exclusive = creates && flags & O_EXCL;
  while (true) {
    TRY(advance());
    bool follows = slash_ || (!(flags & O_NOFOLLOW) && !exclusive);
    if (leaf_ == "..") TRY(up());
    if (leaf_ == "." || leaf_ == "..") leaf_.clear();
    if (creates && slash_ && !leaf_.empty()) return Error{EISDIR};
    if (!leaf_.empty()) {
      const Mount::Pin* found = TRY(pin(leaf_));
      if (found && found->mount) {
        if (exclusive) return Error{EEXIST};
        enter(*found->mount);
        leaf_.clear();
      }
    }
    if (place_.node && leaf_.empty()) return target_at(place_.node, place_.names, flags);
    if (place_.node) {
      auto found = child(leaf_);
      if (found.code() == ENOENT && creates) return Error{EROFS};
      auto node = TRY(std::move(found));
      if (exclusive) return Error{EEXIST};
      if (node->is_symlink() && follows) {
        if (auto file = TRY(node->leads_to(cage_))) {
          Target target;
          target.read_only = file->read_only();
          target.file = std::move(file);
          return target;
        }
        TRY(follow(TRY(node->target(cage_))));
        continue;
      }
      if (slash_ && !node->is_directory()) return Error{ENOTDIR};
      std::string path = place_.names;
      append(path, leaf_);
      return target_at(std::move(node), std::move(path), flags);
    }
    std::string name = leaf_.empty() ? "." : leaf_ + (slash_ ? "/" : "");
    Result<HostFd> fd = open_in_mount(host_, *place_.mount, place_.fd, name, flags, mode, kNoLinks);
    if (fd.ok()) return host_target(fd.take(), *place_.mount);
    if (fd.code() != ELOOP || !follows || leaf_.empty()) return fd.error();
    Result<void> followed = follow_link_at(leaf_);
    // No longer a link: the same once more.
    if (followed.code() == EINVAL) followed = follow(leaf_);
    TRY(std::move(followed));
  }
}

Result<Parent> Walk::parent() {
  TRY(advance());
  Parent parent;
  parent.mount = place_.mount;
  parent.read_only = place_.mount->read_only();
  parent.leaf = leaf_.empty() ? "." : leaf_ + (slash_ ? "/" : "");
  parent.directory = place_.fd;
  if (leaf_.empty()) {
    parent.pinned = true;  // "/"
  } else if (leaf_ != "." && leaf_ != "..") {
    const Mount::Pin* found = TRY(pin(leaf_));
    parent.pinned = found != nullptr;
    parent.exists_virtually = found && !found->exists;
  }
  if (place_.node) {
    parent.directory = -1;
    parent.exists_virtually |= leaf_.empty() || leaf_ == "." || leaf_ == ".." || child(leaf_).ok();
  }
  parent.opened = std::move(place_.opened);
  parent.holder = std::move(place_.anchor);
  return parent;
}

// Where a path begins, for the attempt to resolve it in one step.
struct Start {
  const Mount* mount;
  int fd;  // -1 in a virtual mount
  std::string_view rest;
  std::shared_ptr<OpenFile> holder;
};

Result<Start> start_of(const Location& location) {
  if (location.base) {
    const Mount* mount = location.base->mount();
    if (location.base->as_virtual_directory()) return Start{mount, -1, location.path, {}};
    int fd = TRY(location.base->directory());
    if (!mount) return Error{ENOTDIR};
    return Start{mount, fd, location.path, location.base};
  }
  MountNamespace::Found found = location.cage->names()->find(location.path);
  int fd = found.mount->root() ? TRY(found.mount->root()->directory()) : -1;
  return Start{found.mount, fd, found.rest, found.mount->root()};
}

// One openat2 where that is enough; nothing if it takes a Walk.
Result<std::optional<HostFd>> open_at_once(Host& host, const Start& start, std::string_view path,
                                           uint64_t flags, uint64_t mode) {
  std::optional<HostFd> walk;
  if (start.fd < 0) return walk;
  // Which of the directories or the file is missing decides between ENOENT and EROFS, and a slash
  // behind a mount point between EEXIST and EISDIR.
  bool creates = flags & O_CREAT && !(flags & O_PATH);
  if (creates && (start.mount->read_only() || path.empty())) return walk;
  bool has_mounts = start.mount->has_pins();
  if (has_mounts && start.mount->may_cross(path)) return walk;
  Result<HostFd> fd =
      open_in_mount(host, *start.mount, start.fd, path.empty() ? "." : std::string(path), flags,
                    mode, has_mounts ? kNoLinks : kBeneath);
  if (fd.code() == EXDEV || (fd.code() == ELOOP && has_mounts)) return walk;
  return std::optional<HostFd>(TRY(std::move(fd)));
}

Result<void> check(const Location& location) {
  if (location.path.empty()) return Error{ENOENT};
  if (location.path.size() >= PATH_MAX) return Error{ENAMETOOLONG};
  return {};
}

// The directory part of a path, and its last component with one of the slashes that follow.
std::pair<std::string_view, std::string> split_leaf(std::string_view path) {
  size_t end = path.find_last_not_of('/') + 1;
  size_t slash = path.find_last_of('/', end - 1);
  size_t start = slash == std::string_view::npos ? 0 : slash + 1;
  std::string leaf(path.substr(start, end - start));
  if (end != path.size()) leaf += '/';
  return {path.substr(0, start), std::move(leaf)};
}

// Preview 1: whatever would leave the base fails.
Result<HostFd> open_in_island(Host& host, const Location& location, const std::string& path,
                              uint64_t flags, uint64_t mode) {
  Result<HostFd> fd =
      open_beneath(host, TRY(location.base->directory()), path, flags, mode, kBeneath);
  // Beneath forbids no mount points, so EXDEV can only mean an escape.
  if (fd.code() == EXDEV) return Error{kErrnoNotCapable};
  return fd;
}

Result<Parent> open_parent_in_island(Host& host, const Location& location) {
  TRY(check(location));
  if (location.path.front() == '/') return Error{kErrnoNotCapable};
  auto [directory, leaf] = split_leaf(location.path);
  Parent parent;
  parent.leaf = std::move(leaf);
  parent.read_only = location.base->read_only();
  if (directory.empty()) {
    parent.directory = TRY(location.base->directory());
    return parent;
  }
  parent.opened =
      TRY(open_in_island(host, location, std::string(directory), O_PATH | O_DIRECTORY, 0));
  parent.directory = parent.opened.get();
  return parent;
}

}  // namespace

bool Parent::is_name() const {
  std::string_view name = leaf;
  name.remove_suffix(has_slash());
  return name != "." && name != "..";
}

Result<Target> open_target(Host& host, const Location& location, uint64_t flags, uint64_t mode) {
  if (!location.cage) {
    bool read_only = location.base->read_only();
    if (read_only && changes_files(flags)) return Error{EROFS};
    Target target;
    target.fd = TRY(open_in_island(host, location, location.path, flags, mode));
    target.read_only = read_only;
    return target;
  }
  TRY(check(location));
  Start start = TRY(start_of(location));
  auto fd = TRY(open_at_once(host, start, start.rest, flags, mode));
  if (fd) return host_target(std::move(*fd), *start.mount);
  Walk walk(host, *location.cage);
  TRY(walk.begin(location));
  return walk.open(flags, mode);
}

Result<Parent> open_parent(Host& host, const Location& location) {
  if (!location.cage) return open_parent_in_island(host, location);
  TRY(check(location));
  Start start = TRY(start_of(location));
  // A name that is a mount point, and the root of a mount, take a Walk.
  if (start.fd >= 0 && !start.rest.empty() &&
      start.rest.find_first_not_of('/') != std::string_view::npos) {
    auto [directory, leaf] = split_leaf(start.rest);
    std::string_view name = leaf;
    name.remove_suffix(name.ends_with('/'));
    if (!start.mount->is_pin_name(name)) {
      Parent parent;
      parent.leaf = std::move(leaf);
      parent.mount = start.mount;
      parent.read_only = start.mount->read_only();
      if (directory.empty()) {
        parent.directory = start.fd;
        parent.holder = std::move(start.holder);
        return parent;
      }
      auto fd = TRY(open_at_once(host, start, directory, O_PATH | O_DIRECTORY, 0));
      if (fd) {
        parent.opened = std::move(*fd);
        parent.directory = parent.opened.get();
        return parent;
      }
    }
  }
  Walk walk(host, *location.cage);
  TRY(walk.begin(location));
  return walk.parent();
}

Result<std::string> guest_path(Host& host, OpenFile& file) {
  const Mount* mount = file.mount();
  if (!mount) return Error{ENOENT};
  const OpenVirtualDirectory* directory = file.as_virtual_directory();
  return path_from_root(*mount, directory
                                    ? directory->path()
                                    : TRY(path_in_mount(host, *mount, TRY(file.directory()))));
}

Result<std::string> shown_path(Host& host, OpenFile& file) {
  Result<std::string> path = guest_path(host, file);
  if (path.code() != ENOENT || !file.mount()) return path;
  return path_from_root(*file.mount(),
                        TRY(recorded_path(host, *file.mount(), TRY(file.directory()))));
}

}  // namespace linden::microvisor
