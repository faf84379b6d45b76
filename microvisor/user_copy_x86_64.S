// size_t linden_user_copy(void* to, const void* from, size_t count)
//
// Copies forwards; returns the number of bytes left uncopied (0 on success). A fault at one of the
// instructions between a *_begin and its *_end label is repaired by recover_user_copy_fault, which
// resumes at the matching fixup. Words of 4 and 8 bytes are moved by one load and one store: a
// guest thread that writes an aligned word while we read it can't be seen half way.

        .text
        .globl  linden_user_copy
        .type   linden_user_copy, @function
        .p2align 4
linden_user_copy:
        .cfi_startproc
        cmpq    $8, %rdx
        je      .Lword8
        cmpq    $4, %rdx
        je      .Lword4
        movq    %rdx, %rcx
        .globl  linden_user_copy_string
linden_user_copy_string:
        rep movsb
        // %rcx counts what is left, at a fault as well as at the end.
        .globl  linden_user_copy_string_fixup
linden_user_copy_string_fixup:
        movq    %rcx, %rax
        retq

        .globl  linden_user_copy_words_begin
linden_user_copy_words_begin:
.Lword8:
        movq    (%rsi), %rax
        movq    %rax, (%rdi)
        xorl    %eax, %eax
        retq
.Lword4:
        movl    (%rsi), %eax
        movl    %eax, (%rdi)
        xorl    %eax, %eax
        retq
        .cfi_endproc
        .size   linden_user_copy, . - linden_user_copy

// int linden_user_compare_exchange(void* word, uint32_t* expected, uint32_t desired)
// *expected becomes what the word was. Returns 0, or nonzero after a fault.
        .globl  linden_user_compare_exchange
        .type   linden_user_compare_exchange, @function
        .p2align 4
linden_user_compare_exchange:
        .cfi_startproc
        movl    (%rsi), %eax
        movl    %edx, %ecx
        movl    $1, %edx                // what the fixup returns
        lock cmpxchgl %ecx, (%rdi)
        movl    %eax, (%rsi)
        xorl    %eax, %eax
        retq
        .globl  linden_user_copy_words_end
linden_user_copy_words_end:
        .globl  linden_user_copy_words_fixup
linden_user_copy_words_fixup:
        movq    %rdx, %rax
        retq
        .cfi_endproc
        .size   linden_user_compare_exchange, . - linden_user_compare_exchange

        .section .note.GNU-stack,"",@progbits
