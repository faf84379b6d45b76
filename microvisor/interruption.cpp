#include "microvisor/interruption.h"

extern "C" {
long linden_interruptible_syscall(const std::atomic<uint32_t>* attention, long number, long a1,
                                  long a2, long a3, long a4, long a5, long a6);
// Code labels; only their addresses mean anything.
extern const char linden_interruptible_begin[];
extern const char linden_interruptible_end[];
extern const char linden_interruptible_exit[];
}

namespace linden::microvisor {

using detail::never_set;

extern "C" thread_local constinit const std::atomic<uint32_t>* linden_current_attention =
    &never_set;

namespace {

thread_local constinit std::atomic<uint32_t>* wait_attention = &never_set;

}  // namespace

void set_wait_attention(std::atomic<uint32_t>* attention) {
  wait_attention = attention ? attention : &never_set;
}

bool is_called_back() { return wait_attention->load() != 0; }

bool clear_wait_attention() { return is_called_back() && wait_attention->exchange(0) != 0; }

long interruptible_syscall(long number, long a1, long a2, long a3, long a4, long a5, long a6) {
  return linden_interruptible_syscall(wait_attention, number, a1, a2, a3, a4, a5, a6);
}

bool redirect_interruptible(uint64_t* instruction_pointer) {
  auto address = [](const char* label) { return reinterpret_cast<uint64_t>(label); };
  if (*instruction_pointer < address(linden_interruptible_begin) ||
      *instruction_pointer >= address(linden_interruptible_end)) {
    return false;
  }
  *instruction_pointer = address(linden_interruptible_exit);
  return true;
}

}  // namespace linden::microvisor
