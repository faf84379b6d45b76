/* crt1.o: the export that the runtime calls.  */
extern _Noreturn void __wasm_libc_start(void);

__attribute__((export_name("_start"))) void _start(void) { __wasm_libc_start(); }
