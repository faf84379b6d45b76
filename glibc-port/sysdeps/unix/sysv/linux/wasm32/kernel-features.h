/* 64-bit values travel in one system-call argument although long has 32 bits.  */
#define __ASSUME_WORDSIZE64_ILP32 1

#include_next <kernel-features.h>
