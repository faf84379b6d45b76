// A set of variables that nothing refers to by name: the bounds of their section find them.
#include <stdio.h>

struct entry {
  const char* name;
  int value;
};

#define ENTRY(name, value) \
  static const struct entry entry_##name __attribute__((section("entries"), used)) = {#name, value}

ENTRY(first, 1);
ENTRY(second, 2);
ENTRY(third, 3);

extern const struct entry __start_entries[], __stop_entries[];

int main(void) {
  for (const struct entry* entry = __start_entries; entry != __stop_entries; ++entry)
    printf("%s %d\n", entry->name, entry->value);
  return 0;
}
