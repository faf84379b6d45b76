#include "microvisor/paths.h"

#include <fcntl.h>
#include <string.h>

#include "microvisor/host_file.h"

namespace linden::microvisor {

namespace {

Error fail(int code, std::string* error_message, std::string_view text) {
  if (error_message) *error_message = text;
  return Error{code};
}

// Takes the next component off the front of `path`; empty at the end. "." is skipped.
std::string_view next_component(std::string_view& path) {
  while (true) {
    size_t start = path.find_first_not_of('/');
    if (start == std::string_view::npos) {
      path = {};
      return {};
    }
    size_t end = path.find('/', start);
    if (end == std::string_view::npos) end = path.size();
    std::string_view component = path.substr(start, end - start);
    path.remove_prefix(end);
    if (component != ".") return component;
  }
}

}  // namespace

Result<DirectoryGrant> DirectoryGrant::parse(std::string_view text, std::string* error_message) {
  constexpr std::string_view kReadOnly = ":ro";
  auto complain = [&](std::string_view problem) {
    return fail(EINVAL, error_message,
                "invalid directory '" + std::string(text) + "': " + std::string(problem) +
                    " (expected HOST[::GUEST][:ro])");
  };
  if (text.empty()) return complain("it is empty");
  if (text.find('\0') != std::string_view::npos) return complain("it contains a NUL byte");

  DirectoryGrant grant;
  size_t separator = text.find("::");
  // What may carry the suffix: the guest name if there is one.
  std::string_view last = separator == std::string_view::npos ? text : text.substr(separator + 2);
  if (last.ends_with(kReadOnly)) {
    grant.read_only = true;
    last.remove_suffix(kReadOnly.size());
  }
  std::string_view host = separator == std::string_view::npos ? last : text.substr(0, separator);
  if (host.empty()) return complain("the host directory is empty");
  if (last.empty()) return complain("the guest directory is empty");
  grant.host_path = host;
  grant.guest_path = last;
  return grant;
}

Result<std::shared_ptr<OpenFile>> DirectoryGrant::open(Host& host,
                                                       std::string* error_message) const {
  OpenHow how{.flags = O_RDONLY | O_DIRECTORY};
  Result<HostFd> fd = host.openat2(AT_FDCWD, host_path.c_str(), how);
  if (fd.code() == EACCES) {
    // Searchable but not readable: paths beneath it work, listing it does not.
    how.flags = O_PATH | O_DIRECTORY;
    fd = host.openat2(AT_FDCWD, host_path.c_str(), how);
  }
  if (!fd.ok()) {
    return fail(fd.code(), error_message,
                "cannot open directory '" + host_path + "': " + strerror(fd.code()));
  }
  return std::shared_ptr<OpenFile>(HostFile::grant_root(host, fd.take(), read_only, guest_path));
}

void Namespace::add(std::string_view guest_path, std::shared_ptr<OpenFile> root) {
  Mount mount;
  mount.root = std::move(root);
  for (auto c = next_component(guest_path); !c.empty(); c = next_component(guest_path)) {
    if (c == "..") return;
    mount.components.emplace_back(c);
  }
  mounts_.push_back(std::move(mount));
}

Result<Location> Namespace::locate(std::string_view absolute_path) const {
  const Mount* best = nullptr;
  std::string_view best_rest;
  for (const Mount& mount : mounts_) {
    std::string_view rest = absolute_path;
    bool matches = true;
    for (const std::string& component : mount.components) {
      matches = matches && next_component(rest) == component;
    }
    if (!matches) continue;
    // A later grant of the same name covers the earlier one, as a mount does.
    if (!best || mount.components.size() >= best->components.size()) {
      best = &mount;
      best_rest = rest;
    }
  }
  if (!best) return Error{ENOENT};
  size_t start = best_rest.find_first_not_of('/');
  if (start == std::string_view::npos) return Location{best->root, "."};
  return Location{best->root, std::string(best_rest.substr(start))};
}

}  // namespace linden::microvisor
