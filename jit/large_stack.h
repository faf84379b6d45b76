// For recursion whose depth the input decides.
#ifndef LINDEN_JIT_LARGE_STACK_H_
#define LINDEN_JIT_LARGE_STACK_H_

#include <cstddef>
#include <functional>

namespace linden::jit {

// Runs the function on a thread with that much stack and waits for it; on the caller's own stack if
// no thread can be had.
void run_on_large_stack(size_t stack_size, const std::function<void()>& function);

}  // namespace linden::jit

#endif
