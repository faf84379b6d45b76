// An image made by hand around one function.
//
//   0x000  function 0: ret
//   0x080  an adapter: jmp *%fs:helpers[AdaptConstantCall]
//   0x100  the function that is looked at
//   0x800  function 2: nop; nop; ret
//   0x1000 constants: a jump table of four words, relative to itself, to 0x100 + 0x10, 0x18, 0x20
//          and 0x28;
//          0x1020: the same with a word that leads out of the function;
//          0x1040: a constant table of four slots: function 0, empty, function 2, function 0
//          0x1080: 64 bytes of other constants
#ifndef LINDEN_VERIFIER_TEST_IMAGE_H_
#define LINDEN_VERIFIER_TEST_IMAGE_H_

#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "jit/abi.h"
#include "jit/image.h"

namespace linden::verifier {

inline constexpr int64_t kTestContext = -0x8000;
inline constexpr uint32_t kTestFunction = 0x100;

// The four bytes of a name: a field of the Context, or the distance of a place in the image from
// the byte after the word. `at`: where the word is.
inline uint32_t test_word(std::string_view name, uint32_t at) {
  using jit::Context;
  using jit::Helper;
  auto field = [](size_t offset) {
    return static_cast<uint32_t>(kTestContext + static_cast<int64_t>(offset));
  };
  auto helper = [&](Helper which) {
    return field(offsetof(Context, helpers) + 8 * static_cast<size_t>(which));
  };
  if (name == "instance") return field(offsetof(Context, instance));
  if (name == "memory_base") return field(offsetof(Context, memory_base));
  if (name == "callee") return field(offsetof(Context, callee));
  if (name == "stack_limit") return field(offsetof(Context, stack_limit));
  if (name == "host_stack_pointer") return field(offsetof(Context, host_stack_pointer));
  if (name == "expected_type") return field(offsetof(Context, expected_type));
  if (name == "constant_callee") return field(offsetof(Context, constant_callee));
  if (name == "memory_grow") return helper(Helper::MemoryGrow);
  if (name == "adapt_call") return helper(Helper::AdaptCall);
  if (name == "global0") return field(offsetof(Context, inline_globals));
  if (name == "global2") return field(offsetof(Context, inline_globals) + 32);
  if (name == "overflow") return field(offsetof(Context, overflow));
  if (name == "exception_tag") return field(offsetof(Context, exception_tag));
  if (name == "behind") return field(sizeof(Context));
  if (name == "before") return field(0) - 8;
  // ">1000": the place 0x1000.
  const uint32_t place =
      static_cast<uint32_t>(std::strtoul(std::string(name.substr(1)).c_str(), nullptr, 16));
  return place - (at + 4);
}

inline std::vector<uint8_t> test_bytes(std::string_view text, uint32_t at) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
    } else if (text[i] == '<') {
      const size_t end = text.find('>', i + 2);
      const uint32_t word =
          test_word(text.substr(i + 1, end - i - 1), at + static_cast<uint32_t>(bytes.size()));
      for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<uint8_t>(word >> shift));
      }
      i = end + 1;
    } else {
      bytes.push_back(
          static_cast<uint8_t>(std::strtoul(std::string(text.substr(i, 2)).c_str(), nullptr, 16)));
      i += 2;
    }
  }
  return bytes;
}

inline jit::Image test_image(std::string_view text, uint32_t frame_size = 0,
                             jit::SavedRegisters saved_registers = 0) {
  jit::Image image;
  image.target.architecture = "x86-64";
  image.target.sfi = "segment";
  image.target.context_offset = kTestContext;
  image.target.imported_functions = 2;
  image.target.types = 3;
  image.target.tables = 2;
  image.target.memories = 1;
  image.target.tags = 1;
  image.target.inline_globals = 2;
  image.target.globals = {1, 0};
  image.content.resize(0x10c0);
  image.segments = {{0, 0x803, jit::Protection::ReadExecute},
                    {0x1000, 0xc0, jit::Protection::ReadOnly}};
  auto put = [&](uint32_t at, const std::vector<uint8_t>& bytes) {
    std::memcpy(image.content.data() + at, bytes.data(), bytes.size());
  };
  auto put_word = [&](uint32_t at, uint64_t word, size_t size) {
    std::memcpy(image.content.data() + at, &word, size);
  };
  const std::vector<uint8_t> code = test_bytes(text, kTestFunction);
  put(0, {0xc3});
  const uint64_t adapt = static_cast<uint64_t>(kTestContext) + offsetof(jit::Context, helpers) +
                         8 * static_cast<uint64_t>(jit::Helper::AdaptConstantCall);
  put(0x80, {0x64, 0xff, 0x24, 0x25});
  put_word(0x84, adapt, 4);
  put(kTestFunction, code);
  put(0x800, {0x90, 0x90, 0xc3});
  image.functions = {
      {0, 1, 0, 2, 0, 0, 0},
      {0x80, 8, 0, jit::kNoFunction, 0, 0, 0},
      {kTestFunction, static_cast<uint32_t>(code.size()), frame_size, 3, saved_registers, 0, 0},
      {0x800, 3, 0, 4, 0, 0, 0}};
  image.entry_points = {jit::kNoFunction, jit::kNoFunction, 0, kTestFunction, 0x800};
  for (uint32_t i = 0; i < 4; ++i) {
    put_word(0x1000 + 4 * i, kTestFunction + 0x10 + 8 * i - 0x1000, 4);
    put_word(0x1020 + 4 * i, (i == 3 ? 0x801 : kTestFunction + 0x10 + 8 * i) - 0x1020, 4);
  }
  const std::pair<uint64_t, uint64_t> slots[] = {{0, 1}, {0, 0}, {0x800, 2}, {0, 1}};
  for (uint32_t i = 0; i < 4; ++i) {
    put_word(0x1040 + 16 * i, slots[i].first, 8);
    put_word(0x1048 + 16 * i, slots[i].second, 8);
    if (slots[i].second != 0) image.rebases.push_back(0x1040 + 16 * i);
  }
  return image;
}

}  // namespace linden::verifier

#endif
