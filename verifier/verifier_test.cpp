#include "verifier/verifier.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "jit/compiler.h"
#include "jit/module.h"
#include "verifier/corpus.h"
#include "verifier/decode_cache.h"
#include "verifier/test_image.h"

namespace linden::verifier {
namespace {

constexpr char kFine[] = "90 90 c3";

// The rule that the image breaks first; nullopt: none.
std::optional<Rule> broken(const jit::Image& image) {
  const Verdict verdict = verify(image, kTestContext);
  if (verdict.ok()) return std::nullopt;
  INFO(to_string(verdict.refusals[0]));
  return verdict.refusals[0].rule;
}

TEST_CASE("each bad sequence breaks its rule, and its good neighbours none", "[verifier]") {
  for (const Sequence& sequence : corpus()) {
    const Verdict verdict = verify(
        test_image(sequence.bytes, sequence.frame_size, sequence.saved_registers), kTestContext);
    INFO(sequence.name << ": " << (verdict.ok() ? "accepted" : to_string(verdict.refusals[0])));
    REQUIRE(verdict.ok() == !sequence.broken.has_value());
    if (sequence.broken) CHECK(verdict.refusals[0].rule == *sequence.broken);
  }
}

TEST_CASE("the corpus has many bad sequences and good ones, and names them once", "[verifier]") {
  std::set<std::string> names;
  size_t bad = 0;
  for (const Sequence& sequence : corpus()) {
    names.insert(sequence.name);
    bad += sequence.broken.has_value();
  }
  CHECK(names.size() == corpus().size());
  CHECK(bad >= 60);
  CHECK(corpus().size() - bad >= 20);
}

TEST_CASE("images of other kinds are refused", "[verifier]") {
  jit::Image image = test_image(kFine);
  CHECK(broken(image) == std::nullopt);
  SECTION("another back-end") { image.target.sfi = "none"; }
  SECTION("another machine") { image.target.architecture = "aarch64"; }
  SECTION("another build") { image.target.context_offset += 64; }
  CHECK(broken(image) == Rule::Target);
}

TEST_CASE("an image that does not fit together is refused", "[verifier]") {
  jit::Image image = test_image(kFine);
  SECTION("functions that overlap") { image.functions[2].code_size = 0x702; }
  SECTION("functions out of order") { std::swap(image.functions[0], image.functions[3]); }
  SECTION("a function outside of the code") {
    image.functions.push_back({0x1000, 4, 0, 5, 0, 0, 0});
  }
  SECTION("a function that ends outside of the code") { image.functions[3].code_size = 0x900; }
  SECTION("an empty function") { image.functions[3].code_size = 0; }
  SECTION("code between functions") { image.content[0x700] = 0xc3; }
  SECTION("a page between segments") { image.segments[1].offset = 0x2000; }
  SECTION("segments that overlap") { image.segments[0].size = 0x1800; }
  SECTION("a segment that can be written") {
    image.segments[1].protection = jit::Protection::ReadWrite;
  }
  SECTION("a segment larger than the image") { image.segments[1].size = 0x10000; }
  SECTION("content behind the segments") { image.content.resize(0x4000); }
  SECTION("an entry point that is no function") { image.entry_points[3] += 1; }
  SECTION("an entry point in the constants") { image.entry_points[3] = 0x1000; }
  SECTION("an adapter as entry point") { image.entry_points[3] = 0x80; }
  SECTION("an adapter in a table") { image.content[0x1040] = 0x80; }
  SECTION("a table with the middle of a function") { image.content[0x1060] = 1; }
  SECTION("a rebase of code") { image.rebases.push_back(0x700); }
  SECTION("a rebase at the end of the constants") { image.rebases.push_back(0x10bc); }
  SECTION("rebases that overlap") { image.rebases.push_back(0x1044); }
  SECTION("a rebase twice") { image.rebases.push_back(0x1040); }
  CHECK(broken(image) == Rule::Layout);
}

TEST_CASE("landing pads are places of their own function", "[verifier]") {
  // push rax; call function 0; pop rcx; ret; landing pad: pop rcx; ret
  jit::Image image = test_image("50 e8 <>0> 59 c3 59 c3", 8);
  image.functions[2].landing_pad_count = 1;
  image.functions[3].first_landing_pad = 1;
  image.landing_pads = {{kTestFunction + 1, kTestFunction + 6, kTestFunction + 8}};
  REQUIRE(broken(image) == std::nullopt);
  SECTION("in the middle of an instruction") {
    image.landing_pads[0].landing_pad = kTestFunction + 2;
    CHECK(broken(image) == Rule::Decoding);
  }
  SECTION("with another depth") {
    image.landing_pads[0].landing_pad = kTestFunction + 9;
    CHECK(broken(image) == Rule::Returns);
  }
  SECTION("in another function") {
    image.landing_pads[0].landing_pad = 0x800;
    CHECK(broken(image) == Rule::UnwindTables);
  }
  SECTION("of no function") {
    image.landing_pads.push_back(image.landing_pads[0]);
    CHECK(broken(image) == Rule::UnwindTables);
  }
}

// A landing pad finds no register as it was but those that calls preserve.
TEST_CASE("a landing pad knows nothing of what the call spoils", "[verifier]") {
  // push rax; mov edi,edi; call function 0; pop rcx; ret; pad: mov eax,gs:[rdi]; pop rcx; ret
  jit::Image image = test_image("50 89 ff e8 <>0> 59 c3 65 8b 07 59 c3", 8);
  image.functions[2].landing_pad_count = 1;
  image.functions[3].first_landing_pad = 1;
  image.landing_pads = {{kTestFunction + 3, kTestFunction + 8, kTestFunction + 10}};
  CHECK(broken(image) == Rule::LinearMemory);
  // push rbx; mov rbx, fs:memory_base; call function 0; pop rbx; ret; pad: mov eax, [rbx]; pop rbx;
  // ret
  image = test_image("53 64 48 8b 1c 25 <memory_base> e8 <>0> 5b c3 8b 03 5b c3", 8, 1);
  image.functions[2].landing_pad_count = 1;
  image.functions[3].first_landing_pad = 1;
  image.landing_pads = {{kTestFunction + 10, kTestFunction + 15, kTestFunction + 17}};
  CHECK(broken(image) == Rule::RuntimeData);
}

TEST_CASE("without a memory there is nothing to access", "[verifier]") {
  // mov eax, gs:[edi]; ret
  jit::Image image = test_image("65 67 8b 07 c3");
  CHECK(broken(image) == std::nullopt);
  image.target.memories = 0;
  CHECK(broken(image) == Rule::LinearMemory);
  // mov rax, fs:memory_base; mov eax, [rax]; ret
  image = test_image("64 48 8b 04 25 <memory_base> 8b 00 c3");
  CHECK(broken(image) == std::nullopt);
  image.target.memories = 0;
  CHECK(broken(image) == Rule::Context);
}

// (module (memory 1) (func (export "f") (param i32) (result i32)
//   (i32.div_s (i32.load (local.get 0)) (local.get 0))))
const std::vector<uint8_t> kModule{0, 'a',  's', 'm',  1, 0,   0,    0, 1,    6,   1, 0x60,
                                   1, 0x7f, 1,   0x7f, 3, 2,   1,    0, 5,    3,   1, 0,
                                   1, 7,    5,   1,    1, 'f', 0,    0, 10,   12,  1, 10,
                                   0, 0x20, 0,   0x28, 2, 0,   0x20, 0, 0x6d, 0x0b};

TEST_CASE("what the compiler makes is verified", "[verifier]") {
  auto module = jit::parse(kModule);
  REQUIRE(module.ok());
  for (jit::Tier tier : {jit::Tier::Fast, jit::Tier::Optimized}) {
    jit::CompileOptions options;
    options.tier = tier;
    options.context_offset = kTestContext;
    auto image = jit::compile(**module, options);
    REQUIRE(image.ok());
    CHECK(broken(*image) == std::nullopt);
    CHECK(image->target == jit::image_target(**module, options));
  }
}

// Blocks that are looked at, of the function alone.
uint64_t visits(const char* bytes) {
  const uint64_t others = verify(test_image("c3"), kTestContext).statistics.block_visits - 1;
  const Verdict verdict = verify(test_image(bytes), kTestContext);
  REQUIRE(verdict.ok());
  return verdict.statistics.block_visits - others;
}

TEST_CASE("each block is looked at once if what loops begin with is guessed well", "[verifier]") {
  // mov %edi,%eax; 1: mov %gs:(%rax),%ecx; add $4,%eax; dec %esi; jne 1b; ret
  CHECK(visits("89 f8 65 8b 08 83 c0 04 ff ce 75 f6 c3") == 3);
  // The same, from 0 on, with a number of 64 bits in the loop that is no address:
  // xor %eax,%eax; xor %edx,%edx; 1: mov %gs:(%rax),%ecx; add $4,%eax; add %rcx,%rdx; dec %esi; jne
  // 1b; mov %rdx,%rax; ret
  CHECK(visits("31 c0 31 d2 65 8b 08 83 c0 04 48 01 ca ff ce 75 f3 48 89 d0 c3") == 3);
}

TEST_CASE("of a bad guess about one loop, that loop alone is looked at again", "[verifier]") {
  // Eight blocks, three of them in a loop whose number of 64 bits is not made at its end:
  // mov %edi,%edi; xor %eax,%eax; test %esi,%esi; je 1f; nop; 1: test %ecx,%ecx; je 2f; nop; 2: add
  // %gs:(%rdi),%rax; test %esi,%esi; je 3f; nop; 3: dec %edx; jne 2b; ret
  CHECK(
      visits(
          "89 ff 31 c0 85 f6 74 01 90 85 c9 74 01 90 65 48 03 07 85 f6 74 01 90 ff ca 75 f3 c3") ==
      11);
}

TEST_CASE("a bad guess takes longer, and proves the same", "[verifier]") {
  // Bounded by a comparison, in 64 bits:
  // xor %eax,%eax; 1: mov %gs:(%rax),%ecx; add $4,%rax; cmp $4096,%rax; jb 1b; ret
  CHECK(visits("31 c0 65 8b 08 48 83 c0 04 48 3d 00 10 00 00 72 f1 c3") > 3);
  // An address that becomes a number of 64 bits at the end, which is not known before:
  // mov %edi,%eax; 1: mov %eax,%ecx; mov %gs:(%rcx),%rdx; mov %rdx,%rax; dec %esi; jne 1b; ret
  CHECK(visits("89 f8 89 c1 65 48 8b 11 48 89 d0 ff ce 75 f3 c3") > 3);
}

// Compares a decoder that remembers with Zydis alone, wherever an instruction may begin in `code`.
void check_decoding(DecodeCache& cache, const std::vector<uint8_t>& code, size_t step) {
  const auto end = static_cast<uint32_t>(code.size());
  for (uint32_t offset = 0; offset < end; offset += static_cast<uint32_t>(step)) {
    Instruction plain, remembered;
    const DecodeResult result = decode(code, offset, end, plain);
    uint32_t next = 0;
    REQUIRE(cache.decode(code, offset, end, remembered, next) == result);
    if (result != DecodeResult::Ok) continue;
    REQUIRE(next == plain.end());
    INFO(disassemble(code, offset));
    REQUIRE(remembered == plain);
  }
}

TEST_CASE("what was decoded before is decoded in the same way again", "[verifier]") {
  DecodeCache cache;
  std::mt19937 random(3);
  SECTION("bytes at random") {
    std::vector<uint8_t> code(1 << 20);
    for (uint8_t& byte : code) byte = static_cast<uint8_t>(random());
    check_decoding(cache, code, 1);
  }
  SECTION("first bytes as in code, and others at random") {
    constexpr uint8_t kBegins[][4] = {
        {0x65, 0x8b},       {0x65, 0x67, 0x8b}, {0x48, 0x81}, {0x83},
        {0x64, 0x48, 0x89}, {0x0f, 0x84},       {0xe8},       {0x48, 0xb8},
        {0xc7, 0x44},       {0x66, 0x81},       {0x69},       {0xc5, 0xfa, 0x10},
        {0xc4, 0xe2},       {0x41, 0xc1},       {0x8d},       {0x0f, 0xb6}};
    std::vector<uint8_t> code(1 << 20);
    for (size_t at = 0; at < code.size(); at += 16) {
      for (size_t i = 0; i < 16; ++i) code[at + i] = static_cast<uint8_t>(random());
      const auto& begin = kBegins[random() % std::size(kBegins)];
      for (size_t i = 0; i < 4 && begin[i] != 0; ++i) code[at + i] = begin[i];
    }
    check_decoding(cache, code, 16);
    check_decoding(cache, code, 16);
  }
  SECTION("all registers") {
    // Every opcode of one byte and of two that has an operand byte, with all prefixes that
    // registers and widths have, and all operand bytes.
    for (const char* prefix : {"", "66", "65", "65 67", "64", "f0", "f3"}) {
      for (unsigned two = 0; two < 2; ++two) {
        for (unsigned opcode = 0; opcode < 256; ++opcode) {
          DecodeCache fresh;
          std::vector<uint8_t> code;
          for (unsigned operands = 0; operands < 256; ++operands) {
            for (unsigned rex = 0x3f; rex < 0x50; ++rex) {
              // Each REX prefix with a part of the operand bytes.
              if ((operands + rex + opcode) % 3 != 0) continue;
              const size_t begin = code.size();
              for (uint8_t byte : test_bytes(prefix, 0)) code.push_back(byte);
              if (rex >= 0x40) code.push_back(static_cast<uint8_t>(rex));
              if (two != 0) code.push_back(0x0f);
              code.push_back(static_cast<uint8_t>(opcode));
              code.push_back(static_cast<uint8_t>(operands));
              while (code.size() < begin + 16) code.push_back(static_cast<uint8_t>(random()));
            }
          }
          check_decoding(fresh, code, 16);
        }
      }
    }
  }
  SECTION("all vector registers") {
    // Every opcode with a VEX prefix, of two bytes and of three.
    for (unsigned map = 0; map < 4; ++map) {
      for (unsigned opcode = 0; opcode < 256; ++opcode) {
        DecodeCache fresh;
        std::vector<uint8_t> code;
        for (unsigned i = 0; i < 4096; ++i) {
          const size_t begin = code.size();
          if (random() % 2 == 0) code.push_back(0x65);
          if (random() % 4 == 0) code.push_back(0x67);
          if (map == 0) {
            code.push_back(0xc5);
          } else {
            code.push_back(0xc4);
            code.push_back(static_cast<uint8_t>((random() & 0xe0) | map));
          }
          // Often without a register in the middle.
          code.push_back(static_cast<uint8_t>(random() | (random() % 2 == 0 ? 0x78 : 0)));
          code.push_back(static_cast<uint8_t>(opcode));
          while (code.size() < begin + 16) code.push_back(static_cast<uint8_t>(random()));
        }
        check_decoding(fresh, code, 16);
      }
    }
  }
  SECTION("addresses relative to the code, at different places") {
    // vpshufd $1, 16(%rip), %xmm0; mov 16(%rip), %eax; addl $1, 16(%rip); jmp .+16
    constexpr char kCode[] =
        "c5 f9 70 05 10 00 00 00 01 8b 05 10 00 00 00 83 05 10 00 00 00 01 eb 10";
    std::vector<uint8_t> code;
    for (int i = 0; i < 4; ++i) {
      const std::vector<uint8_t> more = test_bytes(kCode, 0);
      code.insert(code.end(), more.begin(), more.end());
    }
    check_decoding(cache, code, 1);
    check_decoding(cache, code, 1);
  }
  SECTION("the corpus") {
    for (const Sequence& sequence : corpus()) {
      check_decoding(cache, test_bytes(sequence.bytes, kTestFunction), 1);
      check_decoding(cache, test_image(sequence.bytes).content, 1);
    }
  }
}

// Whatever the bytes are, there is an answer, in little time.
TEST_CASE("damaged code is looked at without harm", "[verifier]") {
  std::mt19937 random(1);
  size_t refused = 0;
  for (const Sequence& sequence : corpus()) {
    if (sequence.broken) continue;
    const jit::Image good =
        test_image(sequence.bytes, sequence.frame_size, sequence.saved_registers);
    for (int round = 0; round < 200; ++round) {
      jit::Image image = good;
      for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
        const size_t at = kTestFunction + random() % image.functions[2].code_size;
        image.content[at] ^= static_cast<uint8_t>(1u << random() % 8);
      }
      refused += !verify(image, kTestContext).ok();
    }
  }
  CHECK(refused > 1000);
}

TEST_CASE("damaged tables are looked at without harm", "[verifier]") {
  std::mt19937 random(2);
  for (const Sequence& sequence : corpus()) {
    if (sequence.broken) continue;
    const std::vector<uint8_t> good =
        test_image(sequence.bytes, sequence.frame_size, sequence.saved_registers).serialize();
    for (int round = 0; round < 100; ++round) {
      std::vector<uint8_t> bytes = good;
      // The tables lie before and behind the content.
      const size_t tables = random() % 2 == 0 ? random() % 64 : bytes.size() - 1 - random() % 64;
      bytes[tables] = static_cast<uint8_t>(random());
      auto image = jit::Image::deserialize(bytes);
      if (image.ok()) verify(*image, kTestContext, {.threads = 1, .max_refusals = 5});
    }
  }
}

}  // namespace
}  // namespace linden::verifier
