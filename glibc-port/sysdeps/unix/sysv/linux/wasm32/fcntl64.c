#include "optional-arguments.h"
#include <sysdeps/unix/sysv/linux/fcntl64.c>
