// Identifies the build of the compiler library: part of the cache key, because any change of the
// translator changes what a cached image should be.
#ifndef LINDEN_JIT_BUILD_ID_H_
#define LINDEN_JIT_BUILD_ID_H_

#include <string>

namespace linden::jit {

// liblinden-compiler.so beside the executable, or in ../lib/linden from there.
const std::string& compiler_library_path();

// Hexadecimal digits of the linker's build id note in that file, which is read but not loaded;
// empty if there is none.
const std::string& compiler_build_id();

}  // namespace linden::jit

#endif
