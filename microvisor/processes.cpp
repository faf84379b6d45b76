#include "microvisor/processes.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <climits>

#include "microvisor/cage.h"

namespace linden::microvisor {

namespace {

void add(timeval& sum, const timeval& time) {
  sum.tv_sec += time.tv_sec;
  sum.tv_usec += time.tv_usec;
  if (sum.tv_usec >= 1'000'000) {
    sum.tv_usec -= 1'000'000;
    ++sum.tv_sec;
  }
}

// PR_SET_PDEATHSIG.
void signal_death_of_parent(Cage& orphan, int parent) {
  const int number = orphan.attributes().parent_death_signal;
  if (number == 0) return;
  GuestSiginfo information{};
  information.number = number;
  information.code = SI_USER;
  information.sender.process = parent;
  // A full queue loses it, as on Linux.
  (void)orphan.signals().send(information);
}

}  // namespace

void add_usage(rusage& sum, const rusage& usage) {
  add(sum.ru_utime, usage.ru_utime);
  add(sum.ru_stime, usage.ru_stime);
  sum.ru_maxrss = std::max(sum.ru_maxrss, usage.ru_maxrss);
  sum.ru_minflt += usage.ru_minflt;
  sum.ru_majflt += usage.ru_majflt;
  sum.ru_inblock += usage.ru_inblock;
  sum.ru_oublock += usage.ru_oublock;
  sum.ru_nvcsw += usage.ru_nvcsw;
  sum.ru_nivcsw += usage.ru_nivcsw;
}

Result<void> Processes::require_room() const {
  std::lock_guard lock(mutex_);
  if (static_cast<int>(processes_.size()) >= limit_) return Error{EAGAIN};
  return {};
}

void Processes::add(Cage& cage, int parent, int exit_signal) {
  std::lock_guard lock(mutex_);
  Entry entry{&cage, parent, cage.id(), kInit, exit_signal};
  set_parent(entry, parent);
  if (auto from = processes_.find(parent); from != processes_.end()) {
    entry.group = from->second.group;
    entry.session = from->second.session;
  }
  processes_.insert_or_assign(cage.id(), entry);
}

void Processes::set_parent(Entry& entry, int parent) {
  entry.parent = parent;
  if (entry.cage != nullptr) entry.cage->parent_id_.store(parent, std::memory_order_relaxed);
}

void Processes::leave(int id) {
  std::lock_guard lock(mutex_);
  processes_.at(id).cage = nullptr;
}

void ChildChanges::wake(Host& host) {
  (void)host.futex(&count_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void Processes::end(int id, ExitStatus status, const rusage& usage) {
  std::unique_lock lock(mutex_);
  auto process = processes_.find(id);
  process->second.status = status;
  process->second.usage = usage;
  const int reaper = reaper_for_children_of(id);
  std::vector<Announcement> announcements;
  for (auto child = processes_.begin(); child != processes_.end();) {
    auto next = std::next(child);
    if (child->second.parent == id) {
      set_parent(child->second, reaper);
      if (child->second.cage) signal_death_of_parent(*child->second.cage, id);
      if (child->second.status) {
        announcements.push_back(announce(child->first, child->second));
        if (announcements.back().is_unwanted) forget(child);
      }
    }
    child = next;
  }
  announcements.push_back(announce(id, process->second));
  if (announcements.back().is_unwanted) forget(process);
  // The host is there as long as this is known.
  ++waking_;
  lock.unlock();
  for (const Announcement& announcement : announcements) {
    if (announcement.changes) announcement.changes->wake(*announcement.host);
  }
  lock.lock();
  --waking_;
  if (is_empty()) empty_.notify_all();
}

int Processes::reaper_for_children_of(int id) const {
  auto process = processes_.find(id);
  // Bounded, because the first process has a parent of the embedder's choice, whose id may be that
  // of a process here.
  for (size_t i = 0; i < processes_.size(); ++i) {
    process = processes_.find(process->second.parent);
    if (process == processes_.end()) break;
    if (process->second.is_subreaper && process->second.cage != nullptr) return process->first;
  }
  return kInit;
}

void Processes::set_subreaper(int id, bool is_one) {
  std::lock_guard lock(mutex_);
  processes_.at(id).is_subreaper = is_one;
}

bool Processes::is_subreaper(int id) const {
  std::lock_guard lock(mutex_);
  return processes_.at(id).is_subreaper;
}

void Processes::remove(const Cage& cage) {
  std::lock_guard lock(mutex_);
  auto process = processes_.find(cage.id());
  if (process != processes_.end() && process->second.cage == &cage) forget(process);
}

Processes::Announcement Processes::announce(int id, const Entry& process) {
  auto parent = processes_.find(process.parent);
  if (parent == processes_.end()) return {.is_unwanted = true};
  Cage* cage = parent->second.cage;
  // On its way out: it will not ask any more, and its end will make an orphan of this one.
  if (cage == nullptr) return {};
  const GuestSigaction action = cage->signals().action(SIGCHLD).take();
  const bool is_unwanted = process.exit_signal == SIGCHLD && (action.handler == 1 /* SIG_IGN */ ||
                                                              (action.flags & SA_NOCLDWAIT) != 0);
  if (process.exit_signal != 0) {
    GuestSiginfo information{};
    information.number = process.exit_signal;
    information.code = process.status->signal() != 0 ? CLD_KILLED : CLD_EXITED;
    information.sender.process = id;
    information.sender.user = cage->attributes().identity().real_user;
    information.sender.value = static_cast<uint32_t>(
        process.status->signal() != 0 ? process.status->signal() : process.status->code());
    // A full queue loses it, as on Linux.
    (void)cage->signals().send(information);
  }
  cage->child_changes()->note();
  return {cage->child_changes(), &cage->host(), is_unwanted};
}

void Processes::forget(Map::iterator process) {
  const auto [id, entry] = *process;
  processes_.erase(process);
  for (int freed : {id, entry.group, entry.session}) free_unused_id(freed);
  if (is_empty()) empty_.notify_all();
}

void Processes::free_unused_id(int id) {
  auto uses = [id](const Map::value_type& other) {
    return other.first == id || other.second.group == id || other.second.session == id;
  };
  if (std::none_of(processes_.begin(), processes_.end(), uses)) ids_.free(id);
}

Result<int> Processes::group_of(int id) const {
  std::lock_guard lock(mutex_);
  auto process = processes_.find(id);
  if (process == processes_.end()) return Error{ESRCH};
  return process->second.group;
}

Result<int> Processes::session_of(int id) const {
  std::lock_guard lock(mutex_);
  auto process = processes_.find(id);
  if (process == processes_.end()) return Error{ESRCH};
  return process->second.session;
}

Result<void> Processes::set_group(int caller, int id, int group) {
  std::lock_guard lock(mutex_);
  auto found = processes_.find(id);
  if (found == processes_.end()) return Error{ESRCH};
  Entry& process = found->second;
  const int session = processes_.at(caller).session;
  if (id != caller) {
    if (process.parent != caller) return Error{ESRCH};
    if (process.session != session) return Error{EPERM};
    if (process.has_begun_program) return Error{EACCES};
  }
  if (process.session == id) return Error{EPERM};
  if (group != id && std::none_of(processes_.begin(), processes_.end(), [&](const auto& other) {
        return other.second.group == group && other.second.session == session;
      })) {
    return Error{EPERM};
  }
  const int old = std::exchange(process.group, group);
  if (old != group) free_unused_id(old);
  return {};
}

Result<int> Processes::start_session(int id) {
  std::lock_guard lock(mutex_);
  if (std::any_of(processes_.begin(), processes_.end(),
                  [id](const auto& other) { return other.second.group == id; })) {
    return Error{EPERM};
  }
  Entry& process = processes_.at(id);
  const int group = std::exchange(process.group, id);
  const int session = std::exchange(process.session, id);
  free_unused_id(group);
  free_unused_id(session);
  return id;
}

void Processes::note_exec(int id) {
  std::lock_guard lock(mutex_);
  processes_.at(id).has_begun_program = true;
}

bool Processes::is_selected(const Map::value_type& process, ProcessSelection selection) {
  switch (selection.kind) {
    case ProcessSelection::Process:
      return process.first == selection.id;
    case ProcessSelection::Group:
      return process.second.group == selection.id;
    default:
      return true;
  }
}

Result<std::optional<EndedProcess>> Processes::collect(int parent, ProcessSelection selection,
                                                       bool keep) {
  std::lock_guard lock(mutex_);
  bool has_child = false;
  for (auto process = processes_.begin(); process != processes_.end(); ++process) {
    Entry& entry = process->second;
    if (entry.parent != parent || !is_selected(*process, selection)) continue;
    has_child = true;
    if (!entry.status) continue;
    EndedProcess ended{process->first, *entry.status, entry.usage};
    if (!keep) forget(process);
    return std::optional(ended);
  }
  if (!has_child) return Error{ECHILD};
  return std::optional<EndedProcess>();
}

int Processes::for_each(ProcessSelection selection, const std::function<void(Cage&)>& visit) {
  std::lock_guard lock(mutex_);
  int count = 0;
  for (const Map::value_type& process : processes_) {
    if (!is_selected(process, selection)) continue;
    ++count;
    if (process.second.cage != nullptr) visit(*process.second.cage);
  }
  return count;
}

size_t Processes::count() const {
  std::lock_guard lock(mutex_);
  return processes_.size();
}

void Processes::wait_until_empty() {
  std::unique_lock lock(mutex_);
  empty_.wait(lock, [this] { return is_empty(); });
}

}  // namespace linden::microvisor
