// Sockets: pairs that are connected from the beginning. There are no names and no networks yet, and
// no descriptors or credentials in messages.

#include <sys/socket.h>
#include <sys/un.h>

#include "microvisor/socket_pair.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// The longest value of an option that is let through.
constexpr uint32_t kOptionSize = 64;

// Options that concern the socket alone, none that changes the host or tells of it.
bool is_offered(int level, int name, bool is_change) {
  if (level != SOL_SOCKET) return false;
  switch (name) {
    case SO_SNDBUF:
    case SO_RCVBUF:
    case SO_RCVLOWAT:
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
    case SO_KEEPALIVE:
    case SO_REUSEADDR:
    case SO_LINGER:
      return true;
    case SO_TYPE:
    case SO_ERROR:
    case SO_DOMAIN:
    case SO_PROTOCOL:
    case SO_ACCEPTCONN:
      return !is_change;
    default:
      return false;
  }
}

// The open file of a descriptor if it is a socket that a cage has made. Those that the host gave
// the program are files to be read and written: what else can be done to them (shut them down,
// change options) is not the guest's.
Result<std::shared_ptr<OpenFile>> socket_file(Cage& cage, int fd) {
  auto file = TRY(usable_file(cage, fd));
  if (!file->is_unnamed_socket()) return Error{ENOTSOCK};
  return file;
}

Result<void> write_name(Cage& cage, Bytes address, GuestPtr<uint32_t> length) {
  const uint32_t room = TRY(cage.memory().read(length));
  if (static_cast<int32_t>(room) < 0) return Error{EINVAL};
  const sa_family_t family = AF_UNIX;
  TRY(cage.memory().copy_out(address.offset, &family, std::min<size_t>(room, sizeof family)));
  return cage.memory().write(length, sizeof family);
}

SyscallResult send(Thread& thread, int fd, IoVectors& vectors, bool has_name, int flags) {
  auto file = TRY(socket_file(thread.cage(), fd));
  if (has_name) return Error{EISCONN};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  Result<size_t> sent = file->send(message, flags);
  if (flags & MSG_NOSIGNAL) return to_value(std::move(sent));
  return to_written(thread, std::move(sent));
}

Result<size_t> receive(Cage& cage, int fd, IoVectors& vectors, int flags, int* flags_out) {
  auto file = TRY(socket_file(cage, fd));
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  const size_t received = TRY(file->receive(&message, flags));
  *flags_out = message.msg_flags;
  return received;
}

Result<IoVectors> one_vector(Cage& cage, Bytes buffer, uint32_t length) {
  const iovec vector =
      TRY(cage.memory().io_vector(GuestSpan<std::byte>{buffer, std::min(length, kMaxTransfer)}));
  return IoVectors{vector};
}

}  // namespace

SyscallResult sys_socketpair(Cage& cage, int domain, int type, int protocol,
                             GuestPtr<int32_t> fds) {
  const int flags = type & (SOCK_CLOEXEC | SOCK_NONBLOCK);
  type &= ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (domain < 0 || domain >= AF_MAX || type < 0 || type > SOCK_PACKET) return Error{EINVAL};
  if (domain == AF_INET || domain == AF_INET6) return Error{EOPNOTSUPP};
  if (domain != AF_UNIX) return Error{EAFNOSUPPORT};
  if (protocol != 0 && protocol != AF_UNIX) return Error{EPROTONOSUPPORT};
  if (type == SOCK_RAW) type = SOCK_DGRAM;
  if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET) {
    return Error{ESOCKTNOSUPPORT};
  }
  auto pair = TRY(make_socket_pair(cage.host(), type, flags & SOCK_NONBLOCK));
  static_assert(SOCK_CLOEXEC == O_CLOEXEC);
  return publish_pair(cage, std::move(pair), flags, fds);
}

SyscallResult sys_sendto(Thread& thread, int fd, Bytes buffer, uint32_t length, int flags,
                         Bytes address, uint32_t) {
  IoVectors vectors = TRY(one_vector(thread.cage(), buffer, length));
  return send(thread, fd, vectors, !address.is_null(), flags);
}

SyscallResult sys_recvfrom(Cage& cage, int fd, Bytes buffer, uint32_t length, int flags,
                           Bytes address, GuestPtr<uint32_t> address_length) {
  IoVectors vectors = TRY(one_vector(cage, buffer, length));
  int ignored;
  const size_t received = TRY(receive(cage, fd, vectors, flags, &ignored));
  if (!address.is_null()) TRY(cage.memory().write(address_length, 0));
  return static_cast<int64_t>(received);
}

SyscallResult sys_sendmsg(Thread& thread, int fd, GuestPtr<GuestMessage> from, int flags) {
  Cage& cage = thread.cage();
  const GuestMessage message = TRY(cage.memory().read(from));
  if (message.control_length != 0) return Error{EOPNOTSUPP};
  IoVectors vectors =
      TRY(io_vectors(cage, from.leads_to<GuestIovec>(message.vectors), message.vector_count));
  return send(thread, fd, vectors, message.name != 0 && message.name_length != 0, flags);
}

SyscallResult sys_recvmsg(Cage& cage, int fd, GuestPtr<GuestMessage> to, int flags) {
  GuestMessage message = TRY(cage.memory().read(to));
  IoVectors vectors =
      TRY(io_vectors(cage, to.leads_to<GuestIovec>(message.vectors), message.vector_count));
  const size_t received = TRY(receive(cage, fd, vectors, flags, &message.flags));
  message.name_length = 0;
  message.control_length = 0;
  TRY(cage.memory().write(to, message));
  return static_cast<int64_t>(received);
}

SyscallResult sys_shutdown(Cage& cage, int fd, int how) {
  return to_zero(TRY(socket_file(cage, fd))->shutdown(how));
}

SyscallResult sys_getsockname(Cage& cage, int fd, Bytes address, GuestPtr<uint32_t> length) {
  TRY(socket_file(cage, fd));
  return to_zero(write_name(cage, address, length));
}

// The other one has no name either.
SyscallResult sys_getpeername(Cage& cage, int fd, Bytes address, GuestPtr<uint32_t> length) {
  return sys_getsockname(cage, fd, address, length);
}

SyscallResult sys_getsockopt(Cage& cage, int fd, int level, int name, Bytes value,
                             GuestPtr<uint32_t> length) {
  auto file = TRY(socket_file(cage, fd));
  const uint32_t room = TRY(cage.memory().read(length));
  if (static_cast<int32_t>(room) < 0) return Error{EINVAL};
  if (level != SOL_SOCKET) return Error{EOPNOTSUPP};
  if (!is_offered(level, name, /*is_change=*/false)) return Error{ENOPROTOOPT};
  std::array<std::byte, kOptionSize> buffer{};
  const std::span wanted(buffer.data(), std::min(room, kOptionSize));
  const size_t size = TRY(file->socket_option(level, name, wanted));
  TRY(cage.memory().copy_out(value.offset, buffer.data(), size));
  return to_zero(cage.memory().write(length, static_cast<uint32_t>(size)));
}

SyscallResult sys_setsockopt(Cage& cage, int fd, int level, int name, Bytes value,
                             uint32_t length) {
  auto file = TRY(socket_file(cage, fd));
  if (static_cast<int32_t>(length) < 0) return Error{EINVAL};
  if (level != SOL_SOCKET) return Error{EOPNOTSUPP};
  if (!is_offered(level, name, /*is_change=*/true)) return Error{ENOPROTOOPT};
  std::array<std::byte, kOptionSize> buffer{};
  const size_t size = std::min(length, kOptionSize);
  TRY(cage.memory().copy_in(buffer.data(), value.offset, size));
  return to_zero(file->set_socket_option(level, name, {buffer.data(), size}));
}

}  // namespace linden::microvisor
