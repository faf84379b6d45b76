// No isolation at all: linear memory lies at a constant address, as an ordinary program's data. It
// measures what isolation costs, and is refused without --unsafe.
//
//   isolates  Nothing is promised.
//   costs     Nothing at an access that native code would not pay; addresses are 32 bits wide and
//             the constant is 64, so that it takes a register.
//   trusts    The guest.
//
// Only one memory can lie at the address: one instance, which cannot fork or exec.

#include <llvm/IR/Constants.h>

#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

class NoneStrategy final : public SfiStrategy {
 public:
  NoneStrategy() : SfiStrategy(kPlainAddressSpace) {}

  absl::Status confine(llvm::Module& module) override {
    llvm::GlobalVariable* memory = module.getNamedGlobal(kMemorySymbol);
    if (memory == nullptr) return absl::OkStatus();
    llvm::Constant* base =
        llvm::ConstantInt::get(llvm::Type::getInt64Ty(module.getContext()), kUnsafeMemoryBase);
    memory->replaceAllUsesWith(llvm::ConstantExpr::getIntToPtr(base, memory->getType()));
    memory->eraseFromParent();
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<SfiStrategy> create_none_strategy() { return std::make_unique<NoneStrategy>(); }

}  // namespace linden::jit
