/* There is no return address to profile by: mcount does nothing.  */
#define _MCOUNT_DECL(from, self) \
  static void __attribute_used__ __mcount_internal(unsigned long int from, unsigned long int self)
#define MCOUNT \
  void _mcount(void) {}
