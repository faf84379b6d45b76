// The address space of one cage: mmap and its relatives over the 4 GiB of a wasm32 linear memory,
// in pages of 4 KiB, with Linux's semantics and errno values.
//
// The pages are the host's own. A mapped guest page is a host page at base + address with the same
// protection and the same backing, so generated code reads and writes it without any check, and an
// access that the guest may not make faults. What the guest hasn't mapped is reserved: mapped
// PROT_NONE, private and anonymous.
//
// Three rules keep a guest inside of its memory and the record true:
//
//  1. The linear memory never has a hole. A free range of host addresses, even for the time between
//     two calls, may be handed to another thread of the host, and then the guest can write to what
//     that thread put there. So nothing is ever unmapped; it is replaced by a reservation in one
//     call. What could fail half way (files, shared memory) is made elsewhere and moved into its
//     place, and pages are moved out with MREMAP_DONTUNMAP, which leaves a mapping behind. If a
//     replacing call fails nevertheless, close_hole() takes the range back.
//  2. The host is asked first, and the record changes when it has answered. An operation over
//     several regions goes region by region, so when the host refuses one, the record shows how far
//     it got, which is also what Linux does.
//  3. Guest addresses and lengths are 32 bits wide and their sums are made in 64. Each operation
//     forms its range once, and checks it against [kStart, kEnd) before anything else uses it.
//
// Differences from Linux: PROT_EXEC is refused, as on a file system that is mounted noexec
// (EPERM; EACCES for mprotect). MAP_HUGETLB finds no huge pages (ENOMEM). MAP_GROWSDOWN regions
// don't grow by themselves. MAP_32BIT is ignored. Memory isn't charged in advance (the host sees
// MAP_NORESERVE): the limit of the cage bounds it. Locked memory counts against the limit of the
// host process.
//
// Ownership: borrows the Host and the reservation, which outlive it. Mappings are left as they are
// at its end; the owner of the reservation unmaps it.
// Errors: as the man pages have them; ENOMEM also where the host's own limits are reached.
// Thread-safety: all functions may be called concurrently; each is atomic, except that sync()
// writes without the lock.
// Source: mmap(2), mprotect(2), mremap(2), madvise(2), and Linux mm/mmap.c for orders of checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "microvisor/fork_plan.h"
#include "microvisor/host.h"
#include "microvisor/host_mapping.h"
#include "microvisor/mutex.h"
#include "microvisor/page_versions.h"
#include "microvisor/region_map.h"
#include "microvisor/result.h"

namespace linden::microvisor {

class AddressSpace {
 public:
  // Nothing is ever mapped below: a null pointer with an offset faults.
  static constexpr uint64_t kStart = 64 << 10;
  // Nor above: no address is taken for an error, and no end of a range wraps around.
  static constexpr uint64_t kEnd = (uint64_t{4} << 30) - (64 << 10);

  // `base`: 4 GiB of host addresses, page-aligned, which are the caller's; all PROT_NONE, private,
  // anonymous, MAP_NORESERVE and without advice, except where add_initial() says otherwise.
  // `limit`: how many bytes may ever be mapped, as RLIMIT_AS counts.
  AddressSpace(Host& host, std::byte* base, uint64_t limit = kEnd - kStart);
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  // Records what the loader has mapped, private and anonymous. EINVAL unless [start, end) is
  // page-aligned, not empty, within the bounds and free; ENOMEM beyond the limit.
  Result<void> add_initial(uint64_t start, uint64_t end, int protection);
  // Where the heap begins (__heap_base). Must be called before move_break() can succeed. The page
  // that it lies in, if it isn't the first byte of one, has been mapped by the loader; whole pages
  // that follow, up to the end of the last page of wasm, are unmapped, so that the heap can grow.
  void set_break(uint32_t initial_break);

  // `fd`: a descriptor of the host; ignored with MAP_ANONYMOUS.
  Result<uint32_t> map(uint32_t address, uint32_t length, int protection, int flags, int fd,
                       int64_t offset);
  Result<void> unmap(uint32_t address, uint32_t length);
  // As map(): all of `segment`, shared.
  Result<uint32_t> attach(std::shared_ptr<SharedSegment> segment, uint32_t address, int protection,
                          int flags);
  // Unmaps what there still is of a segment that was attached at `address`; which one it was.
  // EINVAL if there is none.
  Result<std::shared_ptr<SharedSegment>> detach(uint32_t address);
  Result<void> protect(uint32_t address, uint32_t length, int protection);
  Result<uint32_t> remap(uint32_t old_address, uint32_t old_length, uint32_t new_length, int flags,
                         uint32_t new_address);
  // The break afterwards: `requested`, or what it was if that is impossible.
  uint32_t move_break(uint32_t requested);

  Result<void> advise(uint32_t address, uint32_t length, int advice);
  Result<void> sync(uint32_t address, uint32_t length, int flags);
  // One byte for each page: bit 0 says whether it is in memory. `pages` is as long as the range.
  Result<void> residency(uint32_t address, std::span<uint8_t> pages);

  // mlock2, munlock, mlockall, munlockall.
  Result<void> lock_pages(uint32_t address, uint32_t length, int flags);
  Result<void> unlock_pages(uint32_t address, uint32_t length);
  Result<void> lock_all_pages(int flags);
  Result<void> unlock_all_pages();

  uint64_t mapped_bytes() const;
  // For fork: makes this, which is new or retired, a copy of `parent`. After an error it is of no
  // use.
  Result<void> copy_from(AddressSpace& parent);
  // When the process is gone: gives back what no child can use, and keeps the rest for copy_from().
  // How many bytes of memory that is. After an error it is of no use; EBUSY if what was done to its
  // pages can't be undone.
  Result<uint64_t> retire();
  // Whether, retired, it was copied from `parent` and remembers what.
  bool is_copy_of(const AddressSpace& parent) const;
  // RLIMIT_AS, within what the constructor was given. What is mapped already stays.
  void set_limit(uint64_t bytes);
  // Visits the Regions in the order of addresses, with the lock held: `visit` must not call this
  // object.
  template <typename Visit>
  void for_each_region(Visit visit) const {
    MutexLock lock(&mutex_);
    regions_.for_each(visit);
  }
  // As /proc/PID/maps, without path names.
  std::string describe() const;

 private:
  std::byte* at(uint64_t address) const { return base_ + address; }

  Result<PageRange> choose_place(uint32_t address, uint64_t size, int flags) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<PageRange> find_free(uint64_t size, uint64_t alignment = kGuestPageSize) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // ENOMEM if mapping `bytes` more, in place of what is in `replaced`, is beyond the limit.
  Result<void> check_limit(uint64_t bytes, PageRange replaced) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Each of the following replaces whatever is in the range. After a failure the record is true.
  Result<void> map_anonymous(PageRange range, int protection, int host_flags)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<void> map_object(PageRange range, int protection, int flags, int fd, int64_t offset,
                          std::shared_ptr<SharedSegment> segment = nullptr)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<void> reserve(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // host_.mremap() into the linear memory. The record is left to the caller.
  Result<void> move_to(PageRange range, std::byte* from, size_t from_size, int flags)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void close_hole(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Result<void> unmap_range(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<void> protect_piece(const Region& piece, int protection)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void advise_huge_pages(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void lock_if_wanted(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Result<void> share_region(AddressSpace& parent, const Region& region)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // address_space_fork.cpp says what these are for.
  Result<void> arrange_as(const AddressSpace& parent)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_, parent.mutex_);
  Result<void> copy_file_pages(const AddressSpace& parent, const Region& region);
  Result<void> copy_contents(AddressSpace& parent, const Region& region, size_t& copied)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_, parent.mutex_);
  Result<void> carry_out(AddressSpace& parent, const PageStep& step);
  void track_copy(PageRange region, std::span<const PageStep> steps);
  void become_tracked_copy(const AddressSpace& parent)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_, parent.mutex_);
  void look_again() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void stop_tracking() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<std::vector<PageRange>> find_contents(const Region& region)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<HostMapping> lift(PageRange range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<void> move_and_grow(const Region& from, PageRange to)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Result<PageRange> remap_target(PageRange from, uint64_t new_size, int flags, uint32_t new_address)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Calls operation(piece) for each mapped piece of the range, in order, until one fails. If all
  // succeed but not all of the range is mapped, ENOMEM.
  template <typename Operation>
  Result<void> for_each_piece(PageRange range, Operation operation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Host& host_;
  std::byte* const base_;
  const uint64_t highest_limit_;

  mutable Mutex mutex_;
  uint64_t limit_ ABSL_GUARDED_BY(mutex_);
  RegionMap regions_ ABSL_GUARDED_BY(mutex_);
  uint64_t initial_break_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: not set
  uint64_t break_ ABSL_GUARDED_BY(mutex_) = 0;
  // Names shared anonymous memory in the record.
  uint64_t next_shared_memory_ ABSL_GUARDED_BY(mutex_) = 1;
  // MCL_FUTURE, MCL_ONFAULT.
  int lock_future_ ABSL_GUARDED_BY(mutex_) = 0;
  // Some are locked, or may lose their contents by themselves.
  bool has_unusual_pages_ ABSL_GUARDED_BY(mutex_) = false;

  // For forks. Set while the host tracks what is written.
  std::unique_ptr<PageVersions> versions_ ABSL_GUARDED_BY(mutex_);
  bool is_worth_tracking_ ABSL_GUARDED_BY(mutex_) = false;
  bool can_track_ ABSL_GUARDED_BY(mutex_) = true;
  uint64_t identity_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: nothing is a copy of it
  // What it is a copy of (0: it does not know), and which versions both had then.
  uint64_t original_ ABSL_GUARDED_BY(mutex_) = 0;
  PageVersions::Version original_version_ ABSL_GUARDED_BY(mutex_) = 0;
  PageVersions::Version own_version_ ABSL_GUARDED_BY(mutex_) = 0;
  // Retired: where there are pages, in order.
  std::vector<PageRange> contents_ ABSL_GUARDED_BY(mutex_);
};

template <typename Operation>
Result<void> AddressSpace::for_each_piece(PageRange range, Operation operation) {
  bool has_hole = false;
  while (!range.empty()) {
    const Region* region = regions_.at_or_above(range.start);
    if (!region || region->range.start >= range.end) return Error{ENOMEM};
    has_hole |= region->range.start > range.start;
    // A copy: the operation may change the map.
    const Region piece = region->slice(range);
    TRY(operation(piece));
    range.start = piece.range.end;
  }
  if (has_hole) return Error{ENOMEM};
  return {};
}

}  // namespace linden::microvisor
