// Vector code as clang makes it.
#include <stdint.h>
#include <wasm_simd128.h>

static float data[64];
static uint8_t bytes[64];

__attribute__((export_name("dot"))) float dot(int n) {
  v128_t sum = wasm_f32x4_splat(0);
  for (int i = 0; i + 4 <= (n & 60) + 4; i += 4) {
    v128_t x = wasm_v128_load(data + i);
    sum = wasm_f32x4_add(sum, wasm_f32x4_mul(x, x));
  }
  return wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 3);
}

__attribute__((export_name("mix"))) int mix(int seed) {
  v128_t a = wasm_i8x16_splat((int8_t)seed), b = wasm_v128_load(bytes);
  a = wasm_i8x16_shuffle(a, b, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31);
  b = wasm_u16x8_extmul_low_u8x16(a, b);
  b = wasm_i32x4_dot_i16x8(b, wasm_i16x8_shr(a, 3));
  b = wasm_v128_bitselect(a, b, wasm_i64x2_gt(a, b));
  wasm_v128_store8_lane(bytes + 3, b, 5);
  b = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_convert_i32x4(b));
  return wasm_i8x16_bitmask(b) + wasm_i32x4_all_true(a);
}

__attribute__((export_name("fill"))) void fill(float start) {
  for (int i = 0; i < 64; i++) data[i] = start + i, bytes[i] = (uint8_t)(i * i);
}
