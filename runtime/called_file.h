// A program's file as the calls of a cage show it: opened and read by system calls that are made
// for the cage, through a table, so that grates answer them. exec reads programs so when grates
// answer such calls; without any it has the microvisor's own files.
//
// The buffers of these calls are a piece of the cage's memory, mapped for that time. Whatever the
// cage or a grate writes there meanwhile, is what was read.
//
// Threads: everything is for the thread of the cage whose exec it is, within that call.
#ifndef LINDEN_RUNTIME_CALLED_FILE_H_
#define LINDEN_RUNTIME_CALLED_FILE_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "microvisor/cage.h"
#include "microvisor/open_file.h"

namespace linden::runtime {

class CalledFile final : public microvisor::OpenFile {
 public:
  // Makes a call for the cage: its result, or -errno.
  using Call = absl::AnyInvocable<int64_t(int number, const uint64_t arguments[6])>;

  // Opens the regular file at `path`, if it may be executed. `flags`: 0 or O_NOFOLLOW. An empty
  // path is the file that `directory` itself is open on. ELOOP, EACCES, and what the calls say.
  static microvisor::Result<std::shared_ptr<CalledFile>> open(microvisor::Cage& cage, Call call,
                                                              int directory,
                                                              const std::string& path, int flags);
  ~CalledFile() override;

  microvisor::Result<struct stat> stat() override { return status_; }
  microvisor::Result<size_t> preadv(std::span<const iovec> to, int64_t offset) override;
  microvisor::Result<int> status_flags() override { return O_RDONLY; }
  microvisor::Result<void> set_status_flags(int) override { return microvisor::Error{EINVAL}; }

  // A grate may say of it what it likes.
  bool has_identity() const override { return false; }

  // Where it was opened, absolute; empty if that was from a descriptor.
  const std::string& path() const { return path_; }

 private:
  CalledFile(microvisor::Cage& cage, Call call) : cage_(cage), call_(std::move(call)) {}

  microvisor::Result<void> map_buffer();
  microvisor::Result<void> find(int directory, const std::string& path, int flags);
  microvisor::Result<int64_t> make(int number, std::initializer_list<uint64_t> arguments);
  microvisor::Result<void> note_path(const std::string& path);

  microvisor::Cage& cage_;
  Call call_;
  uint32_t buffer_ = 0;  // in the cage's memory; 0: none
  int fd_ = -1;
  bool owns_fd_ = false;
  struct stat status_{};
  std::string path_;
};

}  // namespace linden::runtime

#endif
