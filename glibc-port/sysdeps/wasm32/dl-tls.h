/* The argument of __tls_get_addr, which only dynamic linking would call.  */
typedef struct {
  unsigned long int ti_module;
  unsigned long int ti_offset;
} tls_index;

extern void* __tls_get_addr(tls_index* index);
