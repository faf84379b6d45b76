// fopencookie: streams over functions of one's own, their errors and short counts.
#include "../report.h"

#include <stdlib.h>

struct store {
  char bytes[64];
  off64_t size, at;
  int writes, closed;
};

static ssize_t read_store(void* cookie, char* to, size_t size) {
  struct store* store = cookie;
  if (store->at >= store->size) return 0;
  // Three bytes at most: short reads are not the end.
  if (size > 3) size = 3;
  if ((off64_t)size > store->size - store->at) size = store->size - store->at;
  memcpy(to, store->bytes + store->at, size);
  store->at += size;
  return size;
}

static ssize_t write_store(void* cookie, const char* from, size_t size) {
  struct store* store = cookie;
  store->writes++;
  if (store->at + (off64_t)size > (off64_t)sizeof store->bytes) {
    errno = ENOSPC;
    return 0;
  }
  memcpy(store->bytes + store->at, from, size);
  store->at += size;
  if (store->at > store->size) store->size = store->at;
  return size;
}

static int seek_store(void* cookie, off64_t* position, int whence) {
  struct store* store = cookie;
  off64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? store->at : store->size;
  if (base + *position < 0) return -1;
  *position = store->at = base + *position;
  return 0;
}

static int close_store(void* cookie) {
  ((struct store*)cookie)->closed++;
  return 0;
}

int main(void) {
  static struct store store;
  cookie_io_functions_t functions = {read_store, write_store, seek_store, close_store};
  FILE* file = SHOW_POINTER(fopencookie(&store, "w+", functions));
  SHOW(fprintf(file, "value=%d name=%s\n", 42, "cookie"));
  SHOW(store.writes);
  SHOW(fseek(file, 6, SEEK_SET));
  SHOW(store.writes);
  int value = 0;
  char name[16] = "";
  SHOW(fscanf(file, "%d name=%15s", &value, name));
  printf("%d %s\n", value, name);
  SHOW(ftell(file));
  SHOW(fgetc(file));
  SHOW(fgetc(file));
  SHOW(feof(file));
  SHOW(fseek(file, -1, SEEK_SET));
  SHOW(fseek(file, -4, SEEK_END));
  SHOW(fgetc(file));
  SHOW(fileno(file));
  rewind(file);
  for (int i = 0; i < 10; i++) fputs("0123456789", file);
  SHOW(fflush(file));
  SHOW(ferror(file));
  SHOW(fclose(file));
  SHOW(store.closed);

  cookie_io_functions_t none = {0};
  file = SHOW_POINTER(fopencookie(&store, "r+", none));
  SHOW(fgetc(file));
  SHOW(fputc('x', file));
  SHOW(fflush(file));
  SHOW(fseek(file, 0, SEEK_SET));
  SHOW(fclose(file));
  SHOW_POINTER(fopencookie(&store, "?", functions));
  return 0;
}
