/* clang calls `int main (void)' __main_void; programs whose main has arguments get this one.  */
extern int __libc_argc attribute_hidden;
extern char** __libc_argv attribute_hidden;
extern int __main_argc_argv(int, char**);

int __main_void(void) { return __main_argc_argv(__libc_argc, __libc_argv); }
