// Every address is compared with the memory's size.
//
//   isolates  The effective address plus the size of the access is compared with the size of memory
//             before the access; beyond, a trap instruction. No access depends on guard pages, nor
//             on addresses being reserved. (Within the size, what a POSIX guest has unmapped is for
//             its own sake inaccessible.)
//   costs     An addition, a comparison and a branch for each address that was not checked before
//             it on the way there, registers for base and size, and after each call loads of both.
//   trusts    The compiler, as `base` does. And that the processor does not speculate beyond the
//             comparison: without a reservation around memory, what it read there would be somebody
//             else's.
//
// Memory never shrinks, so a check holds for ever: an access whose address is that of a dominating
// one plus as much or less is not checked again, not even after a call.
//
// Memory may grow at any time if it is shared, so the size is read atomically. An older size is
// good enough until the guest synchronises, and LLVM reads it again after that, because an
// unordered load does not move over an acquiring one.
//
// bounds-stores: loads are as those of `base`.

#include <llvm/ADT/DepthFirstIterator.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <map>
#include <utility>

#include "jit/abi.h"
#include "jit/passes/address_terms.h"
#include "jit/runtime_symbols.h"
#include "jit/sfi/memory_access.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

// More would make large functions slow to compile.
constexpr size_t kMostChecksRemembered = 16;

// An offset in memory as `root` plus a constant. Offsets with equal roots are comparable by their
// constants, because no sum of them wraps around: the root is below 2^32.
struct SplitOffset {
  const llvm::Value* root;
  uint64_t constant;
};

SplitOffset split(llvm::Value* pointer) {
  std::optional<IndexedAddress> address = decompose(pointer);
  if (!address || !llvm::isa<llvm::ConstantPointerNull>(address->base)) return {pointer, 0};
  return {address->index, address->offset};
}

// The checks of one function: which there must be, and then those.
class Checks {
 public:
  explicit Checks(llvm::Function& function) : dominators_(function) {}

  // Accesses that nothing covers, in an order in which those that dominate others come first.
  std::vector<MemoryAccess> choose(const std::vector<MemoryAccess>& accesses) {
    std::map<const llvm::BasicBlock*, std::vector<MemoryAccess>> by_block;
    for (const MemoryAccess& access : accesses) {
      by_block[access.instruction->getParent()].push_back(access);
    }
    std::vector<MemoryAccess> chosen;
    for (const llvm::DomTreeNode* node : llvm::depth_first(dominators_.getRootNode())) {
      for (const MemoryAccess& access : by_block[node->getBlock()]) {
        if (!is_covered(access)) chosen.push_back(access);
      }
    }
    return chosen;
  }

  static void emit(const MemoryAccess& access) {
    llvm::IRBuilder<> builder(access.instruction);
    llvm::Value* is_beyond = compare(builder, access);
    llvm::MDBuilder metadata(builder.getContext());
    llvm::Instruction* end =
        llvm::SplitBlockAndInsertIfThen(is_beyond, access.instruction, /*Unreachable=*/true,
                                        metadata.createUnlikelyBranchWeights());
    builder.SetInsertPoint(end);
    builder.SetCurrentDebugLocation(access.instruction->getDebugLoc());
    // Each trap keeps its own place in the code, so that it can be told where it came from.
    builder
        .CreateIntrinsic(llvm::Intrinsic::ubsantrap, {},
                         {builder.getInt8(static_cast<uint8_t>(TrapCode::MemoryOutOfBounds))})
        ->addFnAttr(llvm::Attribute::NoMerge);
  }

 private:
  struct Check {
    const llvm::BasicBlock* block;
    uint64_t end;  // relative to the root
  };

  bool is_covered(const MemoryAccess& access) {
    const SplitOffset offset = split(access.pointer);
    const Check check{access.instruction->getParent(), offset.constant + access.size};
    std::vector<Check>& known = checks_[offset.root];
    for (const Check& other : known) {
      if (other.end >= check.end && dominators_.dominates(other.block, check.block)) return true;
    }
    // One of some elements tells nothing of the others.
    if (access.lanes == nullptr) {
      if (known.size() == kMostChecksRemembered) known.erase(known.begin());
      known.push_back(check);
    }
    return false;
  }

  static llvm::Value* load_size(llvm::IRBuilder<>& builder) {
    llvm::LLVMContext& context = builder.getContext();
    llvm::MDNode* runtime = alias_tag(context, AliasClass::Runtime);
    // Whatever is loaded here may be loaded early, out of loops.
    auto set_dereferenceable = [&](llvm::LoadInst* loaded, uint64_t size) {
      loaded->setMetadata(
          llvm::LLVMContext::MD_dereferenceable,
          llvm::MDNode::get(context, llvm::ConstantAsMetadata::get(builder.getInt64(size))));
    };
    llvm::LoadInst* instance = load_host_address(builder, offsetof(Context, instance));
    set_dereferenceable(instance, sizeof(InstanceData));
    llvm::LoadInst* place = builder.CreateAlignedLoad(
        builder.getPtrTy(),
        builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), instance,
                                           offsetof(InstanceData, memory_size)),
        llvm::Align(8));
    place->setMetadata(llvm::LLVMContext::MD_tbaa, runtime);
    set_dereferenceable(place, sizeof(uint64_t));
    llvm::LoadInst* size = builder.CreateAlignedLoad(builder.getInt64Ty(), place, llvm::Align(8));
    size->setAtomic(llvm::AtomicOrdering::Unordered);
    size->setMetadata(llvm::LLVMContext::MD_tbaa, runtime);
    return size;
  }

  // i1: does any byte lie beyond the memory's size?
  static llvm::Value* compare(llvm::IRBuilder<>& builder, const MemoryAccess& access) {
    llvm::Type* word = builder.getInt64Ty();
    llvm::Value* offset = builder.CreatePtrToInt(access.pointer, word);
    llvm::Value* size = load_size(builder);
    if (access.lanes == nullptr) {
      return builder.CreateICmpUGT(builder.CreateAdd(offset, builder.getInt64(access.size)), size);
    }
    // Elements that are not accessed may lie where they like.
    const unsigned count =
        llvm::cast<llvm::FixedVectorType>(access.lanes->getType())->getNumElements();
    std::vector<uint64_t> ends;
    for (unsigned i = 1; i <= count; ++i) ends.push_back(access.size / count * i);
    llvm::Value* lane_ends =
        builder.CreateAdd(builder.CreateVectorSplat(count, offset),
                          llvm::ConstantDataVector::get(builder.getContext(), ends));
    llvm::Value* are_beyond =
        builder.CreateICmpUGT(lane_ends, builder.CreateVectorSplat(count, size));
    return builder.CreateOrReduce(builder.CreateAnd(are_beyond, access.lanes));
  }

  llvm::DominatorTree dominators_;
  std::map<const llvm::Value*, std::vector<Check>> checks_;  // by root; in the order of choosing
};

class BoundsStrategy final : public SfiStrategy {
 public:
  explicit BoundsStrategy(Confined confined)
      : SfiStrategy(kPlainAddressSpace), confined_(confined) {}

  absl::Status confine(llvm::Module& module) override {
    if (!make_pointers_offsets(module)) return absl::OkStatus();
    forget_effects(module);
    drop_prefetches(module);
    for (llvm::Function& function : module) {
      if (function.isDeclaration()) continue;
      auto accesses = find_accesses(function, address_space());
      if (!accesses.ok()) return accesses.status();
      std::vector<MemoryAccess> confined;
      for (const MemoryAccess& access : *accesses) {
        if (access.is_store || confined_ == Confined::All) confined.push_back(access);
      }
      const std::vector<MemoryAccess> chosen = Checks(function).choose(confined);
      // From the end: splitting a block moves what follows.
      for (auto access = chosen.rbegin(); access != chosen.rend(); ++access) Checks::emit(*access);
      for (const MemoryAccess& access : *accesses) redirect(access);
    }
    return absl::OkStatus();
  }

  bool wants_tidying() const override { return true; }

 private:
  const Confined confined_;
};

}  // namespace

std::unique_ptr<SfiStrategy> create_bounds_strategy(Confined confined) {
  return std::make_unique<BoundsStrategy>(confined);
}

}  // namespace linden::jit
