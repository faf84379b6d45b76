// Signals as system calls.

#include <signal.h>

#include <array>
#include <cstring>

#include "microvisor/interruption.h"
#include "microvisor/signals.h"
#include "microvisor/syscall_helpers.h"

namespace linden::microvisor {

namespace {

Result<void> check_set_size(uint32_t size) {
  if (size != sizeof(SignalSet)) return Error{EINVAL};
  return {};
}

GuestSiginfo from_user(Cage& cage, int number, int code) {
  GuestSiginfo information{};
  information.number = number;
  information.code = code;
  information.sender.process = cage.id();
  return information;
}

SyscallResult send_to_thread(Cage& cage, int id, int number, int code) {
  if (number != 0 && !is_signal(number)) return Error{EINVAL};
  if (number == 0) {
    if (!cage.has_thread(id)) return Error{ESRCH};
    return 0;
  }
  TRY(cage.signals().send_to_thread(id, from_user(cage, number, code)));
  return 0;
}

// ESRCH if none is selected; of the errors of several, only that all failed counts.
SyscallResult send_to_processes(Cage& cage, ProcessSelection selection,
                                const GuestSiginfo& information) {
  Result<void> failed;
  bool any_sent = false;
  auto send = [&](Cage& target) {
    if (information.number == 0) return;
    Result<void> sent = target.signals().send(information);
    any_sent |= sent.ok();
    if (!sent.ok()) failed = sent;
  };
  int count = cage.processes().for_each(selection, [&](Cage& target) {
    // kill(-1) spares the caller.
    if (selection.kind == ProcessSelection::Any && &target == &cage) return;
    send(target);
  });
  if (count == 0 && selection.kind == ProcessSelection::Process) {
    // A thread's id stands for its process.
    (void)cage.processes().for_each({}, [&](Cage& target) {
      if (!target.has_thread(selection.id)) return;
      ++count;
      send(target);
    });
  }
  const int others = selection.kind == ProcessSelection::Any ? count - 1 : count;
  if (others == 0) return Error{ESRCH};
  return any_sent ? SyscallResult(0) : to_zero(failed);
}

}  // namespace

void raise_for_error(Thread& thread, int signal) {
  Cage& cage = thread.cage();
  // If too many are pending already, the error has to do.
  (void)cage.signals().send_to_thread(thread.id(), from_user(cage, signal, SI_USER));
}

SyscallResult sys_rt_sigaction(Thread& thread, int number, GuestPtr<GuestSigaction> to,
                               GuestPtr<GuestSigaction> old, uint32_t set_size) {
  Cage& cage = thread.cage();
  TRY(check_set_size(set_size));
  GuestSigaction previous = TRY(cage.signals().action(number));
  if (!to.is_null()) {
    TRY(cage.signals().set_action(number, TRY(cage.memory().read(to))));
    cage.timers().resume();
  }
  if (!old.is_null()) TRY(cage.memory().write(old, previous));
  return 0;
}

SyscallResult sys_rt_sigprocmask(Thread& thread, int how, GuestPtr<SignalSet> set,
                                 GuestPtr<SignalSet> old, uint32_t set_size) {
  Cage& cage = thread.cage();
  TRY(check_set_size(set_size));
  const SignalSet previous = thread.signal_mask();
  if (!set.is_null()) {
    const SignalSet given = TRY(cage.memory().read(set));
    switch (how) {
      case SIG_BLOCK:
        cage.signals().set_mask(thread, previous | given);
        break;
      case SIG_UNBLOCK:
        cage.signals().set_mask(thread, previous & ~given);
        break;
      case SIG_SETMASK:
        cage.signals().set_mask(thread, given);
        break;
      default:
        return Error{EINVAL};
    }
  }
  if (!old.is_null()) TRY(cage.memory().write(old, previous));
  return 0;
}

SyscallResult sys_rt_sigpending(Thread& thread, GuestPtr<SignalSet> to, uint32_t set_size) {
  if (set_size > sizeof(SignalSet)) return Error{EINVAL};
  TRY(thread.cage().memory().write(to, thread.cage().signals().pending_for(thread)));
  return 0;
}

SyscallResult sys_rt_sigsuspend(Thread& thread, GuestPtr<SignalSet> mask, uint32_t set_size) {
  Cage& cage = thread.cage();
  TRY(check_set_size(set_size));
  const SignalSet given = TRY(cage.memory().read(mask));
  thread.restore_mask_after_handler(thread.signal_mask());
  cage.signals().set_mask(thread, given);
  return sys_pause(thread);
}

SyscallResult sys_pause(Thread& thread) {
  // Only a call back ends it; what the signal is for is looked at when the call returns.
  while (!is_called_back()) {
    (void)thread.cage().host().poll({}, nullptr);
  }
  return Error{EINTR};
}

SyscallResult sys_rt_sigtimedwait(Thread& thread, GuestPtr<SignalSet> set,
                                  GuestPtr<GuestSiginfo> to, GuestPtr<GuestTimespec> timeout,
                                  uint32_t set_size) {
  Cage& cage = thread.cage();
  TRY(check_set_size(set_size));
  const SignalSet awaited = TRY(cage.memory().read(set));
  timespec time{};
  if (!timeout.is_null()) {
    time = to_host(TRY(cage.memory().read(timeout)));
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= 1'000'000'000) return Error{EINVAL};
  }
  auto accepted = cage.signals().accept(thread, awaited);
  if (!accepted) {
    Result<int> waited = cage.host().poll({}, timeout.is_null() ? nullptr : &time);
    accepted = cage.signals().accept(thread, awaited);
    cage.signals().stop_awaiting(thread);
    if (!accepted) return Error{waited.ok() ? EAGAIN : waited.code()};
  }
  if (!to.is_null()) {
    std::array<std::byte, 128> whole{};
    std::memcpy(whole.data(), &*accepted, sizeof(*accepted));
    TRY(cage.memory().copy_out(to.cast<std::byte>(), std::span(std::as_const(whole))));
  }
  return accepted->number;
}

SyscallResult sys_kill(Cage& cage, int process, int number) {
  if (number != 0 && !is_signal(number)) return Error{EINVAL};
  ProcessSelection selection{ProcessSelection::Process, process};
  if (process == -1) {
    selection = {ProcessSelection::Any, 0};
  } else if (process <= 0) {
    const int group = process == 0 ? TRY(cage.processes().group_of(cage.id())) : -process;
    selection = {ProcessSelection::Group, group};
  }
  return send_to_processes(cage, selection, from_user(cage, number, SI_USER));
}

SyscallResult sys_tkill(Cage& cage, int id, int number) {
  return send_to_thread(cage, id, number, SI_TKILL);
}

SyscallResult sys_tgkill(Cage& cage, int process, int id, int number) {
  if (process <= 0) return Error{EINVAL};
  if (process == cage.id()) return send_to_thread(cage, id, number, SI_TKILL);
  if (number != 0 && !is_signal(number)) return Error{EINVAL};
  SyscallResult result = Error{ESRCH};
  cage.processes().for_each({ProcessSelection::Process, process}, [&](Cage& target) {
    if (number == 0 && target.has_thread(id)) result = 0;
    if (number == 0) return;
    result = to_zero(target.signals().send_to_thread(id, from_user(cage, number, SI_TKILL)));
  });
  return result;
}

SyscallResult sys_rt_sigqueueinfo(Cage& cage, int process, int number,
                                  GuestPtr<GuestSiginfo> from) {
  if (number != 0 && !is_signal(number)) return Error{EINVAL};
  GuestSiginfo information = TRY(cage.memory().read(from));
  // Only the kernel may say that the kernel sent it.
  if (process != cage.id() && (information.code >= 0 || information.code == SI_TKILL)) {
    return Error{EPERM};
  }
  information.number = number;
  return send_to_processes(cage, {ProcessSelection::Process, process}, information);
}

SyscallResult sys_sigaltstack(Thread& thread, GuestPtr<GuestSignalStack> to,
                              GuestPtr<GuestSignalStack> old) {
  const GuestSignalStack previous = thread.signal_stack();
  if (!to.is_null()) {
    constexpr uint32_t kMinimum = 2048;
    GuestSignalStack given = TRY(thread.cage().memory().read(to));
    if (given.flags & ~(SS_DISABLE | SS_ONSTACK)) return Error{EINVAL};
    if (given.flags & SS_DISABLE) {
      given = {0, SS_DISABLE, 0};
    } else if (given.size < kMinimum) {
      return Error{ENOMEM};
    }
    thread.set_signal_stack(given);
  }
  if (!old.is_null()) TRY(thread.cage().memory().write(old, previous));
  return 0;
}

}  // namespace linden::microvisor
