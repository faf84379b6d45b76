// Which instructions generated code may contain at all. A list of what is allowed, so that an
// instruction that is new to Zydis, to LLVM or to the machine is refused until someone has thought
// about it.
#ifndef LINDEN_VERIFIER_ALLOWED_INSTRUCTIONS_H_
#define LINDEN_VERIFIER_ALLOWED_INSTRUCTIONS_H_

#include <Zydis/Zydis.h>

namespace linden::verifier {

// Says nothing about operands and prefixes, which decode() looks at.
bool is_allowed(const ZydisDecodedInstruction& instruction);

}  // namespace linden::verifier

#endif
