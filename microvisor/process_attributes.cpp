#include "microvisor/process_attributes.h"

#include <utility>

namespace linden::microvisor {

ProcessAttributes::ProcessAttributes(Host& host, int descriptor_limit)
    : identity_(std::make_shared<const HostIdentity>(host.identity())),
      creation_mask_(host.creation_mask()) {
  limits_.fill({RLIM_INFINITY, RLIM_INFINITY});
  limits_[RLIMIT_NOFILE] = {static_cast<uint64_t>(descriptor_limit), kMaxDescriptors};
  limits_[RLIMIT_STACK] = {kStackLimit, RLIM_INFINITY};
  for (int none : {RLIMIT_CORE, RLIMIT_NICE, RLIMIT_RTPRIO}) limits_[none] = {0, 0};
}

ProcessAttributes::ProcessAttributes(const ProcessAttributes& other)
    : nice(other.nice.load()),
      scheduling_policy(other.scheduling_policy.load()),
      personality(other.personality.load()),
      dumpable(other.dumpable.load()),
      no_new_privileges(other.no_new_privileges.load()),
      identity_(other.identity_),
      creation_mask_(other.creation_mask_.load()),
      file_size_limit_(other.file_size_limit_.load()) {
  ReaderMutexLock lock(&other.mutex_);
  limits_ = other.limits_;
  name_ = other.name_;
}

Result<GuestRlimit> ProcessAttributes::limit(int resource) const {
  if (resource < 0 || resource >= RLIM_NLIMITS) return Error{EINVAL};
  ReaderMutexLock lock(&mutex_);
  return limits_[resource];
}

Result<GuestRlimit> ProcessAttributes::set_limit(int resource, GuestRlimit limit) {
  if (resource < 0 || resource >= RLIM_NLIMITS || limit.soft > limit.hard) return Error{EINVAL};
  MutexLock lock(&mutex_);
  if (limit.hard > limits_[resource].hard) return Error{EPERM};
  if (resource == RLIMIT_FSIZE) file_size_limit_ = limit.soft;
  return std::exchange(limits_[resource], limit);
}

std::string ProcessAttributes::name() const {
  ReaderMutexLock lock(&mutex_);
  return name_;
}

void ProcessAttributes::set_name(std::string name) {
  MutexLock lock(&mutex_);
  name_ = std::move(name);
}

}  // namespace linden::microvisor
