// A grate that passes these calls on.
#include <linden/grate.h>

static long long pass(struct grate_call* call) { return grate_forward(call); }

int main(int argc, char** argv) {
  (void)argc;
  grate_handle("getppid", pass);
  grate_handle("pread64", pass);
  return grate_run(argv + 1);
}
