// How a thread that waits in the kernel is called back.
//
// Every system call of the host that may wait goes through interruptible_syscall(), which gives up
// with EINTR if the host thread's wait word is set (Thread::request_attention). The word may be set
// just before the thread enters the kernel; so whoever sets it also sends the thread
// kInterruptSignal, whose handler (redirect_interruptible) looks whether the thread was between the
// check and the kernel, and moves it on to the EINTR exit. Thus no wake-up is lost, and nothing is
// ever polled.
//
// Source: the same idea as cancellation points in C libraries.
// Thread-safety: all functions may be called concurrently.
#pragma once

#include <signal.h>

#include <atomic>
#include <cstdint>

namespace linden::microvisor {

// Ignored by default, so that a thread which has ended meanwhile, or a program that embeds us
// without handler, is not killed by it.
inline constexpr int kInterruptSignal = SIGURG;

// The attention word of the guest thread that the calling host thread runs, which the runtime looks
// at before it goes on with the guest, and the word that waits look at. A host thread that runs no
// guest thread has words that are never set. Both stay valid until the next call; null for none.
inline void set_current_attention(const std::atomic<uint32_t>* attention);
void set_wait_attention(std::atomic<uint32_t>* attention);
// Lets waits wait again; whether they would not have. For who has looked at what was wanted.
bool clear_wait_attention();
// Whether waits would give up.
bool is_called_back();

// The host's result: a value, or -errno.
long interruptible_syscall(long number, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0,
                           long a5 = 0, long a6 = 0);

// For the handler of kInterruptSignal: moves the program counter if it was on its way into the
// kernel. Async-signal-safe.
bool redirect_interruptible(uint64_t* instruction_pointer);

namespace detail {
inline constinit std::atomic<uint32_t> never_set = 0;
}

// The runtime's entry of system calls looks at it too.
extern "C" thread_local constinit const std::atomic<uint32_t>* linden_current_attention;

inline void set_current_attention(const std::atomic<uint32_t>* attention) {
  linden_current_attention = attention ? attention : &detail::never_set;
}

}  // namespace linden::microvisor
