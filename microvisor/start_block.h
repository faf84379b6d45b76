// What execve(2) leaves on a new program's stack, which the C library's start code reads: the
// arguments, the environment and the auxiliary vector.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "microvisor/cage.h"
#include "microvisor/result.h"

namespace linden::microvisor {

struct StartBlockContents {
  std::vector<std::string> args;
  std::vector<std::string> environment;
  std::string executable;  // AT_EXECFN
  uint32_t user = 0, effective_user = 0, group = 0, effective_group = 0;
  std::array<std::byte, 16> random{};  // AT_RANDOM
};

// The block as it has to lie at guest address `address`, in words of 32 bits: argc, argv, 0,
// environment, 0, auxiliary vector, strings. Its size does not depend on the address. E2BIG above
// Linux's limits (128 KiB for a string, 6 MiB for all) or if it does not fit below 4 GiB.
// Source: "Initial Process Stack", System V ABI; getauxval(3).
Result<std::vector<std::byte>> make_start_block(const StartBlockContents& contents,
                                                uint32_t address);

// Writes the cage's block to `address` if it fits into `size` bytes; returns its size, or 0 if it
// cannot be made or written.
uint32_t write_start_block(Cage& cage, GuestPtr<std::byte> address, uint32_t size);

}  // namespace linden::microvisor
