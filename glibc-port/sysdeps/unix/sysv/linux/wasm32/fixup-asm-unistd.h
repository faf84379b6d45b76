/* No differences between the kernel's x86-64 numbers and glibc's list need repair.  */
