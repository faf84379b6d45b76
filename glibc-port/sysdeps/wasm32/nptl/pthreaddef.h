/* Stack sizes of threads. The default follows RLIMIT_STACK; 4 GiB is all that there is.  */
#define ARCH_STACK_DEFAULT_SIZE (1024 * 1024)
#define ARCH_MIN_GUARD_SIZE 0
#define STACK_ALIGN 16
#define MINIMAL_REST_STACK 2048
#define TCB_ALIGNMENT 64
#define CURRENT_STACK_FRAME __builtin_frame_address(0)
