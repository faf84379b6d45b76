// Owns a mapping that the host placed where it liked, outside of every linear memory.
#pragma once

#include <cstddef>
#include <utility>

#include "microvisor/host.h"

namespace linden::microvisor {

class HostMapping {
 public:
  HostMapping(Host& host, std::byte* address, size_t size)
      : host_(&host), address_(address), size_(size) {}
  HostMapping(HostMapping&& other) noexcept
      : host_(other.host_), address_(std::exchange(other.address_, nullptr)), size_(other.size_) {}
  HostMapping& operator=(HostMapping&&) = delete;
  ~HostMapping() {
    if (address_) host_->munmap(address_, size_);
  }

  std::byte* address() const { return address_; }
  size_t size() const { return size_; }
  // To be called when the pages have been moved away.
  void release() { address_ = nullptr; }

 private:
  Host* host_;
  std::byte* address_;
  size_t size_;
};

}  // namespace linden::microvisor
