// Decoding, encoding and checking UTF-8.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int decode(const unsigned char* s, uint32_t* point) {
  int length = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
  if (length == 0) return -1;
  *point = length == 1 ? *s : *s & (0x7f >> length);
  for (int i = 1; i < length; i++) {
    if (s[i] >> 6 != 2) return -1;
    *point = *point << 6 | (s[i] & 63);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  return *point < least[length] || *point > 0x10ffff || *point >> 11 == 27 ? -1 : length;
}

static int encode(uint32_t point, char* out) {
  if (point < 0x80) return out[0] = (char)point, 1;
  int length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (int i = length - 1; i > 0; i--, point >>= 6) out[i] = (char)(0x80 | (point & 63));
  out[0] = (char)((0xf00 >> length) | point);
  return length;
}

int main(void) {
  const char* text = "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x8c\xb3 \xe6\xa3\xae";
  char again[64] = "";
  uint32_t point;
  int n, written = 0;
  for (const char* s = text; *s; s += n) {
    if ((n = decode((const unsigned char*)s, &point)) < 0) return 1;
    printf("U+%04X ", point);
    written += encode(point, again + written);
  }
  printf("\n%s %d\n", again, strcmp(text, again));
  const char* bad[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"};
  for (int i = 0; i < 6; i++) printf("%d ", decode((const unsigned char*)bad[i], &point));
  unsigned sum = 0;
  for (uint32_t p = 0; p < 0x110000; p += 7) {
    if (p >> 11 == 27) continue;
    char buffer[5] = "";
    int length = encode(p, buffer);
    if (decode((unsigned char*)buffer, &point) != length || point != p) return 2;
    sum += point * (unsigned)length & 0xffff;
  }
  printf("\n%u\n", sum);
}
