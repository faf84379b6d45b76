// Copies and fills of linear memory that are not long: what most calls of memcpy and memset are. They are
// done here, without a frame and without leaving the guest; whatever is longer or out of bounds goes to the
// functions of helpers.cpp.
//
// %gs is linear memory with every SFI back-end. Up to 256 bytes, all of the source is read before anything
// is written, so that the pieces may overlap, and so may source and destination. Nothing there needs more
// than SSE2: the widest case takes all sixteen registers, which belong to no caller.
//
// Where there is AVX, more than that, up to a page, goes forward in blocks of 128 bytes. Of a block, and of
// the last 128 bytes before all others, everything is read before anything is written. So it may
// begin anywhere before its source, or behind its end.
//
// A fault between linden_bulk_memory and linden_bulk_memory_end is the guest's, which may have unmapped or
// protected what lies within its memory's size: the handler takes the stack pointer for Context::activation
// (fault_handler.cpp). An interrupt there is as one in generated code.

#include "runtime/context_offsets.h"

#define CONTEXT(field) %fs:linden_context@tpoff + LINDEN_CONTEXT_##field

        .text
        .globl  linden_bulk_memory
linden_bulk_memory:

// Goes to `otherwise` unless %rdx bytes from `from` on lie in memory; both are below 2^32. %rax: the size's
// address.
        .macro  REQUIRE_IN_BOUNDS from otherwise
        leaq    (\from,%rdx), %rcx
        cmpq    (%rax), %rcx
        ja      \otherwise
        .endm

        .macro  LOAD_SIZE
        movq    CONTEXT(INSTANCE), %rax
        movq    LINDEN_INSTANCE_MEMORY_SIZE(%rax), %rax
        .endm

// (to %rdi, from %rsi, length %rdx)
        .globl  linden_helper_MemoryCopy_entry
        .type   linden_helper_MemoryCopy_entry, @function
        .p2align 5
linden_helper_MemoryCopy_entry:
        movl    %edi, %edi
        movl    %esi, %esi
        movl    %edx, %edx
.Lcopy:
        cmpq    $256, %rdx
        ja      .Lcopy_blocks
        LOAD_SIZE
        REQUIRE_IN_BOUNDS %rdi, linden_helper_MemoryCopy_long
        REQUIRE_IN_BOUNDS %rsi, linden_helper_MemoryCopy_long
        cmpq    $16, %rdx
        jb      1f
        movdqu  %gs:(%rsi), %xmm0
        movdqu  %gs:-16(%rsi,%rdx), %xmm1
        cmpq    $32, %rdx
        ja      2f
        movdqu  %xmm0, %gs:(%rdi)
        movdqu  %xmm1, %gs:-16(%rdi,%rdx)
        ret
2:      movdqu  %gs:16(%rsi), %xmm2
        movdqu  %gs:-32(%rsi,%rdx), %xmm3
        cmpq    $64, %rdx
        ja      3f
        movdqu  %xmm0, %gs:(%rdi)
        movdqu  %xmm2, %gs:16(%rdi)
        movdqu  %xmm3, %gs:-32(%rdi,%rdx)
        movdqu  %xmm1, %gs:-16(%rdi,%rdx)
        ret
3:      movdqu  %gs:32(%rsi), %xmm4
        movdqu  %gs:48(%rsi), %xmm5
        movdqu  %gs:-64(%rsi,%rdx), %xmm6
        movdqu  %gs:-48(%rsi,%rdx), %xmm7
        cmpq    $128, %rdx
        jbe     4f
        movdqu  %gs:64(%rsi), %xmm8
        movdqu  %gs:80(%rsi), %xmm9
        movdqu  %gs:96(%rsi), %xmm10
        movdqu  %gs:112(%rsi), %xmm11
        movdqu  %gs:-128(%rsi,%rdx), %xmm12
        movdqu  %gs:-112(%rsi,%rdx), %xmm13
        movdqu  %gs:-96(%rsi,%rdx), %xmm14
        movdqu  %gs:-80(%rsi,%rdx), %xmm15
        movdqu  %xmm8, %gs:64(%rdi)
        movdqu  %xmm9, %gs:80(%rdi)
        movdqu  %xmm10, %gs:96(%rdi)
        movdqu  %xmm11, %gs:112(%rdi)
        movdqu  %xmm12, %gs:-128(%rdi,%rdx)
        movdqu  %xmm13, %gs:-112(%rdi,%rdx)
        movdqu  %xmm14, %gs:-96(%rdi,%rdx)
        movdqu  %xmm15, %gs:-80(%rdi,%rdx)
4:      movdqu  %xmm0, %gs:(%rdi)
        movdqu  %xmm2, %gs:16(%rdi)
        movdqu  %xmm4, %gs:32(%rdi)
        movdqu  %xmm5, %gs:48(%rdi)
        movdqu  %xmm6, %gs:-64(%rdi,%rdx)
        movdqu  %xmm7, %gs:-48(%rdi,%rdx)
        movdqu  %xmm3, %gs:-32(%rdi,%rdx)
        movdqu  %xmm1, %gs:-16(%rdi,%rdx)
        ret
1:      cmpl    $8, %edx
        jb      5f
        movq    %gs:(%rsi), %rax
        movq    %gs:-8(%rsi,%rdx), %rcx
        movq    %rax, %gs:(%rdi)
        movq    %rcx, %gs:-8(%rdi,%rdx)
        ret
5:      cmpl    $4, %edx
        jb      6f
        movl    %gs:(%rsi), %eax
        movl    %gs:-4(%rsi,%rdx), %ecx
        movl    %eax, %gs:(%rdi)
        movl    %ecx, %gs:-4(%rdi,%rdx)
        ret
6:      testl   %edx, %edx
        je      7f
        // The first, the last and the one in the middle.
        movl    %edx, %r8d
        shrl    $1, %r8d
        movzbl  %gs:(%rsi), %eax
        movzbl  %gs:(%rsi,%r8), %r9d
        movzbl  %gs:-1(%rsi,%rdx), %ecx
        movb    %al, %gs:(%rdi)
        movb    %r9b, %gs:(%rdi,%r8)
        movb    %cl, %gs:-1(%rdi,%rdx)
7:      ret

        .p2align 4
.Lcopy_blocks:
        cmpq    $4096, %rdx
        ja      linden_helper_MemoryCopy_long
        cmpb    $0, linden_has_avx(%rip)
        je      linden_helper_MemoryCopy_long
        LOAD_SIZE
        REQUIRE_IN_BOUNDS %rdi, linden_helper_MemoryCopy_long
        REQUIRE_IN_BOUNDS %rsi, linden_helper_MemoryCopy_long
        movq    %rdi, %rax
        subq    %rsi, %rax
        cmpq    %rdx, %rax
        jb      linden_helper_MemoryCopy_long
        vmovdqu %gs:-128(%rsi,%rdx), %ymm0
        vmovdqu %gs:-96(%rsi,%rdx), %ymm1
        vmovdqu %gs:-64(%rsi,%rdx), %ymm2
        vmovdqu %gs:-32(%rsi,%rdx), %ymm3
        leaq    -128(%rdi,%rdx), %rax
8:      vmovdqu %gs:(%rsi), %ymm4
        vmovdqu %gs:32(%rsi), %ymm5
        vmovdqu %gs:64(%rsi), %ymm6
        vmovdqu %gs:96(%rsi), %ymm7
        vmovdqu %ymm4, %gs:(%rdi)
        vmovdqu %ymm5, %gs:32(%rdi)
        vmovdqu %ymm6, %gs:64(%rdi)
        vmovdqu %ymm7, %gs:96(%rdi)
        addq    $128, %rsi
        addq    $128, %rdi
        cmpq    %rax, %rdi
        jb      8b
        vmovdqu %ymm0, %gs:(%rax)
        vmovdqu %ymm1, %gs:32(%rax)
        vmovdqu %ymm2, %gs:64(%rax)
        vmovdqu %ymm3, %gs:96(%rax)
        vzeroupper
        ret
        .size   linden_helper_MemoryCopy_entry, . - linden_helper_MemoryCopy_entry

// (to %rdi, value %esi, length %rdx)
        .globl  linden_helper_MemoryFill_entry
        .type   linden_helper_MemoryFill_entry, @function
        .p2align 5
linden_helper_MemoryFill_entry:
        movl    %edi, %edi
        movl    %edx, %edx
.Lfill:
        cmpq    $256, %rdx
        ja      .Lfill_blocks
        LOAD_SIZE
        REQUIRE_IN_BOUNDS %rdi, linden_helper_MemoryFill_long
        movzbl  %sil, %ecx
        movabsq $0x0101010101010101, %rax
        imulq   %rcx, %rax
        cmpq    $16, %rdx
        jb      1f
        movq    %rax, %xmm0
        punpcklqdq %xmm0, %xmm0
        movdqu  %xmm0, %gs:(%rdi)
        movdqu  %xmm0, %gs:-16(%rdi,%rdx)
        cmpq    $32, %rdx
        ja      2f
        ret
2:      movdqu  %xmm0, %gs:16(%rdi)
        movdqu  %xmm0, %gs:-32(%rdi,%rdx)
        cmpq    $64, %rdx
        ja      3f
        ret
3:      movdqu  %xmm0, %gs:32(%rdi)
        movdqu  %xmm0, %gs:48(%rdi)
        movdqu  %xmm0, %gs:-64(%rdi,%rdx)
        movdqu  %xmm0, %gs:-48(%rdi,%rdx)
        cmpq    $128, %rdx
        ja      4f
        ret
4:      movdqu  %xmm0, %gs:64(%rdi)
        movdqu  %xmm0, %gs:80(%rdi)
        movdqu  %xmm0, %gs:96(%rdi)
        movdqu  %xmm0, %gs:112(%rdi)
        movdqu  %xmm0, %gs:-128(%rdi,%rdx)
        movdqu  %xmm0, %gs:-112(%rdi,%rdx)
        movdqu  %xmm0, %gs:-96(%rdi,%rdx)
        movdqu  %xmm0, %gs:-80(%rdi,%rdx)
        ret
1:      cmpl    $8, %edx
        jb      5f
        movq    %rax, %gs:(%rdi)
        movq    %rax, %gs:-8(%rdi,%rdx)
        ret
5:      cmpl    $4, %edx
        jb      6f
        movl    %eax, %gs:(%rdi)
        movl    %eax, %gs:-4(%rdi,%rdx)
        ret
6:      testl   %edx, %edx
        je      7f
        movl    %edx, %r8d
        shrl    $1, %r8d
        movb    %al, %gs:(%rdi)
        movb    %al, %gs:(%rdi,%r8)
        movb    %al, %gs:-1(%rdi,%rdx)
7:      ret

        .p2align 4
.Lfill_blocks:
        cmpq    $4096, %rdx
        ja      linden_helper_MemoryFill_long
        cmpb    $0, linden_has_avx(%rip)
        je      linden_helper_MemoryFill_long
        LOAD_SIZE
        REQUIRE_IN_BOUNDS %rdi, linden_helper_MemoryFill_long
        movzbl  %sil, %ecx
        imull   $0x01010101, %ecx, %ecx
        vmovd   %ecx, %xmm0
        vshufps $0, %xmm0, %xmm0, %xmm0
        vinsertf128 $1, %xmm0, %ymm0, %ymm0
        leaq    -128(%rdi,%rdx), %rax
8:      vmovdqu %ymm0, %gs:(%rdi)
        vmovdqu %ymm0, %gs:32(%rdi)
        vmovdqu %ymm0, %gs:64(%rdi)
        vmovdqu %ymm0, %gs:96(%rdi)
        addq    $128, %rdi
        cmpq    %rax, %rdi
        jb      8b
        vmovdqu %ymm0, %gs:(%rax)
        vmovdqu %ymm0, %gs:32(%rax)
        vmovdqu %ymm0, %gs:64(%rax)
        vmovdqu %ymm0, %gs:96(%rax)
        vzeroupper
        ret
        .size   linden_helper_MemoryFill_entry, . - linden_helper_MemoryFill_entry

// What LLVM asks for has 64-bit operands.
        .globl  linden_helper_RawCopy_entry
        .type   linden_helper_RawCopy_entry, @function
        .p2align 4
linden_helper_RawCopy_entry:
        movq    %rdi, %rax
        orq     %rsi, %rax
        orq     %rdx, %rax
        shrq    $32, %rax
        je      .Lcopy
        jmp     linden_helper_RawCopy_long
        .size   linden_helper_RawCopy_entry, . - linden_helper_RawCopy_entry

        .globl  linden_helper_RawFill_entry
        .type   linden_helper_RawFill_entry, @function
        .p2align 4
linden_helper_RawFill_entry:
        movq    %rdi, %rax
        orq     %rdx, %rax
        shrq    $32, %rax
        je      .Lfill
        jmp     linden_helper_RawFill_long
        .size   linden_helper_RawFill_entry, . - linden_helper_RawFill_entry

        .globl  linden_bulk_memory_end
linden_bulk_memory_end:

        .section .note.GNU-stack,"",@progbits
