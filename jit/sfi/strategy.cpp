#include "jit/sfi/strategy.h"

#include <llvm/IR/Constants.h>

namespace linden::jit {

void SfiStrategy::prepare(llvm::Module& module) {
  // Of no size, so that LLVM takes no part of it to be accessible anyway.
  auto* type = llvm::ArrayType::get(llvm::Type::getInt8Ty(module.getContext()), 0);
  memory_ = new llvm::GlobalVariable(module, type, /*isConstant=*/false,
                                     llvm::GlobalValue::ExternalLinkage, nullptr, kMemorySymbol,
                                     nullptr, llvm::GlobalValue::NotThreadLocal, address_space_,
                                     /*isExternallyInitialized=*/true);
}

llvm::Value* SfiStrategy::pointer_to(llvm::IRBuilderBase& builder, llvm::Value* effective_address) {
  // Never inbounds: that would be poison off a null base.
  return builder.CreateGEP(builder.getInt8Ty(), memory_, effective_address, "",
                           llvm::GEPNoWrapFlags::noUnsignedWrap());
}

std::unique_ptr<SfiStrategy> create_strategy(Sfi sfi) {
  switch (sfi) {
    case Sfi::Segment:
      return create_segment_strategy();
    case Sfi::Base:
      return create_base_strategy();
    case Sfi::Bounds:
      return create_bounds_strategy(Confined::All);
    case Sfi::BoundsStores:
      return create_bounds_strategy(Confined::StoresOnly);
    case Sfi::Mask:
      return create_mask_strategy(Confined::All);
    case Sfi::MaskStores:
      return create_mask_strategy(Confined::StoresOnly);
    case Sfi::None:
      return create_none_strategy();
  }
  return nullptr;
}

}  // namespace linden::jit
