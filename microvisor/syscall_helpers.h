// What the files of handlers share.
#pragma once

#include <fcntl.h>
#include <signal.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "microvisor/cage.h"
#include "microvisor/path_operations.h"
#include "microvisor/syscalls.h"

namespace linden::microvisor {

// What one call transfers at most, as in Linux.
inline constexpr uint32_t kMaxTransfer = 0x7ffff000;

inline SyscallResult to_value(Result<size_t> transferred) {
  return static_cast<int64_t>(TRY(std::move(transferred)));
}

inline SyscallResult to_zero(Result<void> done) {
  TRY(std::move(done));
  return 0;
}

// Sends the calling thread what Linux sends beside an error, for programs that don't look at those.
void raise_for_error(Thread& thread, int signal);

// The result of writing: SIGPIPE goes with EPIPE.
inline SyscallResult to_written(Thread& thread, Result<size_t> written) {
  if (written.code() == EPIPE) raise_for_error(thread, SIGPIPE);
  return to_value(std::move(written));
}

// EFBIG, and SIGXFSZ.
inline Error size_limit_exceeded(Thread& thread) {
  raise_for_error(thread, SIGXFSZ);
  return Error{EFBIG};
}

// The buffers of readv(2) and its kin: a length is a guest's ssize_t, EINVAL if it is negative.
inline Result<IoVectors> io_vectors(Cage& cage, GuestPtr<GuestIovec> vectors, uint32_t count) {
  return cage.memory().io_vectors({vectors, count}, INT32_MAX);
}

// The open file of a descriptor for a call that O_PATH descriptors don't have: EBADF for those.
inline Result<std::shared_ptr<OpenFile>> usable_file(Cage& cage, int fd) {
  auto file = TRY(cage.fds().file(fd));
  if (file->is_path_only()) return Error{EBADF};
  return file;
}

inline Result<Location> locate(Cage& cage, int directory, Path path) {
  return cage.locate(directory, TRY(cage.memory().copy_string(path)));
}

// The file that a path names, opened as a place only; for the calls on names that have no need of
// their own in path_operations.h.
inline Result<std::shared_ptr<OpenFile>> file_at(Cage& cage, int directory, Path path,
                                                 Symlinks symlinks) {
  int nofollow = symlinks == Symlinks::DontFollow ? O_NOFOLLOW : 0;
  return open_at(cage.host(), TRY(locate(cage, directory, path)), O_PATH | nofollow, 0);
}

// The same, but with AT_EMPTY_PATH in `flags` an empty path is the descriptor itself (AT_FDCWD: the
// working directory).
inline Result<std::shared_ptr<OpenFile>> file_at(Cage& cage, int directory, Path path,
                                                 Symlinks symlinks, bool empty_path) {
  std::string name = TRY(cage.memory().copy_string(path));
  if (name.empty() && empty_path) {
    if (directory != AT_FDCWD) return cage.fds().file(directory);
    name = ".";
  }
  int nofollow = symlinks == Symlinks::DontFollow ? O_NOFOLLOW : 0;
  return open_at(cage.host(), TRY(cage.locate(directory, name)), O_PATH | nofollow, 0);
}

// Calls visit(Thread&) for a thread of a cage, which does not end meanwhile. ESRCH if there is
// none.
template <typename Visit>
Result<void> with_thread(Cage& cage, int id, Visit visit) {
  return cage.with_threads([&](std::span<Thread* const> threads) -> Result<void> {
    for (Thread* thread : threads) {
      if (thread->id() == id) return visit(*thread);
    }
    return Error{ESRCH};
  });
}

// A mode for a file or directory that is made, as the cage's umask has it.
inline uint32_t created_mode(Cage& cage, uint32_t mode) {
  return mode & 01777 & ~cage.attributes().creation_mask();
}

// Puts a new file into the table. `flags` as for open(2): only O_CLOEXEC is looked at.
inline SyscallResult publish(Cage& cage, std::shared_ptr<OpenFile> file, int flags) {
  return TRY(cage.fds().insert({std::move(file), (flags & O_CLOEXEC) != 0}));
}

// Puts the two ends of something into the table, and tells the guest their descriptors; both or
// none.
inline SyscallResult publish_pair(Cage& cage, std::array<std::shared_ptr<OpenFile>, 2> ends,
                                  int flags, GuestPtr<int32_t> to) {
  int fds[2];
  fds[0] = static_cast<int>(TRY(publish(cage, std::move(ends[0]), flags)));
  SyscallResult second = publish(cage, std::move(ends[1]), flags);
  Result<void> told = second.error();
  if (second.ok()) {
    fds[1] = static_cast<int>(*second);
    told = cage.memory().copy_out(to, std::span<const int32_t>(fds));
    if (!told.ok()) (void)cage.fds().close(fds[1]);
  }
  if (!told.ok()) (void)cage.fds().close(fds[0]);
  return to_zero(std::move(told));
}

}  // namespace linden::microvisor
