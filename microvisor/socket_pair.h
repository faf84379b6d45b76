// Connected sockets that have no names, as socketpair(2) makes them.
//
// A stream pair is two buffers of ours, one for each direction: like a pipe's (pipe_buffer.h), they
// work without the kernel until something is wanted that it alone can do: poll, peek, options.
// Then both directions become a socket pair of the host's, with what is in them. Pairs that keep
// the bounds of messages are the host's from the beginning.
//
// Source: socketpair(2), unix(7), Linux net/unix/af_unix.c.
#pragma once

#include <array>
#include <memory>

#include "microvisor/open_file.h"

namespace linden::microvisor {

// `type`: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET; `flags`: O_NONBLOCK or none.
Result<std::array<std::shared_ptr<OpenFile>, 2>> make_socket_pair(Host& host, int type, int flags);

}  // namespace linden::microvisor
