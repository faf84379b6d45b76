// The crossings between host and guest. All are independent of signatures, because no argument is ever
// on the stack (jit/abi.h).
//
// Invariants. Context::host_stack_pointer is, inside a guest, the stack pointer of the innermost
// linden_enter, below which everything that it saved lies; a trap needs nothing else to get back.
// Context::activation is where the guest last left generated code. Guest code starts with callee-saved
// registers cleared, so that no host address gets into its frames.

#include "runtime/context_offsets.h"

#define CONTEXT(field) %fs:linden_context@tpoff + LINDEN_CONTEXT_##field

        .text

// The argument registers of a call, to the bottom of the stack, in the layout of ArgumentRegisters.
        .macro  SAVE_ARGUMENTS
        movq    %rdi, (%rsp)
        movq    %rsi, 8(%rsp)
        movq    %rdx, 16(%rsp)
        movq    %rcx, 24(%rsp)
        movq    %r8, 32(%rsp)
        movq    %r9, 40(%rsp)
        movaps  %xmm0, 48(%rsp)
        movaps  %xmm1, 64(%rsp)
        movaps  %xmm2, 80(%rsp)
        movaps  %xmm3, 96(%rsp)
        movaps  %xmm4, 112(%rsp)
        movaps  %xmm5, 128(%rsp)
        movaps  %xmm6, 144(%rsp)
        movaps  %xmm7, 160(%rsp)
        .endm

        .macro  LOAD_ARGUMENTS from
        movq    (\from), %rdi
        movq    8(\from), %rsi
        movq    16(\from), %rdx
        movq    24(\from), %rcx
        movq    32(\from), %r8
        movq    40(\from), %r9
        movaps  48(\from), %xmm0
        movaps  64(\from), %xmm1
        movaps  80(\from), %xmm2
        movaps  96(\from), %xmm3
        movaps  112(\from), %xmm4
        movaps  128(\from), %xmm5
        movaps  144(\from), %xmm6
        movaps  160(\from), %xmm7
        .endm

#define LINDEN_WIPED_BYTES 131072

// Clears what host functions have left below the stack pointer. Guest frames come to lie there, with
// parts that are never written, and a build that checks looks at every word of them (require_no_stack_address).
// Spoils %rcx, %rdi and %r8.
        .macro  WIPE_HOST_FRAMES
#ifndef NDEBUG
        movq    %rax, %r8
        xorl    %eax, %eax
        leaq    -LINDEN_WIPED_BYTES(%rsp), %rdi
        movl    $(LINDEN_WIPED_BYTES / 8), %ecx
        rep stosq
        movq    %r8, %rax
#endif
        .endm

// Goes on with a host function, which returns to the guest.
        .macro  JUMP_TO_HOST target
#ifndef NDEBUG
        subq    $8, %rsp
        call    \target
        WIPE_HOST_FRAMES
        addq    $8, %rsp
        ret
#else
        jmp     \target
#endif
        .endm

// What .Lleave takes back. `frame`: the EntryFrame, or 0.
        .macro  ENTER_GUEST frame
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        pushq   \frame
        pushq   CONTEXT(ACTIVATION)
        pushq   CONTEXT(HOST_STACK_POINTER)
        movq    %rsp, CONTEXT(HOST_STACK_POINTER)
        .endm

        .macro  CLEAR_PRESERVED
        xorl    %ebx, %ebx
        xorl    %ebp, %ebp
        xorl    %r12d, %r12d
        xorl    %r13d, %r13d
        xorl    %r14d, %r14d
        xorl    %r15d, %r15d
        .endm

// int linden_enter(const void* code, EntryFrame* frame, void* stack_top)
// Calls code with the frame's registers, on the stack that ends at stack_top, or on the current one if
// that is null. Returns 0 with the results in the frame, or 1 after a trap.
//
// EntryFrame: 6 integer arguments at 0, 8 vector arguments at 48; results: 3 integers at 176, 2 vectors
// at 208.
        .globl  linden_enter
        .type   linden_enter, @function
        .p2align 4
linden_enter:
        ENTER_GUEST %rsi
        movq    %rdi, %rax
        movq    %rsi, %r11
        testq   %rdx, %rdx
        cmovnzq %rdx, %rsp
        LOAD_ARGUMENTS %r11
        CLEAR_PRESERVED
        call    *%rax
        // Also where the outermost frame of a copied stack returns to (linden_enter_copy).
        movq    CONTEXT(HOST_STACK_POINTER), %rsp
.Lreturned:
        movq    16(%rsp), %r11
        movq    %rax, 176(%r11)
        movq    %rdx, 184(%r11)
        movq    %rcx, 192(%r11)
        movaps  %xmm0, 208(%r11)
        movaps  %xmm1, 224(%r11)
        xorl    %eax, %eax
.Lleave:
        popq    CONTEXT(HOST_STACK_POINTER)
        popq    CONTEXT(ACTIVATION)
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
        .size   linden_enter, . - linden_enter

// HandlerResult linden_enter_handler(const HandlerEntry*)
// The same for a function that takes and gives words alone: its result in rax, and in rdx whether it
// trapped instead. In the place of the frame lies a null.
        .globl  linden_enter_handler
        .type   linden_enter_handler, @function
        .p2align 4
linden_enter_handler:
        ENTER_GUEST $0
        movq    %rdi, %r11
        movq    56(%r11), %rdx
        testq   %rdx, %rdx
        cmovnzq %rdx, %rsp
        movq    (%r11), %rax
        movq    8(%r11), %rdi
        movq    16(%r11), %rsi
        movq    24(%r11), %rdx
        movq    32(%r11), %rcx
        movq    40(%r11), %r8
        movq    48(%r11), %r9
        xorl    %r11d, %r11d
        CLEAR_PRESERVED
        call    *%rax
        movq    CONTEXT(HOST_STACK_POINTER), %rsp
        // A fork that the handler has made returns here too, where linden_enter_copy entered it.
        cmpq    $0, 16(%rsp)
        jne     .Lreturned
        xorl    %edx, %edx
        jmp     .Lleave
        .size   linden_enter_handler, . - linden_enter_handler

// int linden_enter_copy(const SyscallFrame* copied, EntryFrame* frame)
// Goes on with a stack that was copied while it was in a system call: returns 0 from that call. As
// linden_enter otherwise, which the outermost of the copied frames was called by.
        .globl  linden_enter_copy
        .type   linden_enter_copy, @function
linden_enter_copy:
        ENTER_GUEST %rsi
        movq    %rdi, %rsp
        movq    104(%rsp), %rbx
        movq    112(%rsp), %rbp
        movq    120(%rsp), %r12
        movq    128(%rsp), %r13
        movq    136(%rsp), %r14
        movq    144(%rsp), %r15
        xorl    %eax, %eax
        addq    96(%rsp), %rsp
        ret
        .size   linden_enter_copy, . - linden_enter_copy

// Where a trap continues: nothing of the machine state is needed but the Context.
        .globl  linden_trap_exit
        .type   linden_trap_exit, @function
linden_trap_exit:
        movq    CONTEXT(HOST_STACK_POINTER), %rsp
        movl    $1, %eax
        movl    $1, %edx
        jmp     .Lleave
        .size   linden_trap_exit, . - linden_trap_exit

// Entered in place of a host function or helper for which too little stack is left.
        .type   linden_stack_exhausted, @function
linden_stack_exhausted:
        movq    %rsp, CONTEXT(ACTIVATION)
        andq    $-16, %rsp
        call    linden_raise_stack_overflow
        ud2
        .size   linden_stack_exhausted, . - linden_stack_exhausted

// any_code of raw host functions: Context::callee says which.
        .globl  linden_host_entry
        .type   linden_host_entry, @function
        .p2align 4
linden_host_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        movq    CONTEXT(CALLEE), %r11
        JUMP_TO_HOST *LINDEN_REFERENCE_HOST_FUNCTION(%r11)
        .size   linden_host_entry, . - linden_host_entry

        .macro  SAVE_PRESERVED
        movq    %rbx, 104(%rsp)
        movq    %rbp, 112(%rsp)
        movq    %r12, 120(%rsp)
        movq    %r13, 128(%rsp)
        movq    %r14, 136(%rsp)
        movq    %r15, 144(%rsp)
        .endm

        .macro  FORWARDED_ARGUMENT from to
        movq    CONTEXT(OVERFLOW) + \from, %rax
        movq    %rax, \to(%rsp)
        .endm

// any_code of lind.syscall and lind.make-syscall. Their frame is a SyscallFrame, for the latter followed by
// what a forwarded call has beside: what the guest asked for, the registers that it wants back, and what is
// to be done before the call returns. It holds nothing that depends on where the stack lies, and no host
// frame is beneath it while a signal handler runs, so fork can copy a stack that has any number of them. It
// is known to stack_walk.cpp.
        .globl  linden_syscall_entry
        .type   linden_syscall_entry, @function
        .p2align 4
linden_syscall_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $152, %rsp
        movl    %edi, %edi
        movq    %rdi, (%rsp)
        movq    %rsi, 8(%rsp)
        movq    %rdx, 16(%rsp)
        movq    %rcx, 24(%rsp)
        movq    %r8, 32(%rsp)
        movq    %r9, 40(%rsp)
        movq    CONTEXT(OVERFLOW), %rax
        movq    %rax, 48(%rsp)
        movq    $152, 96(%rsp)
        SAVE_PRESERVED
        movq    %rsp, %rdi
        subq    $LINDEN_VISIT_BYTES, %rsp
        movq    %rsp, %rsi
        call    linden_syscall
        // What is next; the Visit is on top of the stack.
1:      cmpb    $2, %al
        je      4f
        addq    $LINDEN_VISIT_BYTES, %rsp
        WIPE_HOST_FRAMES
        testb   %al, %al
        jnz     3f
        // Whoever wants the thread's attention sets the word and then interrupts it. What came before
        // the comparison is found here; what comes after it finds the thread between the labels, which
        // counts as guest code (fault_handler.cpp).
        movq    %fs:linden_current_attention@tpoff, %r11
        .globl  linden_syscall_return
linden_syscall_return:
        cmpl    $0, (%r11)
        jne     2f
        movq    56(%rsp), %rax
        addq    96(%rsp), %rsp
        ret
        .globl  linden_syscall_return_end
linden_syscall_return_end:
2:      movq    %rsp, %rdi
        subq    $LINDEN_VISIT_BYTES, %rsp
        call    linden_attend
        jmp     1b
3:      movl    72(%rsp), %edi
        movl    76(%rsp), %esi
        movl    80(%rsp), %edx
        call    *64(%rsp)
        .globl  linden_signal_handler_return
linden_signal_handler_return:
        movq    96(%rsp), %rax
        addq    %rsp, %rax
        movq    %rax, CONTEXT(ACTIVATION)
        movq    %rsp, %rdi
        subq    $LINDEN_VISIT_BYTES, %rsp
        movq    %rsp, %rsi
        call    linden_resume_syscall
        jmp     1b
4:      movq    %rsp, %rdi
        call    linden_enter_handler
        leaq    LINDEN_VISIT_BYTES(%rsp), %rdi
        movq    %rsp, %rsi
        movq    %rdx, %rcx
        movq    %rax, %rdx
        call    linden_end_visit
        jmp     1b

        .globl  linden_make_syscall_entry
        .p2align 4
linden_make_syscall_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $216, %rsp
        movl    %edi, %edi
        movq    %rdi, (%rsp)
        movq    %r8, 8(%rsp)
        movq    %rdx, 152(%rsp)
        movq    %rcx, 160(%rsp)
        movq    %r9, 168(%rsp)
        FORWARDED_ARGUMENT 0, 16
        FORWARDED_ARGUMENT 16, 176
        FORWARDED_ARGUMENT 32, 24
        FORWARDED_ARGUMENT 48, 184
        FORWARDED_ARGUMENT 64, 32
        FORWARDED_ARGUMENT 80, 192
        FORWARDED_ARGUMENT 96, 40
        FORWARDED_ARGUMENT 112, 200
        FORWARDED_ARGUMENT 128, 48
        FORWARDED_ARGUMENT 144, 208
        movq    $216, 96(%rsp)
        SAVE_PRESERVED
        movq    %rsp, %rdi
        subq    $LINDEN_VISIT_BYTES, %rsp
        movq    %rsp, %rsi
        call    linden_make_syscall
        jmp     1b
        .size   linden_syscall_entry, . - linden_syscall_entry

// any_code of host functions that take decoded values: makes an EntryFrame of the registers for
// linden_dispatch_callback(FunctionReference*, EntryFrame*).
        .globl  linden_callback_entry
        .type   linden_callback_entry, @function
        .p2align 4
linden_callback_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $248, %rsp
        SAVE_ARGUMENTS
        movq    CONTEXT(CALLEE), %rdi
        movq    %rsp, %rsi
        call    linden_dispatch_callback
        WIPE_HOST_FRAMES
        movq    176(%rsp), %rax
        movq    184(%rsp), %rdx
        movq    192(%rsp), %rcx
        movaps  208(%rsp), %xmm0
        movaps  224(%rsp), %xmm1
        addq    $248, %rsp
        ret
        .size   linden_callback_entry, . - linden_callback_entry

// any_code of wasm functions: makes the callee's instance current around the call, unless it already is.
// Its frame is known to stack_walk.cpp: 200 bytes, the caller's instance at 184.
        .globl  linden_cross_entry
        .type   linden_cross_entry, @function
        .p2align 4
linden_cross_entry:
        movq    CONTEXT(CALLEE), %r11
        movq    LINDEN_REFERENCE_INSTANCE(%r11), %r10
        cmpq    %r10, CONTEXT(INSTANCE)
        jne     1f
        jmpq    *LINDEN_REFERENCE_CODE(%r11)
1:      cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        subq    $200, %rsp
        SAVE_ARGUMENTS
        movq    %r11, 176(%rsp)
        movq    CONTEXT(INSTANCE), %rax
        movq    %rax, 184(%rsp)
        movq    %r10, %rdi
        call    linden_switch_instance
        WIPE_HOST_FRAMES
        movq    176(%rsp), %r11
        LOAD_ARGUMENTS %rsp
        call    *LINDEN_REFERENCE_CODE(%r11)
        .globl  linden_cross_return
linden_cross_return:
        movq    %rax, (%rsp)
        movq    %rdx, 8(%rsp)
        movq    %rcx, 16(%rsp)
        movaps  %xmm0, 48(%rsp)
        movaps  %xmm1, 64(%rsp)
        movq    184(%rsp), %rdi
        call    linden_switch_instance
        WIPE_HOST_FRAMES
        movq    (%rsp), %rax
        movq    8(%rsp), %rdx
        movq    16(%rsp), %rcx
        movaps  48(%rsp), %xmm0
        movaps  64(%rsp), %xmm1
        addq    $200, %rsp
        ret
        .size   linden_cross_entry, . - linden_cross_entry

// Where a function begins that is not compiled yet (tiered_code.cpp): r10 is the TieredCode, r11d the
// function, and the rest is as the caller has left it for the function. Has it compiled and begins it.
        .globl  linden_compile_entry
        .type   linden_compile_entry, @function
        .p2align 4
linden_compile_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $200, %rsp
        SAVE_ARGUMENTS
        movq    %r10, %rdi
        movl    %r11d, %esi
        call    linden_compile_function
        movq    %rax, 176(%rsp)
        WIPE_HOST_FRAMES
        // As after a system call: whoever wanted the thread meanwhile could not interrupt it.
        movq    %fs:linden_current_attention@tpoff, %r10
        .globl  linden_compile_return
linden_compile_return:
        cmpl    $0, (%r10)
        jne     2f
1:      movq    176(%rsp), %r11
        LOAD_ARGUMENTS %rsp
        addq    $200, %rsp
        jmpq    *%r11
        .globl  linden_compile_return_end
linden_compile_return_end:
2:      call    linden_attend_uninterrupted
        WIPE_HOST_FRAMES
        jmp     1b
        .size   linden_compile_entry, . - linden_compile_entry

// linden_helper_X_entry: what Context::helpers points to; or linden_helper_X_long, where that goes with
// what it does not do itself (bulk_memory_x86_64.S).
        .macro  HELPER name suffix=entry
        .globl  linden_helper_\name\()_\suffix
        .type   linden_helper_\name\()_\suffix, @function
        .p2align 4
linden_helper_\name\()_\suffix:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        JUMP_TO_HOST linden_helper_\name
        .size   linden_helper_\name\()_\suffix, . - linden_helper_\name\()_\suffix
        .endm

// Helper::Throw: gives linden_unwind the registers that calls preserve, the stack pointer of the frame
// that throws and where in it, and goes on with what it makes of them: in a landing pad.
        .globl  linden_helper_Throw_entry
        .type   linden_helper_Throw_entry, @function
        .p2align 4
linden_helper_Throw_entry:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $72, %rsp
        movq    %rbx, (%rsp)
        movq    %rbp, 8(%rsp)
        movq    %r12, 16(%rsp)
        movq    %r13, 24(%rsp)
        movq    %r14, 32(%rsp)
        movq    %r15, 40(%rsp)
        leaq    80(%rsp), %rax
        movq    %rax, 48(%rsp)
        movq    72(%rsp), %rax
        movq    %rax, 56(%rsp)
        movq    %rsp, %rdi
        call    linden_unwind
        WIPE_HOST_FRAMES
        movq    (%rsp), %rbx
        movq    8(%rsp), %rbp
        movq    16(%rsp), %r12
        movq    24(%rsp), %r13
        movq    32(%rsp), %r14
        movq    40(%rsp), %r15
        movq    56(%rsp), %rax
        movq    48(%rsp), %rcx
#ifndef NDEBUG
        // A stack address, where another guest frame may lie soon.
        movq    $0, 48(%rsp)
#endif
        movq    %rcx, %rsp
        jmpq    *%rax
        .size   linden_helper_Throw_entry, . - linden_helper_Throw_entry

        HELPER  MemoryGrow
        HELPER  MemoryCopy long
        HELPER  MemoryFill long
        HELPER  MemoryInit
        HELPER  DataDrop
        HELPER  TableGet
        HELPER  TableSet
        HELPER  TableGrow
        HELPER  TableFill
        HELPER  TableCopy
        HELPER  TableInit
        HELPER  ElemDrop
        HELPER  AtomicWait32
        HELPER  AtomicWait64
        HELPER  AtomicNotify
        HELPER  RawCopy long
        HELPER  RawFill long

// Called in place of a function of another type (adapt_call.cpp): has the arguments put where the
// function looks for them, calls it, and converts its result. The frame holds nothing that depends on
// the instance or on where the stack lies.
        .macro  ADAPTER name
        .globl  linden_helper_\name\()_entry
        .type   linden_helper_\name\()_entry, @function
        .p2align 4
linden_helper_\name\()_entry:
        leaq    linden_helper_\name(%rip), %rax
        jmp     linden_adapt_call
        .size   linden_helper_\name\()_entry, . - linden_helper_\name\()_entry
        .endm

        ADAPTER AdaptCall
        ADAPTER AdaptConstantCall

        .type   linden_adapt_call, @function
        .p2align 4
linden_adapt_call:
        cmpq    CONTEXT(STACK_LIMIT), %rsp
        jb      linden_stack_exhausted
        movq    %rsp, CONTEXT(ACTIVATION)
        subq    $200, %rsp
        SAVE_ARGUMENTS
        movq    %rsp, %rdi
        call    *%rax
        WIPE_HOST_FRAMES
        movq    %rdx, 176(%rsp)
        LOAD_ARGUMENTS %rsp
        call    *%rax
        .globl  linden_adapted_return
linden_adapted_return:
        movq    176(%rsp), %r11
        addq    $200, %rsp
        cmpq    $1, %r11
        jb      3f
        jne     2f
        xorl    %eax, %eax
        xorps   %xmm0, %xmm0
        ret
2:      movslq  %eax, %rax
3:      ret
        .size   linden_adapt_call, . - linden_adapt_call

        .section .note.GNU-stack,"",@progbits
