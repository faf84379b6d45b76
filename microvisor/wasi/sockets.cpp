// Sockets. Preview 1 can't make them; it uses those that it was started with.

#include <sys/socket.h>

#include "microvisor/wasi/internal.h"

namespace linden::microvisor::wasi {

namespace {

constexpr uint32_t kReceivePeek = 1;
constexpr uint32_t kReceiveWaitAll = 2;
constexpr uint16_t kReceivedTruncated = 1;
constexpr uint32_t kShutdownRead = 1;
constexpr uint32_t kShutdownWrite = 2;

msghdr message_for(IoVectors& vectors) {
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  return message;
}

}  // namespace

Errno sock_accept(Process& process, uint32_t fd, uint32_t fd_flags, uint32_t fd_out) {
  Descriptor listener = WASI_TRY(process.descriptor(fd, right::kSockAccept));
  if (fd_flags & ~fd_flag::kNonblock) return Errno::Invalid;
  int flags = fd_flags & fd_flag::kNonblock ? SOCK_NONBLOCK : 0;
  auto connection = WASI_TRY(listener.file->accept(flags));
  Rights rights{.base = listener.rights.inheriting & right::kSocket,
                .inheriting = listener.rights.inheriting};
  return to_errno(process.publish({std::move(connection), false, rights}, fd_out).code());
}

Errno sock_recv(Process& process, uint32_t fd, uint32_t ri_data, uint32_t ri_data_len,
                uint32_t ri_flags, uint32_t ro_datalen_out, uint32_t ro_flags_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdRead));
  if (ri_flags & ~(kReceivePeek | kReceiveWaitAll)) return Errno::Invalid;
  int flags = 0;
  if (ri_flags & kReceivePeek) flags |= MSG_PEEK;
  if (ri_flags & kReceiveWaitAll) flags |= MSG_WAITALL;
  IoVectors vectors =
      WASI_TRY(process.memory().io_vectors(GuestSpan<GuestIovec>{{ri_data}, ri_data_len}));
  msghdr message = message_for(vectors);
  size_t received = WASI_TRY(file->receive(&message, flags));
  uint16_t out_flags = message.msg_flags & MSG_TRUNC ? kReceivedTruncated : 0;
  WASI_TRY(
      process.memory().write(GuestPtr<uint32_t>{ro_datalen_out}, static_cast<uint32_t>(received)));
  return store(process, ro_flags_out, out_flags);
}

Errno sock_send(Process& process, uint32_t fd, uint32_t si_data, uint32_t si_data_len,
                uint32_t si_flags, uint32_t so_datalen_out) {
  auto file = WASI_TRY(process.file(fd, right::kFdWrite));
  if (si_flags != 0) return Errno::Invalid;
  IoVectors vectors =
      WASI_TRY(process.memory().io_vectors(GuestSpan<GuestIovec>{{si_data}, si_data_len}));
  size_t sent = WASI_TRY(file->send(message_for(vectors), 0));
  return store(process, so_datalen_out, static_cast<uint32_t>(sent));
}

Errno sock_shutdown(Process& process, uint32_t fd, uint32_t how) {
  auto file = WASI_TRY(process.file(fd, right::kSockShutdown));
  switch (how) {
    case kShutdownRead:
      return to_errno(file->shutdown(SHUT_RD).code());
    case kShutdownWrite:
      return to_errno(file->shutdown(SHUT_WR).code());
    case kShutdownRead | kShutdownWrite:
      return to_errno(file->shutdown(SHUT_RDWR).code());
    default:
      return Errno::Invalid;
  }
}

}  // namespace linden::microvisor::wasi
