/* Variable arguments that may have been left out, as the last one of fcntl (fd, F_GETFD). A call
   without any passes a null pointer for the list, where other machines read what happens to be in
   a register.  */
#ifndef _OPTIONAL_ARGUMENTS_H
#define _OPTIONAL_ARGUMENTS_H

#include <stdarg.h>

#undef va_arg
#define va_arg(list, type) ((list) != 0 ? __builtin_va_arg(list, type) : (type)0)

#endif
