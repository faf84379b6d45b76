#include "threei/registry.h"

#include <errno.h>

#include <new>

namespace linden::threei {

Member* Registry::find(int id) const {
  auto found = members_.find(id);
  return found == members_.end() ? nullptr : found->second.get();
}

const Member* Registry::member_of(uint32_t serial) const {
  auto found = grates_.find(serial);
  return found == grates_.end() ? nullptr : found->second;
}

bool Registry::descends_from(const Member& member, const Member& ancestor) {
  for (const Member* at = member.parent_; at != nullptr; at = at->parent_) {
    if (at == &ancestor) return true;
  }
  return false;
}

bool Registry::may_speak_for(const Member& caller, const Member& grate) {
  return &caller == &grate || (caller.program_ == grate.program_ && descends_from(caller, grate));
}

bool Registry::may_change(const Member& caller, const Member& target) const {
  return &caller == &target || descends_from(target, caller);
}

std::shared_ptr<Member> Registry::add(int id, Member* parent) {
  std::shared_ptr<Member> member(new Member(id));
  std::lock_guard lock(mutex_);
  if (parent != nullptr) {
    member->parent_ = parent;
    member->program_ = parent->program_;
    if (const HandlerTable* table = parent->table()) {
      auto copy = std::make_unique<HandlerTable>();
      if (!copy->copy_from(*table)) return nullptr;
      member->table_ = copy.release();
    }
  } else {
    member->program_ = ++last_program_;
  }
  members_.insert_or_assign(id, member);
  return member;
}

EndedGrate Registry::begin_program(Member& member) {
  std::lock_guard lock(mutex_);
  EndedGrate ended = end_grate(member);
  member.program_ = ++last_program_;
  return ended;
}

EndedGrate Registry::end(Member& member) {
  std::lock_guard lock(mutex_);
  EndedGrate ended = end_grate(member);
  for (auto& [id, other] : members_) {
    if (other->parent_ == &member) other->parent_ = member.parent_;
  }
  auto found = members_.find(member.id_);
  if (found != members_.end() && found->second.get() == &member) members_.erase(found);
  return ended;
}

EndedGrate Registry::end_grate(Member& member) {
  if (member.grate_ == 0) return {};
  EndedGrate ended{std::move(member.answerer_), {}};
  for (auto& [id, other] : members_) {
    HandlerTable* table = other->table_.load();
    if (table == nullptr) continue;
    bool has_any = false;
    table->for_each([&](uint64_t number, Handler& handler) {
      if (handler.grate != member.grate_) return;
      has_any = true;
      if (!member.is_fatal_) handler = member.find(number);
    });
    if (has_any && member.is_fatal_) ended.to_be_killed.push_back(id);
  }
  grates_.erase(member.grate_);
  member.grate_ = 0;
  member.is_fatal_ = false;
  return ended;
}

int Registry::set(Member& target, uint64_t number, Handler handler) {
  HandlerTable* table = target.table_.load();
  if (table == nullptr) {
    table = new (std::nothrow) HandlerTable;
    if (table == nullptr) return ENOMEM;
    target.table_.store(table, std::memory_order_release);
  }
  return table->set(number, handler) ? 0 : ENOMEM;
}

namespace {

// Calls change(number) for all that a registration is for, until one fails.
template <typename Change>
int for_numbers(uint64_t number, Change change) {
  if (number != kMatchAll) return change(number);
  for (uint64_t each = 0; each < kSystemCalls; ++each) {
    if (int error = change(each); error != 0) return error;
  }
  return 0;
}

}  // namespace

int Registry::register_handler(Member& caller, const Registration& registration,
                               absl::FunctionRef<std::shared_ptr<Answerer>(int)> answerer_of) {
  if (registration.number >= kNumbers || registration.number == kDeregister) return EINVAL;
  if ((registration.flags & ~kFatal) != 0) return EINVAL;
  std::lock_guard lock(mutex_);
  Member* grate = find(registration.grate);
  Member* target = find(registration.cage);
  if (grate == nullptr || target == nullptr) return ESRCH;
  if (!may_speak_for(caller, *grate) || !may_change(caller, *target)) return EPERM;
  // It would never come to what lies beneath.
  if (grate == target) return EINVAL;
  if (grate->grate_ == 0) {
    // Numbers are never used twice.
    if (last_serial_ == UINT32_MAX) return EAGAIN;
    grate->answerer_ = answerer_of(grate->id_);
    if (grate->answerer_ == nullptr) return ENOMEM;
    grate->grate_ = ++last_serial_;
    grates_.emplace(grate->grate_, grate);
  }
  grate->is_fatal_ |= (registration.flags & kFatal) != 0;
  const Handler handler{grate->grate_, registration.function};
  return for_numbers(registration.number,
                     [&](uint64_t number) { return set(*target, number, handler); });
}

int Registry::deregister(Member& caller, int cage, uint64_t number) {
  if (number >= kNumbers || number == kDeregister) return EINVAL;
  std::lock_guard lock(mutex_);
  Member* target = find(cage);
  if (target == nullptr) return ESRCH;
  if (!may_change(caller, *target)) return EPERM;
  bool is_refused = false;
  const int error = for_numbers(number, [&](uint64_t each) {
    const Handler handler = target->find(each);
    if (!handler) return 0;
    const Member* grate = member_of(handler.grate);
    if (grate == nullptr || !may_speak_for(caller, *grate)) {
      is_refused = true;
      return 0;
    }
    return set(*target, each, grate->find(each));
  });
  // Of all calls, those are meant that may be.
  return error == 0 && is_refused && number != kMatchAll ? EPERM : error;
}

int Registry::copy_table(Member& caller, int from, int to, IsServed is_served) {
  std::lock_guard lock(mutex_);
  Member* source = find(from);
  Member* target = find(to);
  if (source == nullptr || target == nullptr) return ESRCH;
  if (!may_change(caller, *target)) return EPERM;
  if (!may_change(caller, *source) && !is_served(from)) return EPERM;
  for (uint64_t number = 0; number < kNumbers; ++number) {
    Handler handler = source->find(number);
    // A grate that is no ancestor would be asked by who is above it.
    const Member* grate = handler ? member_of(handler.grate) : nullptr;
    if (handler && (grate == nullptr || !descends_from(*target, *grate))) continue;
    // What is in the target's way and not in the source's must stay, unless the caller has put it
    // there or lies above it.
    const Handler present = target->find(number);
    if (!present && !handler) continue;
    if (present) {
      const Member* owner = member_of(present.grate);
      const bool is_above = owner != nullptr && descends_from(*owner, caller);
      if (owner == nullptr || (!is_above && !may_speak_for(caller, *owner) && !handler)) continue;
    }
    if (int error = set(*target, number, handler); error != 0) return error;
  }
  return 0;
}

std::shared_ptr<Answerer> Registry::find_grate(uint32_t serial) const {
  std::lock_guard lock(mutex_);
  const Member* member = member_of(serial);
  return member == nullptr ? nullptr : member->answerer_;
}

Handler Registry::find_handler(int id, uint64_t number) const {
  std::lock_guard lock(mutex_);
  const Member* member = find(id);
  return member == nullptr ? Handler{} : member->find(number);
}

int Registry::may_name(const Member& caller, int grate) const {
  std::lock_guard lock(mutex_);
  const Member* member = find(grate);
  if (member == nullptr) return ESRCH;
  return may_speak_for(caller, *member) ? 0 : EPERM;
}

int Registry::may_act_as(const Member& caller, int id, IsServed is_served) const {
  std::lock_guard lock(mutex_);
  const Member* member = find(id);
  if (member == nullptr) return ESRCH;
  return member == &caller || descends_from(*member, caller) || is_served(id) ? 0 : EPERM;
}

}  // namespace linden::threei
