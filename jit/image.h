// A compiled module: position-independent machine code with everything needed to load it, and its
// serialised form, which is what the cache and `linden compile` store.
//
// The code is one contiguous block that addresses itself relative to the program counter, the
// guest's memory through the SFI back-end and everything else through the Context; so loading is a
// copy plus adding the load address to a few words (`rebases`). No symbol is looked up at load
// time.
#ifndef LINDEN_JIT_IMAGE_H_
#define LINDEN_JIT_IMAGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/abi.h"

namespace linden::jit {

// Compiled code is of the first two; ReadWrite is for what the runtime puts beside it.
enum class Protection : uint8_t { ReadExecute, ReadOnly, ReadWrite };

struct ImageSegment {
  uint32_t offset;  // in Image::content, page aligned
  uint32_t size;
  Protection protection;
};

// The registers that calls preserve, in the order of SavedRegisters.
enum class SavedRegister : uint8_t { Rbx, Rbp, R12, R13, R14, R15, Count };

// Where a frame keeps its caller's registers: four bits for each, the distance in words from the
// return address down to the register's; 0 if the function leaves it alone.
using SavedRegisters = uint32_t;

struct ImageFunction {
  uint32_t code_offset;
  uint32_t code_size;
  uint32_t frame_size;      // bytes between the return address and the lowest stack pointer
  uint32_t function_index;  // kNoFunction for adapters
  SavedRegisters saved_registers;
  uint32_t first_landing_pad, landing_pad_count;  // in Image::landing_pads
  // Whether it may be called as the wasm function that it is, by code of another compilation.
  bool is_replacement = false;
};
inline constexpr uint32_t kNoFunction = UINT32_MAX;

// Maps a code offset to the wasm byte offset of the instruction it belongs to.
struct CodeLocation {
  uint32_t code_offset;
  uint32_t wasm_offset;  // of Module::bytes
};

// Calls whose instruction has its last byte in [begin, end) continue at `landing_pad` when an
// exception comes out of them. All are offsets of Image::content.
struct LandingPad {
  uint32_t begin;
  uint32_t end;
  uint32_t landing_pad;
};

// What the code counts on: which machine and isolation it is for, where it expects the thread's
// Context, and how many of each thing its module has. For whoever checks the code against that.
struct ImageTarget {
  std::string architecture;    // "x86-64"
  std::string sfi;             // to_string(Sfi)
  int64_t context_offset = 0;  // CompileOptions::context_offset
  uint32_t imported_functions = 0;
  uint32_t types = 0;
  uint32_t tables = 0;
  uint32_t memories = 0;
  uint32_t tags = 0;
  uint32_t inline_globals = 0;   // slots of Context::inline_globals in use
  std::vector<uint8_t> globals;  // by index: 1 if mutable, else 0

  bool operator==(const ImageTarget&) const = default;
};

struct Image {
  ImageTarget target;
  std::vector<uint8_t> content;
  std::vector<ImageSegment> segments;
  std::vector<uint32_t> rebases;         // offsets of 64-bit words that hold image offsets
  std::vector<ImageFunction> functions;  // sorted by code_offset
  std::vector<uint32_t> entry_points;    // by function index; kNoFunction if it has no entry
  std::vector<CodeLocation> locations;   // sorted by code_offset
  std::vector<LandingPad> landing_pads;  // in the order of `functions`, hence of `begin`

  uint64_t code_size() const;
  const ImageFunction* function_at(uint32_t code_offset) const;
  const LandingPad* landing_pad_at(const ImageFunction& function, uint32_t code_offset) const;
  std::optional<uint32_t> wasm_offset_at(uint32_t code_offset) const;

  std::vector<uint8_t> serialize() const;
  // DataLoss if the bytes are not exactly what serialize() made.
  static absl::StatusOr<Image> deserialize(std::span<const uint8_t> bytes);
};

}  // namespace linden::jit

#endif
