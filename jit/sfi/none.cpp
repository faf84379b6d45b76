// No isolation, for measuring what isolation costs: memory 0 lies at one fixed address of the
// process, written into the code as a constant, as a native program's static data would be. Only
// one instance can run so.

#include <llvm/IR/Constants.h>

#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

class NoneStrategy final : public SfiStrategy {
 public:
  void prepare(llvm::Module& module) override {
    memory_ = new llvm::GlobalVariable(module, llvm::Type::getInt8Ty(module.getContext()),
                                       /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage,
                                       nullptr, kMemorySymbol);
  }

  llvm::Value* pointer_to(llvm::IRBuilderBase& builder, llvm::Value* effective_address) override {
    return builder.CreateGEP(builder.getInt8Ty(), memory_, effective_address, "",
                             llvm::GEPNoWrapFlags::noUnsignedWrap());
  }

  unsigned address_space() const override { return 0; }

  void finish(llvm::Module& module) override {
    memory_ = module.getNamedGlobal(kMemorySymbol);
    if (memory_ == nullptr) return;
    llvm::Constant* base =
        llvm::ConstantInt::get(llvm::Type::getInt64Ty(module.getContext()), kUnsafeMemoryBase);
    memory_->replaceAllUsesWith(llvm::ConstantExpr::getIntToPtr(base, memory_->getType()));
    memory_->eraseFromParent();
  }

 private:
  llvm::GlobalVariable* memory_ = nullptr;
};

}  // namespace

std::unique_ptr<SfiStrategy> create_none_strategy() { return std::make_unique<NoneStrategy>(); }

std::unique_ptr<SfiStrategy> create_strategy(Sfi sfi) {
  return sfi == Sfi::None ? create_none_strategy() : create_segment_strategy();
}

}  // namespace linden::jit
