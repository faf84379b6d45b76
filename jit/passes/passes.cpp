#include "jit/passes/passes.h"

namespace linden::jit {
namespace {

template <typename Pass>
void add(llvm::FunctionPassManager& passes) {
  passes.addPass(Pass());
}

struct Entry {
  llvm::StringRef name;
  void (*add)(llvm::FunctionPassManager& passes);
};

const Entry kPasses[] = {
    {"linden-wide-multiply", add<WideMultiplyPass>},
    {"linden-byte-masks", add<ByteMasksPass>},
    {"linden-widen-vectors", add<WidenVectorsPass>},
    {"linden-search-loops", add<SearchLoopsPass>},
    {"linden-unroll-nests", add<UnrollNestsPass>},
    {"linden-float-slp", add<FloatSlpPass>},
    {"linden-delayed-addresses", add<DelayedAddressesPass>},
    {"linden-balance-sums", add<BalanceSumsPass>},
    {"linden-split-loads", add<SplitLoadsPass>},
    {"linden-narrow-addresses", add<NarrowAddressesPass>},
    {"linden-keep-checks", add<KeepChecksPass>},
};

}  // namespace

void register_passes(llvm::PassBuilder& builder) {
  builder.registerPipelineParsingCallback([](llvm::StringRef name,
                                             llvm::FunctionPassManager& passes,
                                             llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
    const Entry* found =
        llvm::find_if(kPasses, [&](const Entry& entry) { return entry.name == name; });
    if (found == std::end(kPasses)) return false;
    found->add(passes);
    return true;
  });
}

}  // namespace linden::jit
