#include "jit/bytecode_reader.h"

#include <catch2/catch.hpp>
#include <limits>

namespace linden::jit {
namespace {

BytecodeReader reader_of(const std::vector<uint8_t>& bytes) {
  return BytecodeReader(bytes, 0, static_cast<uint32_t>(bytes.size()));
}

TEST_CASE("LEB128 numbers are read to their limits", "[reader]") {
  const std::vector<uint8_t> largest{0xff, 0xff, 0xff, 0xff, 0x0f};
  CHECK(reader_of(largest).read_u32() == 0xffff'ffff);
  const std::vector<uint8_t> padded{0x83, 0x80, 0x80, 0x80, 0x00};
  CHECK(reader_of(padded).read_u32() == 3);
  const std::vector<uint8_t> minus_one{0x7f};
  CHECK(reader_of(minus_one).read_signed(32) == -1);
  const std::vector<uint8_t> smallest{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f};
  CHECK(reader_of(smallest).read_signed(64) == std::numeric_limits<int64_t>::min());
}

TEST_CASE("numbers that are too long or cut off are refused", "[reader]") {
  for (const std::vector<uint8_t>& bytes : {std::vector<uint8_t>{0xff, 0xff, 0xff, 0xff, 0x1f},
                                            {0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
                                            {0x80},
                                            {}}) {
    BytecodeReader reader = reader_of(bytes);
    reader.read_u32();
    CHECK_FALSE(reader.ok());
    CHECK(reader.at_end());
  }
}

TEST_CASE("instructions come with their immediates", "[reader]") {
  const std::vector<uint8_t> bytes{0x02, 0x7f,                    // block (result i32)
                                   0x41, 0x7f,                    // i32.const -1
                                   0x28, 0x02, 0x80, 0x01,        // i32.load align=4 offset=128
                                   0x0e, 0x02, 0x00, 0x01, 0x02,  // br_table 0 1 2
                                   0xfd, 0x15, 0x0f,              // i8x16.extract_lane_s 15
                                   0x11, 0x05, 0x01,              // call_indirect (type 5) 1
                                   0x0b};
  BytecodeReader reader = reader_of(bytes);
  Instruction instruction;
  REQUIRE(reader.next(instruction));
  CHECK(instruction.opcode == Opcode::Block);
  CHECK(instruction.block_type.value == ValueType::I32);
  CHECK(reader.peek_opcode() == Opcode::I32Const);
  REQUIRE(reader.next(instruction));
  CHECK(instruction.bits[0] == 0xffff'ffff);
  REQUIRE(reader.next(instruction));
  CHECK(instruction.alignment_log2 == 2);
  CHECK(instruction.memory_offset == 128);
  CHECK(instruction.offset == 4);
  REQUIRE(reader.next(instruction));
  CHECK(instruction.targets == std::vector<uint32_t>{0, 1, 2});
  REQUIRE(reader.next(instruction));
  CHECK(instruction.index == 15);
  REQUIRE(reader.next(instruction));
  CHECK(instruction.index == 5);
  CHECK(instruction.index2 == 1);
  REQUIRE(reader.next(instruction));
  CHECK(instruction.opcode == Opcode::End);
  CHECK_FALSE(reader.next(instruction));
  CHECK(reader.ok());
  CHECK(reader.at_end());
}

TEST_CASE("every cut of every two bytes ends in order", "[reader]") {
  Instruction instruction;
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::vector<uint8_t> bytes{static_cast<uint8_t>(first), static_cast<uint8_t>(second)};
      BytecodeReader reader = reader_of(bytes);
      int count = 0;
      while (reader.next(instruction)) ++count;
      CHECK(count <= 2);
      CHECK(reader.at_end());
    }
  }
}

TEST_CASE("a br_table cannot ask for absurd memory", "[reader]") {
  const std::vector<uint8_t> bytes{0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00};
  BytecodeReader reader = reader_of(bytes);
  Instruction instruction;
  CHECK_FALSE(reader.next(instruction));
  CHECK_FALSE(reader.ok());
}

}  // namespace
}  // namespace linden::jit
