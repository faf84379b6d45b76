// Stresses: calls; functions with address-taken locals, which wasm keeps on the stack in linear
// memory, and structs passed and returned by value.
#include "harness.h"

typedef struct {
  uint32_t lanes[4];
} State;
enum { kDepth = 10, kCalls = 16000 };

static void kernel_setup(void) {}

NOINLINE static void shuffle(State* state, uint32_t* carry) {
  uint32_t first = state->lanes[0];
  for (int i = 0; i < 3; i++) state->lanes[i] = state->lanes[i + 1] + *carry;
  state->lanes[3] = first ^ *carry;
  *carry = *carry * 5 + 1;
}

NOINLINE static State descend(State state, uint32_t depth) {
  uint32_t carry = depth;
  shuffle(&state, &carry);
  if (depth == 0) return state;
  State left = descend(state, depth - 1);
  left.lanes[carry & 3] += carry;
  return depth & 1 ? descend(left, depth - 1) : left;
}

static uint64_t kernel_round(void) {
  State state = {{harness_seed, 2, 3, 4}};
  for (uint32_t i = 0; i < kCalls; i++) state = descend(state, kDepth + (i & 1));
  return checksum_add(state.lanes[0] ^ state.lanes[1], state.lanes[2] ^ state.lanes[3]);
}
