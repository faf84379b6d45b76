// /dev: the few devices of the host that a guest may use, and links to its own descriptors.
#pragma once

#include <memory>

#include "microvisor/virtual_node.h"

namespace linden::microvisor {

// null, zero, full, random, urandom, stdin, stdout, stderr, fd, and an empty directory shm. With
// `terminal` also tty, the terminal that controls the host process.
std::shared_ptr<VirtualDirectory> make_device_directory(bool terminal);

}  // namespace linden::microvisor
