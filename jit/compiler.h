// Compiles a validated module to an Image with LLVM.
#ifndef LINDEN_JIT_COMPILER_H_
#define LINDEN_JIT_COMPILER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "jit/image.h"
#include "jit/module.h"

namespace linden::jit {

// How guest memory accesses are confined; see jit/sfi/ and docs/sfi.md.
enum class Sfi : uint8_t { Segment, Base, Bounds, BoundsStores, Mask, MaskStores, None };
const char* to_string(Sfi sfi);
absl::StatusOr<Sfi> parse_sfi(std::string_view name);
// "segment, base, ...": all names.
std::string sfi_names();
// Whether both loads and stores are confined. What is not safe runs on demand only (--unsafe).
bool is_safe(Sfi sfi);

// How much work goes into the machine code.
enum class Tier : uint8_t {
  Fast,  // compiles several times faster; for code that runs once, as tests do
  Optimized,
};
const char* to_string(Tier tier);
absl::StatusOr<Tier> parse_tier(std::string_view name);

struct CompileOptions {
  Sfi sfi = Sfi::Segment;
  Tier tier = Tier::Optimized;
  // Distance of the thread's Context from the thread pointer; equal in all threads of a process.
  int64_t context_offset = 0;
  unsigned threads = 0;  // 0: all cores
  // Keeps every load, even one whose result is not used (a load that would trap, traps).
  bool strict_traps = false;
  // call_indirect with another type is a trap also in modules of the lind ABI.
  bool strict_calls = false;
  // Where the code of each function is found, by function index; null: functions call one another
  // directly. With it, parts are compiled one by one (jit/lazy_compiler.h), and the code is for
  // this process alone.
  const void* const* function_slots = nullptr;
  // The processor, by LLVM's name, that code is to be fast on; empty: this one. It only uses what
  // target_features() has, so it runs on others as well.
  std::string tuning;
  // Called from compiling threads with the fraction done; may be empty.
  std::function<void(double)> progress;
  // Directory to which the optimised IR and assembly of each part are written; empty for none.
  std::string dump_directory;
};

// Everything that makes two compilations of the same bytes differ: part of the cache key.
std::string compiler_identity(const CompileOptions& options);

// 64 hexadecimal digits: BLAKE3 of the module, the compiler, its options and the CPU's features.
std::string cache_key(std::span<const uint8_t> module_bytes, const CompileOptions& options);

// What the image of a module says of itself (Image::target).
ImageTarget image_target(const Module& module, const CompileOptions& options);

// Functions are compiled in parallel in groups; the result does not depend on the number of
// threads. ResourceExhausted if a function needs more stack than the guard allows. Thread-safe.
absl::StatusOr<Image> compile(const Module& module, const CompileOptions& options);

}  // namespace linden::jit

#endif
