// What programs print of the calls that they make: the call as the source has it, and its result or
// the name of its error. Nothing that differs from run to run gets printed: of a descriptor or a
// pointer only that it is one.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// For calls that return -1 and set errno.
#define SHOW(call) (errno = 0, report_result(#call, (long long)(call)))
// For calls that return a descriptor, which is the value; or a process or thread id.
#define SHOW_OPEN(call) (errno = 0, report_descriptor(#call, (call)))
// For calls that return a pointer, which is the value; NULL and MAP_FAILED are failures.
#define SHOW_POINTER(call) (errno = 0, report_pointer(#call, (void*)(call)))
// For calls that return the number of an error.
#define SHOW_ERROR(call) report_error(#call, (call))

static inline long long report_result(const char* call, long long result) {
  if (result == -1 && errno != 0) {
    printf("%s: %s\n", call, strerrorname_np(errno));
  } else {
    printf("%s: %lld\n", call, result);
  }
  return result;
}

static inline int report_descriptor(const char* call, int descriptor) {
  printf("%s: %s\n", call, descriptor >= 0 ? "done" : strerrorname_np(errno));
  return descriptor;
}

static inline void* report_pointer(const char* call, void* pointer) {
  const int failed = pointer == NULL || pointer == (void*)-1;
  printf("%s: %s\n", call, !failed ? "done" : errno != 0 ? strerrorname_np(errno) : "null");
  return pointer;
}

static inline int report_error(const char* call, int error) {
  printf("%s: %s\n", call, strerrorname_np(error));
  return error;
}

// Bytes as a C string would show them; '.' stands for NUL.
static inline void report_bytes(const char* what, const void* bytes, size_t size) {
  printf("%s: %zu [", what, size);
  for (size_t i = 0; i < size; i++) {
    const unsigned char byte = ((const unsigned char*)bytes)[i];
    if (byte == 0) {
      putchar('.');
    } else if (byte >= ' ' && byte < 127) {
      putchar(byte);
    } else {
      printf("\\x%02x", byte);
    }
  }
  puts("]");
}
