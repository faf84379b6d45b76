/* Not a cast of FUNCTION to another type, which would trap in call_indirect; see at_quick_exit
 * below.  */
#include <stdlib.h>
#include "exit.h"

static void call_registered(void* function) { ((void (*)(void))function)(); }

/* Like __cxa_at_quick_exit, which has no parameter for the argument.  */
int attribute_hidden at_quick_exit(void (*function)(void)) {
  /* Without a function it fails an assertion there, and not when the program ends.  */
  return __internal_atexit(function != NULL ? call_registered : NULL, (void*)function, NULL,
                           &__quick_exit_funcs);
}
