// An open file description: what one open() made, shared by every descriptor that was duplicated
// from it, with its offset and status flags. Host files are HostFile; pipes, sockets, epoll sets
// and so on between cages are to be further subclasses.
//
// Ownership: held by shared_ptr from fd table slots and from operations in flight, so that a
// thread may close a descriptor which another is using; the last holder closes the file.
// Errors: an operation that a kind of file lacks gives what Linux gives for it (the defaults here).
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "microvisor/guest_memory.h"
#include "microvisor/host.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class Mount;
class OpenVirtualDirectory;

// Whom fcntl's F_SETOWN names: a thread, a process or a group. The host's struct f_owner_ex.
struct SignalOwner {
  int32_t type = F_OWNER_PID;
  int32_t id = 0;
};

class OpenFile {
 public:
  virtual ~OpenFile() = default;

  virtual Result<size_t> readv(std::span<const iovec>) { return Error{EINVAL}; }
  virtual Result<size_t> writev(std::span<const iovec>) { return Error{EINVAL}; }
  virtual Result<size_t> preadv(std::span<const iovec>, int64_t) { return Error{ESPIPE}; }
  virtual Result<size_t> pwritev(std::span<const iovec>, int64_t) { return Error{ESPIPE}; }
  // An offset of -1 is the current position; `flags` are RWF_*.
  virtual Result<size_t> preadv2(std::span<const iovec> to, int64_t offset, int flags);
  virtual Result<size_t> pwritev2(std::span<const iovec> from, int64_t offset, int flags);
  virtual Result<int64_t> seek(int64_t, int) { return Error{ESPIPE}; }

  virtual Result<struct stat> stat() = 0;
  // By default what stat() says, without a birth time.
  virtual Result<struct statx> statx(int flags, uint32_t mask);
  virtual Result<struct statfs> statfs() { return Error{ENOSYS}; }
  // Whether the cage may do `mode` (R_OK, W_OK, X_OK). By default what the owner's bits say.
  virtual Result<void> access(int mode);
  // Set-id bits of `mode` are ignored, as in open_at().
  virtual Result<void> change_mode(uint32_t) { return Error{EPERM}; }
  // -1 leaves an id as it is.
  virtual Result<void> change_owner(uid_t, gid_t) { return Error{EPERM}; }
  virtual Result<void> truncate(int64_t) { return Error{EINVAL}; }
  virtual Result<void> allocate(int, int64_t, int64_t) { return Error{ENODEV}; }
  virtual Result<void> advise(int64_t, int64_t, int) { return Error{ESPIPE}; }
  virtual Result<void> sync() { return Error{EINVAL}; }
  virtual Result<void> sync_data() { return Error{EINVAL}; }
  virtual Result<void> set_times(std::span<const timespec, 2>) { return Error{EPERM}; }

  // linux_dirent64 records from the current position on.
  virtual Result<size_t> read_entries(std::span<std::byte>) { return Error{ENOTDIR}; }
  // The same from a given position, which is 0 or the d_off of an earlier record; atomic with
  // respect to other calls of itself.
  virtual Result<size_t> read_entries_at(int64_t, std::span<std::byte>) { return Error{ENOTDIR}; }

  // O_APPEND, O_NONBLOCK, ... and the access mode, in the host's encoding.
  virtual Result<int> status_flags() = 0;
  virtual Result<void> set_status_flags(int flags) = 0;

  // The descriptor to give to Host::poll; valid as long as this object.
  virtual Result<int> pollable() { return Error{EPERM}; }
  virtual Result<uint64_t> bytes_available() { return Error{ENOTTY}; }
  // Whether it is the writing end of a pipe that nobody reads any more.
  virtual bool is_broken_pipe() { return false; }

  // The descriptor to give to Host::mmap; valid as long as this object.
  virtual Result<int> mappable() { return Error{ENODEV}; }
  // The host's descriptor of the same file, for what only files of the host can do (locks,
  // extended attributes, transfer within the kernel, terminals); valid as long as this object.
  virtual Result<int> host_descriptor() { return Error{EINVAL}; }
  // Whether it was opened with O_PATH: a place in the file system, not a file to be used.
  virtual bool is_path_only() const { return false; }
  // Whether the host was started with it: it is to be read and written, but what else the file has
  // (mode, owner, times, attributes) is outside of what the guest was granted.
  virtual bool is_inherited() const { return false; }
  // A descriptor in the table `owner` that referred to this has been closed: POSIX record locks of
  // that owner on the file end, whichever descriptor they were made through.
  virtual void descriptor_closed(const void*) {}

  // The host directory beneath which paths may be resolved; valid as long as this object.
  virtual Result<int> directory() { return Error{ENOTDIR}; }
  // Whether everything beneath (or this file itself) must not be changed.
  virtual bool read_only() const { return false; }
  // For directories of a POSIX guest: the mount that they lie in, which lives as long as this
  // object or the namespace; else null.
  virtual const Mount* mount() const { return nullptr; }
  virtual const OpenVirtualDirectory* as_virtual_directory() const { return nullptr; }
  // The guest's name for it if this is the root of a grant, else null.
  virtual const std::string* grant_name() const { return nullptr; }

  virtual Result<std::shared_ptr<OpenFile>> accept(int) { return Error{ENOTSOCK}; }
  virtual Result<size_t> receive(msghdr*, int) { return Error{ENOTSOCK}; }
  virtual Result<size_t> send(const msghdr&, int) { return Error{ENOTSOCK}; }
  virtual Result<void> shutdown(int) { return Error{ENOTSOCK}; }
  // See Host::socket_option.
  virtual Result<size_t> socket_option(int, int, std::span<std::byte>) { return Error{ENOTSOCK}; }
  virtual Result<void> set_socket_option(int, int, std::span<const std::byte>) {
    return Error{ENOTSOCK};
  }
  // Whether stat() tells it from all other files, and from itself after a change.
  virtual bool has_identity() const { return true; }
  // Whether it is one of a pair that a cage has made.
  virtual bool is_unnamed_socket() const { return false; }

  // What F_SETOWN and F_SETSIG recorded. Nobody is ever signalled by it.
  std::atomic<SignalOwner> signal_owner;
  std::atomic<int> owner_signal = 0;
};

}  // namespace linden::microvisor
