/* Empty: setjmp is only ever a call that clang lowers (see setjmp.c).  */
