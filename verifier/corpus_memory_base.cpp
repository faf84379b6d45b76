// The corpus goes on: linear memory by its base in a register.
#include "verifier/corpus.h"

namespace linden::verifier {
namespace {

constexpr std::nullopt_t kFine = std::nullopt;
constexpr jit::SavedRegisters kRbxFirst = 1;

constexpr Sequence kCorpus[] = {
    // mov %fs:memory_base,%rax; ret
    {"the base of memory", kFine, "64 48 8b 04 25 <memory_base> c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov 8(%rcx,%rax),%eax; ret
    {"an access from the base", kFine, "64 48 8b 0c 25 <memory_base> 89 f8 8b 44 01 08 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov %esi,8(%rcx,%rax); ret
    {"a store from the base", kFine, "64 48 8b 0c 25 <memory_base> 89 f8 89 74 01 08 c3"},
    // mov %fs:memory_base,%rcx; mov (%rcx),%eax; ret
    {"an access at the base itself", kFine, "64 48 8b 0c 25 <memory_base> 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov 8(%rax,%rcx),%eax; ret
    {"the base as the index", kFine, "64 48 8b 0c 25 <memory_base> 89 f8 8b 44 08 08 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; vmovdqu %ymm0,0x7fffffff(%rcx,%rax); ret
    {"the largest displacement from the base", kFine,
     "64 48 8b 0c 25 <memory_base> 89 f8 c5 fe 7f 84 01 ff ff ff 7f c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; add %rax,%rcx; lea 16(%rcx,%rax),%rdx; mov
    // -16(%rdx),%eax; ret
    {"an index added to the base", kFine,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 01 c1 48 8d 54 01 10 8b 42 f0 c3"},
    // mov %fs:memory_base,%rcx; add $-8,%rcx; mov %edi,%eax; mov 8(%rcx,%rax),%eax; ret
    {"an addend below zero that the base makes up for", kFine,
     "64 48 8b 0c 25 <memory_base> 48 83 c1 f8 89 f8 8b 44 01 08 c3"},
    // mov %fs:memory_base,%rcx; movzwl %di,%eax; mov (%rcx,%rax,4),%eax; ret
    {"a scaled index from the base", kFine, "64 48 8b 0c 25 <memory_base> 0f b7 c7 8b 04 81 c3"},
    // mov %edi,%eax; add %fs:memory_base,%rax; mov (%rax),%eax; ret
    {"a sum with the base in memory", kFine, "89 f8 64 48 03 04 25 <memory_base> 8b 00 c3"},
    // mov %fs:memory_base,%rcx; mov %rcx,-16(%rsp); xor %ecx,%ecx; mov -16(%rsp),%rdx; mov
    // %edi,%eax; mov (%rdx,%rax),%eax; ret
    {"a base that was spilled", kFine,
     "64 48 8b 0c 25 <memory_base> 48 89 4c 24 f0 31 c9 48 8b 54 24 f0 89 f8 8b 04 02 c3"},
    // mov %fs:memory_base,%rcx; mov %rcx,%rdx; mov %edi,%eax; mov (%rdx,%rax),%eax; ret
    {"a base that was copied", kFine, "64 48 8b 0c 25 <memory_base> 48 89 ca 89 f8 8b 04 02 c3"},
    // mov %edi,%eax; mov %fs:memory_base,%rcx; test %esi,%esi; je 1f; add $64,%rcx; 1: mov
    // (%rcx,%rax),%eax; ret
    {"the base by both ways", kFine,
     "89 f8 64 48 8b 0c 25 <memory_base> 85 f6 74 04 48 83 c1 40 8b 04 01 c3"},
    // push %rbx; mov %edi,%ebx; .byte 0xe8; .long >0; mov %fs:memory_base,%rcx; mov
    // (%rcx,%rbx),%eax; pop %rbx; ret
    {"the base of the next call", kFine,
     "53 89 fb e8 <>0> 64 48 8b 0c 25 <memory_base> 8b 04 19 5b c3", 8, kRbxFirst},
    // mov %fs:memory_base,%rcx; 1: mov %edi,%eax; mov %esi,(%rcx,%rax); add $4,%edi; dec %esi; jne
    // 1b; ret
    {"an address from the base in a loop, with an index", kFine,
     "64 48 8b 0c 25 <memory_base> 89 f8 89 34 01 83 c7 04 ff ce 75 f4 c3"},
    // mov %fs:memory_base,%rcx; 1: mov %edi,%eax; lea (%rcx,%rax),%rdx; mov %esi,4(%rdx); add
    // $4,%edi; dec %esi; jne 1b; ret
    {"an address from the base that is summed up in a loop", kFine,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 8d 14 01 89 72 04 83 c7 04 ff ce 75 f0 c3"},

    // The same, but for one thing.
    // mov %fs:memory_base,%rcx; mov 8(%rcx,%rdi),%eax; ret
    {"an index from the base that is not bounded", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 8b 44 39 08 c3"},
    // mov %fs:memory_base,%rcx; movslq %edi,%rax; mov 8(%rcx,%rax),%eax; ret
    {"an index from the base that is sign-extended", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 48 63 c7 8b 44 01 08 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov -8(%rcx,%rax),%eax; ret
    {"a displacement below the base", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 89 f8 8b 44 01 f8 c3"},
    // mov %fs:memory_base,%rcx; add $-8,%rcx; mov %edi,%eax; mov 4(%rcx,%rax),%eax; ret
    {"an addend below the base", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 48 83 c1 f8 89 f8 8b 44 01 04 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; add %rax,%rcx; add %rax,%rcx; mov
    // 0x20000(%rcx),%eax; ret
    {"an offset from the base beyond the reservation", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 01 c1 48 01 c1 8b 81 00 00 02 00 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; add %rax,%rcx; add %rax,%rcx; mov
    // 0xffff(%rcx),%eax; ret
    {"the last byte from the base beyond the reservation", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 01 c1 48 01 c1 8b 81 ff ff 00 00 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; add %rax,%rcx; add %rax,%rcx; mov
    // 0xfffe(%rcx),%eax; ret
    {"the last byte from the base within the reservation", kFine,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 01 c1 48 01 c1 8b 81 fe ff 00 00 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov (%rcx,%rax,4),%eax; ret
    {"a scaled index of 32 bits from the base", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 89 f8 8b 04 81 c3"},
    // mov %fs:memory_base,%rcx; mov (,%rcx,2),%eax; ret
    {"the base, scaled", Rule::RuntimeData, "64 48 8b 0c 25 <memory_base> 8b 04 4d 00 00 00 00 c3"},
    // mov %fs:memory_base,%rcx; mov (%rcx,%rcx,2),%eax; ret
    {"the base and the base, scaled", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 8b 04 49 c3"},
    // mov %fs:memory_base,%rcx; add %rcx,%rcx; mov (%rcx),%eax; ret
    {"twice the base", Rule::RuntimeData, "64 48 8b 0c 25 <memory_base> 48 01 c9 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %gs:(%rcx),%eax; ret
    {"the base within the segment", Rule::LinearMemory, "64 48 8b 0c 25 <memory_base> 65 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; mov %gs:(%rax,%rcx),%eax; ret
    {"the base as an index within the segment", Rule::LinearMemory,
     "64 48 8b 0c 25 <memory_base> 89 f8 65 8b 04 08 c3"},
    // mov %fs:memory_base,%rcx; mov (%ecx),%eax; ret
    {"the base and the prefix for 32 bits", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 67 8b 01 c3"},
    // mov %fs:memory_base,%ecx; mov (%rcx),%eax; ret
    {"half of the base", Rule::Context, "64 8b 0c 25 <memory_base> 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %ecx,%ecx; mov (%rcx),%eax; ret
    {"the lower half of the base", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 89 c9 8b 01 c3"},
    // mov %fs:stack_limit,%rcx; mov %edi,%eax; mov 8(%rcx,%rax),%eax; ret
    {"the field behind the base", Rule::Context,
     "64 48 8b 0c 25 <stack_limit> 89 f8 8b 44 01 08 c3"},
    // mov %fs:instance,%rcx; mov %edi,%eax; mov 8(%rcx,%rax),%eax; ret
    {"the field before the base", Rule::RuntimeData,
     "64 48 8b 0c 25 <instance> 89 f8 8b 44 01 08 c3"},
    // mov %rdi,%fs:memory_base; ret
    {"another base", Rule::Context, "64 48 89 3c 25 <memory_base> c3"},
    // addq $8,%fs:memory_base; ret
    {"a base that is added to in place", Rule::Context, "64 48 83 04 25 <memory_base> 08 c3"},
    // mov $0,%eax; xchg %rax,%fs:memory_base; ret
    {"a base that is exchanged", Rule::Context, "b8 00 00 00 00 64 48 87 04 25 <memory_base> c3"},
    // push %rax; call *%fs:memory_base; pop %rcx; ret
    {"a call of what lies at the base", Rule::Calls, "50 64 ff 14 25 <memory_base> 59 c3", 8},
    // mov %fs:memory_base,%rax; jmp *%rax
    {"a jump to what lies at the base", Rule::Calls, "64 48 8b 04 25 <memory_base> ff e0"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; sub %rax,%rcx; mov (%rcx),%eax; ret
    {"a base subtracted from", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 29 c1 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %edi,%eax; sub %rcx,%rax; mov (%rax),%eax; ret
    {"the base subtracted", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 89 f8 48 29 c8 8b 00 c3"},
    // mov %fs:memory_base,%rcx; and $-16,%rcx; mov (%rcx),%eax; ret
    {"an aligned base", Rule::RuntimeData, "64 48 8b 0c 25 <memory_base> 48 83 e1 f0 8b 01 c3"},
    // mov %fs:memory_base,%rcx; mov %dil,%cl; mov (%rcx),%eax; ret
    {"a byte of the base overwritten", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 40 88 f9 8b 01 c3"},
    // push %rbx; mov %fs:memory_base,%rbx; .byte 0xe8; .long >0; mov (%rbx),%eax; pop %rbx; ret
    {"the base after a call", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> e8 <>0> 8b 03 5b c3", 8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; call *%fs:memory_grow; mov (%rbx),%eax; pop %rbx; ret
    {"the base after a call of a helper", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 64 ff 14 25 <memory_grow> 8b 03 5b c3", 8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; mov %fs:instance,%rax; mov (%rax),%rax; mov
    // 8(%rax),%rax; mov %rax,%fs:callee; call *8(%rax); mov (%rbx),%eax; pop %rbx; ret
    {"the base after a call of an import", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 64 48 8b 04 25 <instance> 48 8b 00 48 8b 40 08 64 48 "
     "89 04 25 <callee> ff 50 08 8b 03 5b c3",
     8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; mov %edi,%eax; add %rax,%rbx; .byte 0xe8; .long >0; mov
    // (%rbx),%eax; pop %rbx; ret
    {"an address from the base after a call", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 89 f8 48 01 c3 e8 <>0> 8b 03 5b c3", 8, kRbxFirst},
    // push %rax; mov %fs:memory_base,%rcx; mov %rcx,(%rsp); .byte 0xe8; .long >0; mov (%rsp),%rcx;
    // mov (%rcx),%eax; pop %rcx; ret
    {"a base in a slot after a call", Rule::RuntimeData,
     "50 64 48 8b 0c 25 <memory_base> 48 89 0c 24 e8 <>0> 48 8b 0c 24 8b 01 59 c3", 8},
    // push %rbx; mov %fs:memory_base,%rbx; test %edi,%edi; je 1f; .byte 0xe8; .long >0; 1: mov
    // (%rbx),%eax; pop %rbx; ret
    {"the base after a call on one of two ways", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 85 ff 74 05 e8 <>0> 8b 03 5b c3", 8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; 1: mov (%rbx),%eax; .byte 0xe8; .long >0; test
    // %eax,%eax; jne 1b; pop %rbx; ret
    {"the base after a call in the round before", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 8b 03 e8 <>0> 85 c0 75 f5 5b c3", 8, kRbxFirst},
    // mov %fs:memory_base,%rcx; test %esi,%esi; je 1f; mov %rdi,%rcx; 1: mov (%rcx),%eax; ret
    {"the base or a number", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 85 f6 74 03 48 89 f9 8b 01 c3"},
    // mov %fs:memory_base,%rcx; test %esi,%esi; cmove %rdi,%rcx; mov (%rcx),%eax; ret
    {"the base or a number, chosen", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 85 f6 48 0f 44 cf 8b 01 c3"},
    // mov %fs:memory_base,%rcx; test %esi,%esi; je 1f; mov %fs:instance,%rcx; 1: mov (%rcx),%rax;
    // ret
    {"the base or another pointer", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 85 f6 74 09 64 48 8b 0c 25 <instance> 48 8b 01 c3"},
    // mov %fs:memory_base,%rcx; cmp %rcx,%rdi; jne 1f; mov (%rdi),%eax; 1: ret
    {"a number that was compared with the base", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 48 39 cf 75 02 8b 07 c3"},
    // mov %fs:memory_base,%rcx; mov %rcx,%gs:8; mov %gs:8,%rdx; mov (%rdx),%eax; ret
    {"a base from linear memory", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 65 48 89 0c 25 08 00 00 00 65 48 8b 14 25 08 00 00 00 8b "
     "02 c3"},
    // mov %fs:memory_base,%rcx; mov %rcx,%fs:overflow; mov %fs:overflow,%rdx; mov (%rdx),%eax; ret
    {"a base from an overflow slot", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 64 48 89 0c 25 <overflow> 64 48 8b 14 25 <overflow> 8b 02 "
     "c3"},
    // mov %fs:memory_base,%rcx; 1: mov (%rcx),%eax; add $8,%rcx; dec %esi; jne 1b; ret
    {"an address from the base that a loop adds to", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 8b 01 48 83 c1 08 ff ce 75 f6 c3"},
    // mov %fs:memory_base,%rcx; add $64,%rcx; 1: mov (%rcx),%eax; add $-8,%rcx; dec %esi; jne 1b;
    // ret
    {"an address from the base that a loop takes from", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 48 83 c1 40 8b 01 48 83 c1 f8 ff ce 75 f6 c3"},
    // mov %fs:memory_base,%rcx; mov %rcx,-16(%rsp); mov %edi,-12(%rsp); mov -16(%rsp),%rdx; mov
    // (%rdx),%eax; ret
    {"a slot of the base that is overwritten by half", Rule::RuntimeData,
     "64 48 8b 0c 25 <memory_base> 48 89 4c 24 f0 89 7c 24 f4 48 8b 54 24 f0 8b 02 c3"},
};

}  // namespace

std::span<const Sequence> corpus_of_memory_base() { return kCorpus; }

}  // namespace linden::verifier
