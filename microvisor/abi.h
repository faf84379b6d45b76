// What a POSIX guest and the microvisor agree on byte by byte: the x32 model, that is, structs as
// the x86-64 kernel lays them out, with 32-bit pointers. Constants are x86-64 Linux values.
#pragma once

#include <sys/stat.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

#include "microvisor/result.h"

namespace linden::microvisor {

struct GuestTimespec {
  int64_t seconds;
  int32_t nanoseconds;
  // The guest's tv_nsec is a 32-bit long; the other half of the kernel's 64-bit field is padding,
  // which arrives with any content.
  int32_t padding;
};
static_assert(sizeof(GuestTimespec) == 16);

struct GuestStat {
  uint64_t device;
  uint64_t inode;
  uint64_t links;
  uint32_t mode;
  uint32_t user;
  uint32_t group;
  uint32_t padding;
  uint64_t special_device;
  int64_t size;
  int64_t block_size;
  int64_t blocks;
  GuestTimespec access_time;
  GuestTimespec modification_time;
  GuestTimespec change_time;
  int64_t reserved[3];
};
static_assert(sizeof(GuestStat) == 144 && offsetof(GuestStat, access_time) == 72);

struct GuestPollfd {
  int32_t fd;
  int16_t events;
  int16_t revents;
};
static_assert(sizeof(GuestPollfd) == 8);

// struct robust_list_head; `next` and `pending` are addresses whose bit 0 marks priority
// inheritance.
struct GuestRobustListHead {
  uint32_t next;
  int32_t futex_offset;
  uint32_t pending;
};
static_assert(sizeof(GuestRobustListHead) == 12);

// stack_t.
struct GuestSignalStack {
  uint32_t address;
  int32_t flags;
  uint32_t size;
};
static_assert(sizeof(GuestSignalStack) == 12);

// linux_dirent64 as getdents64 fills it; the name follows.
struct DirectoryEntryHeader {
  uint64_t inode;
  int64_t next;
  uint16_t record_length;
  uint8_t type;
} __attribute__((packed));
static_assert(sizeof(DirectoryEntryHeader) == 19);

inline timespec to_host(const GuestTimespec& time) {
  return {.tv_sec = time.seconds, .tv_nsec = time.nanoseconds};
}

inline GuestTimespec to_guest(const timespec& time) {
  return {time.tv_sec, static_cast<int32_t>(time.tv_nsec), 0};
}

GuestStat to_guest(const struct stat& status);

}  // namespace linden::microvisor
