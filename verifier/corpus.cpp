#include "verifier/corpus.h"

#include <iterator>
#include <vector>

namespace linden::verifier {
namespace {

constexpr std::nullopt_t kFine = std::nullopt;

// Saved registers as jit::SavedRegisters has them: the word below the return address, and so on.
constexpr jit::SavedRegisters kRbxFirst = 1;

constexpr Sequence kCorpus[] = {

    // Linear memory: which addresses stay in the reservation.
    // mov %edi,%eax; mov %gs:(%rax),%eax; ret
    {"an address zero-extended by a move", kFine, "89 f8 65 8b 00 c3"},
    // mov %gs:(%rdi),%eax; ret
    {"an address that is not zero-extended", Rule::LinearMemory, "65 8b 07 c3"},
    // movslq %edi,%rax; mov %gs:(%rax),%eax; ret
    {"an address that is sign-extended", Rule::LinearMemory, "48 63 c7 65 8b 00 c3"},
    // shr $1,%edi; movslq %edi,%rax; mov %gs:(%rax),%eax; ret
    {"a sign-extended address that is known to be positive", kFine, "d1 ef 48 63 c7 65 8b 00 c3"},
    // mov %gs:(%edi),%eax; ret
    {"an address of 32 bits by prefix", kFine, "65 67 8b 07 c3"},
    // mov %gs:16(%edi,%esi,4),%eax; ret
    {"a sum of 32 bits by prefix", kFine, "65 67 8b 44 b7 10 c3"},
    // mov %edi,%eax; mov (%rax),%eax; ret
    {"no segment", Rule::RuntimeData, "89 f8 8b 00 c3"},
    // mov (%edi),%eax; ret
    {"the prefix without segment", Rule::RuntimeData, "67 8b 07 c3"},
    // mov %edi,%eax; mov %fs:(%rax),%eax; ret
    {"the other segment", Rule::Context, "89 f8 64 8b 00 c3"},
    // mov %gs:0x7fffffff,%eax; ret
    {"a constant address", kFine, "65 8b 04 25 ff ff ff 7f c3"},
    // mov %gs:-8,%eax; ret
    {"a negative constant address", Rule::LinearMemory, "65 8b 04 25 f8 ff ff ff c3"},
    // mov %edi,%eax; mov %gs:0x7fffffff(%rax),%eax; ret
    {"the largest displacement", kFine, "89 f8 65 8b 80 ff ff ff 7f c3"},
    // mov %edi,%eax; mov %gs:-4(%rax),%eax; ret
    {"a displacement below zero", Rule::LinearMemory, "89 f8 65 8b 40 fc c3"},
    // mov %edi,%eax; add $16,%rax; mov %gs:-4(%rax),%eax; ret
    {"a displacement below zero that the address makes up for", kFine,
     "89 f8 48 83 c0 10 65 8b 40 fc c3"},
    // mov %edi,%eax; mov %esi,%ecx; mov %gs:(%rax,%rcx),%eax; ret
    {"two addresses of 32 bits", kFine, "89 f8 89 f1 65 8b 04 08 c3"},
    // mov %edi,%eax; mov %esi,%ecx; mov %gs:0x20000(%rax,%rcx),%eax; ret
    {"two addresses and too large a displacement", Rule::LinearMemory,
     "89 f8 89 f1 65 8b 84 08 00 00 02 00 c3"},
    // mov %edi,%eax; mov %esi,%ecx; mov %gs:(%rax,%rcx,4),%eax; ret
    {"a scaled address of 32 bits", Rule::LinearMemory, "89 f8 89 f1 65 8b 04 88 c3"},
    // mov %edi,%eax; movzwl %si,%ecx; mov %gs:(%rax,%rcx,4),%eax; ret
    {"a scaled address that is small", kFine, "89 f8 0f b7 ce 65 8b 04 88 c3"},
    // mov %gs:(,%rdi,2),%eax; ret
    {"a scaled address of 64 bits", Rule::LinearMemory, "65 8b 04 7d 00 00 00 00 c3"},
    // mov %edi,%eax; add %rax,%rax; add %rax,%rax; mov %gs:(%rax),%eax; ret
    {"an address that a sum of 64 bits made too large", Rule::LinearMemory,
     "89 f8 48 01 c0 48 01 c0 65 8b 00 c3"},
    // mov %edi,%eax; shl $4,%rax; mov %gs:(%rax),%eax; ret
    {"an address shifted within 64 bits", Rule::LinearMemory, "89 f8 48 c1 e0 04 65 8b 00 c3"},
    // mov %edi,%eax; add %rax,%rax; add %eax,%eax; mov %gs:(%rax),%eax; ret
    {"the same sum in 32 bits", kFine, "89 f8 48 01 c0 01 c0 65 8b 00 c3"},
    // mov %si,%di; mov %gs:(%rdi),%eax; ret
    {"a write of 16 bits keeps what is above", Rule::LinearMemory, "66 89 f7 65 8b 07 c3"},
    // mov %edi,%eax; mov %si,%ax; mov %gs:(%rax),%eax; ret
    {"a write of 16 bits into an address of 32", kFine, "89 f8 66 89 f0 65 8b 00 c3"},
    // mov $7,%dil; mov %gs:(%rdi),%eax; ret
    {"a write of 8 bits keeps what is above", Rule::LinearMemory, "40 b7 07 65 8b 07 c3"},
    // mov %edi,%eax; mov %cl,%ah; mov %gs:(%rax),%eax; ret
    {"the high byte of an address", kFine, "89 f8 88 cc 65 8b 00 c3"},
    // movzbl %dil,%eax; mov %gs:(%rax),%eax; ret
    {"a byte that is zero-extended", kFine, "40 0f b6 c7 65 8b 00 c3"},
    // mov %edi,%eax; neg %rax; mov %gs:(%rax),%eax; ret
    {"a negated address", Rule::LinearMemory, "89 f8 48 f7 d8 65 8b 00 c3"},
    // mov %edi,%eax; sub $1,%rax; mov %gs:(%rax),%eax; ret
    {"a subtraction in 64 bits", Rule::LinearMemory, "89 f8 48 83 e8 01 65 8b 00 c3"},
    // mov %edi,%eax; sub $1,%eax; mov %gs:(%rax),%eax; ret
    {"a subtraction in 32 bits", kFine, "89 f8 83 e8 01 65 8b 00 c3"},
    // test %esi,%esi; cmove %esi,%edi; mov %gs:(%rdi),%eax; ret
    {"a conditional move of 32 bits", kFine, "85 f6 0f 44 fe 65 8b 07 c3"},
    // mov %edi,%eax; test %esi,%esi; cmove %rsi,%rax; mov %gs:(%rax),%eax; ret
    {"a conditional move of 64 bits", Rule::LinearMemory, "89 f8 85 f6 48 0f 44 c6 65 8b 00 c3"},
    // movabs $0x7fffffffffff,%rax; and %rdi,%rax; mov %gs:(%rax),%eax; ret
    {"a mask of 64 bits", Rule::LinearMemory, "48 b8 ff ff ff ff ff 7f 00 00 48 21 f8 65 8b 00 c3"},
    // and $0x7fffffff,%rdi; mov %gs:(%rdi),%eax; ret
    {"a mask of 31 bits", kFine, "48 81 e7 ff ff ff 7f 65 8b 07 c3"},
    // and $-8,%rdi; mov %gs:(%rdi),%eax; ret
    {"a mask that is a negative number", Rule::LinearMemory, "48 83 e7 f8 65 8b 07 c3"},
    // test %esi,%esi; je 1f; mov %edi,%edi; 1: mov %gs:(%rdi),%eax; ret
    {"one of two ways leaves the address as it was", Rule::LinearMemory,
     "85 f6 74 02 89 ff 65 8b 07 c3"},
    // test %esi,%esi; je 1f; mov %edi,%edi; jmp 2f; 1: mov %edx,%edi; 2: mov %gs:(%rdi),%eax; ret
    {"both ways extend the address", kFine, "85 f6 74 04 89 ff eb 02 89 d7 65 8b 07 c3"},
    // mov %edi,%eax; 1: mov %gs:(%rax),%ecx; add $4,%rax; dec %esi; jne 1b; ret
    {"a loop that adds to an address of 64 bits", Rule::LinearMemory,
     "89 f8 65 8b 08 48 83 c0 04 ff ce 75 f5 c3"},
    // mov %edi,%eax; 1: mov %gs:(%rax),%ecx; add $4,%eax; dec %esi; jne 1b; ret
    {"a loop that adds to an address of 32 bits", kFine, "89 f8 65 8b 08 83 c0 04 ff ce 75 f6 c3"},
    // xor %eax,%eax; 1: mov %gs:(%rax),%ecx; add $4,%rax; cmp $4096,%rax; jb 1b; ret
    {"a loop up to a bound", kFine, "31 c0 65 8b 08 48 83 c0 04 48 3d 00 10 00 00 72 f1 c3"},
    // xor %eax,%eax; 1: mov %gs:(%rax),%ecx; add $4,%rax; cmp $4096,%rax; ja 1b; mov
    // %gs:(%rax),%ecx; jmp 1b
    {"a loop up to a bound that is compared the wrong way", Rule::LinearMemory,
     "31 c0 65 8b 08 48 83 c0 04 48 3d 00 10 00 00 77 f1 65 8b 08 eb ec"},
    // cmp $4096,%rdi; ja 1f; mov %gs:(%rdi),%eax; 1: ret
    {"a bound of 64 bits", kFine, "48 81 ff 00 10 00 00 77 03 65 8b 07 c3"},
    // cmp $4096,%edi; ja 1f; mov %gs:(%rdi),%eax; 1: ret
    {"a bound on the lower half alone", Rule::LinearMemory, "81 ff 00 10 00 00 77 03 65 8b 07 c3"},
    // cmp $4096,%rdi; jg 1f; mov %gs:(%rdi),%eax; 1: ret
    {"a bound that is tested as signed", Rule::LinearMemory,
     "48 81 ff 00 10 00 00 7f 03 65 8b 07 c3"},
    // mov %gs:16(%rip),%eax; ret
    {"an access relative to the code", Rule::LinearMemory, "65 8b 05 10 00 00 00 c3"},
    // mov %edi,%eax; vmovdqu %ymm0,%gs:0x7fffffff(%rax); ret
    {"a vector", kFine, "89 f8 65 c5 fe 7f 80 ff ff ff 7f c3"},
    // mov %edi,%eax; imul $3,%rax,%rax; mov %gs:(%rax),%eax; ret
    {"an address that a multiplication of 64 bits made", Rule::LinearMemory,
     "89 f8 48 6b c0 03 65 8b 00 c3"},
    // mov %rdi,%rax; xor %edx,%edx; div %rsi; mov %gs:(%rax),%eax; ret
    {"an address that a division left", Rule::LinearMemory, "48 89 f8 31 d2 48 f7 f6 65 8b 00 c3"},
    // tzcnt %rdi,%rax; mov %gs:(%rax),%eax; ret
    {"a number of bits as address", Rule::LinearMemory, "f3 48 0f bc c7 65 8b 00 c3"},
    // mov %gs:8,%eax; mov %gs:(%rax),%eax; ret
    {"an address from memory, 32 bits", kFine, "65 8b 04 25 08 00 00 00 65 8b 00 c3"},
    // mov %gs:8,%rax; mov %gs:(%rax),%eax; ret
    {"an address from memory, 64 bits", Rule::LinearMemory,
     "65 48 8b 04 25 08 00 00 00 65 8b 00 c3"},
    // mov %edi,%eax; xchg %rax,%rsi; mov %gs:(%rax),%eax; ret
    {"exchanged with 64 bits", Rule::LinearMemory, "89 f8 48 96 65 8b 00 c3"},
    // mov %edi,%edi; lock xadd %eax,%gs:(%rdi); ret
    {"an atomic operation", kFine, "89 ff 65 f0 0f c1 07 c3"},
    // lock cmpxchg %ecx,%gs:(%rdi); ret
    {"an atomic operation on an address of 64 bits", Rule::LinearMemory, "65 f0 0f b1 0f c3"},
    // push %rbx; lock cmpxchg16b %gs:(%rdi); pop %rbx; ret
    {"sixteen bytes compared and exchanged on an address of 64 bits", Rule::LinearMemory,
     "53 65 f0 48 0f c7 0f 5b c3"},
    // push %rax; mov %edi,%edi; .byte 0xe8; .long >0; mov %gs:(%rdi),%eax; pop %rcx; ret
    {"an address that a call may have changed", Rule::LinearMemory,
     "50 89 ff e8 <>0> 65 8b 07 59 c3", 8},
    // push %rbx; mov %edi,%ebx; .byte 0xe8; .long >0; mov %gs:(%rbx),%eax; pop %rbx; ret
    {"an address that a call preserves", kFine, "53 89 fb e8 <>0> 65 8b 03 5b c3", 8, kRbxFirst},

    // Instructions that address memory in ways of their own, and gathers.
    // vpgatherqq %ymm0,%gs:(%rax,%ymm1),%ymm2; ret
    {"a gather", Rule::Instruction, "65 c4 e2 fd 91 14 08 c3"},
    // mov %edi,%edi; rep movsb; ret
    {"a string move", Rule::Instruction, "89 ff f3 a4 c3"},
    // mov %edi,%edi; stosq; ret
    {"a string store", Rule::Instruction, "89 ff 48 ab c3"},
    // mov %edi,%edi; maskmovdqu %xmm0,%xmm1; ret
    {"a store under a mask", Rule::Instruction, "89 ff 66 0f f7 c8 c3"},
    // xlatb; ret
    {"a table lookup by byte", Rule::Instruction, "d7 c3"},
    // mov %edi,%edi; bts %esi,%gs:(%rdi); ret
    {"a bit addressed by a register", Rule::Instruction, "89 ff 65 0f ab 37 c3"},
    // mov %edi,%edi; btsl $5,%gs:(%rdi); ret
    {"a bit addressed by a number", kFine, "89 ff 65 0f ba 2f 05 c3"},
    // mov %edi,%edi; pushq %gs:(%rdi); ret
    {"a push of memory", Rule::Instruction, "89 ff 65 ff 37 c3"},
    // push %rax; popq %gs:8; ret
    {"a pop to memory", Rule::Instruction, "50 65 8f 04 25 08 00 00 00 c3"},

    // What generated code has no business with.
    // mov $60,%eax; syscall; ret
    {"a system call", Rule::Instruction, "b8 3c 00 00 00 0f 05 c3"},
    // int $0x80; ret
    {"a system call of 32 bits", Rule::Instruction, "cd 80 c3"},
    // sysenter; ret
    {"the other system call", Rule::Instruction, "0f 34 c3"},
    // int3; ret
    {"a breakpoint", Rule::Instruction, "cc c3"},
    // ud1l 1(%eax),%eax
    {"a trap of wasm", kFine, "67 0f b9 40 01"},
    // ud2
    {"what cannot be reached", kFine, "0f 0b"},
    // wrgsbase %rdi; ret
    {"setting the base of %gs", Rule::Instruction, "f3 48 0f ae df c3"},
    // wrfsbase %rdi; ret
    {"setting the base of %fs", Rule::Instruction, "f3 48 0f ae d7 c3"},
    // rdgsbase %rax; ret
    {"reading the base of %gs", Rule::Instruction, "f3 48 0f ae c8 c3"},
    // mov %edi,%gs; ret
    {"loading %gs", Rule::Instruction, "8e ef c3"},
    // mov %edi,%fs; ret
    {"loading %fs", Rule::Instruction, "8e e7 c3"},
    // mov %gs,%eax; ret
    {"reading a segment register", Rule::Instruction, "8c e8 c3"},
    // push %rax; pop %fs; ret
    {"popping a segment register", Rule::Instruction, "50 0f a1 c3"},
    // swapgs; ret
    {"swapping %gs", Rule::Instruction, "0f 01 f8 c3"},
    // xor %ecx,%ecx; xor %edx,%edx; wrpkru; ret
    {"protection keys", Rule::Instruction, "31 c9 31 d2 0f 01 ef c3"},
    // xrstor %gs:0; ret
    {"the state of vectors", Rule::Instruction, "65 0f ae 2c 25 00 00 00 00 c3"},
    // xsave %gs:0; ret
    {"saving the state of vectors", Rule::Instruction, "65 0f ae 24 25 00 00 00 00 c3"},
    // ldmxcsr %gs:0; ret
    {"the rounding mode", Rule::Instruction, "65 0f ae 14 25 00 00 00 00 c3"},
    // in $0x60,%al; ret
    {"a port", Rule::Instruction, "e4 60 c3"},
    // out %al,%dx; ret
    {"another port", Rule::Instruction, "ee c3"},
    // hlt; ret
    {"halting", Rule::Instruction, "f4 c3"},
    // .byte 0x65,0x67,0x41,0x8b,0x04,0x0d; .long 4; ret
    {"a base register that the processor ignores", Rule::Instruction,
     "65 67 41 8b 04 0d 04 00 00 00 c3"},
    // lgdt %gs:0; ret
    {"a descriptor table", Rule::Instruction, "65 0f 01 14 25 00 00 00 00 c3"},
    // mov %rax,%cr3; ret
    {"a control register", Rule::Instruction, "0f 22 d8 c3"},
    // clflush %gs:0; ret
    {"flushing a cache line", Rule::Instruction, "65 0f ae 3c 25 00 00 00 00 c3"},
    // rdtsc; ret
    {"the clock", Rule::Instruction, "0f 31 c3"},
    // rdrand %rax; ret
    {"random numbers", Rule::Instruction, "48 0f c7 f0 c3"},
    // std; ret
    {"the direction flag", Rule::Instruction, "fd c3"},
    // push %rax; popfq; ret
    {"all flags", Rule::Instruction, "50 9d c3"},
    // fldl %gs:0; ret
    {"x87", Rule::Instruction, "65 dd 04 25 00 00 00 00 c3"},
    // paddb %mm0,%mm1; ret
    {"MMX", Rule::Instruction, "0f fc c8 c3"},
    // xbegin 1f; 1: ret
    {"a transaction", Rule::Instruction, "c7 f8 00 00 00 00 c3"},
    // lretq
    {"a far return", Rule::Instruction, "48 cb"},
    // ret $8
    {"a return that takes words away", Rule::Instruction, "c2 08 00"},
    // enter $16,$0; leave; ret
    {"a frame by enter", Rule::Instruction, "c8 10 00 00 c9 c3"},
    // vpaddd %zmm0,%zmm1,%zmm2; ret
    {"AVX-512", Rule::Instruction, "62 f1 75 48 fe d0 c3"},
    // nopw %cs:0x200(%rax,%rax); ret
    {"a no-op of many bytes", kFine, "2e 66 0f 1f 84 00 00 02 00 00 c3"},

    // The Context.
    // mov %fs:global0,%eax; inc %eax; mov %eax,%fs:global0; ret
    {"a global", kFine, "64 8b 04 25 <global0> ff c0 64 89 04 25 <global0> c3"},
    // mov %fs:global2,%eax; ret
    {"a global that the module does not have", Rule::Context, "64 8b 04 25 <global2> c3"},
    // mov %rdi,%fs:overflow; ret
    {"an overflow slot", kFine, "64 48 89 3c 25 <overflow> c3"},
    // mov %fs:stack_limit,%rax; ret
    {"the stack limit", Rule::Context, "64 48 8b 04 25 <stack_limit> c3"},
    // mov %rdi,%fs:host_stack_pointer; ret
    {"where a trap unwinds to", Rule::Context, "64 48 89 3c 25 <host_stack_pointer> c3"},
    // mov %rdi,%fs:instance; ret
    {"another instance", Rule::Context, "64 48 89 3c 25 <instance> c3"},
    // mov %rdi,%fs:memory_grow; ret
    {"another helper", Rule::Context, "64 48 89 3c 25 <memory_grow> c3"},
    // mov %fs:behind,%rax; ret
    {"what lies behind the Context", Rule::Context, "64 48 8b 04 25 <behind> c3"},
    // mov %fs:before,%rax; ret
    {"what lies before the Context", Rule::Context, "64 48 8b 04 25 <before> c3"},
    // mov %fs:instance,%eax; ret
    {"a part of a pointer", Rule::Context, "64 8b 04 25 <instance> c3"},
    // mov %fs:0,%rax; ret
    {"the thread pointer", Rule::Context, "64 48 8b 04 25 00 00 00 00 c3"},
    // mov %rdi,%fs:exception_tag; ret
    {"the type of an exception", kFine, "64 48 89 3c 25 <exception_tag> c3"},
    // movq $2,%fs:expected_type; ret
    {"an expected type", kFine, "64 48 c7 04 25 <expected_type> 02 00 00 00 c3"},
    // movq $3,%fs:expected_type; ret
    {"an expected type that the module does not have", Rule::Context,
     "64 48 c7 04 25 <expected_type> 03 00 00 00 c3"},
    // mov %rdi,%fs:expected_type; ret
    {"an expected type of the guest's choice", Rule::Context, "64 48 89 3c 25 <expected_type> c3"},
    // mov %rdi,%fs:callee; ret
    {"a callee that is no reference", Rule::Context, "64 48 89 3c 25 <callee> c3"},

    // The frame.
    // sub $24,%rsp; mov %rdi,8(%rsp); mov 8(%rsp),%rax; add $24,%rsp; ret
    {"a slot", kFine, "48 83 ec 18 48 89 7c 24 08 48 8b 44 24 08 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %rdi,32(%rsp); add $24,%rsp; ret
    {"a slot of the caller", Rule::Frame, "48 83 ec 18 48 89 7c 24 20 48 83 c4 18 c3"},
    // mov %rdi,(%rsp); ret
    {"the return address", Rule::Frame, "48 89 3c 24 c3"},
    // sub $24,%rsp; mov 24(%rsp),%rax; add $24,%rsp; ret
    {"reading the return address", Rule::Frame, "48 83 ec 18 48 8b 44 24 18 48 83 c4 18 c3"},
    // sub $24,%rsp; mov 20(%rsp),%rax; add $24,%rsp; ret
    {"half of the return address", Rule::Frame, "48 83 ec 18 48 8b 44 24 14 48 83 c4 18 c3"},
    // mov %rdi,-128(%rsp); ret
    {"the red zone", kFine, "48 89 7c 24 80 c3"},
    // mov %rdi,-136(%rsp); ret
    {"below the red zone", Rule::Frame, "48 89 bc 24 78 ff ff ff c3"},
    // sub $24,%rsp; and $1,%edi; mov (%rsp,%rdi,8),%rax; add $24,%rsp; ret
    {"a slot by an index", kFine, "48 83 ec 18 83 e7 01 48 8b 04 fc 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov (%rsp,%rdi,8),%rax; add $24,%rsp; ret
    {"a slot by an index that is not bounded", Rule::Frame,
     "48 83 ec 18 89 ff 48 8b 04 fc 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov %rdi,(%rsp); mov (%rsp),%rax; mov %gs:(%rax),%eax; add
    // $24,%rsp; ret
    {"an address in a slot", kFine,
     "48 83 ec 18 89 ff 48 89 3c 24 48 8b 04 24 65 8b 00 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov %rdi,(%rsp); mov %esi,4(%rsp); mov (%rsp),%rax; mov
    // %gs:(%rax),%eax; add $24,%rsp; ret
    {"half of a slot overwritten", Rule::LinearMemory,
     "48 83 ec 18 89 ff 48 89 3c 24 89 74 24 04 48 8b 04 24 65 8b 00 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov %rdi,(%rsp); movb $1,7(%rsp); mov (%rsp),%rax; mov
    // %gs:(%rax),%eax; add $24,%rsp; ret
    {"a byte of a slot overwritten", Rule::LinearMemory,
     "48 83 ec 18 89 ff 48 89 3c 24 c6 44 24 07 01 48 8b 04 24 65 8b 00 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov %rdi,8(%rsp); vmovups %xmm0,(%rsp); mov 8(%rsp),%rax; mov
    // %gs:(%rax),%eax; add $24,%rsp; ret
    {"a slot overwritten by a vector", Rule::LinearMemory,
     "48 83 ec 18 89 ff 48 89 7c 24 08 c5 f8 11 04 24 48 8b 44 24 08 65 8b 00 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,%edi; mov %rdi,(%rsp); and $1,%esi; mov %rdx,(%rsp,%rsi,8); mov
    // (%rsp),%rax; mov %gs:(%rax),%eax; add $24,%rsp; ret
    {"a slot overwritten through an index", Rule::LinearMemory,
     "48 83 ec 18 89 ff 48 89 3c 24 83 e6 01 48 89 14 f4 48 8b 04 24 65 8b 00 48 83 c4 18 c3"},
    // sub $24,%rsp; mov %edi,(%rsp); mov (%rsp),%rax; mov %gs:(%rax),%eax; add $24,%rsp; ret
    {"a slot of 32 bits read as 64", Rule::LinearMemory,
     "48 83 ec 18 89 3c 24 48 8b 04 24 65 8b 00 48 83 c4 18 c3"},
    // mov %edi,%edi; mov %rdi,-16(%rsp); push %rax; .byte 0xe8; .long >0; pop %rcx; mov
    // -16(%rsp),%rax; mov %gs:(%rax),%eax; ret
    {"a slot that was popped from below a call", Rule::LinearMemory,
     "89 ff 48 89 7c 24 f0 50 e8 <>0> 59 48 8b 44 24 f0 65 8b 00 c3", 8},
    // mov %rsp,%rax; ret
    {"the stack pointer as an address of memory", Rule::Frame, "48 89 e0 c3"},
    // lea -8(%rsp),%rax; ret
    {"an address of the stack", Rule::Frame, "48 8d 44 24 f8 c3"},
    // mov %rdi,%rsp; ret
    {"loading the stack pointer", Rule::Frame, "48 89 fc c3"},
    // xchg %rdi,%rsp; ret
    {"exchanging the stack pointer", Rule::Frame, "48 87 e7 c3"},
    // push %rdi; pop %rsp; ret
    {"popping the stack pointer", Rule::Frame, "57 5c c3"},
    // and $-32,%rsp; ret
    {"aligning the stack pointer", Rule::Frame, "48 83 e4 e0 c3"},
    // sub %rdi,%rsp; ret
    {"a frame of no constant size", Rule::Frame, "48 29 fc c3"},
    // sub $0x200000,%rsp; add $0x200000,%rsp; ret
    {"a frame larger than the guard", Rule::Frame, "48 81 ec 00 00 20 00 48 81 c4 00 00 20 00 c3"},
    // add $8,%rsp; sub $8,%rsp; ret
    {"a stack pointer above the frame", Rule::Frame, "48 83 c4 08 48 83 ec 08 c3"},
    // pop %rax; push %rax; ret
    {"a pop of the return address", Rule::Frame, "58 50 c3"},
    // test %edi,%edi; je 1f; push %rax; 1: nop; ret
    {"two depths at one place", Rule::Frame, "85 ff 74 01 50 90 c3"},

    // Constants of the image.
    // vmovdqa >1080(%rip),%xmm0; ret
    {"a constant", kFine, "c5 f9 6f 05 <>1080> c3"},
    // mov %eax,>1080(%rip); ret
    {"a constant that is written", Rule::Constants, "89 05 <>1080> c3"},
    // mov >100(%rip),%eax; ret
    {"code as a constant", Rule::Constants, "8b 05 <>100> c3"},
    // mov >10bd(%rip),%eax; ret
    {"beyond the constants", Rule::Constants, "8b 05 <>10bd> c3"},
    // lea >1080(%rip),%rcx; and $7,%edi; mov (%rcx,%rdi,8),%rax; ret
    {"an array of constants", kFine, "48 8d 0d <>1080> 83 e7 07 48 8b 04 f9 c3"},
    // lea >1080(%rip),%rcx; and $15,%edi; mov (%rcx,%rdi,8),%rax; ret
    {"an array of constants by an index that is too large", Rule::Constants,
     "48 8d 0d <>1080> 83 e7 0f 48 8b 04 f9 c3"},
    // lea >1080(%rip),%rcx; mov %edi,%edi; mov (%rcx,%rdi,8),%rax; ret
    {"an array of constants by any index", Rule::Constants,
     "48 8d 0d <>1080> 89 ff 48 8b 04 f9 c3"},

    // The structures of the runtime.
    // mov %fs:instance,%rax; mov 40(%rax),%rax; mov (%rax),%rax; ret
    {"the size of memory", kFine, "64 48 8b 04 25 <instance> 48 8b 40 28 48 8b 00 c3"},
    // mov %fs:instance,%rax; mov 48(%rax),%rax; ret
    {"another field of the instance", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 30 c3"},
    // mov %fs:instance,%rax; mov %rdi,(%rax); ret
    {"a write to the instance", Rule::RuntimeData, "64 48 8b 04 25 <instance> 48 89 38 c3"},
    // mov %fs:instance,%rax; mov 16(%rax),%rax; mov (%rax),%rax; mov %edi,(%rax); ret
    {"a global in a cell", kFine, "64 48 8b 04 25 <instance> 48 8b 40 10 48 8b 00 89 38 c3"},
    // mov %fs:instance,%rax; mov 16(%rax),%rax; mov 8(%rax),%rax; mov %edi,(%rax); ret
    {"a global that is a constant", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 10 48 8b 40 08 89 38 c3"},
    // mov %fs:instance,%rax; mov 16(%rax),%rax; mov 16(%rax),%rax; ret
    {"a global that the module does not have in a cell", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 10 48 8b 40 10 c3"},
    // mov %fs:instance,%rax; mov 16(%rax),%rax; mov (%rax),%rax; mov %edi,16(%rax); ret
    {"behind the cell of a global", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 10 48 8b 00 89 78 10 c3"},
    // mov %fs:instance,%rax; add $8,%rax; mov (%rax),%rax; ret
    {"a pointer that was computed with", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 83 c0 08 48 8b 00 c3"},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov 16(%rax),%rax; ret
    {"a table that the module does not have", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 40 10 c3"},
    // mov %fs:instance,%rax; mov (%rax),%rax; mov %edi,%edi; mov (%rax,%rdi,8),%rax; ret
    {"an element of an array by an index", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 00 89 ff 48 8b 04 f8 c3"},
};

}  // namespace

std::span<const Sequence> corpus() {
  static const std::vector<Sequence> all = [] {
    std::vector<Sequence> sequences(std::begin(kCorpus), std::end(kCorpus));
    for (const std::span<const Sequence> more :
         {corpus_of_calls(), corpus_of_relations(), corpus_of_memory_base(), corpus_of_loops()}) {
      sequences.insert(sequences.end(), more.begin(), more.end());
    }
    return sequences;
  }();
  return all;
}

}  // namespace linden::verifier
