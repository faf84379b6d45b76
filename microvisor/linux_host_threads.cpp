// LinuxHost: threads, and waiting for one another.

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

Result<int64_t> LinuxHost::futex(const void* word, int operation, uint32_t value,
                                 const timespec* timeout, const void* second_word,
                                 uint32_t third_value) {
  const int command = operation & FUTEX_CMD_MASK;
  if (command != FUTEX_WAIT && command != FUTEX_WAIT_BITSET) {
    return checked<int64_t>(
        ::syscall(SYS_futex, word, operation, value, timeout, second_word, third_value));
  }
  return kernel_result<int64_t>(interruptible_syscall(SYS_futex, word_of(word), operation, value,
                                                      word_of(timeout), word_of(second_word),
                                                      third_value));
}

Result<HostThread> LinuxHost::start_thread(std::function<void()> body) {
  auto argument = std::make_unique<std::function<void()>>(std::move(body));
  auto run = [](void* raw) -> void* {
    std::unique_ptr<std::function<void()>> own(static_cast<std::function<void()>*>(raw));
    (*own)();
    return nullptr;
  };
  // The new thread inherits the mask of the calling one.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, run, argument.get());
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  if (error != 0) return Error{error};
  (void)argument.release();
  return HostThread(thread);
}

Result<void> LinuxHost::start_detached_thread(size_t stack_size, void* (*body)(void*),
                                              void* argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  if (error != 0) return Error{error};
  return {};
}

int LinuxHost::thread_id() { return ::gettid(); }

void LinuxHost::interrupt_thread(int thread_id) {
  ::tgkill(::getpid(), thread_id, kInterruptSignal);
}

}  // namespace linden::microvisor
