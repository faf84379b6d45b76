// Stresses: indirect calls; objects with a table of function pointers, dispatched unpredictably.
#include "harness.h"

typedef struct Shape Shape;
typedef struct {
  uint32_t (*area)(const Shape*);
  void (*grow)(Shape*, uint32_t);
} Methods;
struct Shape {
  const Methods* methods;
  uint32_t width, height;
};
enum { kShapes = 512, kPasses = 8000 };
static Shape shapes[kShapes];

static uint32_t area_rectangle(const Shape* s) { return s->width * s->height; }
static uint32_t area_triangle(const Shape* s) { return s->width * s->height / 2; }
static uint32_t area_frame(const Shape* s) { return 2 * (s->width + s->height); }
static uint32_t area_square(const Shape* s) { return s->width * s->width; }
static void grow_width(Shape* s, uint32_t by) { s->width = (s->width + by) & 1023; }
static void grow_both(Shape* s, uint32_t by) {
  s->width = (s->width + by) & 511;
  s->height = (s->height ^ by) & 511;
}
static void grow_height(Shape* s, uint32_t by) { s->height = (s->height + 3 * by) & 1023; }

static const Methods methods[] = {{area_rectangle, grow_width},
                                  {area_triangle, grow_both},
                                  {area_frame, grow_height},
                                  {area_square, grow_both}};

static void kernel_setup(void) {}

static uint64_t kernel_round(void) {
  uint32_t state = harness_seed;
  for (int i = 0; i < kShapes; i++) {
    uint32_t kind = random_next(&state) & 3;
    shapes[i] = (Shape){&methods[kind], random_next(&state) & 255, random_next(&state) & 255};
  }
  uint64_t checksum = 0;
  for (int pass = 0; pass < kPasses; pass++) {
    uint32_t total = 0;
    for (int i = 0; i < kShapes; i++) {
      Shape* shape = &shapes[i];
      total += shape->methods->area(shape);
      if (total & 4) shape->methods->grow(shape, total & 15);
    }
    checksum += total;
  }
  return checksum;
}
