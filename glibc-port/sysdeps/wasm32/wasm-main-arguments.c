/* clang calls a two-argument main __main_argc_argv; a three-argument main keeps its name.  */
extern int three_argument_main(int, char**, char**) __asm__("main");
extern char** __environ;

int __main_argc_argv(int argc, char** argv) { return three_argument_main(argc, argv, __environ); }
