#include "jit/passes/passes.h"

namespace linden::jit {

void register_passes(llvm::PassBuilder& builder) {
  builder.registerPipelineParsingCallback([](llvm::StringRef name,
                                             llvm::FunctionPassManager& passes,
                                             llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
    if (name == "linden-wide-multiply") {
      passes.addPass(WideMultiplyPass());
      return true;
    }
    if (name == "linden-widen-vectors") {
      passes.addPass(WidenVectorsPass());
      return true;
    }
    if (name == "linden-search-loops") {
      passes.addPass(SearchLoopsPass());
      return true;
    }
    if (name == "linden-float-slp") {
      passes.addPass(FloatSlpPass());
      return true;
    }
    if (name == "linden-balance-sums") {
      passes.addPass(BalanceSumsPass());
      return true;
    }
    if (name == "linden-split-loads") {
      passes.addPass(SplitLoadsPass());
      return true;
    }
    if (name == "linden-narrow-addresses") {
      passes.addPass(NarrowAddressesPass());
      return true;
    }
    if (name == "linden-keep-checks") {
      passes.addPass(KeepChecksPass());
      return true;
    }
    return false;
  });
}

}  // namespace linden::jit
