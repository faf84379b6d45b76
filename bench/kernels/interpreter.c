// Stresses: interpreter; a register machine's fetch-decode loop around one big switch.
#include "harness.h"

typedef enum {
  kLoadImmediate,
  kMove,
  kAdd,
  kSubtract,
  kMultiply,
  kAnd,
  kXor,
  kShiftRight,
  kAddImmediate,
  kLoad,
  kStore,
  kJump,
  kJumpIfLess,
  kJumpIfZero,
  kCall,
  kReturn,
  kHalt
} Opcode;
typedef struct {
  uint8_t opcode, a, b, c;
  int32_t immediate;
} Instruction;
enum { kMemory = 1024, kIterations = 900000 };
static uint32_t memory[kMemory];

// Fills memory with a linear congruential sequence and folds it again, with a call per iteration.
static Instruction program[] = {
    {kLoadImmediate, 0, 0, 0, 0},      // 0: r0 = 0, the counter
    {kLoadImmediate, 1, 0, 0, 0},      // 1: r1 = iterations, patched by the set-up
    {kLoadImmediate, 2, 0, 0, 1},      // 2: r2 = the sequence
    {kLoadImmediate, 3, 0, 0, 1023},   // 3
    {kCall, 0, 0, 0, 14},              // 4: loop
    {kAnd, 4, 2, 3, 0},                // 5
    {kLoad, 5, 4, 0, 0},               // 6
    {kAdd, 5, 5, 2, 0},                // 7
    {kStore, 5, 4, 0, 0},              // 8
    {kAddImmediate, 0, 0, 0, 1},       // 9
    {kJumpIfLess, 0, 1, 0, 4},         // 10
    {kLoad, 6, 3, 0, 0},               // 11
    {kXor, 6, 6, 2, 0},                // 12
    {kHalt, 6, 0, 0, 0},               // 13
    {kLoadImmediate, 7, 0, 0, 69069},  // 14: function
    {kMultiply, 2, 2, 7, 0},           // 15
    {kAddImmediate, 2, 2, 0, 12345},   // 16
    {kShiftRight, 8, 2, 0, 3},         // 17
    {kAnd, 9, 8, 3, 0},                // 18
    {kJumpIfZero, 9, 0, 0, 22},        // 19
    {kXor, 2, 2, 8, 0},                // 20
    {kJump, 0, 0, 0, 23},              // 21
    {kSubtract, 2, 2, 0, 0},           // 22
    {kMove, 10, 2, 0, 0},              // 23
    {kReturn, 0, 0, 0, 0},             // 24
};

static void kernel_setup(void) { program[1].immediate = kIterations; }

NOINLINE static uint32_t run(const Instruction* code) {
  uint32_t r[16] = {0};
  uint32_t return_stack[16], depth = 0, pc = 0;
  for (;;) {
    Instruction i = code[pc++];
    switch ((Opcode)i.opcode) {
      case kLoadImmediate:
        r[i.a] = (uint32_t)i.immediate;
        break;
      case kMove:
        r[i.a] = r[i.b];
        break;
      case kAdd:
        r[i.a] = r[i.b] + r[i.c];
        break;
      case kSubtract:
        r[i.a] = r[i.b] - r[i.c];
        break;
      case kMultiply:
        r[i.a] = r[i.b] * r[i.c];
        break;
      case kAnd:
        r[i.a] = r[i.b] & r[i.c];
        break;
      case kXor:
        r[i.a] = r[i.b] ^ r[i.c];
        break;
      case kShiftRight:
        r[i.a] = r[i.b] >> i.immediate;
        break;
      case kAddImmediate:
        r[i.a] = r[i.b] + (uint32_t)i.immediate;
        break;
      case kLoad:
        r[i.a] = memory[r[i.b] & (kMemory - 1)];
        break;
      case kStore:
        memory[r[i.b] & (kMemory - 1)] = r[i.a];
        break;
      case kJump:
        pc = (uint32_t)i.immediate;
        break;
      case kJumpIfLess:
        if (r[i.a] < r[i.b]) pc = (uint32_t)i.immediate;
        break;
      case kJumpIfZero:
        if (r[i.a] == 0) pc = (uint32_t)i.immediate;
        break;
      case kCall:
        return_stack[depth++ & 15] = pc;
        pc = (uint32_t)i.immediate;
        break;
      case kReturn:
        pc = return_stack[--depth & 15];
        break;
      case kHalt:
        return r[i.a];
    }
  }
}

static uint64_t kernel_round(void) {
  memset(memory, 0, sizeof memory);
  uint64_t checksum = run(program);
  for (int i = 0; i < kMemory; i++) checksum = checksum_add(checksum, memory[i]);
  return checksum;
}
