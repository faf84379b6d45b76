/* Starts the process: takes the start block from the runtime, initialises libc, calls main.  */
#include <ldsodefs.h>
#include <libc-internal.h>
#include <elf/libc-early-init.h>
#include <elf/dl-tunables.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/ucontext.h>
#include <dl-osinfo.h>
#include <startup.h>
#include <unistd.h>
#include <tls.h>

/* Writes the block that execve puts on a new stack (argc, argv, NULL, environment, NULL,
   auxiliary vector, strings; all words 32 bits, pointers relocated for BLOCK) if it fits
   into SIZE bytes; returns its size.  */
extern size_t __lind_start_block(void* block, size_t size)
    __attribute__((import_module("lind"), import_name("start-block")));

extern void __wasm_call_ctors(void);
extern int __main_void(void);
extern void __libc_init_first(int, char**, char**);

int __libc_multiple_libcs = 0;
uintptr_t __stack_chk_guard attribute_relro;
uintptr_t __pointer_chk_guard_local attribute_relro attribute_hidden;

_Noreturn void __wasm_libc_start(void) {
  size_t size = __lind_start_block(NULL, 0);
  int* block = _dl_early_allocate(size);
  if (block == NULL || __lind_start_block(block, size) != size)
    _startup_fatal("Fatal glibc error: cannot read the start block\n");

  int argument_count = block[0];
  char** arguments = (char**)(block + 1);
  char** environment = arguments + argument_count + 1;
  char** end = environment;
  while (*end++ != NULL);

  __environ = environment;
  __libc_stack_end = __builtin_frame_address(0);
  _dl_aux_init((ElfW(auxv_t)*)end);
  __tunables_init(__environ);
  __libc_setup_tls();
  __stack_chk_guard = _dl_setup_stack_chk_guard(_dl_random);
  __libc_early_init(true);
  __libc_init_first(argument_count, arguments, __environ);
  if (__builtin_expect(__libc_enable_secure, 0)) __libc_check_standard_fds();

  __wasm_call_ctors();
  exit(__main_void());
}

/* Fills in the part of siginfo_t that tells of the signal being delivered.  */
extern void __lind_signal_information(siginfo_t* information)
    __attribute__((import_module("lind"), import_name("signal-information")));

/* The runtime calls this to run a handler that sigaction was given. The two kinds of handlers have
   different wasm types. What SA_SIGINFO wants to see lies on the interrupted stack, as in Linux. */
__attribute__((export_name("lind_signal_entry"))) void __lind_signal_entry(void* handler,
                                                                           int number, int flags) {
  if (flags & SA_SIGINFO) {
    siginfo_t information;
    ucontext_t context;
    memset(&information, 0, sizeof information);
    memset(&context, 0, sizeof context);
    __lind_signal_information(&information);
    ((void (*)(int, siginfo_t*, void*))handler)(number, &information, &context);
  } else {
    ((void (*)(int))handler)(number);
  }
}
