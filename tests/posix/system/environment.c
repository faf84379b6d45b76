// getenv, setenv, putenv, unsetenv, clearenv, and environ itself.
#include "../report.h"

#include <stdlib.h>
#include <unistd.h>

static const char* get(const char* name) {
  const char* value = getenv(name);
  return value != NULL ? value : "(none)";
}

int main(void) {
  SHOW(setenv("NAME", "value", 0));
  puts(get("NAME"));
  SHOW(setenv("NAME", "other", 0));
  puts(get("NAME"));
  SHOW(setenv("NAME", "other", 1));
  puts(get("NAME"));
  SHOW(setenv("", "x", 1));
  SHOW(setenv("A=B", "x", 1));
  SHOW(setenv("EMPTY", "", 1));
  printf("<%s>\n", get("EMPTY"));
  static char text[] = "PUT=first";
  SHOW(putenv(text));
  puts(get("PUT"));
  // putenv keeps the string itself.
  memcpy(text + 4, "FIRST", 5);
  puts(get("PUT"));
  SHOW(putenv("PUT"));
  puts(get("PUT"));
  SHOW(unsetenv("NAME"));
  SHOW(unsetenv("NAME"));
  SHOW(unsetenv("A=B"));
  SHOW(unsetenv(""));
  puts(get("NAME"));
  puts(get("NAM"));
  SHOW(clearenv());
  SHOW(environ == NULL);
  puts(get("PATH"));
  for (int i = 0; i < 200; i++) {
    char name[16], value[16];
    snprintf(name, sizeof name, "V%d", i);
    snprintf(value, sizeof value, "%d", i * i);
    setenv(name, value, 1);
  }
  int count = 0, right = 0;
  for (char** each = environ; *each != NULL; each++) count++;
  for (int i = 0; i < 200; i++) {
    char name[16];
    snprintf(name, sizeof name, "V%d", i);
    right += atoi(get(name)) == i * i;
  }
  printf("%d %d\n", count, right);
  static char* own[] = {"X=1", "X=2", "Y", "=Z", NULL};
  environ = own;
  printf("%s %s\n", get("X"), get("Y"));
  SHOW(unsetenv("X"));
  puts(get("X"));
  puts(secure_getenv("Y") == NULL ? "none" : "some");
  return 0;
}
