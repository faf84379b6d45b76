/* The thread-local pointer to struct pthread.  */
#include <tls.h>

__thread struct pthread* __wasm_self attribute_hidden;
