// Scheduling. A thread of a guest is a thread of the host, but only its set of processors is passed
// on; policies are remembered.

#include <sched.h>

#include <algorithm>
#include <array>
#include <vector>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

// The number of processors that a mask may speak of.
constexpr uint32_t kMaskBytes = 1024;

// For policies, of which the cage has one for all of its threads.
Result<void> check_target(Cage& cage, int id) {
  if (id < 0) return Error{EINVAL};
  if (id != 0 && id != cage.id() && !cage.has_thread(id)) return Error{ESRCH};
  return {};
}

Result<void> check_caller(Thread& thread, int id) {
  if (id < 0) return Error{EINVAL};
  if (id != 0 && id != thread.id() && id != thread.cage().id()) return Error{ESRCH};
  return {};
}

bool is_real_time(int policy) { return policy == SCHED_FIFO || policy == SCHED_RR; }

Result<void> check_policy(int policy) {
  if (policy != SCHED_OTHER && policy != SCHED_BATCH && policy != SCHED_IDLE &&
      policy != SCHED_DEADLINE && !is_real_time(policy)) {
    return Error{EINVAL};
  }
  return {};
}

}  // namespace

SyscallResult sys_sched_yield(Cage& cage) { return to_zero(cage.host().sched_yield()); }

SyscallResult sys_sched_getaffinity(Thread& thread, int pid, uint32_t size, Bytes to) {
  Cage& cage = thread.cage();
  TRY(check_caller(thread, pid));
  if (size % sizeof(uint64_t) != 0) return Error{EINVAL};
  std::array<std::byte, kMaskBytes> mask{};
  size_t length = TRY(cage.host().affinity(std::span(mask).first(std::min(size, kMaskBytes))));
  TRY(cage.memory().copy_out(to, std::span(mask).first(length)));
  return static_cast<int64_t>(length);
}

SyscallResult sys_sched_setaffinity(Thread& thread, int pid, uint32_t size, Bytes from) {
  Cage& cage = thread.cage();
  TRY(check_caller(thread, pid));
  std::vector<std::byte> mask(std::min(size, kMaskBytes));
  TRY(cage.memory().copy_in(std::span(mask), from));
  return to_zero(cage.host().set_affinity(mask));
}

SyscallResult sys_sched_getparam(Cage& cage, int pid, GuestPtr<int32_t> to) {
  TRY(check_target(cage, pid));
  return to_zero(cage.memory().write(to, 0));
}

SyscallResult sys_sched_setparam(Cage& cage, int pid, GuestPtr<int32_t> from) {
  TRY(check_target(cage, pid));
  int priority = TRY(cage.memory().read(from));
  return to_zero(priority == 0 ? Result<void>() : Error{EINVAL});
}

SyscallResult sys_sched_getscheduler(Cage& cage, int pid) {
  TRY(check_target(cage, pid));
  return cage.attributes().scheduling_policy.load();
}

SyscallResult sys_sched_setscheduler(Cage& cage, int pid, int policy, GuestPtr<int32_t> parameter) {
  TRY(check_target(cage, pid));
  policy &= ~SCHED_RESET_ON_FORK;
  TRY(check_policy(policy));
  int priority = TRY(cage.memory().read(parameter));
  if (is_real_time(policy)) return Error{priority >= 1 && priority <= 99 ? EPERM : EINVAL};
  if (policy == SCHED_DEADLINE || priority != 0) return Error{EINVAL};
  cage.attributes().scheduling_policy = policy;
  return 0;
}

SyscallResult sys_sched_get_priority_max(Cage&, int policy) {
  TRY(check_policy(policy));
  return is_real_time(policy) ? 99 : 0;
}

SyscallResult sys_sched_get_priority_min(Cage&, int policy) {
  TRY(check_policy(policy));
  return is_real_time(policy) ? 1 : 0;
}

SyscallResult sys_sched_rr_get_interval(Cage& cage, int pid, GuestPtr<GuestTimespec> to) {
  TRY(check_target(cage, pid));
  timespec interval = TRY(cage.host().scheduling_interval());
  return to_zero(cage.memory().write(to, to_guest(interval)));
}

SyscallResult sys_getcpu(Cage& cage, GuestPtr<uint32_t> cpu, GuestPtr<uint32_t> node) {
  unsigned host_cpu = 0, host_node = 0;
  TRY(cage.host().current_cpu(&host_cpu, &host_node));
  if (!cpu.is_null()) TRY(cage.memory().write(cpu, host_cpu));
  if (!node.is_null()) TRY(cage.memory().write(node, host_node));
  return 0;
}

}  // namespace linden::microvisor
