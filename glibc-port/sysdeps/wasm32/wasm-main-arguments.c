/* clang calls a main of two arguments __main_argc_argv; any other that has arguments, or returns
   nothing, keeps its name. Its type is not known here. The linker makes a trap of a direct call of
   another type; a call through a pointer is adapted by the runtime (docs/abi.md).  */
extern int other_main(int, char**, char**) __asm__("main");
extern char** __environ;

int __main_argc_argv(int argc, char** argv) {
  /* volatile: so that the compiler does not see which function it is.  */
  int (*volatile entry)(int, char**, char**) = other_main;
  return entry(argc, argv, __environ);
}
