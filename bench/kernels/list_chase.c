// Stresses: pointers; dependent loads along a shuffled linked list with an update per node.
#include "harness.h"

enum { kNodes = 16384, kPasses = 400 };
typedef struct Node {
  struct Node* next;
  uint32_t value;
} Node;
static Node nodes[kNodes];

static void kernel_setup(void) {
  static uint32_t order[kNodes];
  uint32_t state = harness_seed;
  for (uint32_t i = 0; i < kNodes; i++) order[i] = i;
  for (uint32_t i = kNodes - 1; i > 0; i--) {
    uint32_t j = random_next(&state) % (i + 1), swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  for (uint32_t i = 0; i < kNodes; i++) nodes[order[i]].next = &nodes[order[(i + 1) % kNodes]];
}

static uint64_t kernel_round(void) {
  for (uint32_t i = 0; i < kNodes; i++) nodes[i].value = i;
  uint32_t carried = 1;
  for (uint32_t pass = 0; pass < kPasses; pass++) {
    Node* node = &nodes[pass];
    for (uint32_t i = 0; i < kNodes; i++) {
      carried += node->value;
      node->value = carried ^ pass;
      node = node->next;
    }
  }
  return checksum_add(carried, nodes[1].value);
}
