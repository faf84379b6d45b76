/* There is no assembler text in this port; the generic header is all that C needs.  */
#include <sysdeps/generic/sysdep.h>
