// What the system says about itself.

#include <string.h>

#include <array>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

template <size_t N>
void copy_field(char (&to)[65], const char (&from)[N]) {
  static_assert(N <= 65);
  memcpy(to, from, N);
}

}  // namespace

// The machine is what programs are compiled for; the rest is the host's, since its kernel is the
// one whose behaviour they find.
SyscallResult sys_uname(Cage& cage, GuestPtr<GuestUtsname> to) {
  utsname host = cage.host().system_name();
  GuestUtsname name{};
  copy_field(name.system, "Linux");
  copy_field(name.node, host.nodename);
  copy_field(name.release, host.release);
  copy_field(name.version, host.version);
  copy_field(name.machine, "wasm32");
  copy_field(name.domain, host.domainname);
  return to_zero(cage.memory().write(to, name));
}

SyscallResult sys_sysinfo(Cage& cage, GuestPtr<GuestSysinfo> to) {
  struct sysinfo host = TRY(cage.host().system_information());
  return to_zero(cage.memory().write(to, {
                                             .uptime = host.uptime,
                                             .loads = {host.loads[0], host.loads[1], host.loads[2]},
                                             .total_memory = host.totalram,
                                             .free_memory = host.freeram,
                                             .shared_memory = host.sharedram,
                                             .buffer_memory = host.bufferram,
                                             .total_swap = host.totalswap,
                                             .free_swap = host.freeswap,
                                             .processes = host.procs,
                                             .padding = 0,
                                             .padding2 = 0,
                                             .total_high = host.totalhigh,
                                             .free_high = host.freehigh,
                                             .unit = host.mem_unit,
                                             .tail_padding = 0,
                                         }));
}

}  // namespace linden::microvisor
