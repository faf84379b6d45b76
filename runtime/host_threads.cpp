#include "runtime/host_threads.h"

#include <malloc.h>
#include <semaphore.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/guest_thread.h"
#include "runtime/memory_pool.h"

namespace linden::runtime {
namespace {

// Beyond this many, threads that are done end at once; and beyond this many when there has been
// nothing to do for a second.
constexpr size_t kMaximumIdle = 64, kKeptIdle = 4;
// Guests and host functions run on the guest's stack; this one only carries them.
constexpr size_t kStackSize = size_t{256} << 10;

// std::binary_semaphore yields the processor some times before it sleeps, which costs more than it
// saves here.
class Semaphore {
 public:
  Semaphore() { sem_init(&semaphore_, /*pshared=*/0, 0); }
  ~Semaphore() { sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  void release() { sem_post(&semaphore_); }
  void acquire() {
    while (sem_wait(&semaphore_) != 0) {
    }
  }
  // Whether it succeeded within a second.
  bool acquire_soon() {
    // ThreadSanitizer knows no sem_clockwait(). If somebody sets the clock, a second is not one.
    timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    ++deadline.tv_sec;
    int error;
    while ((error = sem_timedwait(&semaphore_, &deadline)) != 0 && errno == EINTR) {
    }
    return error == 0;
  }

 private:
  sem_t semaphore_;
};

struct Worker {
  microvisor::Host& host;  // only until it is prepared
  absl::AnyInvocable<void()> task = nullptr;
  absl::Status prepared = absl::OkStatus();
  Semaphore ready = {};  // there is a task
  Semaphore made = {};   // `prepared` is known
};

// Never destroyed: its threads live as long as the process.
struct Idle {
  std::mutex mutex;
  std::vector<Worker*> workers;  // the last one was the last to work: its stack is warm
};
Idle& idle() {
  static auto* workers = new Idle;
  return *workers;
}

bool become_idle(Worker* worker) {
  std::lock_guard lock(idle().mutex);
  if (idle().workers.size() >= kMaximumIdle) return false;
  idle().workers.push_back(worker);
  return true;
}

// Whether the worker, which has waited for long, is to end.
bool leave_idle(Worker* worker) {
  std::lock_guard lock(idle().mutex);
  std::vector<Worker*>& workers = idle().workers;
  auto found = std::find(workers.begin(), workers.end(), worker);
  // If it isn't there, it has just been given a task.
  if (found == workers.end() || workers.size() <= kKeptIdle) return false;
  workers.erase(found);
  return true;
}

Worker* take_idle() {
  std::lock_guard lock(idle().mutex);
  if (idle().workers.empty()) return nullptr;
  Worker* worker = idle().workers.back();
  idle().workers.pop_back();
  return worker;
}

// Threads that look for idle memories every second.
std::atomic<int> watchers = 0;

// False if there has been nothing to do until all was given back that the next guest would have had
// without faults.
bool wait_while_watching(Worker& worker) {
  ++watchers;
  bool has_task;
  while (!(has_task = worker.ready.acquire_soon())) {
    GuestThread::current().release_unused_stack();
    if (!MemoryPool::free_idle()) break;
  }
  --watchers;
  return has_task;
}

// False if the worker is to end.
bool wait_for_task(Worker& worker) {
  do {
    if (wait_while_watching(worker)) return true;
    // Whoever saw this thread watch has left it to it.
  } while (MemoryPool::free_idle());
  if (leave_idle(&worker)) return false;
  // What a thousand processes needed stays with the allocator otherwise.
  malloc_trim(0);
  worker.ready.acquire();
  return true;
}

void* work(void* argument) {
  std::unique_ptr<Worker> worker(static_cast<Worker*>(argument));
  worker->prepared = GuestThread::current().prepare(&worker->host);
  const bool usable = worker->prepared.ok();
  if (!usable) {
    // The maker reads `prepared` and deletes the worker.
    worker.release()->made.release();
    return nullptr;
  }
  worker->made.release();
  do {
    if (!wait_for_task(*worker)) break;
    worker->task();
    worker->task = nullptr;
  } while (become_idle(worker.get()));
  return nullptr;
}

absl::StatusOr<Worker*> make_worker(microvisor::Host& host) {
  std::unique_ptr<Worker> worker(new Worker{.host = host});
  if (!host.start_detached_thread(kStackSize, work, worker.get()).ok()) {
    return absl::ResourceExhaustedError("cannot create a thread");
  }
  // From here on the thread owns it, unless it reports that it is of no use.
  Worker* made = worker.release();
  made->made.acquire();
  if (!made->prepared.ok()) {
    absl::Status status = made->prepared;
    delete made;
    return status;
  }
  return made;
}

}  // namespace

absl::Status run_on_host_thread(microvisor::Host& host, absl::AnyInvocable<void()> task) {
  Worker* worker = take_idle();
  if (worker == nullptr) {
    absl::StatusOr<Worker*> made = make_worker(host);
    if (!made.ok()) return made.status();
    worker = *made;
  }
  worker->task = std::move(task);
  worker->ready.release();
  return absl::OkStatus();
}

void watch_idle_memories(microvisor::Host& host) {
  // If there is no thread to be had, the memories wait for the next one.
  if (watchers == 0) (void)run_on_host_thread(host, [] {});
}

}  // namespace linden::runtime
