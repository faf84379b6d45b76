// What fstat(2) tells of a file that has no name and isn't the host's: of a pipe or a pair of
// sockets that the microvisor keeps itself.
#pragma once

#include <sys/stat.h>

#include <atomic>

#include "microvisor/host.h"

namespace linden::microvisor {

class UnnamedFile {
 public:
  // Takes `count` successive inode numbers, which no other file of `device` gets. `mode` has the
  // file's type.
  UnnamedFile(Host& host, dev_t device, mode_t mode, int count = 1)
      : host_(host), device_(device), mode_(mode), number_(next_number().fetch_add(count)) {
    Result<timespec> now = host.clock_gettime(CLOCK_REALTIME);
    if (now.ok()) made_ = now.value();
  }

  // `index`: of its numbers.
  struct stat status(int index = 0) const {
    const HostIdentity user = host_.identity();
    struct stat status{};
    status.st_dev = device_;
    status.st_ino = number_ + static_cast<ino_t>(index);
    status.st_mode = mode_;
    status.st_nlink = 1;
    status.st_uid = user.effective_user;
    status.st_gid = user.effective_group;
    status.st_blksize = 4096;
    status.st_atim = status.st_mtim = status.st_ctim = made_;
    return status;
  }

 private:
  static std::atomic<ino_t>& next_number() {
    static std::atomic<ino_t> next = 1'000'000;
    return next;
  }

  Host& host_;
  const dev_t device_;
  const mode_t mode_;
  const ino_t number_;
  timespec made_{};
};

}  // namespace linden::microvisor
