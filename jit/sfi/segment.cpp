// x86-64: linear memory is the segment %gs, whose base the runtime sets when it enters an instance.
// No register and no argument is spent, and no frame ever holds a host address.
//
// The memory is an external global in address space 256 until the very end, because LLVM can tell
// two globals apart (memory never aliases the context) but not two address spaces; then it becomes
// the null pointer of that space, which selects to %gs:displacement(register).

#include <llvm/IR/Constants.h>

#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

class SegmentStrategy final : public SfiStrategy {
 public:
  static constexpr unsigned kSegmentGs = 256;

  void prepare(llvm::Module& module) override {
    memory_ = new llvm::GlobalVariable(
        module, llvm::Type::getInt8Ty(module.getContext()), /*isConstant=*/false,
        llvm::GlobalValue::ExternalLinkage, nullptr, kMemorySymbol, nullptr,
        llvm::GlobalValue::NotThreadLocal, kSegmentGs, /*isExternallyInitialized=*/true);
  }

  llvm::Value* pointer_to(llvm::IRBuilderBase& builder, llvm::Value* effective_address) override {
    // Never inbounds: that would be poison off a null base.
    return builder.CreateGEP(builder.getInt8Ty(), memory_, effective_address, "",
                             llvm::GEPNoWrapFlags::noUnsignedWrap());
  }

  unsigned address_space() const override { return kSegmentGs; }

  void finish(llvm::Module& module) override {
    // Passes drop it from a module that never uses memory.
    memory_ = module.getNamedGlobal(kMemorySymbol);
    if (memory_ == nullptr) return;
    memory_->replaceAllUsesWith(llvm::ConstantPointerNull::get(memory_->getType()));
    memory_->eraseFromParent();
  }

 private:
  llvm::GlobalVariable* memory_ = nullptr;
};

}  // namespace

std::unique_ptr<SfiStrategy> create_segment_strategy() {
  return std::make_unique<SegmentStrategy>();
}

}  // namespace linden::jit
