// Many blocks of all sizes, freed and allocated again in a pseudo-random order: none overlap, none
// lose their contents, and freed memory is used again.
#include "../report.h"

#include <malloc.h>
#include <stdlib.h>

enum { kBlocks = 2000, kRounds = 60000 };

static unsigned char* blocks[kBlocks];
static size_t sizes[kBlocks];

static unsigned random_number(void) {
  static uint64_t state = 88172645463325252ULL;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 16);
}

static int is_intact(int i) {
  unsigned char expected = (unsigned char)(i * 7 + sizes[i]);
  return sizes[i] == 0 || (blocks[i][0] == expected && blocks[i][sizes[i] / 2] == expected &&
                           blocks[i][sizes[i] - 1] == expected);
}

int main(void) {
  size_t live = 0, most = 0, damaged = 0, moved = 0;
  for (int round = 0; round < kRounds; round++) {
    int i = random_number() % kBlocks;
    size_t size = random_number() % (round % 100 == 0 ? 300000 : round % 7 == 0 ? 5000 : 200);
    if (blocks[i] != NULL && !is_intact(i)) damaged++;
    live -= sizes[i];
    switch (random_number() % 4) {
      case 0:
        free(blocks[i]);
        blocks[i] = NULL;
        size = 0;
        break;
      case 1: {
        unsigned char first = sizes[i] > 0 ? blocks[i][0] : 0;
        unsigned char* block = realloc(blocks[i], size + 1);
        if (sizes[i] > 0 && block[0] != first) damaged++;
        moved += block != blocks[i];
        blocks[i] = block;
        size++;
        break;
      }
      default:
        free(blocks[i]);
        blocks[i] = random_number() % 2 ? malloc(size) : calloc(size, 1);
        for (size_t k = 0; k < size && k < 4; k++) damaged += blocks[i] == NULL;
    }
    sizes[i] = size;
    if (size > 0) memset(blocks[i], (unsigned char)(i * 7 + size), size);
    live += size;
    if (live > most) most = live;
  }
  for (int i = 0; i < kBlocks; i++) {
    if (blocks[i] != NULL && !is_intact(i)) damaged++;
    free(blocks[i]);
  }
  printf("live at most %zu, damaged %zu, moved %d\n", most, damaged, moved > 0);
  struct mallinfo2 after = mallinfo2();
  printf("little is left in use: %d\n", after.uordblks < 100000);
  printf("bounded: %d\n", after.arena < 10 * most);
  SHOW(malloc_trim(0));
  SHOW(mallopt(M_MMAP_THRESHOLD, 10000));
  char* large = malloc(20000);
  printf("mapped blocks: %d\n", (int)(mallinfo2().hblks - after.hblks));
  free(large);
  SHOW(mallopt(M_TRIM_THRESHOLD, 1 << 20));
  SHOW(mallopt(12345, 1));
  return 0;
}
