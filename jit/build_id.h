// Identifies this build of the executable: part of the cache key, because any change of the
// translator changes what a cached image should be.
#ifndef LINDEN_JIT_BUILD_ID_H_
#define LINDEN_JIT_BUILD_ID_H_

#include <string>

namespace linden::jit {

// Hexadecimal digits of the linker's build id note of the running executable.
const std::string& build_id();

}  // namespace linden::jit

#endif
