// The corpus goes on: loops, where what is assumed of their beginnings must be compared with their
// ends, and places where several ways meet.
#include "verifier/corpus.h"

namespace linden::verifier {
namespace {

constexpr std::nullopt_t kFine = std::nullopt;
constexpr jit::SavedRegisters kRbxFirst = 1;

constexpr Sequence kCorpus[] = {
    // Ways into a loop.
    // mov %edi,%edi; test %esi,%esi; je 1f; nop; 1: mov %gs:(%rdi),%eax; dec %esi; jne 1b; ret
    {"an address that is narrow before a loop", kFine,
     "89 ff 85 f6 74 01 90 65 8b 07 ff ce 75 f9 c3"},
    // test %esi,%esi; je 1f; mov %edi,%edi; 1: mov %gs:(%rdi),%eax; dec %esi; jne 1b; ret
    {"an address that is narrow on one way into a loop", Rule::LinearMemory,
     "85 f6 74 02 89 ff 65 8b 07 ff ce 75 f9 c3"},
    // mov %edi,%edi; 1: mov %gs:(%rdi),%eax; test %edx,%edx; je 2f; mov %gs:8(%rdi),%edi; 2: dec
    // %esi; jne 1b; ret
    {"an address that the end of a loop makes anew", kFine,
     "89 ff 65 8b 07 85 d2 74 04 65 8b 7f 08 ff ce 75 f1 c3"},
    // mov %edi,%edi; 1: mov %gs:(%rdi),%eax; test %edx,%edx; je 2f; mov %gs:8(%rdi),%rdi; 2: dec
    // %esi; jne 1b; ret
    {"an address that the end of a loop makes wide", Rule::LinearMemory,
     "89 ff 65 8b 07 85 d2 74 05 65 48 8b 7f 08 ff ce 75 f0 c3"},
    // mov %edi,%edi; test %esi,%esi; je 2f; 1: mov %gs:(%rdi),%eax; 2: dec %esi; jne 1b; ret
    {"two ways into a circle", kFine, "89 ff 85 f6 74 03 65 8b 07 ff ce 75 f9 c3"},
    // test %esi,%esi; je 2f; mov %edi,%edi; 1: mov %gs:(%rdi),%eax; 2: dec %esi; jne 1b; ret
    {"two ways into a circle, one of them with a wide address", Rule::LinearMemory,
     "85 f6 74 05 89 ff 65 8b 07 ff ce 75 f9 c3"},
    // test %esi,%esi; jne 2f; mov %edi,%edi; jmp 1f; 2: dec %esi; jne 1f; ret; 1: mov
    // %gs:(%rdi),%eax; jmp 2b
    {"two ways into a circle, the other with a wide address", Rule::LinearMemory,
     "85 f6 75 04 89 ff eb 05 ff ce 75 01 c3 65 8b 07 eb f6"},
    // mov %edi,%edi; mov %edi,%eax; 1: test %edx,%edx; je 3f; 2: mov %gs:(%rax),%ecx; mov
    // %gs:(%rdi),%eax; 3: dec %edx; jne 2b; dec %esi; jne 1b; ret
    {"a circle in a loop with a way past its beginning", kFine,
     "89 ff 89 f8 85 d2 74 06 65 8b 08 65 8b 07 ff ca 75 f6 ff ce 75 ee c3"},
    // mov %edi,%edi; mov %edi,%eax; 1: test %edx,%edx; je 3f; 2: mov %gs:(%rax),%ecx; mov
    // %gs:(%rdi),%eax; 3: dec %edx; jne 2b; mov %gs:(%rdi),%rax; dec %esi; jne 1b; ret
    {"a circle in a loop with a way past its beginning, and wide then", Rule::LinearMemory,
     "89 ff 89 f8 85 d2 74 06 65 8b 08 65 8b 07 ff ca 75 f6 65 48 8b 07 ff ce 75 ea c3"},

    // Loops that are looked at again, and what is around them.
    // mov %edi,%edi; mov %edi,%eax; 1: mov %gs:(%rdi),%ecx; test %ecx,%ecx; je 3f; mov %edx,%eax;
    // dec %esi; jne 1b; xor %eax,%eax; 3: mov %gs:(%rax),%eax; ret
    {"what a loop leaves behind on its first way out", kFine,
     "89 ff 89 f8 65 8b 0f 85 c9 74 08 89 d0 ff ce 75 f3 31 c0 65 8b 00 c3"},
    // mov %edi,%edi; mov %edi,%eax; 1: mov %gs:(%rdi),%ecx; test %ecx,%ecx; je 3f; mov %rdx,%rax;
    // dec %esi; jne 1b; xor %eax,%eax; 3: mov %gs:(%rax),%eax; ret
    {"what a loop leaves behind, wide in all rounds but the first", Rule::LinearMemory,
     "89 ff 89 f8 65 8b 0f 85 c9 74 09 48 89 d0 ff ce 75 f2 31 c0 65 8b 00 c3"},
    // mov %edi,%edi; mov %edi,%eax; 1: mov %gs:(%rax),%ecx; add $4,%eax; dec %ecx; jne 1b; mov
    // %gs:(%rdi),%eax; dec %esi; jne 1b; ret
    {"an inner loop whose address the outer one makes", kFine,
     "89 ff 89 f8 65 8b 08 83 c0 04 ff c9 75 f6 65 8b 07 ff ce 75 ef c3"},
    // mov %edi,%edi; mov %edi,%eax; 1: mov %gs:(%rax),%ecx; add $4,%eax; 2: dec %ecx; jne 1b; mov
    // %gs:(%rdi),%rax; dec %esi; jne 1b; ret
    {"an inner loop whose address the outer one makes wide", Rule::LinearMemory,
     "89 ff 89 f8 65 8b 08 83 c0 04 ff c9 75 f6 65 48 8b 07 ff ce 75 ee c3"},
    // mov %edi,%edi; mov %edi,%eax; mov %edi,%edx; 1: mov %gs:(%rax),%ecx; mov %edx,%eax; dec
    // %ecx; jne 1b; 2: mov %gs:(%rdi),%edx; dec %edx; jne 2b; dec %esi; jne 1b; ret
    {"two loops in one, the first of which takes from the second", kFine,
     "89 ff 89 f8 89 fa 65 8b 08 89 d0 ff c9 75 f7 65 8b 17 ff ca 75 f9 ff ce 75 ec c3"},
    // mov %edi,%edi; mov %edi,%eax; mov %edi,%edx; 1: mov %gs:(%rax),%ecx; mov %rdx,%rax; dec
    // %ecx; jne 1b; 2: mov %gs:(%rdi),%rdx; dec %edx; mov %gs:(%rdi),%rdx; jne 2b; dec %esi; jne
    // 1b; ret
    {"two loops in one, the first of which takes a wide one from the second", Rule::LinearMemory,
     "89 ff 89 f8 89 fa 65 8b 08 48 89 d0 ff c9 75 f6 65 48 8b 17 ff ca 65 48 8b 17 75 f4 ff "
     "ce 75 e6 c3"},

    // Slots.
    // mov %edi,%edi; mov %edx,%edx; mov %rdi,-16(%rsp); 1: mov -16(%rsp),%rax; mov
    // %gs:(%rax),%ecx; 2: mov %rdx,-16(%rsp); dec %ecx; jne 2b; dec %esi; jne 1b; ret
    {"a slot that an inner loop overwrites", kFine,
     "89 ff 89 d2 48 89 7c 24 f0 48 8b 44 24 f0 65 8b 08 48 89 54 24 f0 ff c9 75 f7 ff ce 75 "
     "eb c3"},
    // mov %edi,%edi; mov %rdi,-16(%rsp); 1: mov -16(%rsp),%rax; mov %gs:(%rax),%ecx; 2: mov
    // %rdx,-16(%rsp); dec %ecx; jne 2b; dec %esi; jne 1b; ret
    {"a slot that an inner loop overwrites with a wide number", Rule::LinearMemory,
     "89 ff 48 89 7c 24 f0 48 8b 44 24 f0 65 8b 08 48 89 54 24 f0 ff c9 75 f7 ff ce 75 eb c3"},
    // mov %edi,%edi; mov %rdi,-16(%rsp); 1: mov -16(%rsp),%rax; mov %gs:(%rax),%ecx; 2: mov
    // %edx,-12(%rsp); dec %ecx; jne 2b; dec %esi; jne 1b; ret
    {"a slot whose upper half an inner loop overwrites", Rule::LinearMemory,
     "89 ff 48 89 7c 24 f0 48 8b 44 24 f0 65 8b 08 89 54 24 f4 ff c9 75 f8 ff ce 75 ec c3"},
    // mov %edi,%edi; movq $0,-16(%rsp); 1: mov -16(%rsp),%rax; mov %gs:(%rax),%ecx; mov
    // %rdi,-16(%rsp); dec %esi; jne 1b; ret
    {"a slot that begins with a constant, and holds addresses then", kFine,
     "89 ff 48 c7 44 24 f0 00 00 00 00 48 8b 44 24 f0 65 8b 08 48 89 7c 24 f0 ff ce 75 ef c3"},
    // movq $0,-16(%rsp); 1: mov -16(%rsp),%rax; mov %gs:(%rax),%ecx; mov %rdi,-16(%rsp); dec %esi;
    // jne 1b; ret
    {"a slot that begins with a constant, and holds any number then", Rule::LinearMemory,
     "48 c7 44 24 f0 00 00 00 00 48 8b 44 24 f0 65 8b 08 48 89 7c 24 f0 ff ce 75 ef c3"},
    // mov %rdi,-16(%rsp); mov %esi,-16(%rsp); mov -16(%rsp),%rax; mov %gs:(%rax),%eax; ret
    {"a slot of 4 bytes after one of 8", Rule::LinearMemory,
     "48 89 7c 24 f0 89 74 24 f0 48 8b 44 24 f0 65 8b 00 c3"},

    // Calls.
    // push %rbx; 1: mov %fs:memory_base,%rbx; mov (%rbx),%eax; .byte 0xe8; .long >0; test
    // %eax,%eax; jne 1b; pop %rbx; ret
    {"the base in a loop with a call", kFine,
     "53 64 48 8b 1c 25 <memory_base> 8b 03 e8 <>0> 85 c0 75 ec 5b c3", 8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; 1: mov (%rbx),%eax; .byte 0xe8; .long >0; test
    // %eax,%eax; jne 1b; pop %rbx; ret
    {"the base of the first round in a loop with a call", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 8b 03 e8 <>0> 85 c0 75 f5 5b c3", 8, kRbxFirst},
    // push %rbx; mov %fs:memory_base,%rbx; 1: mov (%rbx),%eax; 2: test %eax,%eax; je 3f; .byte
    // 0xe8; .long >0; jmp 2b; 3: mov %fs:memory_base,%rcx; mov (%rcx),%eax; test %eax,%eax; jne
    // 1b; pop %rbx; ret
    {"the base in a loop around one with a call", Rule::RuntimeData,
     "53 64 48 8b 1c 25 <memory_base> 8b 03 85 c0 74 07 e8 <>0> eb f5 64 48 8b 0c 25 "
     "<memory_base> 8b 01 85 c0 75 e4 5b c3",
     8, kRbxFirst},

    // What is known where ways meet.
    // and $7,%esi; mov %edi,%edi; cmp $7,%edi; jbe 1f; mov %esi,%edi; 1: lea >1080(%rip),%rcx; mov
    // (%rcx,%rdi,8),%rax; ret
    {"bounds on both ways", kFine,
     "83 e6 07 89 ff 83 ff 07 76 02 89 f7 48 8d 0d <>1080> 48 8b 04 f9 c3"},
    // mov %esi,%esi; mov %edi,%edi; cmp $7,%edi; jbe 1f; mov %esi,%edi; 1: lea >1080(%rip),%rcx;
    // mov (%rcx,%rdi,8),%rax; ret
    {"a bound on one way only", Rule::Constants,
     "89 f6 89 ff 83 ff 07 76 02 89 f7 48 8d 0d <>1080> 48 8b 04 f9 c3"},
    // and $8,%esi; mov %edi,%edi; cmp $7,%edi; jbe 1f; mov %esi,%edi; 1: lea >1080(%rip),%rcx; mov
    // (%rcx,%rdi,8),%rax; ret
    {"a bound that is larger on one way", Rule::Constants,
     "83 e6 08 89 ff 83 ff 07 76 02 89 f7 48 8d 0d <>1080> 48 8b 04 f9 c3"},
    // movslq %edi,%rax; test %rax,%rax; js 1f; mov %gs:(%rax),%eax; 1: ret
    {"a number that is no less than 0, in 64 bits", kFine, "48 63 c7 48 85 c0 78 03 65 8b 00 c3"},
    // movslq %edi,%rax; test %rax,%rax; jns 1f; mov %gs:(%rax),%eax; 1: ret
    {"a number that is less than 0, in 64 bits", Rule::LinearMemory,
     "48 63 c7 48 85 c0 79 03 65 8b 00 c3"},
    // mov %edi,%eax; mov $0x21,%dl; 1: lea 8(%rax),%rcx; bzhi %rdx,%rcx,%rcx; mov %gs:(%rcx),%ecx;
    // mov $0x21,%dl; dec %esi; jne 1b; ret
    {"a mask whose width is put again in the loop", kFine,
     "89 f8 b2 21 48 8d 48 08 c4 e2 e8 f5 c9 65 8b 09 b2 21 ff ce 75 ee c3"},
    // mov %edi,%eax; mov $0x21,%dl; 1: lea (%rdi,%rdi),%rcx; bzhi %rdx,%rcx,%rcx; mov
    // %gs:(%rcx),%ecx; mov $0x3f,%dl; dec %esi; jne 1b; ret
    {"a mask whose width is another in the loop", Rule::LinearMemory,
     "89 f8 b2 21 48 8d 0c 3f c4 e2 e8 f5 c9 65 8b 09 b2 3f ff ce 75 ee c3"},
    // cmp $7,%esi; ja 1f; mov %esi,%eax; lea >1080(%rip),%rcx; mov (%rcx,%rax,8),%rax; 1: ret
    {"a copy of 32 bits, bounded before it is made", kFine,
     "83 fe 07 77 0d 89 f0 48 8d 0d <>1080> 48 8b 04 c1 c3"},
    // mov %esi,%eax; cmp $7,%esi; ja 1f; lea >1080(%rip),%rcx; mov (%rcx,%rax,8),%rax; 1: ret
    {"a copy of 32 bits, bounded after it is made", kFine,
     "89 f0 83 fe 07 77 0b 48 8d 0d <>1080> 48 8b 04 c1 c3"},
    // mov %esi,%eax; inc %eax; cmp $7,%esi; ja 1f; lea >1080(%rip),%rcx; mov (%rcx,%rax,8),%rax;
    // 1: ret
    {"a copy of 32 bits, changed before the other is bounded", Rule::Constants,
     "89 f0 ff c0 83 fe 07 77 0b 48 8d 0d <>1080> 48 8b 04 c1 c3"},

    // Tables.
    // lea >1000(%rip),%rcx; and $1,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; mov %gs:(%rsi),%eax; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add
    // %rcx,%rax; jmp *%rax
    {"a jump through a part of a table", kFine,
     "48 8d 0d <>1000> 83 e7 01 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 65 8b 06 c3 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; mov %gs:(%rsi),%eax; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add
    // %rcx,%rax; jmp *%rax
    {"a jump through all of a table", Rule::LinearMemory,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 65 8b 06 c3 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; mov %edi,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; mov %gs:(%rsi),%eax; ret; .org 0x28,0x90; ret; 1: test %edx,%edx; je 2f; and
    // $1,%edi; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax; 2: mov %esi,%esi; and $3,%edi;
    // movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"two jumps through a table, one of them through less of it", kFine,
     "48 8d 0d <>1000> 89 ff eb 1e 90 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 65 8b 06 c3 90 90 90 90 c3 85 d2 74 0c 83 e7 01 48 63 04 b9 48 01 c8 ff e0 89 f6 "
     "83 e7 03 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; mov %edi,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; mov %gs:(%rsi),%eax; ret; .org 0x28,0x90; ret; 1: test %edx,%edx; je 2f; and
    // $3,%edi; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax; 2: mov %esi,%esi; and $1,%edi;
    // movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"two jumps through a table, the other of them through less of it", Rule::LinearMemory,
     "48 8d 0d <>1000> 89 ff eb 1e 90 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 65 8b 06 c3 90 90 90 90 c3 85 d2 74 0c 83 e7 03 48 63 04 b9 48 01 c8 ff e0 89 f6 "
     "83 e7 01 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; mov %esi,%esi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%edi; jmp 1f;
    // .org 0x18,0x90; mov %edx,%esi; jmp 1f; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: and
    // $3,%edi; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a loop through a table", kFine,
     "48 8d 0d <>1000> 89 f6 eb 1e 90 90 90 90 90 65 8b 3e eb 14 90 90 90 89 d6 eb 0d 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 83 e7 03 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; mov %esi,%esi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%edi; jmp 1f;
    // .org 0x18,0x90; mov %rdx,%rsi; jmp 1f; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: and
    // $3,%edi; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a loop through a table, one of whose ways makes an address wide", Rule::LinearMemory,
     "48 8d 0d <>1000> 89 f6 eb 1e 90 90 90 90 90 65 8b 3e eb 14 90 90 90 48 89 d6 eb 0c 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 83 e7 03 48 63 04 b9 48 01 c8 ff e0"},
};

}  // namespace

std::span<const Sequence> corpus_of_loops() { return kCorpus; }

}  // namespace linden::verifier
