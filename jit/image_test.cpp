#include "jit/image.h"

#include <catch2/catch.hpp>
#include <random>

#include "jit/abi.h"
#include "jit/compiler.h"
#include "jit/layout.h"
#include "jit/module.h"

namespace linden::jit {
namespace {

// (module (memory 1) (func (export "f") (param i32) (result i32)
//   (i32.div_s (i32.load (local.get 0)) (local.get 0))))
const std::vector<uint8_t> kModule{0,  'a', 's',  'm',  1,    0,    0, 0,     // header
                                   1,  6,   1,    0x60, 1,    0x7f, 1, 0x7f,  // type (i32) -> i32
                                   3,  2,   1,    0,                          // function
                                   5,  3,   1,    0,    1,                    // memory
                                   7,  5,   1,    1,    'f',  0,    0,        // export
                                   10, 12,  1,    10,   0,    0x20, 0, 0x28,  // code
                                   2,  0,   0x20, 0,    0x6d, 0x0b};

Image compile_example(unsigned threads = 1) {
  auto module = parse(kModule);
  INFO(module.status().ToString());
  REQUIRE(module.ok());
  CompileOptions options;
  options.threads = threads;
  auto image = compile(**module, options);
  INFO(image.status().ToString());
  REQUIRE(image.ok());
  return *std::move(image);
}

TEST_CASE("an image is the same after serialising", "[image]") {
  const Image image = compile_example();
  const std::vector<uint8_t> bytes = image.serialize();
  auto again = Image::deserialize(bytes);
  REQUIRE(again.ok());
  CHECK(again->content == image.content);
  CHECK(again->rebases == image.rebases);
  CHECK(again->entry_points == image.entry_points);
  CHECK(again->serialize() == bytes);
  REQUIRE_FALSE(image.functions.empty());
  for (const ImageFunction& function : image.functions) {
    CHECK(again->function_at(function.code_offset)->frame_size == function.frame_size);
    CHECK(again->function_at(function.code_offset + function.code_size - 1)->function_index ==
          function.function_index);
  }
}

TEST_CASE("equal modules give equal images", "[image]") {
  CHECK(compile_example(1).serialize() == compile_example(2).serialize());
}

TEST_CASE("every cut of an image is refused", "[image]") {
  const std::vector<uint8_t> bytes = compile_example().serialize();
  for (size_t size = 0; size < bytes.size(); ++size) {
    if (Image::deserialize(std::span(bytes).first(size)).ok()) FAIL("accepted " << size);
  }
}

// Damage may go unnoticed here (files carry a digest), but must not lead outside of the image.
TEST_CASE("damaged images stay within themselves", "[image]") {
  const std::vector<uint8_t> good = compile_example().serialize();
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::vector<uint8_t> bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    auto image = Image::deserialize(bytes);
    if (!image.ok()) continue;
    for (const ImageSegment& segment : image->segments) {
      REQUIRE(uint64_t{segment.offset} + segment.size <= image->content.size());
    }
    for (uint32_t rebase : image->rebases) REQUIRE(rebase + uint64_t{8} <= image->content.size());
    for (uint32_t entry : image->entry_points) {
      if (entry != kNoFunction) REQUIRE(entry < image->content.size());
    }
  }
}

TEST_CASE("type ids tell types apart", "[types]") {
  std::vector<FunctionType> types{{}};
  for (ValueType a : {ValueType::I32, ValueType::I64, ValueType::F32, ValueType::F64,
                      ValueType::V128, ValueType::FuncRef, ValueType::ExternRef}) {
    types.push_back({{a}, {}});
    types.push_back({{}, {a}});
    types.push_back({{a, a}, {}});
    types.push_back({{a}, {a}});
    types.push_back({{}, {a, a}});
    types.push_back({{a, ValueType::I32}, {a}});
  }
  for (size_t i = 0; i < types.size(); ++i) {
    const uint32_t id = encode_type_id(types[i]);
    CHECK(id != 0);
    CHECK((id & kInternedTypeBit) == 0);
    for (size_t j = 0; j < i; ++j)
      CHECK((encode_type_id(types[j]) == id) == (types[i] == types[j]));
  }
  CHECK(encode_type_id({std::vector<ValueType>(30, ValueType::I32), {}}) == 0);
}

TEST_CASE("the key of a module depends on everything that matters", "[cache]") {
  CompileOptions options, strict, strict_calls, tuned, fast;
  fast.tier = Tier::Fast;
  strict.strict_traps = true;
  strict_calls.strict_calls = true;
  tuned.tuning = "x86-64";
  std::vector<uint8_t> other = kModule;
  other.back() ^= 1;
  const std::string key = cache_key(kModule, options);
  CHECK(key.size() == 64);
  CHECK(key == cache_key(kModule, options));
  CHECK(key != cache_key(other, options));
  CHECK(key != cache_key(kModule, strict));
  CHECK(key != cache_key(kModule, strict_calls));
  CHECK(key != cache_key(kModule, tuned));
  CHECK(key != cache_key(kModule, fast));
}

TEST_CASE("modules that libwabt lets through are refused all the same", "[parser]") {
  // A function whose only `end` closes an inner block.
  const std::vector<uint8_t> unclosed{0, 'a', 's', 'm', 1,  0, 0, 0, 1, 4, 1,    0x60, 0,   0,
                                      3, 2,   1,   0,   10, 7, 1, 5, 0, 2, 0x40, 0x01, 0x0b};
  CHECK(absl::IsInvalidArgument(parse(unclosed).status()));
  const std::vector<uint8_t> trailing{0, 'a', 's', 'm', 1, 0,  0, 0, 1, 4, 1,    0x60, 0,
                                      0, 3,   2,   1,   0, 10, 6, 1, 4, 0, 0x0b, 0x01, 0x0b};
  CHECK(absl::IsInvalidArgument(parse(trailing).status()));
}

}  // namespace
}  // namespace linden::jit
