#include "microvisor/thread.h"

#include <linux/futex.h>
#include <signal.h>

#include <mutex>
#include <utility>

#include "microvisor/cage.h"
#include "microvisor/futex.h"
#include "microvisor/interruption.h"

namespace linden::microvisor {

namespace {

// Linux gives up on longer lists too (ROBUST_LIST_LIMIT): they may be circular.
constexpr int kRobustListLimit = 2048;

timeval operator-(timeval later, const timeval& earlier) {
  later.tv_sec -= earlier.tv_sec;
  later.tv_usec -= earlier.tv_usec;
  if (later.tv_usec < 0) {
    later.tv_usec += 1'000'000;
    --later.tv_sec;
  }
  return later;
}

// Host threads run one guest thread after the other.
rusage usage_since(const rusage& before, const rusage& now) {
  rusage usage{};
  usage.ru_utime = now.ru_utime - before.ru_utime;
  usage.ru_stime = now.ru_stime - before.ru_stime;
  usage.ru_minflt = now.ru_minflt - before.ru_minflt;
  usage.ru_majflt = now.ru_majflt - before.ru_majflt;
  usage.ru_inblock = now.ru_inblock - before.ru_inblock;
  usage.ru_oublock = now.ru_oublock - before.ru_oublock;
  usage.ru_nvcsw = now.ru_nvcsw - before.ru_nvcsw;
  usage.ru_nivcsw = now.ru_nivcsw - before.ru_nivcsw;
  return usage;
}

}  // namespace

namespace detail {
thread_local constinit Thread* bound_thread = nullptr;
}
using detail::bound_thread;

Thread::~Thread() { cage_.forget_thread(*this); }

ThreadBinding::ThreadBinding(Thread& thread) : thread_(thread) {
  bound_thread = &thread;
  thread_.bind(thread_.cage().host().thread_id());
  set_current_attention(&thread_.attention_);
  set_wait_attention(&thread_.own_wait_attention_);
}

ThreadBinding::~ThreadBinding() {
  set_current_attention(nullptr);
  set_wait_attention(nullptr);
  thread_.unbind();
  bound_thread = nullptr;
}

void Thread::attach(Thread& first) {
  const int host_thread = first.host_thread_.load();
  std::lock_guard lock(cage_.threads_mutex_);
  wait_attention_ = &first.own_wait_attention_;
  host_thread_ = host_thread;
}

void Thread::detach() {
  std::lock_guard lock(cage_.threads_mutex_);
  wait_attention_ = &own_wait_attention_;
  host_thread_ = 0;
}

void Thread::bind(int host_thread) {
  Result<rusage> usage = cage_.host().resource_usage(RUSAGE_THREAD);
  usage_at_bind_ = usage.ok() ? *usage : rusage{};
  std::lock_guard lock(cage_.threads_mutex_);
  host_thread_.store(host_thread);
  time_at_bind_ = 0;
  time_at_bind_ = bound_time();
  // It was in force for the thread that this one inherited it from.
  if (!affinity_.empty()) (void)cage_.host().set_affinity(host_thread, affinity_);
}

void Thread::unbind() {
  const rusage usage = bound_usage();
  std::lock_guard lock(cage_.threads_mutex_);
  earlier_time_ += bound_time();
  add_usage(cage_.usage_, usage);
  const int host_thread = host_thread_.exchange(0);
  // Whoever runs there next has processors of its own.
  if (!affinity_.empty()) {
    (void)cage_.host().set_affinity(host_thread, cage_.host().processors());
  }
}

int64_t Thread::bound_time() const {
  const int host_thread = host_thread_.load();
  if (host_thread == 0) return 0;
  Result<timespec> now = cage_.host().processor_time(host_thread);
  return now.ok() ? now->tv_sec * 1'000'000'000 + now->tv_nsec - time_at_bind_ : 0;
}

int64_t Thread::processor_time() const { return earlier_time_ + bound_time(); }

rusage Thread::bound_usage() const {
  Result<rusage> now = cage_.host().resource_usage(RUSAGE_THREAD);
  return now.ok() && host_thread_.load() != 0 ? usage_since(usage_at_bind_, *now) : rusage{};
}

Result<void> Thread::set_affinity(std::span<const std::byte> mask) {
  const std::span<const std::byte> processors = cage_.host().processors();
  std::vector<std::byte> wanted(processors.begin(), processors.end());
  bool has_any = false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] &= i < mask.size() ? mask[i] : std::byte{0};
    has_any |= wanted[i] != std::byte{0};
  }
  if (!has_any) return Error{EINVAL};
  if (const int host_thread = host_thread_.load()) {
    TRY(cage_.host().set_affinity(host_thread, wanted));
  }
  affinity_ = std::move(wanted);
  return {};
}

std::span<const std::byte> Thread::affinity() const {
  return affinity_.empty() ? cage_.host().processors() : affinity_;
}

void Thread::reset() {
  clear_tid_ = {};
  robust_list_ = {};
  exit_code_ = 0;
  restored_mask_.reset();
  signal_stack_ = {0, SS_DISABLE, 0};
  clear_attention(kEnd);
  own_wait_attention_ = attention_.load() != 0;
}

void Thread::interrupt() {
  if (int host_thread = host_thread_.load()) cage_.host().interrupt_thread(host_thread);
}

// A lock whose owner died: keeps the waiters bit, tells whoever takes it next.
void Thread::release_robust_futex(uint64_t entry, int32_t futex_offset) {
  const GuestPtr<uint32_t> word{static_cast<uint32_t>(entry + static_cast<int64_t>(futex_offset))};
  Result<uint32_t> value = cage_.memory().read(word);
  while (value.ok() && (*value & FUTEX_TID_MASK) == static_cast<uint32_t>(id_)) {
    const uint32_t dead = (*value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    Result<uint32_t> found = cage_.memory().compare_exchange(word, *value, dead);
    if (found.ok() && *found == *value) {
      if (*value & FUTEX_WAITERS) futex_wake(cage_, word, 1);
      return;
    }
    value = found;
  }
}

void Thread::run_exit_actions() {
  const GuestMemory& memory = cage_.memory();
  if (!robust_list_.is_null()) {
    auto head = memory.read(robust_list_);
    if (head.ok()) {
      const uint32_t end = robust_list_.address();
      const uint32_t pending = head->pending & ~1u;
      uint32_t entry = head->next & ~1u;
      for (int i = 0; i < kRobustListLimit && entry != end; ++i) {
        auto next = memory.read(GuestPtr<uint32_t>{entry});
        if (entry != pending) release_robust_futex(entry, head->futex_offset);
        if (!next.ok()) break;
        entry = next.value() & ~1u;
      }
      if (pending != 0) release_robust_futex(pending, head->futex_offset);
    }
  }
  // As Linux does it: nobody can be waiting otherwise.
  if (clear_tid_.is_null() || !cage_.is_memory_shared()) return;
  if (memory.write(clear_tid_, 0).ok()) futex_wake(cage_, clear_tid_.cast<uint32_t>(), 1);
}

}  // namespace linden::microvisor
