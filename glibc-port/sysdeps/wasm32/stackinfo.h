/* The C stack in linear memory grows down and is never executable.  */
#ifndef _STACKINFO_H
#define _STACKINFO_H 1

#include <elf.h>

#define _STACK_GROWS_DOWN 1
#define DEFAULT_STACK_PERMS (PF_R | PF_W)

#endif
