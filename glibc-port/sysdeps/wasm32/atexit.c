/* atexit through a function of the type that exit calls; a cast would trap in call_indirect.  */
#include <stdlib.h>
#include <dso_handle.h>
#include "exit.h"

static void call_registered(void* function) { ((void (*)(void))function)(); }

int
#ifndef atexit
    attribute_hidden
#endif
    atexit(void (*function)(void)) {
  return __cxa_atexit(call_registered, (void*)function, __dso_handle);
}
