#include "microvisor/process_attributes.h"

#include <utility>

namespace linden::microvisor {

ProcessAttributes::ProcessAttributes(Host& host, int id, int descriptor_limit)
    : process_group(id),
      session(id),
      identity_(host.identity()),
      creation_mask_(host.creation_mask()) {
  limits_.fill({RLIM_INFINITY, RLIM_INFINITY});
  limits_[RLIMIT_NOFILE] = {static_cast<uint64_t>(descriptor_limit), kMaxDescriptors};
  limits_[RLIMIT_STACK] = {kStackLimit, RLIM_INFINITY};
  for (int none : {RLIMIT_CORE, RLIMIT_NICE, RLIMIT_RTPRIO}) limits_[none] = {0, 0};
}

Result<GuestRlimit> ProcessAttributes::limit(int resource) const {
  if (resource < 0 || resource >= RLIM_NLIMITS) return Error{EINVAL};
  absl::ReaderMutexLock lock(&mutex_);
  return limits_[resource];
}

Result<GuestRlimit> ProcessAttributes::set_limit(int resource, GuestRlimit limit) {
  if (resource < 0 || resource >= RLIM_NLIMITS || limit.soft > limit.hard) return Error{EINVAL};
  absl::MutexLock lock(&mutex_);
  if (limit.hard > limits_[resource].hard) return Error{EPERM};
  if (resource == RLIMIT_FSIZE) file_size_limit_ = limit.soft;
  return std::exchange(limits_[resource], limit);
}

std::string ProcessAttributes::name() const {
  absl::ReaderMutexLock lock(&mutex_);
  return name_;
}

void ProcessAttributes::set_name(std::string name) {
  absl::MutexLock lock(&mutex_);
  name_ = std::move(name);
}

}  // namespace linden::microvisor
