#include "runtime/copy_between.h"

#include <limits.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "threei/numbers.h"

namespace linden::runtime {

using microvisor::Error;
using microvisor::GuestIovec;
using microvisor::GuestMemory;
using microvisor::Result;

namespace {

// By way of memory of ours: either side may fault at any byte.
constexpr uint64_t kPiece = 16 << 10;
constexpr uint64_t kPage = 4096;

Result<uint64_t> copy_raw(const GuestMemory& from, uint64_t source, const GuestMemory& to,
                          uint64_t destination, uint64_t length) {
  std::byte piece[kPiece];
  // Overlapping ranges are copied as if by way of another place.
  const bool is_backwards = source < destination && destination - source < length;
  for (uint64_t done = 0; done < length;) {
    const uint64_t size = std::min(kPiece, length - done);
    const uint64_t at = is_backwards ? length - done - size : done;
    TRY(from.copy_in(piece, source + at, size));
    TRY(to.copy_out(destination + at, piece, size));
    done += size;
  }
  return length;
}

Result<uint64_t> copy_string(const GuestMemory& from, uint64_t source, const GuestMemory& to,
                             uint64_t destination, uint64_t length) {
  char piece[kPage];
  for (uint64_t done = 0; done < length;) {
    // No byte is read behind the page that the 0 is on.
    const uint64_t size = std::min(kPage - (source + done) % kPage, length - done);
    TRY(from.copy_in(piece, source + done, size));
    const void* end = std::memchr(piece, 0, size);
    const uint64_t used = end != nullptr ? static_cast<const char*>(end) - piece + 1 : size;
    TRY(to.copy_out(destination + done, piece, used));
    done += used;
    if (end != nullptr) return done;
  }
  return Error{ENAMETOOLONG};
}

Result<uint64_t> copy_vectors(const GuestMemory& from, uint64_t source, const GuestMemory& to,
                              uint64_t destination, uint64_t count) {
  if (count > IOV_MAX) return Error{EINVAL};
  std::vector<GuestIovec> vectors(count);
  TRY(from.copy_in(vectors.data(), source, count * sizeof(GuestIovec)));
  uint64_t done = 0;
  for (const GuestIovec& vector : vectors) {
    done += TRY(copy_raw(from, vector.base, to, destination + done, vector.length));
  }
  return done;
}

}  // namespace

Result<uint64_t> copy_between(const GuestMemory& from, uint64_t source, const GuestMemory& to,
                              uint64_t destination, uint64_t length, uint64_t type) {
  // Addresses are 32 bits; sums below stay far from other spaces (foreign_memory.h).
  if (source > UINT32_MAX || destination > UINT32_MAX || length > UINT32_MAX) return Error{EFAULT};
  switch (static_cast<threei::CopyType>(type)) {
    case threei::CopyType::Raw:
      return copy_raw(from, source, to, destination, length);
    case threei::CopyType::String:
      return copy_string(from, source, to, destination, length);
    case threei::CopyType::Vectors:
      return copy_vectors(from, source, to, destination, length);
  }
  return Error{EINVAL};
}

}  // namespace linden::runtime
