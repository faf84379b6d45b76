#include "microvisor/device_files.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include "microvisor/cage.h"
#include "microvisor/host_file.h"

namespace linden::microvisor {

namespace {

// A character device of the host, found by its path there and recognised by its number: whatever
// else may lie at that path is not for the guest.
class Device final : public VirtualNode {
 public:
  Device(const char* host_path, unsigned major, unsigned minor)
      : VirtualNode(S_IFCHR | 0666), host_path_(host_path), number_(makedev(major, minor)) {}

  Result<struct stat> stat(Host& host) const override {
    HostFd fd = TRY(host.openat2(AT_FDCWD, host_path_, {.flags = O_PATH | O_NOFOLLOW}));
    return status(host, fd);
  }

  Result<std::shared_ptr<OpenFile>> open(Cage& cage, int flags) const override {
    uint64_t kept =
        static_cast<uint32_t>(flags) & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC);
    OpenHow how{.flags = kept | O_NOCTTY | O_NOFOLLOW};
    HostFd fd = TRY(cage.host().openat2(AT_FDCWD, host_path_, how));
    TRY(status(cage.host(), fd));
    // Read-only says nothing of the device itself: its times and permissions are the host's.
    return std::shared_ptr<OpenFile>(
        HostFile::opened(cage.host(), std::move(fd), /*read_only=*/true));
  }

 private:
  Result<struct stat> status(Host& host, const HostFd& fd) const {
    struct stat status = TRY(host.fstat(fd.get()));
    if (!S_ISCHR(status.st_mode) || status.st_rdev != number_) return Error{ENXIO};
    return status;
  }

  const char* const host_path_;
  const dev_t number_;
};

}  // namespace

// Numbers: Documentation/admin-guide/devices.txt of Linux.
std::shared_ptr<VirtualDirectory> make_device_directory(bool terminal) {
  auto directory = std::make_shared<VirtualDirectory>();
  directory->add("null", std::make_shared<Device>("/dev/null", 1, 3));
  directory->add("zero", std::make_shared<Device>("/dev/zero", 1, 5));
  directory->add("full", std::make_shared<Device>("/dev/full", 1, 7));
  directory->add("random", std::make_shared<Device>("/dev/random", 1, 8));
  directory->add("urandom", std::make_shared<Device>("/dev/urandom", 1, 9));
  if (terminal) directory->add("tty", std::make_shared<Device>("/dev/tty", 5, 0));
  directory->add("fd", std::make_shared<VirtualSymlink>("/proc/self/fd"));
  directory->add("stdin", std::make_shared<VirtualSymlink>("/proc/self/fd/0"));
  directory->add("stdout", std::make_shared<VirtualSymlink>("/proc/self/fd/1"));
  directory->add("stderr", std::make_shared<VirtualSymlink>("/proc/self/fd/2"));
  directory->add("shm", std::make_shared<VirtualDirectory>());
  return directory;
}

}  // namespace linden::microvisor
