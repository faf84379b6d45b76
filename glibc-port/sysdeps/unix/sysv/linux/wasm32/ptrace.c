#include "optional-arguments.h"
#include <sysdeps/unix/sysv/linux/ptrace.c>
