// The corpus goes on: what is known of one value because of another.
#include "verifier/corpus.h"

namespace linden::verifier {
namespace {

constexpr std::nullopt_t kFine = std::nullopt;
constexpr jit::SavedRegisters kRbxFirst = 1;

// The constant table at 0x1040 has four slots, the second of which is empty; words can be read up
// to 0x10c0.
constexpr Sequence kCorpus[] = {
    // mov %edi,%edi; mov %rdi,%rax; sub $7,%edi; ja 1f; shl $4,%rax; lea 0x1040,%rcx; mov
    // 8(%rcx,%rax),%rdx; 1: ret
    {"a bound by a subtraction, on a copy", kFine,
     "89 ff 48 89 f8 83 ef 07 77 10 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 c3"},
    // mov %edi,%edi; mov %rdi,%rax; sub $8,%edi; ja 1f; shl $4,%rax; lea 0x1040,%rcx; mov
    // 8(%rcx,%rax),%rdx; 1: ret
    {"a bound by a subtraction, too large", Rule::Constants,
     "89 ff 48 89 f8 83 ef 08 77 10 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 c3"},
    // mov %edi,%edi; sub $7,%edi; ja 1f; mov %rdi,%rax; shl $4,%rax; lea 0x1040,%rcx; mov
    // 8(%rcx,%rax),%rdx; 1: ret
    {"the difference for what was compared", Rule::Constants,
     "89 ff 83 ef 07 77 13 48 89 f8 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 c3"},
    // mov %edi,%edi; 1: mov %rdi,%rax; mov %gs:(%rdi),%edi; cmp $7,%edi; ja 2f; shl $4,%rax; lea
    // 0x1040,%rcx; mov 8(%rcx,%rax),%rdx; jmp 1b; 2: ret
    {"a bound on the index of the next round", Rule::Constants,
     "89 ff 48 89 f8 65 8b 3f 83 ff 07 77 12 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 eb e3 c3"},
    // mov %edi,%edi; 1: mov %rdi,%rax; mov %gs:(%rdi),%edi; cmp $7,%eax; ja 2f; shl $4,%rax; lea
    // 0x1040,%rcx; mov 8(%rcx,%rax),%rdx; jmp 1b; 2: ret
    {"a bound on the index of this round", kFine,
     "89 ff 48 89 f8 65 8b 3f 83 f8 07 77 12 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 eb e3 c3"},
    // mov %edi,%edi; mov %rdi,%rax; test %esi,%esi; je 1f; mov %edx,%edi; 1: cmp $7,%edi; ja 2f;
    // shl $4,%rax; lea 0x1040,%rcx; mov 8(%rcx,%rax),%rdx; 2: ret
    {"a bound on what is a copy on one way only", Rule::Constants,
     "89 ff 48 89 f8 85 f6 74 02 89 d7 83 ff 07 77 10 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 "
     "c3"},
    // mov %edi,%edi; mov %rdi,%rax; test %esi,%esi; je 1f; mov %edx,%edi; mov %rdi,%rax; 1: cmp
    // $7,%edi; ja 2f; shl $4,%rax; lea 0x1040,%rcx; mov 8(%rcx,%rax),%rdx; 2: ret
    {"a bound on what is a copy on both ways", kFine,
     "89 ff 48 89 f8 85 f6 74 05 89 d7 48 89 f8 83 ff 07 77 10 48 c1 e0 04 48 8d 0d <>1040> 48 8b "
     "54 01 08 c3"},
    // cmp $7,%dil; ja 1f; movzbl %dil,%eax; shl $4,%rax; lea 0x1040,%rcx; mov 8(%rcx,%rax),%rdx;
    // 1: ret
    {"a bound on the lowest byte", kFine,
     "40 80 ff 07 77 14 40 0f b6 c7 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 c3"},
    // cmp $7,%dil; ja 1f; movzwl %di,%eax; shl $4,%rax; lea 0x1040,%rcx; mov 8(%rcx,%rax),%rdx; 1:
    // ret
    {"a bound on the lowest byte of two", Rule::Constants,
     "40 80 ff 07 77 13 0f b7 c7 48 c1 e0 04 48 8d 0d <>1040> 48 8b 54 01 08 c3"},
    // cmp $0xfffffffc,%edi; jbe 1f; add $3,%edi; lea 0x1080,%rcx; mov (%rcx,%rdi,4),%eax; 1: ret
    {"a sum that wraps around whatever it is", kFine,
     "83 ff fc 76 0d 83 c7 03 48 8d 0d <>1080> 8b 04 b9 c3"},
    // cmp $0xffffff00,%edi; jbe 1f; add $3,%edi; lea 0x1080,%rcx; mov (%rcx,%rdi,4),%eax; 1: ret
    {"a sum that may wrap around", Rule::Constants,
     "81 ff 00 ff ff ff 76 0d 83 c7 03 48 8d 0d <>1080> 8b 04 b9 c3"},
    // movabs $0x8000000000000000,%rax; sub %rax,%rdi; mov %gs:(%rdi),%eax; ret
    {"the least number, subtracted", Rule::LinearMemory,
     "48 b8 00 00 00 00 00 00 00 80 48 29 c7 65 8b 07 c3"},
    // mov %edi,%eax; shrx %rsi,%rax,%rax; mov %gs:(%rax),%eax; ret
    {"an address shifted right by some bits", kFine, "89 f8 c4 e2 cb f7 c0 65 8b 00 c3"},
    // mov %edi,%eax; shlx %rsi,%rax,%rax; mov %gs:(%rax),%eax; ret
    {"an address shifted left by some bits", Rule::LinearMemory,
     "89 f8 c4 e2 c9 f7 c0 65 8b 00 c3"},
    // mov $11,%eax; cmp $1,%edi; sbb $0,%rax; mov %gs:(%rax),%eax; ret
    {"a carry taken away", kFine, "b8 0b 00 00 00 83 ff 01 48 83 d8 00 65 8b 00 c3"},
    // xor %eax,%eax; cmp $1,%edi; sbb $0,%rax; mov %gs:(%rax),%eax; ret
    {"a carry taken away from nothing", Rule::LinearMemory,
     "31 c0 83 ff 01 48 83 d8 00 65 8b 00 c3"},
    // mov $1,%al; test %al,%al; je 1f; ret; 1: mov %gs:(%rdi),%eax; ret
    {"a way that nobody goes", kFine, "b0 01 84 c0 74 01 c3 65 8b 07 c3"},
    // mov %dil,%al; test %al,%al; je 1f; ret; 1: mov %gs:(%rdi),%eax; ret
    {"a way that somebody may go", Rule::LinearMemory, "40 88 f8 84 c0 74 01 c3 65 8b 07 c3"},
    // mov %edi,%eax; cmp $3,%eax; ja 1f; shl $4,%rax; lea 0x1040,%rcx; lea (%rcx,%rax),%rsi; mov
    // 8(%rcx,%rax),%rdx; cmp $1,%rdx; jne 1f; jmp *(%rsi); 1: ret
    {"the slot whose type was compared, by another sum", kFine,
     "89 f8 83 f8 03 77 1c 48 c1 e0 04 48 8d 0d <>1040> 48 8d 34 01 48 8b 54 01 08 48 83 fa 01 75 "
     "02 ff 26 c3"},
    // mov %edi,%eax; cmp $3,%eax; ja 1f; shl $4,%rax; lea 0x1040,%rcx; lea 16(%rcx,%rax),%rsi; mov
    // 8(%rcx,%rax),%rdx; cmp $1,%rdx; jne 1f; jmp *(%rsi); 1: ret
    {"the slot behind the one whose type was compared", Rule::Calls,
     "89 f8 83 f8 03 77 1d 48 c1 e0 04 48 8d 0d <>1040> 48 8d 74 01 10 48 8b 54 01 08 48 83 fa 01 "
     "75 02 ff 26 c3"},
    // mov %edi,%eax; cmp $3,%eax; ja 1f; shl $4,%rax; lea 0x1040,%rcx; lea 8(%rcx,%rax),%rsi; mov
    // (%rsi),%rdx; cmp $1,%rdx; jne 1f; jmp *(%rsi); 1: ret
    {"the place of the type for that of the code", Rule::Calls,
     "89 f8 83 f8 03 77 1b 48 c1 e0 04 48 8d 0d <>1040> 48 8d 74 01 08 48 8b 16 48 83 fa 01 75 02 "
     "ff 26 c3"},
    // mov %edi,%eax; cmp $3,%eax; ja 1f; shl $4,%rax; lea 0x1040,%rcx; lea (%rcx,%rax),%rsi; mov
    // 8(%rcx,%rax),%rdx; cmp $0,%rdx; jne 1f; jmp *(%rsi); 1: ret
    {"a slot that is empty", Rule::Calls,
     "89 f8 83 f8 03 77 1c 48 c1 e0 04 48 8d 0d <>1040> 48 8d 34 01 48 8b 54 01 08 48 83 fa 00 75 "
     "02 ff 26 c3"},
    // sub $2,%edi; cmp $1,%edi; ja 1f; shl $4,%rdi; lea 0x1060,%rcx; add %rdi,%rcx; mov
    // %rcx,%fs:constant_callee; 1: ret
    {"a callee among slots that are all in use", kFine,
     "83 ef 02 83 ff 01 77 17 48 c1 e7 04 48 8d 0d <>1060> 48 01 f9 64 48 89 0c 25 "
     "<constant_callee> c3"},
    // cmp $3,%edi; ja 1f; mov %edi,%edi; shl $4,%rdi; lea 0x1040,%rcx; add %rdi,%rcx; mov
    // %rcx,%fs:constant_callee; 1: ret
    {"a callee among slots of which one is empty", Rule::Context,
     "83 ff 03 77 19 89 ff 48 c1 e7 04 48 8d 0d <>1040> 48 01 f9 64 48 89 0c 25 <constant_callee> "
     "c3"},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; cmpq $1,8(%rax); jbe 1f; mov
    // (%rax),%rax; mov 0x28(%rax),%rcx; 1: ret
    {"a slot that the table has", kFine,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 83 78 08 01 76 07 48 8b 00 48 8b 48 28 c3"},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; cmpq $0,8(%rax); jbe 1f; mov
    // (%rax),%rax; mov 0x28(%rax),%rcx; 1: ret
    {"a slot that the table may not have", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 83 78 08 00 76 07 48 8b 00 48 8b 48 28 c3"},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov 8(%rax),%rdx; mov (%rax),%rax; cmpq $1,8(%rdx);
    // jbe 1f; mov (%rax),%rax; mov 0x28(%rax),%rcx; 1: ret
    {"a slot of another table than was compared", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 50 08 48 8b 00 48 83 7a 08 01 76 07 48 8b 00 48 "
     "8b 48 28 c3"},
    // push %rbx; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; cmpq $1,8(%rax); jbe
    // 1f; mov (%rax),%rbx; .byte 0xe8; .long >0; mov 0x28(%rbx),%rcx; 1: pop %rbx; ret
    {"the slots of a table before a call", Rule::RuntimeData,
     "53 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 83 78 08 01 76 0c 48 8b 18 e8 <>0> 48 "
     "8b 4b 28 5b c3",
     8, kRbxFirst},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov 8(%rax),%ecx; ret
    {"the length of a table, 32 bits", kFine,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 8b 48 08 c3"},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov 12(%rax),%ecx; ret
    {"the upper half of the length of a table", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 8b 48 0c c3"},
    // mov %fs:instance,%rax; mov 32(%rax),%rcx; xor %edi,%edi; mov (%rcx,%rdi,8),%rax; ret
    {"a tag by a bounded index", kFine,
     "64 48 8b 04 25 <instance> 48 8b 48 20 31 ff 48 8b 04 f9 c3"},
    // mov %fs:instance,%rax; mov 32(%rax),%rcx; and $1,%edi; mov (%rcx,%rdi,8),%rax; ret
    {"a tag that the module does not have", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 48 20 83 e7 01 48 8b 04 f9 c3"},
    // mov %rdi,-16(%rsp); movups %xmm0,-16(%rsp); cmpl $7,-16(%rsp); ja 1f; mov -16(%rsp),%eax;
    // lea >1080(%rip),%rcx; mov (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a slot", kFine,
     "48 89 7c 24 f0 0f 11 44 24 f0 83 7c 24 f0 07 77 0f 8b 44 24 f0 48 8d 0d <>1080> 48 8b "
     "14 c1 c3"},
    // mov %rdi,-16(%rsp); cmpl $7,-16(%rsp); ja 1f; mov -16(%rsp),%eax; lea >1080(%rip),%rcx; mov
    // (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a slot of which something is known", kFine,
     "48 89 7c 24 f0 83 7c 24 f0 07 77 0f 8b 44 24 f0 48 8d 0d <>1080> 48 8b 14 c1 c3"},
    // mov %rdi,-16(%rsp); cmpl $7,-16(%rsp); ja 1f; mov -16(%rsp),%rax; lea >1080(%rip),%rcx; mov
    // (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on the lower half of a slot that is read as a whole", Rule::RuntimeData,
     "48 89 7c 24 f0 83 7c 24 f0 07 77 10 48 8b 44 24 f0 48 8d 0d <>1080> 48 8b 14 c1 c3"},
    // mov %rdi,-16(%rsp); cmpl $7,-16(%rsp); mov %esi,-16(%rsp); ja 1f; mov -16(%rsp),%eax; lea
    // >1080(%rip),%rcx; mov (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a slot that is overwritten", Rule::Constants,
     "48 89 7c 24 f0 83 7c 24 f0 07 89 74 24 f0 77 0f 8b 44 24 f0 48 8d 0d <>1080> 48 8b 14 "
     "c1 c3"},
    // mov %rdi,-16(%rsp); cmpl $7,-16(%rsp); ja 1f; movb $1,-14(%rsp); mov -16(%rsp),%eax; lea
    // >1080(%rip),%rcx; mov (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a slot of which a byte is overwritten", Rule::Constants,
     "48 89 7c 24 f0 83 7c 24 f0 07 77 14 c6 44 24 f2 01 8b 44 24 f0 48 8d 0d <>1080> 48 8b "
     "14 c1 c3"},
    // mov %rdi,-16(%rsp); cmpl $7,-12(%rsp); ja 1f; mov -16(%rsp),%eax; lea >1080(%rip),%rcx; mov
    // (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on the upper half of a slot", Rule::Constants,
     "48 89 7c 24 f0 83 7c 24 f4 07 77 0f 8b 44 24 f0 48 8d 0d <>1080> 48 8b 14 c1 c3"},
    // mov %rdi,-16(%rsp); cmpb $7,-16(%rsp); ja 1f; mov -16(%rsp),%eax; lea >1080(%rip),%rcx; mov
    // (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a byte of a slot", Rule::Constants,
     "48 89 7c 24 f0 80 7c 24 f0 07 77 0f 8b 44 24 f0 48 8d 0d <>1080> 48 8b 14 c1 c3"},
    // mov %edi,-16(%rsp); cmpl $7,-16(%rsp); ja 1f; mov %edi,%eax; lea >1080(%rip),%rcx; mov
    // (%rcx,%rax,8),%rdx; 1: ret
    {"a bound on a register after the lower half of it was stored", kFine,
     "89 7c 24 f0 83 7c 24 f0 07 77 0d 89 f8 48 8d 0d <>1080> 48 8b 14 c1 c3"},
    // mov %edi,%eax; prefetcht0 %gs:(%rax); ret
    {"a prefetch from linear memory", kFine, "89 f8 65 0f 18 08 c3"},
    // prefetcht0 %gs:(%rdi); ret
    {"a prefetch from any address", Rule::LinearMemory, "65 0f 18 0f c3"},
    // prefetcht0 (%rdi); ret
    {"a prefetch outside of linear memory", Rule::RuntimeData, "0f 18 0f c3"},
    // mov %edi,%eax; prefetchw %gs:(%rax); ret
    {"a prefetch for writing", Rule::Instruction, "89 f8 65 0f 0d 08 c3"},
};

}  // namespace

std::span<const Sequence> corpus_of_relations() { return kCorpus; }

}  // namespace linden::verifier
