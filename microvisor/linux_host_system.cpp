// LinuxHost: time, chance, processors, the machine and the user.

#include <sched.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "microvisor/linux_host.h"
#include "microvisor/linux_host_internal.h"

namespace linden::microvisor {

Result<timespec> LinuxHost::clock_gettime(clockid_t clock) {
  timespec now;
  TRY(checked_void(::clock_gettime(clock, &now)));
  return now;
}

Result<timespec> LinuxHost::clock_getres(clockid_t clock) {
  timespec resolution;
  TRY(checked_void(::clock_getres(clock, &resolution)));
  return resolution;
}

Result<void> LinuxHost::clock_nanosleep(clockid_t clock, int flags, const timespec& request,
                                        timespec* remaining) {
  return checked_kernel_void(interruptible_syscall(SYS_clock_nanosleep, clock, flags,
                                                   word_of(&request), word_of(remaining)));
}

Result<size_t> LinuxHost::getrandom(std::span<std::byte> to, uint32_t flags) {
  return checked<size_t>(::getrandom(to.data(), to.size(), flags));
}

Result<void> LinuxHost::sched_yield() { return checked_void(::sched_yield()); }

Result<int> LinuxHost::clock_adjustment(clockid_t clock, timex* adjustment) {
  *adjustment = {};  // no modes: nothing is changed
  return checked<int>(::clock_adjtime(clock, adjustment));
}

Result<timespec> LinuxHost::processor_time(int thread_id) {
  // How the kernel names the clock of a thread: CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED.
  const auto clock = static_cast<clockid_t>((~static_cast<uint32_t>(thread_id) << 3) | 4 | 2);
  return LinuxHost::clock_gettime(clock);
}

Result<rusage> LinuxHost::resource_usage(int who) {
  rusage usage;
  TRY(checked_void(::getrusage(static_cast<__rusage_who_t>(who), &usage)));
  return usage;
}

Result<void> LinuxHost::set_affinity(int thread_id, std::span<const std::byte> mask) {
  return checked_void(::syscall(SYS_sched_setaffinity, thread_id, mask.size(), mask.data()));
}

Result<timespec> LinuxHost::scheduling_interval() {
  timespec interval;
  TRY(checked_void(::sched_rr_get_interval(0, &interval)));
  return interval;
}

Result<void> LinuxHost::current_cpu(unsigned* cpu, unsigned* node) {
  return checked_void(::getcpu(cpu, node));
}

utsname LinuxHost::system_name() {
  utsname name{};
  ::uname(&name);
  return name;
}

Result<struct sysinfo> LinuxHost::system_information() {
  struct sysinfo information;
  TRY(checked_void(::sysinfo(&information)));
  return information;
}

HostIdentity LinuxHost::identity() {
  HostIdentity result{};
  ::getresuid(&result.real_user, &result.effective_user, &result.saved_user);
  ::getresgid(&result.real_group, &result.effective_group, &result.saved_group);
  int count = ::getgroups(0, nullptr);
  result.groups.resize(count > 0 ? count : 0);
  // Nobody changes the groups meanwhile; if someone did, there are none.
  if (::getgroups(count, result.groups.data()) != count) result.groups.clear();
  return result;
}

}  // namespace linden::microvisor
