// Pipes between cages: bytes go from one guest's memory to another's through a buffer of ours,
// without the kernel, which is entered only to sleep and to wake sleepers.
//
// What the kernel alone can do with a pipe (poll it together with other files, splice it, resize
// it, hand it out of the process) makes it a pipe of the host: what is in the buffer moves over,
// once and for all, and both ends go on there. Nobody can tell the difference, which is also why
// the buffer is cut into pages as Linux's is: how much fits depends on how it was written.
//
// Source: pipe(7), Linux fs/pipe.c.
#pragma once

#include <memory>
#include <utility>

#include "microvisor/open_file.h"

namespace linden::microvisor {

// `flags`: O_NONBLOCK or none.
std::pair<std::shared_ptr<OpenFile>, std::shared_ptr<OpenFile>> make_pipe(Host& host, int flags);

}  // namespace linden::microvisor
