#include "runtime/table.h"

#include <catch2/catch.hpp>

#include "runtime/value.h"

namespace linden::runtime {
namespace {

jit::TableType type_of(uint64_t initial, uint64_t maximum) {
  return {ValueType::ExternRef, {.initial = initial, .maximum = maximum, .has_maximum = true}};
}

TEST_CASE("tables grow, fill and keep to their bounds", "[table]") {
  auto made = Table::create(type_of(3, 6), nullptr);
  REQUIRE(made.ok());
  Table& table = **made;
  CHECK(table.size() == 3);
  CHECK(table.get(2) == 0);
  CHECK(table.grow(2, 7) == 3);
  CHECK(table.get(4) == 7);
  CHECK(table.grow(2, 8) == -1);
  CHECK(table.grow(~uint64_t{0}, 8) == -1);
  CHECK(table.grow(0, 8) == 5);
  CHECK(table.fill(5, 1, 0));
  CHECK_FALSE(table.fill(6, 1, 0));
  CHECK_FALSE(table.fill(4, 1, 2));
  CHECK(table.get(4) == 7);
  CHECK_FALSE(table.fill(1, 1, 0xffff'ffff));
  CHECK(table.fill(1, 9, 2));
  CHECK(table.get(0) == 0);
  CHECK(table.get(1) == 9);
}

TEST_CASE("ranges of tables may overlap when they are copied", "[table]") {
  auto made = Table::create(type_of(6, 6), nullptr);
  REQUIRE(made.ok());
  Table& table = **made;
  auto content = [&] {
    std::vector<uint64_t> values;
    for (uint64_t i = 0; i < table.size(); ++i) values.push_back(table.get(i));
    return values;
  };
  for (uint64_t i = 0; i < 6; ++i) table.set(i, i + 1);
  CHECK(Table::copy(table, table, 1, 0, 4));
  CHECK(content() == std::vector<uint64_t>{1, 1, 2, 3, 4, 6});
  CHECK(Table::copy(table, table, 0, 2, 4));
  CHECK(content() == std::vector<uint64_t>{2, 3, 4, 6, 4, 6});
  CHECK_FALSE(Table::copy(table, table, 3, 0, 4));
  CHECK_FALSE(Table::copy(table, table, 0, 0xffff'ffff, 2));
  CHECK(content() == std::vector<uint64_t>{2, 3, 4, 6, 4, 6});
}

TEST_CASE("a table larger than we allow is refused", "[table]") {
  jit::TableType type{ValueType::FuncRef, {.initial = Table::kMaximumSize + 1}};
  CHECK_FALSE(Table::create(type, nullptr).ok());
}

}  // namespace
}  // namespace linden::runtime
