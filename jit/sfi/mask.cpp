// Every address is forced into the reservation by an instruction of its own, at the access.
//
//   isolates  The effective address, whatever it is, is anded with Context::memory_mask: 2^33 - 1.
//             Base plus that, plus the widest access, lies in the reservation. An address that is
//             as wasm has it is below 2^33, so it stays what it is, and traps beyond the end of
//             memory as it should.
//   costs     As `base`, and an instruction for each address; the addressing mode has no place for
//             the access's own offset any more, which is one more. A register with the mask.
//   trusts    That the last steps of code generation keep the operations on a pointer in order.
//             Nothing is trusted about ranges: not that an index was extended, not what passes
//             have made of loops and addresses. The mask is a value in memory, hence unknown to
//             LLVM, which would drop `x & (2^33 - 1)` as soon as it believes that x is small.
//
// The mask is the same for all memories and never changes, so frames may keep it; the base is as in
// base.cpp.
//
// mask-stores: loads are as those of `base`.

#include "jit/abi.h"
#include "jit/runtime_symbols.h"
#include "jit/sfi/memory_access.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

class MaskStrategy final : public SfiStrategy {
 public:
  explicit MaskStrategy(Confined confined) : SfiStrategy(kPlainAddressSpace), confined_(confined) {}

  absl::Status confine(llvm::Module& module) override {
    return confine_accesses(module, address_space(), [this](const MemoryAccess& access) {
      if (!access.is_store && confined_ == Confined::StoresOnly) return redirect(access);
      llvm::IRBuilder<> builder(access.instruction);
      llvm::Value* offset = builder.CreatePtrToInt(access.pointer, builder.getInt64Ty());
      redirect(access, builder.CreateAnd(offset, load_mask(builder)));
    });
  }

  bool wants_tidying() const override { return true; }

 private:
  static llvm::Value* load_mask(llvm::IRBuilder<>& builder) {
    llvm::Module& module = *builder.GetInsertBlock()->getModule();
    llvm::LoadInst* mask = builder.CreateAlignedLoad(
        builder.getInt64Ty(), context_field(module, offsetof(Context, memory_mask)),
        llvm::Align(8));
    mask->setMetadata(llvm::LLVMContext::MD_tbaa,
                      alias_tag(module.getContext(), AliasClass::Context));
    mask->setMetadata(llvm::LLVMContext::MD_invariant_load,
                      llvm::MDNode::get(module.getContext(), {}));
    return mask;
  }

  const Confined confined_;
};

}  // namespace

std::unique_ptr<SfiStrategy> create_mask_strategy(Confined confined) {
  return std::make_unique<MaskStrategy>(confined);
}

}  // namespace linden::jit
