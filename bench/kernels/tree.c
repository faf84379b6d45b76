// Stresses: pointers; malloc and free of small nodes, binary search tree inserts and lookups.
#include "harness.h"

enum { kKeys = 24000, kLookups = 120000 };
typedef struct Node {
  struct Node *left, *right;
  uint32_t key, count;
} Node;

static void kernel_setup(void) {}

static void insert(Node** link, uint32_t key) {
  while (*link) {
    Node* node = *link;
    if (node->key == key) {
      node->count++;
      return;
    }
    link = key < node->key ? &node->left : &node->right;
  }
  Node* fresh = malloc(sizeof *fresh);
  if (!fresh) abort();
  *fresh = (Node){.key = key, .count = 1};
  *link = fresh;
}

static const Node* find(const Node* node, uint32_t key) {
  while (node && node->key != key) node = key < node->key ? node->left : node->right;
  return node;
}

static uint64_t tear_down(Node* node, uint64_t checksum) {
  if (!node) return checksum;
  checksum = tear_down(node->left, checksum);
  checksum = checksum_add(checksum, node->key + node->count);
  checksum = tear_down(node->right, checksum);
  free(node);
  return checksum;
}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  Node* root = NULL;
  for (int i = 0; i < kKeys; i++) insert(&root, random_next(&state) % 100000);
  uint64_t found = 0;
  for (int i = 0; i < kLookups; i++) {
    const Node* node = find(root, random_next(&state) % 100000);
    if (node) found += node->count;
  }
  return tear_down(root, found);
}
