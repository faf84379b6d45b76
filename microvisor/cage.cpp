#include "microvisor/cage.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "microvisor/address_space.h"
#include "microvisor/host_file.h"
#include "microvisor/path_operations.h"

namespace linden::microvisor {

Cage::Cage(Host& host, Options options)
    : Cage(host, options, ProcessAttributes(host, options.fd_limit)) {}

Cage::Cage(Host& host, Options options, ProcessAttributes attributes)
    : host_(host),
      options_([&host](Options options) {
        if (options.processes == nullptr) {
          options.processes = std::make_shared<Processes>();
          options.processes->reserve_id(options.id);
        }
        if (options.timer_service == nullptr) {
          options.timer_service = std::make_shared<TimerService>(host);
        }
        return options;
      }(std::move(options))),
      program_(options_.program),
      attributes_(attributes),
      fds_(options_.fd_limit),
      main_thread_(*this, options_.id),
      timers_(*this, options_.timer_service),
      processor_timers_(*this, options_.timer_service) {
  processes().add(*this, options_.parent_id, options_.exit_signal);
}

Cage::~Cage() { processes().remove(*this); }

Result<std::unique_ptr<Cage>> Cage::fork(Thread& caller, int exit_signal) {
  TRY(processes().require_room());
  Options options = options_;
  options.program = program_;
  options.parent_id = id();
  options.exit_signal = exit_signal;
  options.id = TRY(processes().allocate_id());
  std::unique_ptr<Cage> child(new Cage(host_, std::move(options), attributes_));
  child->fds_.copy_from(fds_);
  child->signals_.copy_from(signals_, caller, child->main_thread_);
  {
    std::lock_guard lock(threads_mutex_);
    child->main_thread_.affinity_ = caller.affinity_;
  }
  // As much as the parent may, counted anew.
  TRY(child->processor_timers_.set_limit(*attributes_.limit(RLIMIT_CPU)));
  ReaderMutexLock lock(&working_directory_mutex_);
  child->set_working_directory(working_directory_);
  return child;
}

Result<void> Cage::set_limit(int resource, const GuestRlimit& limit) {
  TRY(attributes_.set_limit(resource, limit));
  if (resource == RLIMIT_NOFILE) fds_.set_limit(static_cast<int>(limit.soft));
  if (resource == RLIMIT_CPU) return processor_timers_.set_limit(limit);
  if (resource == RLIMIT_AS) {
    std::lock_guard lock(program_mutex_);
    if (address_space_ != nullptr) address_space_->set_limit(limit.soft);
  }
  return {};
}

void Cage::set_address_space(AddressSpace* address_space) {
  std::lock_guard lock(program_mutex_);
  address_space_ = address_space;
  if (!address_space) return;
  // RLIMIT_AS exists, so this cannot fail.
  address_space->set_limit(attributes_.limit(RLIMIT_AS)->soft);
}

void Cage::set_working_directory(std::shared_ptr<OpenFile> directory) {
  MutexLock lock(&working_directory_mutex_);
  // The old one is closed when the lock has been released.
  std::swap(working_directory_, directory);
}

Result<void> Cage::inherit_standard_streams(Rights (*rights_of)(const struct stat&)) {
  for (int fd = 0; fd < 3; ++fd) {
    Result<HostFd> duplicate = host_.duplicate(fd);
    if (duplicate.code() == EBADF) continue;
    auto file = HostFile::inherited(host_, TRY(std::move(duplicate)));
    Descriptor descriptor{file, false};
    if (rights_of) descriptor.rights = rights_of(TRY(file->stat()));
    TRY(fds_.insert(std::move(descriptor), fd));
  }
  return {};
}

Result<Location> Cage::locate(int directory, std::string_view path) {
  if (path.empty() || !names()) return Error{ENOENT};
  Location location{nullptr, std::string(path), this};
  if (path.front() == '/') return location;
  if (directory != AT_FDCWD) {
    location.base = TRY(fds_.file(directory));
    return location;
  }
  ReaderMutexLock lock(&working_directory_mutex_);
  if (!working_directory_) location.path.insert(0, "/");
  location.base = working_directory_;
  return location;
}

Result<std::string> Cage::working_directory() {
  std::shared_ptr<OpenFile> directory;
  {
    ReaderMutexLock lock(&working_directory_mutex_);
    directory = working_directory_;
  }
  if (!directory) return std::string("/");
  return guest_path(host_, *directory);
}

Result<void> Cage::change_directory(const std::string& path) {
  Location location = TRY(locate(AT_FDCWD, path));
  std::shared_ptr<OpenFile> directory = TRY(open_at(host_, location, O_PATH | O_DIRECTORY, 0));
  return change_directory(std::move(directory));
}

Result<void> Cage::change_directory(std::shared_ptr<OpenFile> directory) {
  if (!directory->mount()) return Error{ENOTDIR};
  if (!directory->as_virtual_directory()) {
    // The right to search is asked for by opening something in it: O_PATH needs none. ENOTDIR for
    // a file, EACCES for a directory that may not be searched.
    OpenHow how{.flags = O_PATH | O_DIRECTORY};
    TRY(host_.openat2(TRY(directory->directory()), "./", how));
  }
  set_working_directory(std::move(directory));
  return {};
}

Result<std::unique_ptr<Thread>> Cage::create_thread(const Thread& maker) {
  std::lock_guard lock(threads_mutex_);
  if (static_cast<int>(threads_.size()) >= options_.thread_limit) return Error{EAGAIN};
  int id = TRY(processes().allocate_id());
  std::unique_ptr<Thread> thread(new Thread(*this, id));
  // Before anyone can send it a signal.
  thread->signal_mask_ = maker.signal_mask();
  thread->affinity_ = maker.affinity_;
  threads_.emplace(id, thread.get());
  has_one_thread_ = false;
  // exit() calls back only threads that it finds here.
  if (is_ending()) thread->request_attention(Thread::kEnd);
  return thread;
}

Result<std::unique_ptr<Thread>> Cage::create_visitor() {
  std::lock_guard lock(threads_mutex_);
  if (static_cast<int>(threads_.size()) >= options_.thread_limit) return Error{EAGAIN};
  const int id = TRY(processes().allocate_id());
  std::unique_ptr<Thread> thread(new Thread(*this, id));
  thread->signal_mask_ = ~SignalSet{0};
  thread->is_visitor_ = true;
  threads_.emplace(id, thread.get());
  ++visitors_;
  if (is_ending()) thread->request_attention(Thread::kEnd);
  return thread;
}

bool Cage::expect_visitors() {
  std::lock_guard lock(threads_mutex_);
  if (!expects_visitors_) {
    expects_visitors_ = true;
    // A main thread with companions has known since it made them.
    is_acknowledged_ = !has_one_thread_.exchange(false) || current_thread() == &main_thread_;
  }
  if (is_acknowledged_ || main_thread_.host_thread_.load() == 0) return true;
  main_thread_.request_attention(Thread::kLook);
  main_thread_.interrupt();
  return false;
}

void Cage::acknowledge() {
  std::lock_guard lock(threads_mutex_);
  main_thread_.clear_attention(Thread::kLook);
  is_acknowledged_ = true;
}

void Cage::forget_thread(const Thread& thread) {
  if (&thread == &main_thread_) return;
  processes().free_id(thread.id());
  std::lock_guard lock(threads_mutex_);
  threads_.erase(thread.id());
  ended_time_ += thread.earlier_time_;
  ended_calls_ += thread.calls();
  if (thread.is_visitor_) --visitors_;
  if (threads_.empty() && !expects_visitors_) {
    has_one_thread_.store(true, std::memory_order_release);
  }
  // Under the lock: as soon as a waiter sees no thread, the cage may be gone.
  if (threads_.size() == visitors_) thread_ended_.notify_all();
}

Result<void> Cage::start_thread(Thread& caller, std::unique_ptr<Thread> thread,
                                uint32_t start_block) {
  if (thread_starter_ == nullptr) return Error{ENOSYS};
  return thread_starter_->start(caller, std::move(thread), start_block);
}

Result<void> Cage::start_process(Thread& caller, std::unique_ptr<Cage> child,
                                 const ForkRequest& request) {
  if (thread_starter_ == nullptr) return Error{ENOSYS};
  return thread_starter_->fork(caller, std::move(child), request);
}

Result<ProgramFile> Cage::open_program(Thread& caller, int directory, const std::string& path,
                                       int flags) {
  if (thread_starter_ == nullptr) return ProgramFile{};
  return thread_starter_->open_program(caller, directory, path, flags);
}

Result<void> Cage::execute(Thread& caller, OpenFile& file, ProgramArguments program) {
  if (thread_starter_ == nullptr) return Error{ENOSYS};
  return thread_starter_->execute(caller, file, std::move(program));
}

bool Cage::is_memory_shared() const {
  std::lock_guard lock(threads_mutex_);
  return has_borrowed_memory_ || !threads_.empty();
}

bool Cage::has_thread(int id) const {
  if (id == main_thread_.id()) return true;
  std::lock_guard lock(threads_mutex_);
  return threads_.contains(id);
}

void Cage::call_back(Thread& thread) {
  thread.request_attention(Thread::kEnd);
  // The caller itself looks when its system call ends.
  if (&thread != current_thread()) thread.interrupt();
}

void Cage::call_threads_back() {
  call_back(main_thread_);
  for (auto [id, thread] : threads_) call_back(*thread);
}

void Cage::wait_for_threads() {
  std::unique_lock lock(threads_mutex_);
  auto none_left = [this] { return threads_.size() == visitors_; };
  // A thread on its way from host code into guest code misses a call; it is called again.
  std::chrono::milliseconds patience(1);
  while (!none_left()) {
    if (!is_ending()) {
      // Ended by the last thread's end, or by exit() or begin_exec().
      thread_ended_.wait(lock, [&] { return none_left() || is_ending(); });
    } else if (!thread_ended_.wait_for(lock, patience, none_left)) {
      call_threads_back();
      patience = std::min(2 * patience, std::chrono::milliseconds(100));
    }
  }
}

void Cage::exit(ExitStatus status) {
  int64_t running = kRunning;
  exit_status_.compare_exchange_strong(running, status.word());
  std::lock_guard lock(threads_mutex_);
  call_threads_back();
  thread_ended_.notify_all();
}

std::optional<ExitStatus> Cage::exit_status() const {
  int64_t status = exit_status_.load();
  if (status == kRunning) return std::nullopt;
  return ExitStatus::from_word(static_cast<int>(status));
}

Result<void> Cage::begin_exec(Thread& caller, ProgramArguments program) {
  if (exit_status() || is_executing_.exchange(true)) return Error{EAGAIN};
  next_program_ = std::move(program);
  signals_.hand_over(caller, main_thread_);
  std::lock_guard lock(threads_mutex_);
  call_threads_back();
  thread_ended_.notify_all();
  return {};
}

void Cage::finish_exec() {
  {
    std::lock_guard lock(program_mutex_);
    program_ = std::move(next_program_);
  }
  {
    std::lock_guard lock(threads_mutex_);
    expects_visitors_ = is_acknowledged_ = false;
    has_one_thread_.store(true, std::memory_order_release);
  }
  signals_.reset_handlers();
  timers_.remove_created();
  main_thread_.reset();
  attributes_.set_name({});
  processes().note_exec(id());
  // After all of the above: the end of a pipe that closes tells another process that it is so.
  fds_.close_marked();
  is_executing_ = false;
}

int64_t Cage::processor_time() {
  return with_threads([this](std::span<Thread* const> threads) {
    int64_t sum = ended_time_;
    for (const Thread* thread : threads) sum += thread->processor_time();
    return sum;
  });
}

rusage Cage::usage() {
  Thread* caller = current_thread();
  return with_threads([&](std::span<Thread* const> threads) {
    rusage sum = usage_;
    for (const Thread* thread : threads) {
      if (thread == caller) {
        add_usage(sum, thread->bound_usage());
      } else {
        rusage usage{};
        const int64_t microseconds = thread->bound_time() / 1000;
        usage.ru_utime = {microseconds / 1'000'000, microseconds % 1'000'000};
        add_usage(sum, usage);
      }
    }
    return sum;
  });
}

void Cage::add_usage_of_children(const rusage& usage) {
  std::lock_guard lock(usage_mutex_);
  microvisor::add_usage(usage_of_children_, usage);
}

rusage Cage::usage_of_children() const {
  std::lock_guard lock(usage_mutex_);
  return usage_of_children_;
}

}  // namespace linden::microvisor
