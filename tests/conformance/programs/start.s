# A program without a C library: exits with 42.
        .macro  syscall_with number
        movl    $\number, %eax
        syscall
        .endm

        .section .rodata
message:
        .asciz  "hello"
        .set    length, . - message
        .align  16
numbers:
        .quad   1, 2, length
        .rept   3
        .long   0x12345678
        .endr

        .text
        .globl  _start
        .type   _start, @function
_start:
        .cfi_startproc
        leaq    numbers(%rip), %rbx
        movq    16(%rbx), %rdi
        vaddpd  %ymm1, %ymm2, %ymm3
1:      addq    $36, %rdi
        cmpq    $42, %rdi
        jb      1b
        syscall_with 60
        .cfi_endproc
        .size   _start, . - _start
