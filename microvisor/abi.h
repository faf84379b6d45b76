// What a POSIX guest and the microvisor agree on byte by byte: the x32 model, that is, structs as
// the x86-64 kernel lays them out, with 32-bit pointers. Constants are x86-64 Linux values.
#pragma once

#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/timex.h>
#include <time.h>

#include <array>
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

// struct msghdr, as the kernel's 32-bit ABIs have it.
struct GuestMessage {
  uint32_t name;
  uint32_t name_length;
  uint32_t vectors;
  uint32_t vector_count;
  uint32_t control;
  uint32_t control_length;
  int32_t flags;
};
static_assert(sizeof(GuestMessage) == 28);

// stack_t.
struct GuestSignalStack {
  uint32_t address;
  int32_t flags;
  uint32_t size;
};
static_assert(sizeof(GuestSignalStack) == 12);
// ppoll, pselect6 and epoll_pwait have no signal sets of another size.
using GuestSignalSet = uint64_t;

// The last argument of pselect6: two 64-bit words, as on x86-64.
struct GuestSelectMask {
  uint64_t set;  // a guest address
  uint64_t size;
};
static_assert(sizeof(GuestSelectMask) == 16);

struct GuestEpollEvent {
  uint32_t events;
  uint64_t data;
} __attribute__((packed));
static_assert(sizeof(GuestEpollEvent) == 12);

struct GuestTimeval {
  int64_t seconds;
  int64_t microseconds;
};
static_assert(sizeof(GuestTimeval) == 16);

struct GuestItimerspec {
  GuestTimespec interval;
  GuestTimespec value;
};
static_assert(sizeof(GuestItimerspec) == 32);

struct GuestItimerval {
  GuestTimeval interval;
  GuestTimeval value;
};
static_assert(sizeof(GuestItimerval) == 32);

struct GuestSigevent {
  uint32_t value;
  int32_t signal;
  int32_t notify;
  int32_t thread;
  std::array<int32_t, 12> unused;
};
static_assert(sizeof(GuestSigevent) == 64);

struct GuestUtimbuf {
  int64_t access;
  int64_t modification;
};
static_assert(sizeof(GuestUtimbuf) == 16);

struct GuestTms {
  int64_t user;
  int64_t system;
  int64_t children_user;
  int64_t children_system;
};
static_assert(sizeof(GuestTms) == 32);

struct GuestTimezone {
  int32_t minutes_west;
  int32_t daylight_saving;
};
static_assert(sizeof(GuestTimezone) == 8);

struct GuestRusage {
  GuestTimeval user_time;
  GuestTimeval system_time;
  int64_t counters[14];  // ru_maxrss and what follows
};
static_assert(sizeof(GuestRusage) == 144);

struct GuestRlimit {
  uint64_t soft;
  uint64_t hard;
};
static_assert(sizeof(GuestRlimit) == 16);

struct GuestFlock {
  int16_t type;
  int16_t whence;
  int32_t padding;
  int64_t start;
  int64_t length;
  int32_t pid;
  int32_t tail_padding;
};
static_assert(sizeof(GuestFlock) == 32 && offsetof(GuestFlock, start) == 8);

struct GuestStatfs {
  int64_t type;
  int64_t block_size;
  uint64_t blocks;
  uint64_t free_blocks;
  uint64_t available_blocks;
  uint64_t files;
  uint64_t free_files;
  int32_t id[2];
  int64_t name_length;
  int64_t fragment_size;
  int64_t flags;
  int64_t reserved[4];
};
static_assert(sizeof(GuestStatfs) == 120);

struct GuestSysinfo {
  int64_t uptime;
  uint64_t loads[3];
  uint64_t total_memory;
  uint64_t free_memory;
  uint64_t shared_memory;
  uint64_t buffer_memory;
  uint64_t total_swap;
  uint64_t free_swap;
  uint16_t processes;
  uint16_t padding;
  uint32_t padding2;
  uint64_t total_high;
  uint64_t free_high;
  uint32_t unit;
  uint32_t tail_padding;
};
static_assert(sizeof(GuestSysinfo) == 112);

struct GuestUtsname {
  char system[65];
  char node[65];
  char release[65];
  char version[65];
  char machine[65];
  char domain[65];
};
static_assert(sizeof(GuestUtsname) == 390);

// The kernel's struct termios; libc's is longer.
struct GuestTermios {
  uint32_t input_flags;
  uint32_t output_flags;
  uint32_t control_flags;
  uint32_t local_flags;
  uint8_t line;
  uint8_t control_characters[19];
};
static_assert(sizeof(GuestTermios) == 36);

struct GuestWindowSize {
  uint16_t rows;
  uint16_t columns;
  uint16_t x_pixels;
  uint16_t y_pixels;
};
static_assert(sizeof(GuestWindowSize) == 8);

struct GuestCapabilityHeader {
  uint32_t version;
  int32_t pid;
};
static_assert(sizeof(GuestCapabilityHeader) == 8);

struct GuestCapabilityData {
  uint32_t effective;
  uint32_t permitted;
  uint32_t inheritable;
};
static_assert(sizeof(GuestCapabilityData) == 12);

// The oldest form of openat2's argument; longer ones must be zero beyond it.
struct GuestOpenHow {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};
static_assert(sizeof(GuestOpenHow) == 24);

// These have no pointers and no `long`s of 32 bits: the guest's layout is the x86-64 kernel's.
static_assert(sizeof(struct statx) == 256);
static_assert(sizeof(timex) == 208);
static_assert(sizeof(inotify_event) == 16);

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

inline GuestTimeval to_guest(const timeval& time) { return {time.tv_sec, time.tv_usec}; }

inline itimerspec to_host(const GuestItimerspec& timer) {
  return {.it_interval = to_host(timer.interval), .it_value = to_host(timer.value)};
}

inline GuestItimerspec to_guest(const itimerspec& timer) {
  return {to_guest(timer.it_interval), to_guest(timer.it_value)};
}

GuestStat to_guest(const struct stat& status);
GuestStatfs to_guest(const struct statfs& status);
GuestRusage to_guest(const rusage& usage);

}  // namespace linden::microvisor
