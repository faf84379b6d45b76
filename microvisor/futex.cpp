#include "microvisor/futex.h"

#include <linux/futex.h>

#include <optional>

#include "microvisor/poll.h"
#include "microvisor/syscalls.h"

namespace linden::microvisor {

namespace {

// Waiters for a lock with priority inheritance wait with a bit of their own, so that nobody else's
// wake-up reaches them.
constexpr uint32_t kLockBit = 1u << 31;

// The kernel's key of a word. Guests that say "private" mean their process; ours is shared by all
// cages, whose memories lie at different addresses.
struct Word {
  const void* address;
  int private_flag;
};

// A thread of whichever process: locks may be shared.
bool exists(Cage& cage, int thread) {
  bool found = cage.has_thread(thread);
  if (!found) {
    cage.processes().for_each({}, [&](Cage& process) { found |= process.has_thread(thread); });
  }
  return found;
}

// FUTEX_LOCK_PI and its kin: the word holds the owner's id, and a bit if anybody waits. Priorities
// are not handed on: cages have none.
SyscallResult lock(Thread& thread, Word host, GuestPtr<uint32_t> word, int clock_flag,
                   const timespec* deadline, bool may_wait) {
  Cage& cage = thread.cage();
  const auto self = static_cast<uint32_t>(thread.id());
  // Whoever has waited may not be the only one; the bit costs the unlocker one wake-up at most.
  uint32_t waiters = 0;
  while (true) {
    uint32_t value = TRY(cage.memory().read(word));
    const uint32_t owner = value & FUTEX_TID_MASK;
    if (owner == self) return Error{EDEADLK};
    if (owner == 0) {
      const uint32_t mine = self | waiters | (value & (FUTEX_OWNER_DIED | FUTEX_WAITERS));
      if (TRY(cage.memory().compare_exchange(word, value, mine)) == value) return 0;
      continue;
    }
    if (!exists(cage, static_cast<int>(owner))) {
      // It may have ended since the word was read, and what it does then is done before it is gone.
      if (TRY(cage.memory().read(word)) != value) continue;
      return Error{ESRCH};
    }
    if (!may_wait) return Error{EAGAIN};
    if (!(value & FUTEX_WAITERS)) {
      const uint32_t marked = value | FUTEX_WAITERS;
      if (TRY(cage.memory().compare_exchange(word, value, marked)) != value) continue;
      value = marked;
    }
    waiters = FUTEX_WAITERS;
    auto waited =
        cage.host().futex(host.address, FUTEX_WAIT_BITSET | host.private_flag | clock_flag, value,
                          deadline, nullptr, kLockBit);
    if (!waited.ok() && waited.code() != EAGAIN) return waited.error();
  }
}

SyscallResult unlock(Thread& thread, Word host, GuestPtr<uint32_t> word) {
  Cage& cage = thread.cage();
  while (true) {
    uint32_t value = TRY(cage.memory().read(word));
    if ((value & FUTEX_TID_MASK) != static_cast<uint32_t>(thread.id())) return Error{EPERM};
    if (TRY(cage.memory().compare_exchange(word, value, 0)) != value) continue;
    if (value & FUTEX_WAITERS) {
      TRY(cage.host().futex(host.address, FUTEX_WAKE_BITSET | host.private_flag, 1, nullptr,
                            nullptr, kLockBit));
    }
    return 0;
  }
}

}  // namespace

void futex_wake(Cage& cage, GuestPtr<uint32_t> word, uint32_t count) {
  auto address = cage.memory().futex_word(word);
  if (!address.ok()) return;
  // As the kernel does: whoever waits for a thread's end or a robust lock says that it is shared.
  (void)cage.host().futex(*address, FUTEX_WAKE, count, nullptr, nullptr, 0);
}

SyscallResult sys_futex(Thread& thread, GuestPtr<uint32_t> word, int operation, uint32_t value,
                        uint32_t timeout_or_count, GuestPtr<uint32_t> second_word,
                        uint32_t third_value) {
  Cage& cage = thread.cage();
  const int command = operation & FUTEX_CMD_MASK;
  const int clock_flag = operation & FUTEX_CLOCK_REALTIME;
  const Word host{TRY(cage.memory().futex_word(word)), operation & FUTEX_PRIVATE_FLAG};
  const GuestPtr<GuestTimespec> timeout{timeout_or_count};
  switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: {
      auto time = TRY(read_timeout(cage, timeout));
      return static_cast<int64_t>(TRY(cage.host().futex(
          host.address, operation, value, time ? &*time : nullptr, nullptr, third_value)));
    }
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return static_cast<int64_t>(
          TRY(cage.host().futex(host.address, operation, value, nullptr, nullptr, third_value)));
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP: {
      // The fourth argument is a count here, which the kernel takes in the pointer's place.
      const void* second = TRY(cage.memory().futex_word(second_word));
      return static_cast<int64_t>(TRY(cage.host().futex(
          host.address, operation, value,
          reinterpret_cast<const timespec*>(uintptr_t{timeout_or_count}), second, third_value)));
    }
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2: {
      auto time = TRY(read_timeout(cage, timeout));
      // The older of the two always measures real time.
      const int clock = command == FUTEX_LOCK_PI ? FUTEX_CLOCK_REALTIME : clock_flag;
      return lock(thread, host, word, clock, time ? &*time : nullptr, true);
    }
    case FUTEX_TRYLOCK_PI:
      return lock(thread, host, word, 0, nullptr, false);
    case FUTEX_UNLOCK_PI:
      return unlock(thread, host, word);
    default:
      return Error{ENOSYS};
  }
}

}  // namespace linden::microvisor
