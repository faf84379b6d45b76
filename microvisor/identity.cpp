// Users and groups, process groups and sessions, capabilities. A cage acts with the rights of the
// host's user, within its grants, and can't become anybody else: setting an id succeeds only if it
// is one that the cage has, and then changes nothing.

#include <linux/capability.h>

#include <algorithm>
#include <array>
#include <vector>

#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

constexpr uint32_t kUnchanged = ~uint32_t{0};

const HostIdentity& identity(Cage& cage) { return cage.attributes().identity(); }

bool is_own_user(Cage& cage, uint32_t user) {
  const HostIdentity& own = identity(cage);
  return user == own.real_user || user == own.effective_user || user == own.saved_user;
}

bool is_own_group(Cage& cage, uint32_t group) {
  const HostIdentity& own = identity(cage);
  return group == own.real_group || group == own.effective_group || group == own.saved_group;
}

template <typename... Ids>
SyscallResult set_users(Cage& cage, Ids... users) {
  bool allowed = ((users == kUnchanged || is_own_user(cage, users)) && ...);
  return to_zero(allowed ? Result<void>() : Error{EPERM});
}

template <typename... Ids>
SyscallResult set_groups(Cage& cage, Ids... groups) {
  bool allowed = ((groups == kUnchanged || is_own_group(cage, groups)) && ...);
  return to_zero(allowed ? Result<void>() : Error{EPERM});
}

SyscallResult write_three(Cage& cage, std::array<GuestPtr<uint32_t>, 3> to,
                          std::array<uint32_t, 3> ids) {
  for (int i = 0; i < 3; ++i) TRY(cage.memory().write(to[i], ids[i]));
  return 0;
}

bool is_self(Cage& cage, int pid) { return pid == 0 || pid == cage.id(); }

// How many GuestCapabilityData a header's version has. An unknown version is answered with the
// newest one.
Result<uint32_t> capability_words(Cage& cage, GuestPtr<GuestCapabilityHeader> where,
                                  const GuestCapabilityHeader& header) {
  switch (header.version) {
    case _LINUX_CAPABILITY_VERSION_1:
      return 1u;
    case _LINUX_CAPABILITY_VERSION_2:
    case _LINUX_CAPABILITY_VERSION_3:
      return 2u;
    default:
      TRY(cage.memory().write(where, {_LINUX_CAPABILITY_VERSION_3, header.pid}));
      return Error{EINVAL};
  }
}

}  // namespace

SyscallResult sys_getuid(Cage& cage) { return identity(cage).real_user; }
SyscallResult sys_geteuid(Cage& cage) { return identity(cage).effective_user; }
SyscallResult sys_getgid(Cage& cage) { return identity(cage).real_group; }
SyscallResult sys_getegid(Cage& cage) { return identity(cage).effective_group; }

SyscallResult sys_getresuid(Cage& cage, GuestPtr<uint32_t> real, GuestPtr<uint32_t> effective,
                            GuestPtr<uint32_t> saved) {
  const HostIdentity& own = identity(cage);
  return write_three(cage, {real, effective, saved},
                     {own.real_user, own.effective_user, own.saved_user});
}

SyscallResult sys_getresgid(Cage& cage, GuestPtr<uint32_t> real, GuestPtr<uint32_t> effective,
                            GuestPtr<uint32_t> saved) {
  const HostIdentity& own = identity(cage);
  return write_three(cage, {real, effective, saved},
                     {own.real_group, own.effective_group, own.saved_group});
}

SyscallResult sys_setuid(Cage& cage, uint32_t user) {
  if (user == kUnchanged) return Error{EINVAL};
  return set_users(cage, user);
}

SyscallResult sys_setgid(Cage& cage, uint32_t group) {
  if (group == kUnchanged) return Error{EINVAL};
  return set_groups(cage, group);
}

SyscallResult sys_setreuid(Cage& cage, uint32_t real, uint32_t effective) {
  return set_users(cage, real, effective);
}

SyscallResult sys_setregid(Cage& cage, uint32_t real, uint32_t effective) {
  return set_groups(cage, real, effective);
}

SyscallResult sys_setresuid(Cage& cage, uint32_t real, uint32_t effective, uint32_t saved) {
  return set_users(cage, real, effective, saved);
}

SyscallResult sys_setresgid(Cage& cage, uint32_t real, uint32_t effective, uint32_t saved) {
  return set_groups(cage, real, effective, saved);
}

// These return the previous id and have no errors.
SyscallResult sys_setfsuid(Cage& cage, uint32_t) { return identity(cage).effective_user; }
SyscallResult sys_setfsgid(Cage& cage, uint32_t) { return identity(cage).effective_group; }

SyscallResult sys_getgroups(Cage& cage, int count, GuestPtr<uint32_t> to) {
  const std::vector<gid_t>& groups = identity(cage).groups;
  if (count < 0 || (count != 0 && static_cast<size_t>(count) < groups.size())) {
    return Error{EINVAL};
  }
  if (count != 0) TRY(cage.memory().copy_out(to, std::span<const gid_t>(groups)));
  return static_cast<int64_t>(groups.size());
}

SyscallResult sys_setgroups(Cage& cage, uint32_t count, GuestPtr<uint32_t> from) {
  constexpr uint32_t kMostGroups = 65536;
  if (count > kMostGroups) return Error{EINVAL};
  std::vector<gid_t> wanted(count);
  TRY(cage.memory().copy_in(std::span(wanted), from));
  std::vector<gid_t> groups = identity(cage).groups;
  std::ranges::sort(wanted);
  std::ranges::sort(groups);
  return to_zero(wanted == groups ? Result<void>() : Error{EPERM});
}

SyscallResult sys_getpgrp(Cage& cage) { return TRY(cage.processes().group_of(cage.id())); }

SyscallResult sys_getpgid(Cage& cage, int pid) {
  return TRY(cage.processes().group_of(pid == 0 ? cage.id() : pid));
}

SyscallResult sys_getsid(Cage& cage, int pid) {
  return TRY(cage.processes().session_of(pid == 0 ? cage.id() : pid));
}

SyscallResult sys_setpgid(Cage& cage, int pid, int group) {
  if (pid == 0) pid = cage.id();
  if (group == 0) group = pid;
  if (group < 0) return Error{EINVAL};
  return to_zero(cage.processes().set_group(cage.id(), pid, group));
}

SyscallResult sys_setsid(Cage& cage) { return TRY(cage.processes().start_session(cage.id())); }

// A cage has no capabilities, whatever the host process has.
SyscallResult sys_capget(Cage& cage, GuestPtr<GuestCapabilityHeader> where,
                         GuestPtr<GuestCapabilityData> data) {
  GuestCapabilityHeader header = TRY(cage.memory().read(where));
  Result<uint32_t> words = capability_words(cage, where, header);
  if (data.is_null() && words.code() == EINVAL) return 0;  // how programs ask for the version
  uint32_t count = TRY(std::move(words));
  if (header.pid < 0) return Error{EINVAL};
  if (!is_self(cage, header.pid)) return Error{ESRCH};
  if (data.is_null()) return 0;
  std::array<GuestCapabilityData, 2> none{};
  return to_zero(
      cage.memory().copy_out(data, std::span<const GuestCapabilityData>(none).first(count)));
}

SyscallResult sys_capset(Cage& cage, GuestPtr<GuestCapabilityHeader> where,
                         GuestPtr<GuestCapabilityData> data) {
  GuestCapabilityHeader header = TRY(cage.memory().read(where));
  uint32_t count = TRY(capability_words(cage, where, header));
  if (!is_self(cage, header.pid)) return Error{EPERM};
  std::array<GuestCapabilityData, 2> wanted{};
  TRY(cage.memory().copy_in(std::span(wanted).first(count), data));
  for (const GuestCapabilityData& word : wanted) {
    if (word.effective | word.permitted | word.inheritable) return Error{EPERM};
  }
  return 0;
}

}  // namespace linden::microvisor
