#include "optional-arguments.h"
#include <sysdeps/unix/sysv/linux/prctl.c>
