// long linden_interruptible_syscall(const atomic<uint32_t>* attention, long number, long a1 ... a6)
//
// From begin to end, exclusive, the kernel has not been entered: the handler of the interrupt signal
// moves a thread that it finds there to the exit. At end the call's result is in %rax.

        .text
        .globl  linden_interruptible_syscall
        .type   linden_interruptible_syscall, @function
        .p2align 4
linden_interruptible_syscall:
        .cfi_startproc
        movq    %rdi, %r11
        movq    %rsi, %rax
        movq    %rdx, %rdi
        movq    %rcx, %rsi
        movq    %r8, %rdx
        movq    %r9, %r10
        movq    8(%rsp), %r8
        movq    16(%rsp), %r9
        .globl  linden_interruptible_begin
linden_interruptible_begin:
        cmpl    $0, (%r11)
        jne     linden_interruptible_exit
        syscall
        .globl  linden_interruptible_end
linden_interruptible_end:
        retq
        .globl  linden_interruptible_exit
linden_interruptible_exit:
        movq    $-4, %rax               // -EINTR
        retq
        .cfi_endproc
        .size   linden_interruptible_syscall, . - linden_interruptible_syscall

        .section .note.GNU-stack,"",@progbits
