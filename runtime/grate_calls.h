// The grates that one host thread calls, and the calls that are being answered on it right now.
//
// Lives as long as a guest thread runs on the host thread; there is one at a time. All functions
// are for that host thread.
#ifndef LINDEN_RUNTIME_GRATE_CALLS_H_
#define LINDEN_RUNTIME_GRATE_CALLS_H_

#include <memory>
#include <vector>

#include "runtime/grate.h"

namespace linden::runtime {

class GrateCalls {
 public:
  explicit GrateCalls(microvisor::Thread& first);
  ~GrateCalls();
  GrateCalls(const GrateCalls&) = delete;

  // The calling host thread's; it runs a guest thread.
  static GrateCalls& current();

  enum class Failure { Ended, NoThread };
  struct Outcome {
    std::optional<int64_t> result;  // or why there is none
    Failure failure = Failure::Ended;
  };
  // Has a call of `caller`'s, which it is making now, answered by a handler.
  Outcome call(GuestTask& caller, threei::Handler handler, const ForwardedCall& call);

  // Whether a call of process `id` is being answered by a handler of `by` on this host thread; the
  // thread that makes it, or null.
  microvisor::Thread* served_thread(const CageProgram& by, int id) const;
  bool is_served(const CageProgram& by, int id) const { return served_thread(by, id) != nullptr; }
  // The innermost thread of process `id` whose call is being answered, or that makes one.
  GuestTask* task_of(int id) const;
  // Whether something is wanted of one whose call is being answered.
  bool is_caller_called_back() const;

 private:
  struct Activation;
  struct Known {
    uint32_t serial;
    std::shared_ptr<Grate> grate;
    std::shared_ptr<GrateThread> thread;
  };

  Known* find(GuestTask& caller, uint32_t serial, Failure& failure);
  // Runs something of a grate's, run(stack); false if there is no stack to run it on.
  template <typename Run>
  bool visit(microvisor::Host& host, Run run);

  microvisor::Thread& first_;
  std::vector<Known> known_;
  Activation* innermost_ = nullptr;
  unsigned visits_ = 0;  // one within another, on the stack of visits
};

}  // namespace linden::runtime

#endif
