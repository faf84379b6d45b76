// /proc: what a cage may know of itself. Nothing of the host's /proc is behind it.
#pragma once

#include <memory>

#include "microvisor/virtual_node.h"

namespace linden::microvisor {

// self and the cage's own number, with: fd, exe, cwd, root, cmdline, environ, comm, status, mounts.
// Opening self/fd/N shares the open file, offset included, where Linux opens the file anew: nobody
// gets more access to it than it was opened with.
std::shared_ptr<VirtualDirectory> make_process_directory();

}  // namespace linden::microvisor
