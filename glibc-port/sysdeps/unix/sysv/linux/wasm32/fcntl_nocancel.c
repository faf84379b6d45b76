#include "optional-arguments.h"
#include <sysdeps/unix/sysv/linux/fcntl_nocancel.c>
