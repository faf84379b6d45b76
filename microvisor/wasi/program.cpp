// Arguments, environment, exit, scheduling and random numbers.

#include <algorithm>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

// An array of pointers at `pointers` to the strings, which are laid out one after the other from
// `buffer` on, each with its NUL.
Result<void> store_strings(Process& process, const std::vector<std::string>& strings,
                           uint32_t pointers, uint32_t buffer) {
  // In 64 bits, so that what runs over the end of the address space is noticed and not wrapped.
  uint64_t pointer = pointers;
  uint64_t position = buffer;
  for (const std::string& string : strings) {
    TRY(process.memory().copy_out(position, string.c_str(), string.size() + 1));
    uint32_t address = static_cast<uint32_t>(position);
    TRY(process.memory().copy_out(pointer, &address, sizeof(address)));
    pointer += sizeof(address);
    position += string.size() + 1;
  }
  return {};
}

Result<void> store_sizes(Process& process, const std::vector<std::string>& strings,
                         uint32_t count_out, uint32_t size_out) {
  uint64_t size = 0;
  for (const std::string& string : strings) size += string.size() + 1;
  if (size > UINT32_MAX) return Error{EOVERFLOW};
  TRY(process.memory().write(GuestPtr<uint32_t>{count_out}, static_cast<uint32_t>(strings.size())));
  return process.memory().write(GuestPtr<uint32_t>{size_out}, static_cast<uint32_t>(size));
}

}  // namespace

Errno args_get(Process& process, uint32_t argv, uint32_t argv_buf) {
  return to_errno(store_strings(process, process.cage().args(), argv, argv_buf).code());
}

Errno args_sizes_get(Process& process, uint32_t argc_out, uint32_t argv_buf_size_out) {
  return to_errno(store_sizes(process, process.cage().args(), argc_out, argv_buf_size_out).code());
}

Errno environ_get(Process& process, uint32_t environ, uint32_t environ_buf) {
  return to_errno(
      store_strings(process, process.cage().environment(), environ, environ_buf).code());
}

Errno environ_sizes_get(Process& process, uint32_t count_out, uint32_t buf_size_out) {
  return to_errno(
      store_sizes(process, process.cage().environment(), count_out, buf_size_out).code());
}

void proc_exit(Process& process, uint32_t code) { process.exit(code); }

Errno proc_raise(Process& process, uint32_t signal) {
  constexpr uint32_t kNone = 0, kChild = 16, kContinue = 17, kStop = 18, kTerminalOutput = 21,
                     kUrgent = 22, kWindowChange = 27, kLast = 30;
  if (signal > kLast) return Errno::Invalid;
  if (signal == kNone || signal == kChild || signal == kContinue || signal == kUrgent ||
      signal == kWindowChange) {
    return Errno::Success;
  }
  // There is nobody who could continue a stopped program.
  if (signal >= kStop && signal <= kTerminalOutput) return Errno::NotSupported;
  // Preview 1 leaves out Linux's SIGSTKFLT, 16.
  uint32_t linux_signal = signal < kChild ? signal : signal + 1;
  process.cage().exit(ExitStatus::killed(static_cast<int>(linux_signal)));
  return Errno::Success;
}

Errno sched_yield(Process& process) { return to_errno(process.host().sched_yield().code()); }

Errno random_get(Process& process, uint32_t buf, uint32_t buf_len) {
  iovec vector = WASI_TRY(process.memory().io_vector(GuestSpan<std::byte>{{buf}, buf_len}));
  std::span<std::byte> to(static_cast<std::byte*>(vector.iov_base), vector.iov_len);
  while (!to.empty()) {
    Result<size_t> filled = process.host().getrandom(to, 0);
    // The kernel stops at a signal; whether the guest should go on is only for its exit to say.
    if (filled.code() == EINTR && !process.exit_code()) continue;
    to = to.subspan(WASI_TRY(std::move(filled)));
  }
  return Errno::Success;
}

}  // namespace linden::microvisor::wasi
