// The corpus goes on: where control may go, through tables too, and what a walk over the stack
// finds there.
#include "verifier/corpus.h"

namespace linden::verifier {
namespace {

constexpr std::nullopt_t kFine = std::nullopt;

// Saved registers as jit::SavedRegisters has them: the word below the return address, and so on.
constexpr jit::SavedRegisters kRbxFirst = 1;

constexpr Sequence kCorpus[] = {
    // Calls and jumps.
    // push %rax; .byte 0xe8; .long >800; pop %rcx; ret
    {"a call of a function", kFine, "50 e8 <>800> 59 c3", 8},
    // push %rax; .byte 0xe8; .long >801; pop %rcx; ret
    {"a call of the middle of a function", Rule::Calls, "50 e8 <>801> 59 c3", 8},
    // push %rax; .byte 0xe8; .long >900; pop %rcx; ret
    {"a call of what is no function", Rule::Calls, "50 e8 <>900> 59 c3", 8},
    // push %rax; call *%rdi; pop %rcx; ret
    {"a call of a register", Rule::Calls, "50 ff d7 59 c3", 8},
    // push %rax; call *%gs:8; pop %rcx; ret
    {"a call of linear memory", Rule::Calls, "50 65 ff 14 25 08 00 00 00 59 c3", 8},
    // push %rax; lea >800(%rip),%rax; call *%rax; pop %rcx; ret
    {"a call of a constant address", kFine, "50 48 8d 05 <>800> ff d0 59 c3", 8},
    // push %rax; lea >801(%rip),%rax; call *%rax; pop %rcx; ret
    {"a call of a constant address within a function", Rule::Calls,
     "50 48 8d 05 <>801> ff d0 59 c3", 8},
    // push %rax; call *%fs:memory_grow; pop %rcx; ret
    {"a call of a helper", kFine, "50 64 ff 14 25 <memory_grow> 59 c3", 8},
    // push %rax; mov %fs:memory_grow,%rax; call *%rax; pop %rcx; ret
    {"a call of a helper in a register", kFine, "50 64 48 8b 04 25 <memory_grow> ff d0 59 c3", 8},
    // push %rax; mov %fs:memory_grow,%rax; inc %rax; call *%rax; pop %rcx; ret
    {"a call of a helper that was computed with", Rule::Calls,
     "50 64 48 8b 04 25 <memory_grow> 48 ff c0 ff d0 59 c3", 8},
    // push %rax; call *%fs:adapt_call; pop %rcx; ret
    {"a call of an adapter without a callee", Rule::Calls, "50 64 ff 14 25 <adapt_call> 59 c3", 8},
    // push %rax; .byte 0xe8; .long >80; pop %rcx; ret
    {"a call of an adapter of the image without a callee", Rule::Calls, "50 e8 <>80> 59 c3", 8},
    // push %rax; mov %fs:instance,%rax; mov (%rax),%rax; mov 8(%rax),%rax; mov %rax,%fs:callee;
    // call *8(%rax); pop %rcx; ret
    {"a call of an import", kFine,
     "50 64 48 8b 04 25 <instance> 48 8b 00 48 8b 40 08 64 48 89 04 25 <callee> ff 50 08 59 "
     "c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov (%rax),%rax; mov 8(%rax),%rax; call *8(%rax); pop
    // %rcx; ret
    {"a call of an import that the Context does not name", Rule::Calls,
     "50 64 48 8b 04 25 <instance> 48 8b 00 48 8b 40 08 ff 50 08 59 c3", 8},
    // push %rax; mov %fs:instance,%rax; mov (%rax),%rax; mov 16(%rax),%rax; call *8(%rax); pop
    // %rcx; ret
    {"a call of a function of the module through its reference", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 00 48 8b 40 10 ff 50 08 59 c3", 8},
    // lcall *%gs:0; ret
    {"a far call", Rule::Instruction, "65 ff 1c 25 00 00 00 00 c3"},
    // .byte 0xe9; .long >800
    {"a jump to a function", kFine, "e9 <>800>"},
    // .byte 0xe9; .long >801
    {"a jump to the middle of a function", Rule::Jumps, "e9 <>801>"},
    // push %rax; .byte 0xe9; .long >800
    {"a jump to a function with a frame", Rule::Returns, "50 e9 <>800>"},
    // mov $0x90909090,%eax; jmp .-3; ret
    {"a jump into an instruction", Rule::Decoding, "b8 90 90 90 90 eb fb c3"},
    // mov $0x90909090,%eax; je .-3; ret
    {"a branch into an instruction", Rule::Decoding, "b8 90 90 90 90 74 fb c3"},
    // test %edi,%edi; .byte 0x0f,0x84; .long >801; ret
    {"a branch to the middle of a function", Rule::Jumps, "85 ff 0f 84 <>801> c3"},
    // jmp *%rdi
    {"a jump to a register", Rule::Calls, "ff e7"},
    // mov %edi,%eax
    {"a function without an end", Rule::Jumps, "89 f8"},
    // push %rax; .byte 0xe8; .long >800
    {"a function that ends in a call", Rule::Jumps, "50 e8 <>800>", 8},
    // test %edi,%edi; je .-4
    {"a function that ends in a branch", Rule::Jumps, "85 ff 74 fa"},
    // .byte 0xb8,1,2
    {"half an instruction", Rule::Decoding, "b8 01 02"},
    // .byte 0x06; ret
    {"no instruction", Rule::Decoding, "06 c3"},
    // push %rax; ret
    {"a return with a moved stack pointer", Rule::Returns, "50 c3"},
    // mov %edi,%ebx; ret
    {"a return with a changed register", Rule::Returns, "89 fb c3"},
    // push %rbx; push %rbp; pop %rbx; pop %rbp; ret
    {"a return with registers exchanged", Rule::Returns, "53 55 5b 5d c3"},
    // push %rbx; mov %edi,%ebx; pop %rbx; ret
    {"a return with a register put back", kFine, "53 89 fb 5b c3"},

    // Jump tables. The function must reach 0x30.
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a jump table", kFine,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; mov %edi,%eax; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: cmp $3,%edi; ja 2f; mov %edi,%eax; movslq
    // (%rcx,%rax,4),%rax; add %rcx,%rax; jmp *%rax; 2: ret
    {"a jump table whose bound is compared", kFine,
     "48 8d 0d <>1000> 89 f8 eb 1e 90 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 83 ff 03 77 0b 89 f8 48 63 04 81 48 01 c8 ff e0 c3"},
    // lea >1000(%rip),%rcx; mov %edi,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a jump table without a bound", Rule::Constants,
     "48 8d 0d <>1000> 89 ff eb 1e 90 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $7,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a jump table with a bound that is too large", Rule::Jumps,
     "48 8d 0d <>1000> 83 e7 07 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1020(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a jump table that leads out", Rule::Jumps,
     "48 8d 0d <>1020> 83 e7 03 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0xf,0x90; mov $1,%eax; .org 0x18,0x90; ret;
    // .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp
    // *%rax
    {"a jump table that leads into instructions", Rule::Jumps,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 b8 01 00 00 00 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,2),%rax; add %rcx,%rax; jmp *%rax
    {"a jump table read at odd places", Rule::Jumps,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 79 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; ret; .org 0x18,0x90; ret; .org
    // 0x20,0x90; ret; .org 0x28,0x90; ret; 1: movslq (%rcx,%rdi,4),%rax; lea >1080(%rip),%rdx;
    // add %rdx,%rax; jmp *%rax
    {"a jump table with another base", Rule::Jumps,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 c3 90 90 90 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 48 63 04 b9 48 8d 15 <>1080> 48 01 d0 ff e0"},

    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%eax; ret; .org
    // 0x18,0x90; ret; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: mov %esi,%esi; test %edx,%edx;
    // je 2f; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax; 2: movslq (%rcx,%rdi,4),%rax;
    // add %rcx,%rax; jmp *%rax
    {"two jumps through one table", kFine,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 65 8b 06 c3 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 89 f6 85 d2 74 09 48 63 04 b9 48 01 c8 ff e0 48 63 04 "
     "b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%eax; ret; .org
    // 0x18,0x90; ret; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: test %edx,%edx; je 2f; mov
    // %esi,%esi; movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax; 2: movslq
    // (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"two jumps through one table, the first of which knows more", Rule::LinearMemory,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 65 8b 06 c3 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 85 d2 74 0b 89 f6 48 63 04 b9 48 01 c8 ff e0 48 63 04 "
     "b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%eax; ret; .org
    // 0x18,0x90; ret; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: test %edx,%edx; je 2f; movslq
    // (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax; 2: mov %esi,%esi; movslq (%rcx,%rdi,4),%rax;
    // add %rcx,%rax; jmp *%rax
    {"two jumps through one table, the second of which knows more", Rule::LinearMemory,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 65 8b 06 c3 90 90 90 90 c3 90 90 90 90 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 85 d2 74 09 48 63 04 b9 48 01 c8 ff e0 89 f6 48 63 04 "
     "b9 48 01 c8 ff e0"},
    // lea >1000(%rip),%rcx; and $3,%edi; jmp 1f; .org 0x10,0x90; mov %gs:(%rsi),%eax; ret; .org
    // 0x18,0x90; mov %rdx,%rsi; jmp 2f; .org 0x20,0x90; ret; .org 0x28,0x90; ret; 1: mov
    // %esi,%esi; 2: movslq (%rcx,%rdi,4),%rax; add %rcx,%rax; jmp *%rax
    {"a target that jumps through the table again, and knows less", Rule::LinearMemory,
     "48 8d 0d <>1000> 83 e7 03 eb 1d 90 90 90 90 65 8b 06 c3 90 90 90 90 48 89 d6 eb 0e 90 "
     "90 90 c3 90 90 90 90 90 90 90 c3 89 f6 48 63 04 b9 48 01 c8 ff e0"},

    // Indirect calls through a constant table.
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; cmpq $1,8(%rcx,%rdi); jne 1f;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table", kFine,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 83 7c 39 08 01 75 03 ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; add %rdi,%rcx; cmpq $1,8(%rcx);
    // jne 1f; call *(%rcx); 1: pop %rcx; ret
    {"a constant table whose address is summed up first", kFine,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 01 f9 48 83 79 08 01 75 02 ff 11 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; call *(%rcx,%rdi); pop %rcx; ret
    {"a constant table without a check of the type", Rule::Calls,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; cmpq $1,8(%rcx,%rdi); call
    // *(%rcx,%rdi); pop %rcx; ret
    {"a constant table with a check that does not matter", Rule::Calls,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 83 7c 39 08 01 ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; cmpq $1,8(%rcx,%rdi); je 1f;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table with a check the wrong way round", Rule::Calls,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 83 7c 39 08 01 74 03 ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; and $3,%esi; shl $4,%rsi; lea >1040(%rip),%rcx; cmpq
    // $1,8(%rcx,%rsi); jne 1f; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table with a check of another slot", Rule::Calls,
     "50 83 e7 03 48 c1 e7 04 83 e6 03 48 c1 e6 04 48 8d 0d <>1040> 48 83 7c 31 08 01 75 03 "
     "ff 14 39 59 c3",
     8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; cmpq $0,8(%rcx,%rdi); jne 1f;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table with a check for an empty slot", Rule::Calls,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 83 7c 39 08 00 75 03 ff 14 39 59 c3", 8},
    // push %rax; mov %edi,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; cmpq $1,8(%rcx,%rdi); jne 1f;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table by an index without a bound", Rule::Constants,
     "50 89 ff 48 c1 e7 04 48 8d 0d <>1040> 48 83 7c 39 08 01 75 03 ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $3,%rdi; lea >1040(%rip),%rcx; cmpq $1,8(%rcx,%rdi); jne 1f;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a constant table read between slots", Rule::Calls,
     "50 83 e7 03 48 c1 e7 03 48 8d 0d <>1040> 48 83 7c 39 08 01 75 03 ff 14 39 59 c3", 8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; add %rdi,%rcx; mov 8(%rcx),%rax;
    // test %rax,%rax; je 1f; mov %rcx,%fs:constant_callee; .byte 0xe8; .long >80; 1: pop %rcx;
    // ret
    {"a slot for an adapter", kFine,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 01 f9 48 8b 41 08 48 85 c0 74 0e 64 48 89 "
     "0c 25 <constant_callee> e8 <>80> 59 c3",
     8},
    // push %rax; and $3,%edi; shl $4,%rdi; lea >1040(%rip),%rcx; add %rdi,%rcx; mov
    // %rcx,%fs:constant_callee; .byte 0xe8; .long >80; pop %rcx; ret
    {"a slot for an adapter that may be empty", Rule::Context,
     "50 83 e7 03 48 c1 e7 04 48 8d 0d <>1040> 48 01 f9 64 48 89 0c 25 <constant_callee> e8 "
     "<>80> 59 c3",
     8},

    // Indirect calls through a table that can change.
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %fs:instance,%rdx; mov 8(%rdx),%rdx; mov (%rdx),%rdx; mov %edi,%edi; cmp 8(%rdx),%rdi; jae
    // 1f; shl $5,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; mov 16(%rcx,%rdi),%rax; mov %rax,%fs:callee;
    // call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table", kFine,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 64 48 8b 14 25 <instance> 48 "
     "8b 52 08 48 8b 12 89 ff 48 3b 7a 08 73 1d 48 c1 e7 05 48 83 7c 39 08 05 75 11 48 8b 44 "
     "39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // 8(%rax),%rdx; mov %edi,%edi; cmp %rdi,%rdx; jbe 1f; shl $5,%rdi; add %rcx,%rdi; mov
    // 8(%rdi),%rsi; cmp $5,%rsi; jne 1f; mov 16(%rdi),%rax; mov %rax,%fs:callee; call *(%rdi); 1:
    // pop %rcx; ret
    {"a table whose length was loaded", kFine,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 48 8b 50 08 89 ff 48 39 fa "
     "76 20 48 c1 e7 05 48 01 cf 48 8b 77 08 48 83 fe 05 75 0f 48 8b 47 10 64 48 89 04 25 "
     "<callee> ff 17 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %edi,%edi; shl $5,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; mov 16(%rcx,%rdi),%rax; mov
    // %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table without a bound", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 c1 e7 05 48 83 7c "
     "39 08 05 75 11 48 8b 44 39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov 8(%rax),%rdx; mov (%rax),%rax; mov
    // (%rax),%rcx; mov %edi,%edi; cmp 8(%rdx),%rdi; jae 1f; shl $5,%rdi; cmpq $5,8(%rcx,%rdi);
    // jne 1f; mov 16(%rcx,%rdi),%rax; mov %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table with the bound of another", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 50 08 48 8b 00 48 8b 08 89 ff 48 3b 7a "
     "08 73 1d 48 c1 e7 05 48 83 7c 39 08 05 75 11 48 8b 44 39 10 64 48 89 04 25 <callee> ff "
     "14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %edi,%edi; cmp 8(%rax),%rdi; ja 1f; shl $5,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; mov
    // 16(%rcx,%rdi),%rax; mov %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table with a bound that may be reached", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 3b 78 08 77 1d 48 "
     "c1 e7 05 48 83 7c 39 08 05 75 11 48 8b 44 39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; cmp
    // 8(%rax),%edi; jae 1f; shl $5,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; mov 16(%rcx,%rdi),%rax;
    // mov %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table with a bound of 32 bits", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 3b 78 08 73 1d 48 c1 e7 05 "
     "48 83 7c 39 08 05 75 11 48 8b 44 39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %edi,%edi; cmp 8(%rax),%rdi; jae 1f; shl $4,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; mov
    // 16(%rcx,%rdi),%rax; mov %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table read between slots", Rule::RuntimeData,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 3b 78 08 73 1d 48 "
     "c1 e7 04 48 83 7c 39 08 05 75 11 48 8b 44 39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %edi,%edi; cmp 8(%rax),%rdi; jae 1f; shl $5,%rdi; mov 16(%rcx,%rdi),%rax; mov
    // %rax,%fs:callee; call *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table without a check of the type", Rule::Context,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 3b 78 08 73 15 48 "
     "c1 e7 05 48 8b 44 39 10 64 48 89 04 25 <callee> ff 14 39 59 c3",
     8},
    // push %rax; mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov
    // %edi,%edi; cmp 8(%rax),%rdi; jae 1f; shl $5,%rdi; cmpq $5,8(%rcx,%rdi); jne 1f; call
    // *(%rcx,%rdi); 1: pop %rcx; ret
    {"a table whose callee is not in the Context", Rule::Calls,
     "50 64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 3b 78 08 73 0f 48 "
     "c1 e7 05 48 83 7c 39 08 05 75 03 ff 14 39 59 c3",
     8},
    // mov %fs:instance,%rax; mov 8(%rax),%rax; mov (%rax),%rax; mov (%rax),%rcx; mov %edi,%edi;
    // cmp 8(%rax),%rdi; jae 1f; shl $5,%rdi; mov %rsi,(%rcx,%rdi); 1: ret
    {"a write to a table", Rule::RuntimeData,
     "64 48 8b 04 25 <instance> 48 8b 40 08 48 8b 00 48 8b 08 89 ff 48 3b 78 08 73 08 48 c1 "
     "e7 05 48 89 34 39 c3"},

    // What a walk over the stack reckons with.
    // push %rax; .byte 0xe8; .long >800; pop %rcx; ret
    {"a frame of another size than the image says", Rule::UnwindTables, "50 e8 <>800> 59 c3", 16},
    // push %rax; push %rbx; xor %ebx,%ebx; .byte 0xe8; .long >800; pop %rbx; pop %rcx; ret
    {"a register saved elsewhere than the image says", Rule::UnwindTables,
     "50 53 31 db e8 <>800> 5b 59 c3", 16, kRbxFirst},
    // push %rbx; xor %ebx,%ebx; .byte 0xe8; .long >800; pop %rbx; ret
    {"a register changed, of which the image says nothing", Rule::UnwindTables,
     "53 31 db e8 <>800> 5b c3", 8},
};

}  // namespace

std::span<const Sequence> corpus_of_calls() { return kCorpus; }

}  // namespace linden::verifier
