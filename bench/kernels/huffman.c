// Stresses: bit loops; decodes a Huffman code bit by bit down a tree held in an array.
#include "harness.h"

enum { kSymbols = 64, kText = 200000, kNodes = 2 * kSymbols, kRepeats = 3 };
typedef struct {
  int16_t child[2];  // a symbol's leaf has no children
  uint32_t weight, code, length;
} TreeNode;
static TreeNode nodes[kNodes];
static int root;
static uint8_t text[kText], decoded[kText];
static uint8_t bits[kText * 2];

static void assign_codes(int node, uint32_t code, uint32_t length) {
  nodes[node].code = code;
  nodes[node].length = length;
  if (node < kSymbols) return;
  assign_codes(nodes[node].child[0], code << 1, length + 1);
  assign_codes(nodes[node].child[1], code << 1 | 1, length + 1);
}

static int take_lightest(uint8_t* used, int count) {
  int best = -1;
  for (int i = 0; i < count; i++) {
    if (!used[i] && (best < 0 || nodes[i].weight < nodes[best].weight)) best = i;
  }
  used[best] = 1;
  return best;
}

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kText; i++) {
    uint32_t a = random_next(&state) % kSymbols, b = random_next(&state) % kSymbols;
    text[i] = (uint8_t)(a * b / kSymbols);
    nodes[text[i]].weight++;
  }
  uint8_t used[kNodes] = {0};
  int count = kSymbols;
  for (; count < 2 * kSymbols - 1; count++) {
    int first = take_lightest(used, count), second = take_lightest(used, count);
    nodes[count].child[0] = (int16_t)first;
    nodes[count].child[1] = (int16_t)second;
    nodes[count].weight = nodes[first].weight + nodes[second].weight;
  }
  root = count - 1;
  assign_codes(root, 0, 0);
}

NOINLINE static void encode(void) {
  uint32_t at = 0;
  memset(bits, 0, sizeof bits);
  for (int i = 0; i < kText; i++) {
    const TreeNode* symbol = &nodes[text[i]];
    for (uint32_t k = symbol->length; k-- > 0; at++) {
      bits[at >> 3] |= (uint8_t)((symbol->code >> k & 1) << (at & 7));
    }
  }
}

NOINLINE static void decode(void) {
  uint32_t at = 0;
  for (int i = 0; i < kText; i++) {
    int node = root;
    for (; node >= kSymbols; at++) node = nodes[node].child[bits[at >> 3] >> (at & 7) & 1];
    decoded[i] = (uint8_t)node;
  }
}

static uint64_t kernel_round(void) {
  uint64_t checksum = 0;
  for (int repeat = 0; repeat < kRepeats; repeat++) {
    encode();
    decode();
    for (int i = 0; i < kText; i += 11) checksum = checksum_add(checksum, decoded[i]);
    if (memcmp(decoded, text, kText) != 0) abort();
  }
  return checksum;
}
