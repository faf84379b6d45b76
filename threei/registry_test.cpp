// Who may do what: the rules at the top of registry.h, each with an attempt to break it.

#include "threei/registry.h"

#include <errno.h>

#include <catch2/catch.hpp>
#include <thread>

namespace linden::threei {
namespace {

constexpr int kCall = 39;
constexpr uint32_t kFunction = 17;

class NoCode final : public Answerer {};

std::shared_ptr<Answerer> answerer(int) { return std::make_shared<NoCode>(); }
bool serves_nobody(int) { return false; }

// A tree: 1 has made 2, which has made 3 and 4; 3 has made 5. All run one program unless they
// begin another.
struct Tree {
  Registry registry;
  std::shared_ptr<Member> one = registry.add(1, nullptr);
  std::shared_ptr<Member> two = registry.add(2, one.get());
  std::shared_ptr<Member> three = registry.add(3, two.get());
  std::shared_ptr<Member> four = registry.add(4, two.get());
  std::shared_ptr<Member> five = registry.add(5, three.get());

  int put(Member& caller, int cage, int grate, uint64_t number = kCall, uint64_t flags = 0,
          uint32_t function = kFunction) {
    return registry.register_handler(caller, {cage, number, grate, function, flags}, answerer);
  }
};

TEST_CASE("a cage has no handlers before somebody registers one") {
  Tree tree;
  CHECK(tree.one->table() == nullptr);
  CHECK_FALSE(tree.one->find(kCall));
  CHECK_FALSE(tree.one->find(UINT64_MAX));
}

TEST_CASE("a cage may register its handlers for its descendants") {
  Tree tree;
  CHECK(tree.put(*tree.two, 3, 2) == 0);
  CHECK(tree.put(*tree.two, 5, 2) == 0);
  CHECK(tree.three->find(kCall).function == kFunction);
  CHECK(tree.five->find(kCall).grate == tree.three->find(kCall).grate);
  CHECK_FALSE(tree.four->find(kCall));
  CHECK_FALSE(tree.three->find(kCall + 1));
}

TEST_CASE("nobody may register handlers for a parent, a sibling or a stranger") {
  Tree tree;
  CHECK(tree.put(*tree.three, 2, 3) == EPERM);
  CHECK(tree.put(*tree.three, 1, 3) == EPERM);
  CHECK(tree.put(*tree.three, 4, 3) == EPERM);
  CHECK(tree.put(*tree.three, 77, 3) == ESRCH);
  CHECK(tree.put(*tree.three, 5, 77) == ESRCH);
}

TEST_CASE(
    "a fork may name handlers in the cage that it comes from until either runs another program") {
  Tree tree;
  CHECK(tree.put(*tree.three, 3, 2) == 0);
  CHECK(tree.put(*tree.five, 5, 1) == 0);
  (void)tree.registry.begin_program(*tree.three);
  CHECK(tree.put(*tree.three, 3, 2) == EPERM);
  CHECK(tree.put(*tree.three, 5, 1) == EPERM);
  // Its descendants are what they were.
  CHECK(tree.put(*tree.five, 5, 1) == 0);
  (void)tree.registry.begin_program(*tree.one);
  CHECK(tree.put(*tree.five, 5, 1) == EPERM);
}

TEST_CASE("nobody may name handlers in a descendant, a sibling or a stranger") {
  Tree tree;
  CHECK(tree.put(*tree.two, 5, 3) == EPERM);
  CHECK(tree.put(*tree.three, 5, 4) == EPERM);
}

TEST_CASE("a cage is no grate for itself") {
  Tree tree;
  CHECK(tree.put(*tree.three, 3, 3) == EINVAL);
  // So it cannot get rid of what is above it by registering and deregistering.
  REQUIRE(tree.put(*tree.two, 3, 2) == 0);
  CHECK(tree.put(*tree.three, 3, 3) == EINVAL);
  (void)tree.registry.begin_program(*tree.three);
  CHECK(tree.registry.deregister(*tree.three, 3, kCall) == EPERM);
  CHECK(tree.three->find(kCall));
}

TEST_CASE("numbers and flags that do not exist are refused") {
  Tree tree;
  CHECK(tree.put(*tree.two, 3, 2, kNumbers) == EINVAL);
  CHECK(tree.put(*tree.two, 3, 2, UINT64_MAX) == EINVAL);
  CHECK(tree.put(*tree.two, 3, 2, kDeregister) == EINVAL);
  CHECK(tree.put(*tree.two, 3, 2, kCall, 2) == EINVAL);
  CHECK(tree.registry.deregister(*tree.two, 3, kNumbers) == EINVAL);
  CHECK(tree.put(*tree.two, 3, 2, kNumbers - 1) == 0);
}

TEST_CASE("match-all is for all system calls, and not for 3i's own") {
  Tree tree;
  REQUIRE(tree.put(*tree.two, 3, 2, kMatchAll) == 0);
  CHECK(tree.three->find(0));
  CHECK(tree.three->find(kSystemCalls - 1));
  CHECK_FALSE(tree.three->find(kRegisterHandler));
  CHECK_FALSE(tree.three->find(kHarshCageExit));
  REQUIRE(tree.registry.deregister(*tree.two, 3, kMatchAll) == 0);
  CHECK_FALSE(tree.three->find(0));
}

TEST_CASE("a fork has its parent's handlers, and the last registration wins") {
  Tree tree;
  REQUIRE(tree.put(*tree.one, 2, 1) == 0);
  auto child = tree.registry.add(6, tree.two.get());
  CHECK(child->find(kCall) == tree.two->find(kCall));
  REQUIRE(tree.put(*tree.two, 6, 2) == 0);
  CHECK(child->find(kCall) != tree.two->find(kCall));
}

TEST_CASE("what is taken away gives place to what answers the grate's own calls") {
  Tree tree;
  REQUIRE(tree.put(*tree.one, 2, 1) == 0);
  REQUIRE(tree.put(*tree.two, 3, 2) == 0);
  CHECK(tree.registry.deregister(*tree.two, 3, kCall) == 0);
  CHECK(tree.three->find(kCall) == tree.two->find(kCall));
  // Now it is the first one's, and not the second's to take away once it runs another program.
  (void)tree.registry.begin_program(*tree.two);
  CHECK(tree.registry.deregister(*tree.two, 3, kCall) == EPERM);
  CHECK(tree.registry.deregister(*tree.one, 3, kCall) == 0);
  CHECK_FALSE(tree.three->find(kCall));
}

TEST_CASE("a grate that ends, or begins another program, leaves what lies beneath") {
  Tree tree;
  REQUIRE(tree.put(*tree.one, 2, 1) == 0);
  REQUIRE(tree.put(*tree.two, 3, 2) == 0);
  REQUIRE(tree.put(*tree.two, 5, 2, kCall + 1) == 0);
  EndedGrate ended = tree.registry.begin_program(*tree.two);
  CHECK(ended.answerer != nullptr);
  CHECK(ended.to_be_killed.empty());
  CHECK(tree.three->find(kCall) == tree.two->find(kCall));
  CHECK_FALSE(tree.five->find(kCall + 1));
  // Its own calls are answered as before.
  CHECK(tree.two->find(kCall));
  CHECK(tree.registry.end(*tree.two).answerer == nullptr);
}

TEST_CASE("cages that have a fatal handler keep it when the grate ends, and are to be killed") {
  Tree tree;
  REQUIRE(tree.put(*tree.two, 3, 2, kCall, kFatal) == 0);
  REQUIRE(tree.put(*tree.two, 5, 2, kCall + 1) == 0);
  const Handler handler = tree.three->find(kCall);
  EndedGrate ended = tree.registry.end(*tree.two);
  CHECK(ended.to_be_killed == std::vector<int>{3, 5});
  CHECK(tree.three->find(kCall) == handler);
  CHECK(tree.registry.find_grate(handler.grate) == nullptr);
}

TEST_CASE("an id that is used again is another cage") {
  Tree tree;
  REQUIRE(tree.put(*tree.two, 3, 2) == 0);
  const Handler handler = tree.three->find(kCall);
  (void)tree.registry.end(*tree.five);
  auto stranger = tree.registry.add(5, nullptr);
  CHECK(tree.put(*tree.two, 5, 2) == EPERM);
  CHECK(tree.registry.may_act_as(*tree.three, 5, serves_nobody) == EPERM);
  // A grate that comes later with the same id has another number.
  (void)tree.registry.end(*tree.two);
  auto again = tree.registry.add(2, nullptr);
  auto child = tree.registry.add(8, again.get());
  REQUIRE(tree.put(*again, 8, 2) == 0);
  CHECK(child->find(kCall).grate != handler.grate);
}

TEST_CASE("grandchildren are descendants still when what is between has ended") {
  Tree tree;
  (void)tree.registry.end(*tree.three);
  CHECK(tree.put(*tree.two, 5, 2) == 0);
  CHECK(tree.put(*tree.one, 5, 1) == 0);
  CHECK(tree.put(*tree.four, 5, 4) == EPERM);
  CHECK(tree.put(*tree.two, 3, 2) == ESRCH);
}

TEST_CASE("a cage may act as itself, its descendants, and whom it serves") {
  Tree tree;
  CHECK(tree.registry.may_act_as(*tree.two, 2, serves_nobody) == 0);
  CHECK(tree.registry.may_act_as(*tree.two, 5, serves_nobody) == 0);
  CHECK(tree.registry.may_act_as(*tree.two, 1, serves_nobody) == EPERM);
  CHECK(tree.registry.may_act_as(*tree.three, 4, serves_nobody) == EPERM);
  CHECK(tree.registry.may_act_as(*tree.three, 4, [](int id) { return id == 4; }) == 0);
  CHECK(tree.registry.may_act_as(*tree.three, 99, [](int) { return true; }) == ESRCH);
}

TEST_CASE("a copied table takes nobody's filter away") {
  Tree tree;
  auto outside = tree.registry.add(9, tree.one.get());
  REQUIRE(tree.put(*tree.two, 3, 2) == 0);
  REQUIRE(tree.put(*tree.two, 5, 2) == 0);
  (void)tree.registry.begin_program(*tree.three);
  // From a stranger, and to one.
  CHECK(tree.registry.copy_table(*tree.three, 9, 3, serves_nobody) == EPERM);
  CHECK(tree.registry.copy_table(*tree.three, 3, 4, serves_nobody) == EPERM);
  CHECK(tree.registry.copy_table(*tree.three, 3, 99, serves_nobody) == ESRCH);
  // From one that has less, over what was put there by who is above.
  REQUIRE(tree.registry.deregister(*tree.two, 5, kCall) == 0);
  CHECK(tree.registry.copy_table(*tree.three, 5, 3, serves_nobody) == 0);
  CHECK(tree.three->find(kCall));
  // Who has put it there may.
  CHECK(tree.registry.copy_table(*tree.two, 5, 3, serves_nobody) == 0);
  CHECK_FALSE(tree.three->find(kCall));
}

TEST_CASE("a copied table does not make a cage its own grate, nor that of an ancestor") {
  Tree tree;
  REQUIRE(tree.put(*tree.three, 5, 3) == 0);
  CHECK(tree.registry.copy_table(*tree.three, 5, 3, serves_nobody) == 0);
  CHECK_FALSE(tree.three->find(kCall));
  CHECK(tree.registry.copy_table(*tree.two, 5, 4, serves_nobody) == 0);
  CHECK_FALSE(tree.four->find(kCall));
}

TEST_CASE("handlers are found while others are changed") {
  Tree tree;
  std::atomic<bool> is_over = false;
  std::thread reader([&] {
    while (!is_over) {
      for (uint64_t number = 0; number < kNumbers; ++number) {
        const Handler handler = tree.three->find(number);
        if (handler && handler.function != number + 1) std::abort();
      }
    }
  });
  for (int round = 0; round < 20; ++round) {
    for (uint64_t number = 0; number < kSystemCalls; ++number) {
      REQUIRE(tree.put(*tree.two, 3, 2, number, 0, static_cast<uint32_t>(number + 1)) == 0);
    }
    REQUIRE(tree.registry.deregister(*tree.two, 3, kMatchAll) == 0);
  }
  is_over = true;
  reader.join();
}

}  // namespace
}  // namespace linden::threei
