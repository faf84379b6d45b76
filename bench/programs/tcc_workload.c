// TinyCC: compiles generated C to arm64 machine code, in memory. As a cross compiler it is the same
// program everywhere; for the machine that it runs on it would have parts that run what it
// compiled.
#include "harness.h"
// All of TinyCC, whose structures are private.
#include "libtcc.c"

enum { kFunctions = 700, kFunctionBytes = 1200 };

static char* source;

static void kernel_setup(void) {
  source = (malloc)((size_t)kFunctions * kFunctionBytes);
  if (!source) abort();
  char* at = source;
  at += sprintf(at,
                "struct node { int key, count; struct node *next; };\n"
                "#define MIX(a, b) (((a) ^ (b)) * 16777619u + ((a) >> 7))\n"
                "static unsigned f_0(unsigned a, struct node *n) { return a + n->key; }\n");
  uint32_t state = harness_seed;
  for (int i = 1; i < kFunctions; i++) {
    unsigned a = random_next(&state) % 1000, b = random_next(&state) % 30 + 1;
    int callee = (int)(random_next(&state) % (uint32_t)i);
    at += sprintf(at,
                  "/* %d */ static const char text_%d[] = \"word %u\\n\";\n"
                  "static unsigned f_%d(unsigned a, struct node *n) {\n"
                  "  unsigned i, table[%u], sum = MIX(a, %uu);\n"
                  "  for (i = 0; i < sizeof table / sizeof *table; i++) {\n"
                  "    table[i] = sum * i + (unsigned)text_%d[i %% sizeof text_%d];\n"
                  "    if (table[i] %% %u == 3 && n) sum += f_%d(table[i], n->next);\n"
                  "    else sum = sum << 3 | table[i] >> %u;\n"
                  "  }\n",
                  i, i, a, i, b, a, i, i, b, callee, b % 31);
    at += sprintf(at,
                  "  switch (sum %% 5) {\n"
                  "    case 0: n->key += %u; break;\n"
                  "    case 1: while (n && n->key > %u) n = n->next; break;\n"
                  "    case 2: return MIX(sum, f_%d(sum ^ %uu, n));\n"
                  "    default: do { sum -= n->count; n = n->next; } while (n);\n"
                  "  }\n"
                  "  return sum > %uu ? sum / %u : sum * (a + %u) - (sum & 255);\n}\n",
                  a, b, callee, a, a * b, b, b);
  }
  sprintf(at, "unsigned entry(unsigned a, struct node *n) { return f_%d(a, n); }\n",
          kFunctions - 1);
}

static uint64_t kernel_round(void) {
  TCCState* state = tcc_new();
  if (!state) abort();
  tcc_set_options(state, "-nostdlib -nostdinc");
  if (tcc_set_output_type(state, TCC_OUTPUT_OBJ) != 0 || tcc_compile_string(state, source) != 0) {
    fprintf(stderr, "tcc: did not compile the source\n");
    exit(1);
  }
  uint64_t checksum = 0;
  for (int i = 1; i < state->nb_sections; i++) {
    Section* section = state->sections[i];
    checksum = checksum_add(checksum, section->data_offset);
    if (section->sh_type != SHT_PROGBITS || !section->data) continue;
    for (size_t at = 0; at < section->data_offset; at++) {
      checksum = checksum * 31 + section->data[at];
    }
  }
  tcc_delete(state);
  return checksum;
}
