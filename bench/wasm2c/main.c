// Starts a program that wasm2c turned into C under the module name "bench".
//
// usage: PROGRAM [--dir HOST::GUEST] [ARGUMENT...]
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module.h"
#include "wasi.h"
#include "wasm-rt-impl.h"

static void grant_directory(struct Z_wasi_snapshot_preview1_instance_t* wasi, char* mapping) {
  char* separator = strstr(mapping, "::");
  if (!separator) {
    fprintf(stderr, "--dir takes HOST::GUEST\n");
    exit(2);
  }
  *separator = 0;
  wasi->guest_directory = separator + 2;
  int fd = open(mapping, O_RDONLY | O_DIRECTORY);
  // The guest looks for granted directories from descriptor 3 on.
  if (fd < 0 || (fd != 3 && dup2(fd, 3) < 0)) {
    perror(mapping);
    exit(2);
  }
}

int main(int argc, char** argv) {
  static struct Z_wasi_snapshot_preview1_instance_t wasi;
  static Z_bench_instance_t instance;
  if (argc > 2 && strcmp(argv[1], "--dir") == 0) {
    grant_directory(&wasi, argv[2]);
    argv[2] = argv[0];
    argv += 2;
    argc -= 2;
  }
  wasi.argc = argc;
  wasi.argv = argv;
  wasm_rt_init();
  Z_bench_init_module();
  Z_bench_instantiate(&instance, &wasi);
  wasi.memory = Z_benchZ_memory(&instance);
  wasm_rt_trap_t trap = wasm_rt_impl_try();
  if (trap != WASM_RT_TRAP_NONE) {
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror(trap));
    return 134;
  }
  Z_benchZ__start(&instance);
  return 0;
}
