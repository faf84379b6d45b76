// What lies behind a pointer that a guest gives to a system call, as strace(1) shows it.
//
// Everything in a guest's memory is read by GuestMemory: a pointer to nowhere is no error but has
// no text. Only as much is read as is shown, so that a guest can't make the host allocate at will.
//
// Thread-safety: pure, apart from that memory, which other guest threads may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "microvisor/call_names.h"
#include "microvisor/guest_memory.h"

namespace linden::microvisor {

// How much of strings and lists is shown.
struct TextLimits {
  uint32_t string = 32;  // bytes, and elements of a list
};

// `count` is the number of elements, or of bytes, where that isn't part of the structure. Nothing
// if it can't be read, or isn't one of those behind pointers.
std::optional<std::string> show_structure(const GuestMemory& memory, Shown shown, uint32_t address,
                                          uint64_t count, const TextLimits& limits);

// `length` bytes, quoted and cut.
std::optional<std::string> show_bytes(const GuestMemory& memory, uint32_t address, uint64_t length,
                                      const TextLimits& limits);
// A string up to its end, as far as PATH_MAX.
std::optional<std::string> show_path(const GuestMemory& memory, uint32_t address);
// `count` buffers, with no more than `bytes` bytes in all of what lies in them.
std::optional<std::string> show_iovecs(const GuestMemory& memory, uint32_t address, uint32_t count,
                                       uint64_t bytes, const TextLimits& limits);
// What poll(2) has found: those of the Pollfds that are ready.
std::optional<std::string> show_ready(const GuestMemory& memory, uint32_t address, uint32_t count,
                                      const TextLimits& limits);

}  // namespace linden::microvisor
