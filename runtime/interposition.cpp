#include "runtime/interposition.h"

#include <signal.h>
#include <sys/syscall.h>

#include <array>
#include <chrono>
#include <thread>

#include "microvisor/dispatch.h"
#include "microvisor/foreign_memory.h"
#include "microvisor/interruption.h"
#include "runtime/called_file.h"
#include "runtime/context.h"
#include "runtime/copy_between.h"

namespace linden::runtime {

using microvisor::Error;
using microvisor::GuestMemory;
using microvisor::Result;

namespace {

GuestMemory view(const MemoryImage& image) {
  return GuestMemory(image.memory->base(), &image.memory->size());
}

// Whose memory an argument is in.
uint64_t memory_owner(uint64_t cage, uint64_t own) {
  return (cage & threei::kOwnMemory) != 0 ? own : cage;
}

// What LIND_FORKINTERPOSE takes.
struct GuestHandler {
  uint32_t number;
  uint32_t function;
};
constexpr uint32_t kMaximumHandlers = 4096;

// Whether an argument points into another memory than that of `target`.
bool leads_elsewhere(const microvisor::SyscallInfo& info, const ForwardedCall& call, size_t i,
                     int target) {
  return microvisor::is_memory(info.arguments[i]) &&
         call.cages[i] != static_cast<uint64_t>(target) &&
         static_cast<uint32_t>(call.arguments[i]) != 0;
}

bool is_exec(uint64_t number) { return number == SYS_execve || number == SYS_execveat; }

// While it lives, a task's execve reads programs as `reader` says.
class ReaderScope {
 public:
  ReaderScope(GuestTask& task, ProgramReader reader) : task_(task), reader_(reader) {
    task_.reader = &reader_;
  }
  ~ReaderScope() { task_.reader = nullptr; }
  ReaderScope(const ReaderScope&) = delete;

 private:
  GuestTask& task_;
  const ProgramReader reader_;
};

// Of the fork that the calling host thread is about to make.
thread_local constinit const std::vector<GuestHandler>* handlers_for_child = nullptr;

}  // namespace

std::shared_ptr<threei::Member> Interposition::add(CageProgram& program, threei::Member* parent) {
  const int id = program.cage().id();
  {
    std::lock_guard lock(mutex_);
    programs_[id] = &program;
  }
  auto member = registry_.add(id, parent);
  if (member == nullptr) {
    std::lock_guard lock(mutex_);
    programs_.erase(id);
  }
  return member;
}

void Interposition::kill(int id) {
  std::lock_guard lock(mutex_);
  auto found = programs_.find(id);
  if (found != programs_.end()) {
    found->second->cage().exit(microvisor::ExitStatus::killed(SIGKILL));
  }
}

void Interposition::begin_program(CageProgram& program) {
  threei::EndedGrate ended = registry_.begin_program(program.member());
  for (int id : ended.to_be_killed) kill(id);
  if (ended.answerer) static_cast<Grate&>(*ended.answerer).revoke();
}

void Interposition::end(CageProgram& program) {
  threei::EndedGrate ended = registry_.end(program.member());
  for (int id : ended.to_be_killed) kill(id);
  if (ended.answerer) static_cast<Grate&>(*ended.answerer).revoke();
  std::lock_guard lock(mutex_);
  auto found = programs_.find(program.cage().id());
  if (found != programs_.end() && found->second == &program) programs_.erase(found);
}

Result<void> Interposition::check_right(GuestTask& caller, uint64_t id) const {
  if (id > INT32_MAX) return Error{ESRCH};
  auto is_served = [&](int served) {
    return GrateCalls::current().is_served(caller.program, served);
  };
  // Most calls of grates are for whom they serve; and those are there.
  if (is_served(static_cast<int>(id))) return {};
  const int error = registry_.may_act_as(caller.member, static_cast<int>(id), is_served);
  if (error != 0) return Error{error};
  return {};
}

Result<std::shared_ptr<MemoryImage>> Interposition::memory_of(GuestTask& caller, uint64_t id) {
  TRY(check_right(caller, id));
  std::shared_ptr<MemoryImage> image;
  {
    std::lock_guard lock(mutex_);
    auto found = programs_.find(static_cast<int>(id));
    if (found != programs_.end()) image = found->second->image();
  }
  if (image == nullptr) return Error{ESRCH};
  return image;
}

template <typename Find>
[[gnu::always_inline]] inline std::optional<Interposition::Answer> Interposition::ask_grates(
    GuestTask& caller, const ForwardedCall& call, Find find, GrateCalls::Visit* place) {
  using Beginning = GrateCalls::Beginning;
  threei::Handler handler = find();
  while (handler) {
    alignas(GrateCalls::Visit) std::byte own_place[sizeof(GrateCalls::Visit)];
    auto* visit = place != nullptr ? place : reinterpret_cast<GrateCalls::Visit*>(own_place);
    switch (GrateCalls::current().begin(caller, handler, call, visit)) {
      case Beginning::Begun:
        if (place != nullptr) return Answer{};
        return visit->end(linden_enter_handler(&visit->entry));
      case Beginning::NoFunction:
        return -EINVAL;
      case Beginning::NoThread:
        return -ENOMEM;
      case Beginning::Ended:
        break;
    }
    // What lies beneath has taken its place, unless nothing must.
    const threei::Handler next = find();
    if (next == handler) {
      caller.thread.cage().exit(microvisor::ExitStatus::killed(SIGKILL));
      return -ESRCH;
    }
    handler = next;
  }
  return std::nullopt;
}

void Interposition::note_harsh_exit(GuestTask& main_task, microvisor::ExitStatus status) {
  if (!main_task.member.find(threei::kHarshCageExit)) return;
  microvisor::ThreadBinding binding(main_task.thread);
  GrateCalls calls(main_task.thread);
  // That the thread is to end concerns no handler.
  (void)microvisor::clear_wait_attention();
  const auto own = static_cast<uint64_t>(main_task.program.cage().id());
  const ForwardedCall call{threei::kHarshCageExit,
                           {own, static_cast<uint64_t>(status.word())},
                           {own, own, own, own, own, own},
                           own,
                           own};
  (void)ask_grates(main_task, call, [&] { return main_task.member.find(call.number); }, nullptr);
}

Interposition::Answer Interposition::call(GuestTask& caller, const SyscallFrame& frame,
                                          GrateCalls::Visit* place) {
  // Nobody says of itself that it has ended.
  if (frame.number == threei::kHarshCageExit) return -EPERM;
  if (caller.member.find(frame.number)) {
    const auto own = static_cast<uint64_t>(caller.program.cage().id());
    ForwardedCall call{frame.number, {}, {own, own, own, own, own, own}, own, own};
    std::copy_n(frame.arguments, 6, call.arguments);
    auto answer = ask_grates(caller, call, [&] { return caller.member.find(frame.number); }, place);
    if (answer) return *answer;
  }
  if (is_exec(frame.number)) {
    ReaderScope scope(caller, {caller, caller.program.cage().id()});
    return microvisor::dispatch(caller.thread, static_cast<int>(frame.number), frame.arguments);
  }
  return microvisor::dispatch(caller.thread, static_cast<int>(frame.number), frame.arguments);
}

Interposition::Answer Interposition::forward(GuestTask& caller, const ForwardFrame& frame,
                                             GrateCalls::Visit* place) {
  const auto own = static_cast<uint64_t>(caller.program.cage().id());
  ForwardedCall call{frame.number, {}, {}, frame.target, frame.self};
  std::copy_n(frame.arguments, 6, call.arguments);
  for (int i = 0; i < 6; ++i) call.cages[i] = memory_owner(frame.cages[i], own);
  const int target = static_cast<int>(frame.target);
  GuestTask* acting = &caller;
  if (frame.target != own) {
    // Most calls of grates are for whom they serve, or whom that serves.
    if (frame.target > INT32_MAX) return -ESRCH;
    acting = GrateCalls::current().served_task(caller.program, target);
    if (acting == nullptr) {
      if (auto right = check_right(caller, frame.target); !right.ok()) return -right.code();
      acting = GrateCalls::current().waiting_task(target);
    }
  }
  // Only who has been told passes it on.
  if (frame.number == threei::kHarshCageExit && acting == &caller) return -EPERM;
  if (frame.self != own) {
    if (auto right = check_right(caller, frame.self); !right.ok()) return -right.code();
  }
  auto find = [&] {
    return frame.self == own ? caller.member.find(frame.number)
                             : registry_.find_handler(static_cast<int>(frame.self), frame.number);
  };
  auto answer = ask_grates(caller, call, find, place);
  return answer ? *answer : perform(caller, acting, call);
}

int64_t Interposition::perform(GuestTask& caller, GuestTask* acting, const ForwardedCall& call) {
  if (call.number < threei::kRegisterHandler || call.number > threei::kForkInterpose) {
    return perform_system_call(caller, acting, call);
  }
  // With the rights of the cage that the call is for, whoever forwards it, and of its functions.
  if (acting == nullptr) return -EPERM;
  // Who asks which thread is running is to hear of that one.
  microvisor::VisitScope visit(acting->thread);
  auto is_served = [&](int id) { return GrateCalls::current().is_served(acting->program, id); };
  switch (call.number) {
    case threei::kRegisterHandler:
      return register_handler(*acting, call);
    case threei::kCopyData:
      return copy_data(*acting, call);
    case threei::kCopyHandlerTable:
      if (call.arguments[0] > INT32_MAX || call.arguments[1] > INT32_MAX) return -ESRCH;
      return -registry_.copy_table(acting->program.member(), static_cast<int>(call.arguments[0]),
                                   static_cast<int>(call.arguments[1]), is_served);
    default:
      return fork_interposed(caller, *acting, call);
  }
}

int64_t Interposition::perform_system_call(GuestTask& caller, GuestTask* acting,
                                           const ForwardedCall& call) {
  const int number = call.number > INT32_MAX ? -1 : static_cast<int>(call.number);
  const microvisor::SyscallInfo* info = microvisor::find_syscall(number);
  if (info == nullptr) return -ENOSYS;
  const int target = static_cast<int>(call.target);
  bool is_foreign = false;
  for (int i = 0; i < info->argument_count; ++i) {
    is_foreign |= leads_elsewhere(*info, call, i, target);
  }
  if (acting == nullptr) return perform_as_visitor(caller, target, *info, call);
  // Who asks which thread is running is to hear of that one.
  microvisor::VisitScope visit(acting->thread);
  std::optional<ReaderScope> reader;
  if (is_exec(call.number)) {
    auto table = table_of_reader(caller, call);
    if (!table.ok()) return -table.code();
    reader.emplace(*acting, ProgramReader{caller, *table});
  }
  if (is_foreign) return perform_with_foreign_memory(caller, acting->thread, *info, call);
  return microvisor::dispatch(acting->thread, number, call.arguments);
}

Result<int> Interposition::table_of_reader(GuestTask& caller, const ForwardedCall& call) const {
  const uint64_t last = call.cages[5];
  if ((last & threei::kReadThrough) == 0) return static_cast<int>(call.self);
  const uint64_t id = last & ~(threei::kReadThrough | threei::kOwnMemory);
  if (id != static_cast<uint64_t>(caller.program.cage().id())) TRY(check_right(caller, id));
  return static_cast<int>(id);
}

Result<microvisor::ProgramFile> Interposition::open_program(GuestTask& acting, int directory,
                                                            const std::string& path, int flags) {
  const ProgramReader reader = *acting.reader;
  if (!registry_.find_handler(reader.table, SYS_openat)) return microvisor::ProgramFile{};
  auto make_call = [this, &acting, reader](int number, const uint64_t arguments[6]) {
    const auto id = static_cast<uint64_t>(acting.program.cage().id());
    ForwardedCall call{static_cast<uint64_t>(number),
                       {},
                       {id, id, id, id, id, id},
                       id,
                       static_cast<uint64_t>(reader.table)};
    std::copy_n(arguments, 6, call.arguments);
    // On behalf of the acting task, but by the one whose turn it is.
    microvisor::VisitScope visit(reader.caller.thread);
    auto find = [&] { return registry_.find_handler(reader.table, call.number); };
    auto answer = ask_grates(reader.caller, call, find, nullptr);
    return answer ? **answer : perform(reader.caller, &acting, call);
  };
  auto file = TRY(CalledFile::open(acting.program.cage(), make_call, directory, path, flags));
  std::string opened = file->path();
  return microvisor::ProgramFile{std::move(file), std::move(opened)};
}

int64_t Interposition::perform_with_foreign_memory(GuestTask& caller, microvisor::Thread& thread,
                                                   const microvisor::SyscallInfo& info,
                                                   const ForwardedCall& call) {
  std::array<std::shared_ptr<MemoryImage>, 6> images;
  std::array<GuestMemory, 6> views;
  const GuestMemory* memories[6] = {};
  for (size_t i = 0; i < 6; ++i) {
    if (!leads_elsewhere(info, call, i, thread.cage().id())) continue;
    auto image = memory_of(caller, call.cages[i]);
    if (!image.ok()) return -image.code();
    images[i] = image.take();
    views[i] = view(*images[i]);
    memories[i] = &views[i];
  }
  return microvisor::dispatch_foreign(thread, info.number, call.arguments, memories);
}

// On a descendant of which no thread is here.
int64_t Interposition::perform_as_visitor(GuestTask& caller, int target,
                                          const microvisor::SyscallInfo& info,
                                          const ForwardedCall& call) {
  std::unique_ptr<microvisor::Thread> visitor;
  if (int error = wait_until_visitable(target); error != 0) return -error;
  {
    std::lock_guard lock(mutex_);
    auto found = programs_.find(target);
    if (found == programs_.end()) return -ESRCH;
    auto created = found->second->cage().create_visitor();
    if (!created.ok()) return -created.code();
    visitor = created.take();
  }
  visitor->attach(caller.thread);
  int64_t result;
  {
    microvisor::VisitScope visit(*visitor);
    result = perform_with_foreign_memory(caller, *visitor, info, call);
  }
  visitor->detach();
  return result;
}

int Interposition::wait_until_visitable(int id) {
  auto is_ready = [&] {
    std::lock_guard lock(mutex_);
    auto found = programs_.find(id);
    return found == programs_.end() || found->second->cage().expect_visitors();
  };
  while (!is_ready()) {
    if (microvisor::is_called_back()) return EINTR;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return 0;
}

int64_t Interposition::register_handler(GuestTask& caller, const ForwardedCall& call) {
  const auto [cage, number, grate, function, flags, unused] = call.arguments;
  if (cage > INT32_MAX) return -ESRCH;
  if (grate == threei::kDeregister) {
    return -registry_.deregister(caller.program.member(), static_cast<int>(cage), number);
  }
  if (grate > INT32_MAX) return -ESRCH;
  if (int error = registry_.may_name(caller.member, static_cast<int>(grate)); error != 0) {
    return -error;
  }
  // A grate's program is its forks' too, so that functions are at the same places.
  if (function > UINT32_MAX ||
      !Grate::is_handler(caller.instance, static_cast<uint32_t>(function))) {
    return -EINVAL;
  }
  if (int error = wait_until_visitable(static_cast<int>(grate)); error != 0) return -error;
  auto answerer_of = [&](int id) -> std::shared_ptr<threei::Answerer> {
    std::lock_guard lock(mutex_);
    auto found = programs_.find(id);
    if (found == programs_.end()) return nullptr;
    CageProgram& program = *found->second;
    std::shared_ptr<MemoryImage> image = program.image();
    if (image == nullptr) return nullptr;
    return std::make_shared<Grate>(program, caller.instance.replicate(image->memory.get()));
  };
  return -registry_.register_handler(caller.program.member(),
                                     {static_cast<int>(cage), number, static_cast<int>(grate),
                                      static_cast<uint32_t>(function), flags},
                                     answerer_of);
}

int64_t Interposition::copy_data(GuestTask& caller, const ForwardedCall& call) {
  const auto [source, source_cage, destination, destination_cage, length, type] = call.arguments;
  const auto own = static_cast<uint64_t>(caller.program.cage().id());
  auto from = memory_of(caller, memory_owner(source_cage, own));
  if (!from.ok()) return -from.code();
  auto to = memory_of(caller, memory_owner(destination_cage, own));
  if (!to.ok()) return -to.code();
  auto copied = copy_between(view(**from), source, view(**to), destination, length, type);
  return copied.ok() ? static_cast<int64_t>(*copied) : -copied.code();
}

int64_t Interposition::fork_interposed(GuestTask& caller, GuestTask& acting,
                                       const ForwardedCall& call) {
  const auto count = static_cast<uint32_t>(call.arguments[1]);
  if (count > kMaximumHandlers) return -EINVAL;
  auto image = memory_of(caller, call.cages[0]);
  if (!image.ok()) return -image.code();
  std::vector<GuestHandler> handlers(count);
  const auto where = static_cast<uint32_t>(call.arguments[0]);
  if (auto copied = view(**image).copy_in(handlers.data(), where, count * sizeof(GuestHandler));
      !copied.ok()) {
    return -copied.code();
  }
  handlers_for_child = &handlers;
  const uint64_t none[6] = {};
  const int64_t child = microvisor::dispatch(acting.thread, SYS_fork, none);
  handlers_for_child = nullptr;
  return child;
}

int Interposition::interpose_child(GuestTask& caller, CageProgram& child) {
  if (handlers_for_child == nullptr) return 0;
  for (const GuestHandler& handler : *std::exchange(handlers_for_child, nullptr)) {
    ForwardedCall call{};
    call.arguments[0] = static_cast<uint64_t>(child.cage().id());
    call.arguments[1] = handler.number;
    call.arguments[2] = static_cast<uint64_t>(caller.program.cage().id());
    call.arguments[3] = handler.function;
    if (const int64_t result = register_handler(caller, call); result != 0) {
      return static_cast<int>(-result);
    }
  }
  return 0;
}

}  // namespace linden::runtime
