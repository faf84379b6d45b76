// What this CPU can do, as far as generated code may use it. Needed to find a cached image as well
// as to make one, so it does without the compiler.
#ifndef LINDEN_JIT_CPU_FEATURES_H_
#define LINDEN_JIT_CPU_FEATURES_H_

#include <string>

namespace linden::jit {

// As LLVM's attributes "target-cpu" and "target-features" want them: the x86-64-v3 features that
// this CPU has. 512-bit vectors are left out on purpose: they make as much slower as they make
// faster.
const std::string& target_cpu();
const std::string& target_features();

}  // namespace linden::jit

#endif
