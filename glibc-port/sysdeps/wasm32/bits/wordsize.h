/* 32-bit long and pointers, 64-bit system-call words: the x32 model.  */
#define __WORDSIZE 32
#define __SYSCALL_WORDSIZE 64

/* size_t is unsigned long and ptrdiff_t is long, as clang defines them for wasm32.  */
#define __WORDSIZE32_SIZE_ULONG 1
#define __WORDSIZE32_PTRDIFF_LONG 1

#define __WORDSIZE_TIME64_COMPAT32 0
