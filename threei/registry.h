// 3i: which cages there are, who answers whose calls, and who may change that.
//
// A cage that answers calls of others is a grate. Handlers always name a grate that is a strict
// ancestor of the cages that they are for; so calls that are forwarded, through the grate's own
// table, move towards the first cage, and whoever is put in a cage's way by an ancestor stays there
// whatever the cage does. That is what all rules here serve:
//
// * A cage may name handlers in itself, or in an ancestor whose program it still runs (a fork that
//   has not begun another program since, nor has the ancestor).
// * It may register them for itself and for its descendants, but never a grate for itself.
// * Only who may name handlers in a grate may take that grate's handlers away. What lies beneath
//   answers then: whatever answers the grate's own calls of that number.
// * It may act as, and copy memory of, itself, its descendants, whoever has asked it for what it is
//   answering at this moment on this thread, and, if that is a grate that has passed a call on, the
//   cage that the call is for.
//
// fork copies the table, exec keeps it. A grate that ends, or begins another program, loses its
// handlers as if they were taken away; cages that have a fatal one of it keep them, so that the
// calls fail, and are to be killed.
//
// Nothing here knows what a call does, or how a grate's code is run: Answerer is the runtime's.
// Errors are numbers of errno, 0 for none. Thread-safety: all functions may be called concurrently;
// the mutex is a leaf. Lookups of handlers (Member::table) take no lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/functional/function_ref.h"
#include "threei/handler_table.h"

namespace linden::threei {

// What runs a grate's code. Ended by the runtime when Registry::end or begin_program says so.
class Answerer {
 public:
  virtual ~Answerer() = default;
};

// A cage.
class Member {
 public:
  int id() const { return id_; }
  // Null until the cage, or one that it was forked from, has had a handler. Stays where it is.
  const HandlerTable* table() const { return table_.load(std::memory_order_acquire); }
  Handler find(uint64_t number) const {
    const HandlerTable* table = this->table();
    return table == nullptr ? Handler{} : table->find(number);
  }
  ~Member() { delete table_.load(); }

 private:
  friend class Registry;
  explicit Member(int id) : id_(id) {}

  const int id_;
  std::atomic<HandlerTable*> table_ = nullptr;
  // The rest is guarded by the registry's mutex.
  Member* parent_ = nullptr;  // the nearest ancestor that has not ended
  uint64_t program_ = 0;      // the same in forks that have not begun another since
  uint32_t grate_ = 0;        // serial number; 0: it is none
  bool is_fatal_ = false;
  std::shared_ptr<Answerer> answerer_;
};

// What is to be done when a grate has ended: nobody finds its handlers any more.
struct EndedGrate {
  std::shared_ptr<Answerer> answerer;  // null if the cage was no grate
  std::vector<int> to_be_killed;
};

struct Registration {
  int cage;         // whose calls
  uint64_t number;  // or kMatchAll
  int grate;
  uint32_t function;  // of the right type: the runtime has looked
  uint64_t flags;
};

// Whether the acting cage answers a call of cage `id` at this moment.
using IsServed = absl::FunctionRef<bool(int id)>;

class Registry {
 public:
  // `parent`: whose fork it is; null for the first. Null if memory is short.
  std::shared_ptr<Member> add(int id, Member* parent);
  // It has begun another program.
  EndedGrate begin_program(Member& member);
  // It has ended; the id may be used again. Members that are never ended live as long as this.
  EndedGrate end(Member& member);

  // `answerer_of(grate's id)` is called, with the mutex held, if the cage becomes a grate by this;
  // null: ENOMEM.
  int register_handler(Member& caller, const Registration& registration,
                       absl::FunctionRef<std::shared_ptr<Answerer>(int)> answerer_of);
  int deregister(Member& caller, int cage, uint64_t number);
  int copy_table(Member& caller, int from, int to, IsServed is_served);

  // Who runs the code of a handler; null if the grate has ended.
  std::shared_ptr<Answerer> find_grate(uint32_t serial) const;
  // Who answers a cage's calls; for its own threads, Member::find() is the quick way.
  Handler find_handler(int id, uint64_t number) const;
  // Whether the caller may name handlers in cage `grate`, and act as cage `id`: 0, ESRCH or EPERM.
  int may_name(const Member& caller, int grate) const;
  int may_act_as(const Member& caller, int id, IsServed is_served) const;

 private:
  Member* find(int id) const;
  static bool descends_from(const Member& member, const Member& ancestor);
  // Whether `caller` may name handlers in `grate`, and take them away.
  static bool may_speak_for(const Member& caller, const Member& grate);
  bool may_change(const Member& caller, const Member& target) const;
  int set(Member& target, uint64_t number, Handler handler);
  const Member* member_of(uint32_t serial) const;
  EndedGrate end_grate(Member& member);

  mutable std::mutex mutex_;
  std::map<int, std::shared_ptr<Member>> members_;
  std::map<uint32_t, Member*> grates_;  // by serial number
  uint64_t last_program_ = 0;
  uint32_t last_serial_ = 0;
};

}  // namespace linden::threei
