// Linear memory is addressed by a register with its base, which is loaded from the Context.
//
//   isolates  As `segment` does: base plus a zero-extended 32-bit index plus a 32-bit offset stays
//             in the reservation, and what is not the guest's there is inaccessible.
//   costs     A register, a load of the base after each call that an access follows, and in
//             addressing modes the place of the base: a[i] with two registers takes an instruction
//             more.
//   trusts    The compiler, as `segment` does, and besides that it reloads the base: a frame that
//             kept it across a call that forks would have the child write to the parent's memory.
//             That it does not is proven for every function (jit/base_check.h).
//
// The base is loaded at each access, and LLVM merges the loads between which nothing may write the
// Context. Accesses to memory do not (alias classes); all calls do.

#include "jit/sfi/memory_access.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

class BaseStrategy final : public SfiStrategy {
 public:
  BaseStrategy() : SfiStrategy(kPlainAddressSpace) {}

  absl::Status confine(llvm::Module& module) override {
    return confine_accesses(module, address_space(),
                            [](const MemoryAccess& access) { redirect(access); });
  }

  bool wants_tidying() const override { return true; }
};

}  // namespace

std::unique_ptr<SfiStrategy> create_base_strategy() { return std::make_unique<BaseStrategy>(); }

}  // namespace linden::jit
