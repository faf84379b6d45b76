// How a directory is emptied that a guest has filled: it may be deeper than there are descriptors,
// or stack, or than a path can be long. So nothing descends. What is found in a directory of the
// top is removed, and where that is a directory with something in it, it is moved up to the top;
// thus every directory is dealt with at the top in its turn. Links are removed, never followed.

#include "microvisor/private_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>

#include <array>
#include <cstring>
#include <vector>

#include "microvisor/abi.h"

namespace linden::microvisor {

namespace {

constexpr OpenHow kOpenDirectory{.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                                 .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

// A name that nothing is likely to have.
Result<std::string> random_name(Host& host) {
  std::array<std::byte, 12> bytes;
  TRY(host.getrandom(bytes, 0));
  std::string name = "linden-";
  for (std::byte byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    name += kDigits[std::to_integer<int>(byte >> 4)];
    name += kDigits[std::to_integer<int>(byte & std::byte{15})];
  }
  return name;
}

// The names in a directory, without "." and "..".
Result<std::vector<std::string>> names_in(Host& host, int directory) {
  std::vector<std::string> names;
  std::vector<std::byte> records(32 << 10);
  while (size_t count = TRY(host.getdents(directory, records))) {
    for (size_t position = 0; position < count;) {
      DirectoryEntryHeader header;
      std::memcpy(&header, &records[position], sizeof(header));
      std::string name(reinterpret_cast<const char*>(&records[position + sizeof(header)]));
      if (name != "." && name != "..") names.push_back(std::move(name));
      position += header.record_length;
    }
  }
  return names;
}

// Empties the directory `name` of `top` and removes it.
Result<void> remove_directory(Host& host, int top, const std::string& name) {
  HostFd directory = TRY(host.openat2(top, name.c_str(), kOpenDirectory));
  for (const std::string& entry : TRY(names_in(host, directory.get()))) {
    if (host.unlinkat(directory.get(), entry.c_str(), 0).ok()) continue;
    if (host.unlinkat(directory.get(), entry.c_str(), AT_REMOVEDIR).ok()) continue;
    TRY(host.renameat2(directory.get(), entry.c_str(), top, TRY(random_name(host)).c_str(), 0));
  }
  return host.unlinkat(top, name.c_str(), AT_REMOVEDIR);
}

Result<void> empty_directory(Host& host, int top) {
  while (true) {
    HostFd listed = TRY(host.openat2(top, ".", kOpenDirectory));
    std::vector<std::string> names = TRY(names_in(host, listed.get()));
    bool removed = false;
    for (const std::string& name : names) {
      removed |= host.unlinkat(top, name.c_str(), 0).ok() || remove_directory(host, top, name).ok();
    }
    if (!removed) return {};
  }
}

}  // namespace

Result<std::unique_ptr<PrivateDirectory>> PrivateDirectory::create(Host& host,
                                                                   const std::string& parent) {
  HostFd above = TRY(host.openat2(AT_FDCWD, parent.c_str(), {.flags = O_PATH | O_DIRECTORY}));
  std::string name = TRY(random_name(host));
  TRY(host.mkdirat(above.get(), name.c_str(), 0700));
  Result<HostFd> directory = host.openat2(above.get(), name.c_str(), kOpenDirectory);
  if (!directory.ok()) {
    (void)host.unlinkat(above.get(), name.c_str(), AT_REMOVEDIR);
    return directory.error();
  }
  return std::unique_ptr<PrivateDirectory>(
      new PrivateDirectory(host, std::move(above), std::move(name), directory.take()));
}

PrivateDirectory::~PrivateDirectory() {
  (void)empty_directory(host_, directory_.get());
  (void)host_.unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR);
}

Result<HostFd> PrivateDirectory::make(const char* name) const {
  TRY(host_.mkdirat(directory_.get(), name, 01777));
  return host_.openat2(directory_.get(), name, kOpenDirectory);
}

}  // namespace linden::microvisor
