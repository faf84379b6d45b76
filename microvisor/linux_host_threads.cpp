// LinuxHost: threads, and waiting for one another.

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

Result<int64_t> LinuxHost::futex(const void* word, int operation, uint32_t value,
                                 const timespec* timeout, const void* second_word,
                                 uint32_t third_value) {
  return kernel_result<int64_t>(interruptible_syscall(SYS_futex, word_of(word), operation, value,
                                                      word_of(timeout), word_of(second_word),
                                                      third_value));
}

int LinuxHost::thread_id() { return ::gettid(); }

void LinuxHost::interrupt_thread(int thread_id) {
  ::tgkill(::getpid(), thread_id, kInterruptSignal);
}

}  // namespace linden::microvisor
