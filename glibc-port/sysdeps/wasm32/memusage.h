/* The stack pointer, for memusage's statistics.  */
#define GETSP() ((uintptr_t)__builtin_frame_address(0))

#include <sysdeps/generic/memusage.h>
