// The microvisor's reader-writer lock: absl::Mutex, which is the fastest of those at hand when
// nobody waits, and whose holders clang checks at compile time.
//
// ThreadSanitizer learns of a lock only from calls that the locking library itself makes when it is
// built for it. Debian's abseil is not, so that everything which an absl::Mutex guards would be
// reported as a race. Builds for ThreadSanitizer take the standard library's lock, which it knows.
#pragma once

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LINDEN_THREAD_SANITIZER 1
#endif
#endif

#ifdef LINDEN_THREAD_SANITIZER
#include <shared_mutex>
#endif

namespace linden::microvisor {

#ifdef LINDEN_THREAD_SANITIZER

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() { mutex_.lock_shared(); }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

class ABSL_SCOPED_LOCKABLE ReaderMutexLock {
 public:
  explicit ReaderMutexLock(Mutex* mutex) ABSL_SHARED_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->ReaderLock();
  }
  ~ReaderMutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->ReaderUnlock(); }
  ReaderMutexLock(const ReaderMutexLock&) = delete;
  ReaderMutexLock& operator=(const ReaderMutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

#else

using Mutex = absl::Mutex;
using MutexLock = absl::MutexLock;
using ReaderMutexLock = absl::ReaderMutexLock;

#endif

// Of two objects of a kind, whichever is which: always in the same order.
class ABSL_SCOPED_LOCKABLE MutexPairLock {
 public:
  MutexPairLock(Mutex* one, Mutex* other) ABSL_EXCLUSIVE_LOCK_FUNCTION(one, other)
      : first_(std::less<>()(one, other) ? one : other), second_(first_ == one ? other : one) {
    first_->Lock();
    second_->Lock();
  }
  ~MutexPairLock() ABSL_UNLOCK_FUNCTION() {
    second_->Unlock();
    first_->Unlock();
  }
  MutexPairLock(const MutexPairLock&) = delete;
  MutexPairLock& operator=(const MutexPairLock&) = delete;

 private:
  Mutex* const first_;
  Mutex* const second_;
};

}  // namespace linden::microvisor
