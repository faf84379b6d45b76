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

}  // namespace

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

Result<HostFd> DirectoryGrant::open_directory(Host& host, std::string* error_message) const {
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
  return fd;
}

Result<std::shared_ptr<OpenFile>> DirectoryGrant::open(Host& host,
                                                       std::string* error_message) const {
  HostFd fd = TRY(open_directory(host, error_message));
  return std::shared_ptr<OpenFile>(
      HostFile::grant_root(host, std::move(fd), read_only, guest_path));
}

}  // namespace linden::microvisor
