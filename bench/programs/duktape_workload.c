// Duktape: a JavaScript interpreter runs duktape_workload.js, which is built into the program.
#include "duktape.h"
#include "harness.h"

static const char script[] = {
#include "duktape_workload.js.inc"
};

static void kernel_setup(void) {}

static uint64_t kernel_round(void) {
  duk_context* context = duk_create_heap_default();
  if (!context) abort();
  duk_eval_lstring(context, script, sizeof script);
  double result = duk_get_number(context, -1);
  duk_destroy_heap(context);
  return checksum_add_double(0, result);
}
