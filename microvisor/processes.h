// All cages of one runtime as processes: whose child each is, its group and session, and how it
// ended, until its parent has asked.
//
// Process 1 is nobody: whoever started the runtime. Orphans become children of the nearest ancestor
// that wants them (set_subreaper), or else its children, which are forgotten as soon as they end.
//
// Life of a process: a Cage adds itself; leave() when its program has ended, so that nobody reaches
// the cage any more and it may be destroyed; end() when that has happened. What is left is a
// zombie: an id and a status. Between leave() and end() the process still exists for everyone.
//
// Thread-safety: all functions may be called concurrently. The mutex is taken before those of
// Signals, of a Cage's threads and of TaskIds.
// Source: wait(2), setpgid(2), setsid(2), kill(2), Linux kernel/exit.c.
#pragma once

#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "microvisor/result.h"
#include "microvisor/shared_segments.h"
#include "microvisor/signals.h"
#include "microvisor/task_ids.h"

namespace linden::microvisor {

class Cage;
class Host;

// How a process ended, as wait(2) encodes it.
class ExitStatus {
 public:
  static constexpr ExitStatus exited(int code) { return ExitStatus((code & 0xff) << 8); }
  static constexpr ExitStatus killed(int signal) { return ExitStatus(signal & 0x7f); }
  static constexpr ExitStatus from_word(int word) { return ExitStatus(word); }

  constexpr int word() const { return word_; }
  // 0 if it ended by itself.
  constexpr int signal() const { return word_ & 0x7f; }
  constexpr int code() const { return word_ >> 8; }
  // As a shell shows it: 128 + signal.
  constexpr int shell_code() const { return signal() != 0 ? 128 + signal() : code(); }
  friend constexpr bool operator==(ExitStatus, ExitStatus) = default;

 private:
  constexpr explicit ExitStatus(int word) : word_(word) {}
  int word_;
};

// Which processes a call is about.
struct ProcessSelection {
  enum Kind { Any, Process, Group } kind = Any;
  int id = 0;
};

struct EndedProcess {
  int id;
  ExitStatus status;
  rusage usage;  // with what its own children used that it waited for
};

// A futex word that counts what has happened to the children of a cage.
class ChildChanges {
 public:
  const std::atomic<uint32_t>& count() const { return count_; }
  void note() { count_.fetch_add(1); }
  // Of those that wait for another count. Not with the mutex of Processes held, which is the first
  // thing that they want.
  void wake(Host& host);

 private:
  std::atomic<uint32_t> count_ = 0;
};

// Sums of times and counts, the maximum of sizes.
void add_usage(rusage& sum, const rusage& usage);

class Processes {
 public:
  static constexpr int kInit = 1;

  // `limit`: how many processes there may be, zombies included.
  explicit Processes(int limit = TaskIds::kLimit) : limit_(limit) {}
  Processes(const Processes&) = delete;

  // An id for a process or a thread. EAGAIN if there is none.
  Result<int> allocate_id() { return ids_.allocate(); }
  void reserve_id(int id) { ids_.reserve(id); }
  void free_id(int id) { ids_.free(id); }

  // EAGAIN at the limit of processes.
  Result<void> require_room() const;
  // As the child of `parent` and a member of its group and session; the first process leads a group
  // in a session of kInit's, like a command that a shell has started. `exit_signal` is what the
  // parent gets at the end (0: none). The id is the cage's and has been allocated here, or given by
  // the embedder.
  void add(Cage& cage, int parent, int exit_signal);
  void leave(int id);
  void end(int id, ExitStatus status, const rusage& usage);
  // In place of both, for a process that never ran. Does nothing if it has left or was never added.
  void remove(const Cage& cage);

  // ESRCH if there is no such process.
  Result<int> group_of(int id) const;
  Result<int> session_of(int id) const;
  // setpgid(2) by process `caller`.
  Result<void> set_group(int caller, int id, int group);
  // setsid(2); the new session's id.
  Result<int> start_session(int id);
  // PR_SET_CHILD_SUBREAPER.
  void set_subreaper(int id, bool is_one);
  bool is_subreaper(int id) const;
  // A child that has begun another program can't be put into another group any more.
  void note_exec(int id);

  // An ended child of `parent` among those selected, which is then forgotten (unless `keep`).
  // Nothing if none has ended yet; ECHILD if there is none to wait for. What its ids counted as a
  // change of Cage::child_changes() before, is seen.
  Result<std::optional<EndedProcess>> collect(int parent, ProcessSelection selection, bool keep);

  // Calls visit(Cage&) for the selected processes that haven't left, with the mutex held. How many
  // processes were selected, zombies included.
  int for_each(ProcessSelection selection, const std::function<void(Cage&)>& visit);

  size_t count() const;
  // By id; see process_listing.h.
  std::vector<struct ProcessStatus> list() const;
  SharedSegments& shared_segments() { return shared_segments_; }
  // Returns when no process is left, nor anything that the end of one has begun.
  void wait_until_empty();

 private:
  struct Entry {
    Cage* cage;  // null once it has left
    int parent;
    int group;
    int session;
    int exit_signal;
    bool has_begun_program = false;
    bool is_subreaper = false;
    std::optional<ExitStatus> status = {};  // a zombie's
    rusage usage = {};
  };
  using Map = std::map<int, Entry>;

  // What Cage::parent_id() says, too, so that to ask for it takes no lock.
  static void set_parent(Entry& entry, int parent);

  static bool is_selected(const Map::value_type& process, ProcessSelection selection);
  void forget(Map::iterator process);
  // An id rests as long as a group or session is called by it.
  void free_unused_id(int id);
  // Whose children the children of `id` become.
  int reaper_for_children_of(int id) const;
  // Who is to be woken, and whether the parent will never ask for the process.
  struct Announcement {
    std::shared_ptr<ChildChanges> changes = nullptr;
    Host* host = nullptr;
    bool is_unwanted = false;
  };
  // Tells the parent that the process has become a zombie.
  Announcement announce(int id, const Entry& process);

  bool is_empty() const { return processes_.empty() && waking_ == 0; }

  mutable std::mutex mutex_;
  std::condition_variable empty_;
  int waking_ = 0;  // ends of processes that wake parents just now, without the mutex
  TaskIds ids_;
  const int limit_;
  Map processes_;
  SharedSegments shared_segments_;
};

}  // namespace linden::microvisor
