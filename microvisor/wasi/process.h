// WASI preview 1 for one guest program: a thin layer over the microvisor's operations.
//
// How the runtime uses it: create() a Process, make the instance and set_memory(), bind the
// functions listed in functions.def as imports of wasi_snapshot_preview1, run `_start`. After
// proc_exit and proc_raise it must look at exit_code() and end the guest if it is set.
//
// Every function takes the wasm parameters after the first (uint32_t for i32, uint64_t for i64) and
// returns the wasm result. Whatever the guest passes, the outcome is an Errno: addresses outside of
// the memory are Fault, unknown flags Invalid, and no count makes the host allocate at will.
//
// Ownership: a Process owns its cage; the Host and the guest memory outlive it.
// Thread-safety: all functions may be called by several guest threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "microvisor/cage.h"
#include "microvisor/paths.h"
#include "microvisor/wasi/types.h"

namespace linden::microvisor::wasi {

struct Options {
  std::vector<std::string> args = {};
  std::vector<std::string> env = {};  // NAME=value
  std::vector<DirectoryGrant> dirs = {};
  bool inherit_stdio = true;
};

class Process {
 public:
  // Opens the granted directories as descriptors 3, 4, ... in their order. Without inherited stdio,
  // descriptors 0-2 stay closed, and preopens still begin at 3. On failure `*error_message` (may be
  // null) tells the user why.
  static Result<std::unique_ptr<Process>> create(Host& host, Options options,
                                                 std::string* error_message);

  void set_memory(GuestMemory memory) { cage_.set_memory(memory); }
  // proc_exit's: all 32 bits count. The first call wins.
  void exit(uint32_t code);
  std::optional<uint32_t> exit_code() const;

  Cage& cage() { return cage_; }
  const GuestMemory& memory() const { return cage_.memory(); }
  Host& host() { return cage_.host(); }

  // The file behind `fd` if the descriptor carries all of `rights`; else EBADF or kErrnoNotCapable.
  Result<Descriptor> descriptor(uint32_t fd, uint64_t rights);
  Result<std::shared_ptr<OpenFile>> file(uint32_t fd, uint64_t rights);
  // A guest path beneath the directory that `fd` is open on. `*inheriting` receives that very
  // directory's rights, even if another thread puts something else behind `fd` meanwhile.
  Result<Location> location(uint32_t fd, uint64_t rights, uint32_t path, uint32_t path_length,
                            uint64_t* inheriting = nullptr);
  // A path as text: EINVAL with an embedded NUL, ENOENT if empty.
  Result<std::string> path(uint32_t path, uint32_t path_length);
  // Gives `file` a descriptor and stores its number at `out`; closes it again if that fails.
  Result<void> publish(Descriptor descriptor, uint32_t out);

 private:
  Process(Host& host, Cage::Options options) : cage_(host, std::move(options)) {}

  Cage cage_;
  std::atomic<uint32_t> exit_code_ = 0;
};

// program.cpp
Errno args_get(Process&, uint32_t argv, uint32_t argv_buf);
Errno args_sizes_get(Process&, uint32_t argc_out, uint32_t argv_buf_size_out);
Errno environ_get(Process&, uint32_t environ, uint32_t environ_buf);
Errno environ_sizes_get(Process&, uint32_t count_out, uint32_t buf_size_out);
void proc_exit(Process&, uint32_t code);
// Signals whose default action ends a process end the guest with exit code 128 + number.
Errno proc_raise(Process&, uint32_t signal);
Errno sched_yield(Process&);
Errno random_get(Process&, uint32_t buf, uint32_t buf_len);

// clock.cpp
Errno clock_res_get(Process&, uint32_t clock, uint32_t resolution_out);
Errno clock_time_get(Process&, uint32_t clock, uint64_t precision, uint32_t time_out);

// fd.cpp: data; fd_status.cpp: state; readdir.cpp
Errno fd_advise(Process&, uint32_t fd, uint64_t offset, uint64_t len, uint32_t advice);
Errno fd_allocate(Process&, uint32_t fd, uint64_t offset, uint64_t len);
Errno fd_close(Process&, uint32_t fd);
Errno fd_datasync(Process&, uint32_t fd);
Errno fd_fdstat_get(Process&, uint32_t fd, uint32_t fdstat_out);
Errno fd_fdstat_set_flags(Process&, uint32_t fd, uint32_t flags);
Errno fd_fdstat_set_rights(Process&, uint32_t fd, uint64_t base, uint64_t inheriting);
Errno fd_filestat_get(Process&, uint32_t fd, uint32_t filestat_out);
Errno fd_filestat_set_size(Process&, uint32_t fd, uint64_t size);
Errno fd_filestat_set_times(Process&, uint32_t fd, uint64_t atim, uint64_t mtim,
                            uint32_t fst_flags);
Errno fd_pread(Process&, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
               uint32_t nread_out);
Errno fd_prestat_get(Process&, uint32_t fd, uint32_t prestat_out);
Errno fd_prestat_dir_name(Process&, uint32_t fd, uint32_t path, uint32_t path_len);
Errno fd_pwrite(Process&, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint64_t offset,
                uint32_t nwritten_out);
Errno fd_read(Process&, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nread_out);
Errno fd_readdir(Process&, uint32_t fd, uint32_t buf, uint32_t buf_len, uint64_t cookie,
                 uint32_t bufused_out);
Errno fd_renumber(Process&, uint32_t from, uint32_t to);
Errno fd_seek(Process&, uint32_t fd, uint64_t offset, uint32_t whence, uint32_t newoffset_out);
Errno fd_sync(Process&, uint32_t fd);
Errno fd_tell(Process&, uint32_t fd, uint32_t offset_out);
Errno fd_write(Process&, uint32_t fd, uint32_t iovs, uint32_t iovs_len, uint32_t nwritten_out);

// path.cpp
Errno path_create_directory(Process&, uint32_t fd, uint32_t path, uint32_t path_len);
Errno path_filestat_get(Process&, uint32_t fd, uint32_t lookup_flags, uint32_t path,
                        uint32_t path_len, uint32_t filestat_out);
Errno path_filestat_set_times(Process&, uint32_t fd, uint32_t lookup_flags, uint32_t path,
                              uint32_t path_len, uint64_t atim, uint64_t mtim, uint32_t fst_flags);
Errno path_link(Process&, uint32_t old_fd, uint32_t old_lookup_flags, uint32_t old_path,
                uint32_t old_path_len, uint32_t new_fd, uint32_t new_path, uint32_t new_path_len);
Errno path_open(Process&, uint32_t fd, uint32_t lookup_flags, uint32_t path, uint32_t path_len,
                uint32_t oflags, uint64_t rights_base, uint64_t rights_inheriting,
                uint32_t fd_flags, uint32_t fd_out);
Errno path_readlink(Process&, uint32_t fd, uint32_t path, uint32_t path_len, uint32_t buf,
                    uint32_t buf_len, uint32_t bufused_out);
Errno path_remove_directory(Process&, uint32_t fd, uint32_t path, uint32_t path_len);
Errno path_rename(Process&, uint32_t fd, uint32_t old_path, uint32_t old_path_len, uint32_t new_fd,
                  uint32_t new_path, uint32_t new_path_len);
Errno path_symlink(Process&, uint32_t old_path, uint32_t old_path_len, uint32_t fd,
                   uint32_t new_path, uint32_t new_path_len);
Errno path_unlink_file(Process&, uint32_t fd, uint32_t path, uint32_t path_len);

// poll.cpp
Errno poll_oneoff(Process&, uint32_t in, uint32_t out, uint32_t nsubscriptions,
                  uint32_t nevents_out);

// sockets.cpp
Errno sock_accept(Process&, uint32_t fd, uint32_t fd_flags, uint32_t fd_out);
Errno sock_recv(Process&, uint32_t fd, uint32_t ri_data, uint32_t ri_data_len, uint32_t ri_flags,
                uint32_t ro_datalen_out, uint32_t ro_flags_out);
Errno sock_send(Process&, uint32_t fd, uint32_t si_data, uint32_t si_data_len, uint32_t si_flags,
                uint32_t so_datalen_out);
Errno sock_shutdown(Process&, uint32_t fd, uint32_t how);

}  // namespace linden::microvisor::wasi
