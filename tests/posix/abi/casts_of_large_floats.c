// Whether a number is an integer of 32 or 64 bits, as interpreters ask. The casts are undefined
// where it does not fit; what is asked here holds on every machine.
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static int fits_int(double number) {
  return (double)(int32_t)number == number;
}
__attribute__((noinline)) static int fits_unsigned(double number) {
  uint32_t whole = (uint32_t)number;
  return (double)whole == number;
}
__attribute__((noinline)) static int fits_long(double number) {
  return (double)(int64_t)number == number;
}
__attribute__((noinline)) static int float_fits(float number) {
  return (float)(int32_t)number == number;
}

int main(void) {
  static const double numbers[] = {
      0, 5, -7, 0.5, 2e9, 3e9, 1e10, 1e17, 1e21, -1e21, 1.7976931348623157e308};
  for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    printf("%g: %d %d %d\n", numbers[i], fits_int(numbers[i]), fits_long(numbers[i]),
           float_fits((float)numbers[i] / 2));
    if (numbers[i] >= 0) printf("unsigned: %d\n", fits_unsigned(numbers[i]));
  }
  return 0;
}
