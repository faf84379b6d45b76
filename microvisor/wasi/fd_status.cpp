// What a descriptor is: status flags, rights, metadata, preopen names.

#include <fcntl.h>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

Errno fd_fdstat_get(Process& process, uint32_t fd, uint32_t fdstat_out) {
  Descriptor descriptor = WASI_TRY(process.descriptor(fd, 0));
  Fdstat fdstat{
      .file_type = to_file_type(WASI_TRY(descriptor.file->stat())),
      .padding0 = 0,
      .flags = to_fd_flags(WASI_TRY(descriptor.file->status_flags())),
      .padding1 = 0,
      .rights_base = descriptor.rights.base,
      .rights_inheriting = descriptor.rights.inheriting,
  };
  return store(process, fdstat_out, fdstat);
}

Errno fd_fdstat_set_flags(Process& process, uint32_t fd, uint32_t flags) {
  constexpr int kChangeable = O_APPEND | O_NONBLOCK;
  auto file = WASI_TRY(process.file(fd, right::kFdFdstatSetFlags));
  int wanted = WASI_TRY(to_status_flags(flags));
  int current = WASI_TRY(file->status_flags());
  // Linux fixes these at open and ignores them here; claiming success would lose data.
  if ((wanted & O_SYNC) & ~current) return Errno::NotSupported;
  return to_errno(file->set_status_flags((current & ~kChangeable) | (wanted & kChangeable)).code());
}

Errno fd_fdstat_set_rights(Process& process, uint32_t fd, uint64_t base, uint64_t inheriting) {
  WASI_TRY(process.descriptor(fd, 0));
  return to_errno(
      process.cage().fds().restrict_rights(static_cast<int>(fd), {base, inheriting}).code());
}

Errno fd_filestat_get(Process& process, uint32_t fd, uint32_t filestat_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdFilestatGet));
  return store(process, filestat_out, to_filestat(WASI_TRY(file->stat())));
}

Errno fd_filestat_set_times(Process& process, uint32_t fd, uint64_t atim, uint64_t mtim,
                            uint32_t fst_flags) {
  auto file = WASI_TRY(process.file(fd, right::kFdFilestatSetTimes));
  return to_errno(file->set_times(WASI_TRY(to_times(atim, mtim, fst_flags))).code());
}

Errno fd_prestat_get(Process& process, uint32_t fd, uint32_t prestat_out) {
  auto file = WASI_TRY(process.file(fd, 0));
  // Start code walks up from descriptor 3 until it is told BadFd.
  if (!file->grant_name()) return Errno::BadFd;
  return store(process, prestat_out,
               Prestat{.tag = 0, .name_length = static_cast<uint32_t>(file->grant_name()->size())});
}

Errno fd_prestat_dir_name(Process& process, uint32_t fd, uint32_t path, uint32_t path_len) {
  auto file = WASI_TRY(process.file(fd, 0));
  const std::string* name = file->grant_name();
  if (!name) return Errno::BadFd;
  if (name->size() > path_len) return Errno::NameTooLong;
  return to_errno(process.memory().copy_out(path, name->data(), name->size()).code());
}

}  // namespace linden::microvisor::wasi
