// What wasi.c and main.c share: the host side of one instance of wasm2c's output.
#ifndef LINDEN_BENCH_WASM2C_WASI_H
#define LINDEN_BENCH_WASM2C_WASI_H

#include "wasm-rt.h"

struct Z_wasi_snapshot_preview1_instance_t {
  wasm_rt_memory_t* memory;
  int argc;
  char** argv;
  const char* guest_directory;  // the name of the one granted directory (fd 3), or null
};

#endif
