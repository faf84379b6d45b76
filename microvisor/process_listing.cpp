#include "microvisor/process_listing.h"

#include <algorithm>
#include <utility>

#include "microvisor/cage.h"

namespace linden::microvisor {

namespace {

// `from` is by id; appends the children of `parent`, each with all that are below it. A tree is as
// deep as there are processes, so this is a loop with a stack of its own.
std::vector<ProcessStatus> in_tree_order(std::vector<ProcessStatus> from) {
  auto is_listed = [&](int id) {
    return std::ranges::binary_search(from, id, {}, &ProcessStatus::id);
  };
  std::multimap<int, size_t> children;
  std::vector<size_t> waiting;
  for (size_t i = from.size(); i-- > 0;) {
    if (is_listed(from[i].parent)) {
      children.emplace(from[i].parent, i);
    } else {
      waiting.push_back(i);
    }
  }
  std::vector<ProcessStatus> ordered;
  while (!waiting.empty()) {
    const size_t next = waiting.back();
    waiting.pop_back();
    auto [first, last] = children.equal_range(from[next].id);
    for (; first != last; ++first) {
      from[first->second].depth = from[next].depth + 1;
      waiting.push_back(first->second);
    }
    ordered.push_back(std::move(from[next]));
  }
  return ordered;
}

}  // namespace

std::vector<ProcessStatus> list_processes(const Processes& processes) {
  return in_tree_order(processes.list());
}

std::vector<ProcessStatus> Processes::list() const {
  std::lock_guard lock(mutex_);
  std::vector<ProcessStatus> all;
  all.reserve(processes_.size());
  for (const auto& [id, entry] : processes_) {
    ProcessStatus status;
    if (entry.cage != nullptr) status = entry.cage->status();
    status.id = id;
    status.parent = entry.parent;
    status.group = entry.group;
    status.session = entry.session;
    status.has_ended = entry.status.has_value();
    status.is_ending = entry.cage == nullptr && !status.has_ended;
    all.push_back(std::move(status));
  }
  return all;
}

ProcessStatus Cage::status() {
  ProcessStatus status;
  status.descriptors = fds_.open_descriptors().size();
  with_threads([&](std::span<Thread* const> threads) {
    status.threads = threads.size();
    status.processor_time = ended_time_;
    status.system_calls = ended_calls_;
    for (const Thread* thread : threads) {
      status.processor_time += thread->processor_time();
      status.system_calls += thread->calls();
    }
  });
  std::lock_guard lock(program_mutex_);
  status.args = program_.args;
  status.borrows_memory = has_borrowed_memory_;
  if (address_space_ != nullptr) status.mapped_bytes = address_space_->mapped_bytes();
  return status;
}

}  // namespace linden::microvisor
