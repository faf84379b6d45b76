// register_printf_function and parse_printf_format: conversions of one's own.
#include "../report.h"

#include <printf.h>
#include <stdlib.h>

struct pair {
  int first, second;
};

static int print_pair(FILE* stream, const struct printf_info* information,
                      const void* const* arguments) {
  const struct pair* pair = *(const struct pair* const*)arguments[0];
  return fprintf(stream, information->alt ? "<%*d;%d>" : "(%*d,%d)",
                 information->width > 0 ? information->width : 0, pair->first, pair->second);
}

static int describe_pair(const struct printf_info* information, size_t count, int* types,
                         int* sizes) {
  if (count > 0) {
    types[0] = PA_POINTER;
    sizes[0] = sizeof(struct pair*);
  }
  return 1;
}

int main(void) {
  struct pair pair = {3, 4};
  SHOW(register_printf_specifier('P', print_pair, describe_pair));
  SHOW(printf("%P %#P %5P %d %s\n", &pair, &pair, &pair, 42, "text"));
  char* text = NULL;
  SHOW(asprintf(&text, "[%P]", &pair));
  puts(text);
  free(text);
  int types[8] = {0};
  size_t count = parse_printf_format("%d %s %f %lld %p %*.*c %% %n", 8, types);
  printf("%zu:", count);
  for (size_t i = 0; i < count && i < 8; i++) printf(" %x", types[i] & 0xff);
  puts("");
  SHOW(register_printf_specifier('P', NULL, NULL));
  return 0;
}
