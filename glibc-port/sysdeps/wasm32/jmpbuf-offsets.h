/* Word 0 of a jmp_buf is an address in the frame that called setjmp.  */
#define __JMP_BUF_SP 0
#define JB_FRAME_ADDRESS(buffer) ((void*)(buffer)[__JMP_BUF_SP])
