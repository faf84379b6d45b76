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
  /* Without a function it fails an assertion there, and not when the program ends.  */
  return __cxa_atexit(function != NULL ? call_registered : NULL, (void*)function, __dso_handle);
}
