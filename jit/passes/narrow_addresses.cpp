// The verifier (docs/sfi.md) proves each address by what the code does, not by why it does it. An
// address that is zero-extended from 32 bits, plus a constant, is proved at a glance; one that
// LLVM has rewritten in 64 bits, because it knew that nothing would wrap around, is not:
//
//     zext(p + i) -> zext(p) + i            the vectorisers, and whatever knows p + i < 2^32
//     zext(i << 2) -> zext(i) << 2          instcombine
//     zext(v[3]) -> zext(v)[3]              loops that are vectorised but for their accesses
//     phi(zext(a) + 8, zext(b) + 16)        sinking of common code, PRE
//
// This pass, the last before code generation, takes the first three back: it adds the terms in 32
// bits. The constant part of the address stays outside, so accesses at several distances from one
// place share the sum, which is one `lea`, or nothing at all where it becomes part of the operand
// (fold_addresses.cpp). The sum of the terms is below 2^32 by LLVM's own reasoning, so the address
// is the same.
//
// Of a value that comes from several places nobody can say which part of it is an access's constant
// offset, which must be added without wrapping. It is below 2^33 in any case, and is masked to
// that.
//
// Loop strength reduction would undo this, and is switched off (optimizer.cpp).

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>

#include <vector>

#include "jit/passes/passes.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

constexpr uint64_t kAddressMask = (uint64_t{1} << 33) - 1;
// Two addresses of 32 bits and a constant up to this stay in the reservation.
constexpr int64_t kSlack = 32768;
constexpr unsigned kMaximumDepth = 6;

struct Address {
  std::vector<llvm::Value*> terms;  // i64
  int64_t constant = 0;
  bool operator==(const Address&) const = default;
};

llvm::Use* pointer_use(llvm::Instruction& instruction) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    return &load->getOperandUse(llvm::LoadInst::getPointerOperandIndex());
  }
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    return &store->getOperandUse(llvm::StoreInst::getPointerOperandIndex());
  }
  if (auto* update = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) {
    return &update->getOperandUse(llvm::AtomicRMWInst::getPointerOperandIndex());
  }
  if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) {
    return &exchange->getOperandUse(llvm::AtomicCmpXchgInst::getPointerOperandIndex());
  }
  return nullptr;
}

void collect(llvm::Value* value, Address& address, unsigned depth) {
  using llvm::Instruction;
  if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value)) {
    address.constant += constant->getSExtValue();
    return;
  }
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  const bool is_sum =
      operation != nullptr && (operation->getOpcode() == Instruction::Add ||
                               (operation->getOpcode() == Instruction::Or &&
                                llvm::cast<llvm::PossiblyDisjointInst>(operation)->isDisjoint()));
  if (is_sum && depth < kMaximumDepth) {
    collect(operation->getOperand(0), address, depth + 1);
    collect(operation->getOperand(1), address, depth + 1);
    return;
  }
  address.terms.push_back(value);
}

bool is_constant_from(llvm::Value* value, int64_t least) {
  auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value);
  return constant != nullptr && constant->getSExtValue() >= least;
}

// A number that starts at a constant and grows: no part of it is an access's offset.
bool is_counter(llvm::Value* value) {
  auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
  if (phi == nullptr || phi->getNumIncomingValues() != 2) return false;
  for (unsigned i = 0; i < 2; ++i) {
    auto* step = llvm::dyn_cast<llvm::BinaryOperator>(phi->getIncomingValue(i));
    if (step != nullptr && step->getOpcode() == llvm::Instruction::Add &&
        step->getOperand(0) == phi && is_constant_from(step->getOperand(1), 1) &&
        is_constant_from(phi->getIncomingValue(1 - i), 0)) {
      return true;
    }
  }
  return false;
}

// Whether the value is made of 32-bit numbers and counters, none of them negative: only then is a
// sum of several below 2^32 because the whole address is.
bool is_narrow(llvm::Value* value, unsigned depth = 0) {
  if (llvm::isa<llvm::ZExtInst>(value) || is_constant_from(value, 0)) return true;
  if (is_counter(value)) return true;
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  if (operation == nullptr || depth == kMaximumDepth) return false;
  switch (operation->getOpcode()) {
    case llvm::Instruction::LShr:
      return is_constant_from(operation->getOperand(1), 1);
    case llvm::Instruction::And:
      return is_constant_from(operation->getOperand(1), 0) ||
             is_narrow(operation->getOperand(0), depth + 1);
    case llvm::Instruction::Add:
    case llvm::Instruction::Or:
    case llvm::Instruction::Shl:
    case llvm::Instruction::Mul:
      return is_narrow(operation->getOperand(0), depth + 1) &&
             is_narrow(operation->getOperand(1), depth + 1);
    default:
      return false;
  }
}

bool is_zero_extended(const llvm::Value* value) {
  auto* extension = llvm::dyn_cast<llvm::ZExtInst>(value);
  return extension != nullptr && extension->getSrcTy()->getIntegerBitWidth() <= 32;
}

// `value` as an element of 32 bits, if it is one of a wider vector whose upper halves are zero;
// else null. Code generation would take 64 bits out of the vector.
llvm::Value* narrow_element(llvm::IRBuilder<>& builder, llvm::Value* value,
                            const llvm::DataLayout& layout) {
  auto* element = llvm::dyn_cast<llvm::ExtractElementInst>(value);
  if (element == nullptr) return nullptr;
  llvm::Value* wide = element->getVectorOperand();
  if (llvm::computeKnownBits(wide, layout).countMinLeadingZeros() < 32) return nullptr;
  auto* extension = llvm::dyn_cast<llvm::ZExtInst>(wide);
  llvm::Value* narrow = extension != nullptr && extension->getSrcTy()->getScalarSizeInBits() == 32
                            ? extension->getOperand(0)
                            : builder.CreateTrunc(wide, wide->getType()->getWithNewBitWidth(32));
  return builder.CreateZExt(builder.CreateExtractElement(narrow, element->getIndexOperand()),
                            value->getType());
}

// LLVM would compute zext(i << 2) in 64 bits if it may take for granted that nothing is lost.
bool forget_no_wrap(llvm::Value* value, unsigned depth = 0) {
  auto* operation = llvm::dyn_cast<llvm::Instruction>(value);
  if (operation == nullptr || depth == kMaximumDepth) return false;
  if (llvm::isa<llvm::ZExtInst>(operation)) {
    return forget_no_wrap(operation->getOperand(0), depth + 1);
  }
  auto* arithmetic = llvm::dyn_cast<llvm::OverflowingBinaryOperator>(operation);
  if (arithmetic == nullptr) return false;
  bool changed = arithmetic->hasNoUnsignedWrap() || arithmetic->hasNoSignedWrap();
  operation->setHasNoUnsignedWrap(false);
  operation->setHasNoSignedWrap(false);
  for (llvm::Value* operand : operation->operands()) {
    changed |= forget_no_wrap(operand, depth + 1);
  }
  return changed;
}

bool is_plain(const Address& address) {
  if (address.constant < 0) return false;
  if (address.terms.empty()) return true;
  if (!is_zero_extended(address.terms[0])) return false;
  if (address.terms.size() == 1) return address.constant <= UINT32_MAX;
  return address.terms.size() == 2 && is_zero_extended(address.terms[1]) &&
         address.constant <= kSlack;
}

class Narrower {
 public:
  explicit Narrower(llvm::GlobalVariable& memory) : memory_(memory) {}

  bool run(llvm::Function& function) {
    bool changed = false;
    for (llvm::BasicBlock& block : function) {
      made_.clear();
      for (llvm::Instruction& instruction : block) {
        llvm::Use* use = pointer_use(instruction);
        if (use != nullptr &&
            use->get()->getType()->getPointerAddressSpace() == memory_.getAddressSpace()) {
          changed |= narrow(instruction, *use);
        }
      }
    }
    return changed;
  }

 private:
  bool narrow(llvm::Instruction& access, llvm::Use& use) {
    Address address;
    llvm::Value* pointer = use.get();
    while (auto* step = llvm::dyn_cast<llvm::GEPOperator>(pointer)) {
      if (step->getNumIndices() != 1 || !step->getSourceElementType()->isIntegerTy(8) ||
          !step->getOperand(1)->getType()->isIntegerTy(64)) {
        break;
      }
      collect(step->getOperand(1), address, 0);
      pointer = step->getPointerOperand();
    }
    llvm::IRBuilder<> builder(&access);
    bool has_elements = false;
    for (llvm::Value*& term : address.terms) {
      if (llvm::Value* element = narrow_element(builder, term, access.getDataLayout())) {
        term = element;
        has_elements = true;
      }
    }
    if (pointer != &memory_) {
      address.terms.push_back(builder.CreatePtrToInt(pointer, builder.getInt64Ty()));
    } else if (is_plain(address) && !has_elements) {
      bool changed = false;
      for (llvm::Value* term : address.terms) changed |= forget_no_wrap(term);
      return changed;
    }
    use.set(builder.CreateGEP(builder.getInt8Ty(), &memory_, rewrite(builder, address)));
    return true;
  }

  llvm::Value* rewrite(llvm::IRBuilder<>& builder, Address address) {
    const bool narrow = std::all_of(address.terms.begin(), address.terms.end(),
                                    [](llvm::Value* term) { return is_narrow(term); });
    // What the access adds may be more than what it wants.
    int64_t outside = address.constant;
    if (!narrow || outside < 0 || outside > UINT32_MAX) outside = 0;
    address.constant -= outside;
    llvm::Value* sum = nullptr;
    for (auto& [known, value] : made_) {
      if (known == address) sum = value;
    }
    if (sum == nullptr) {
      sum = narrow ? narrow_sum(builder, address) : masked_sum(builder, address);
      made_.push_back({address, sum});
    }
    return outside == 0
               ? sum
               : builder.CreateNUWAdd(sum, builder.getInt64(static_cast<uint64_t>(outside)));
  }

  llvm::Value* narrow_sum(llvm::IRBuilder<>& builder, const Address& address) {
    llvm::Value* sum = nullptr;
    for (llvm::Value* term : address.terms) {
      llvm::Value* low = low_half(builder, term, 0);
      sum = sum == nullptr ? low : builder.CreateAdd(sum, low);
    }
    if (address.constant != 0) {
      sum = builder.CreateAdd(sum, builder.getInt32(static_cast<uint32_t>(address.constant)));
    }
    return builder.CreateZExt(sum, builder.getInt64Ty());
  }

  llvm::Value* masked_sum(llvm::IRBuilder<>& builder, const Address& address) {
    llvm::Value* sum = builder.getInt64(static_cast<uint64_t>(address.constant));
    for (llvm::Value* term : address.terms) sum = builder.CreateAdd(sum, term);
    return builder.CreateAnd(sum, builder.getInt64(kAddressMask));
  }

  // The lower 32 bits of a value, from the lower 32 bits of what it is made of.
  llvm::Value* low_half(llvm::IRBuilder<>& builder, llvm::Value* value, unsigned depth) {
    llvm::Type* word = builder.getInt32Ty();
    if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value)) {
      return builder.getInt32(static_cast<uint32_t>(constant->getZExtValue()));
    }
    if (auto* extension = llvm::dyn_cast<llvm::CastInst>(value)) {
      const bool is_extension = llvm::isa<llvm::ZExtInst, llvm::SExtInst>(extension);
      if (is_extension && extension->getSrcTy()->isIntegerTy(32)) {
        forget_no_wrap(extension->getOperand(0));
        return extension->getOperand(0);
      }
    }
    auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
    if (operation != nullptr && depth < kMaximumDepth) {
      switch (operation->getOpcode()) {
        case llvm::Instruction::Shl: {
          auto* count = llvm::dyn_cast<llvm::ConstantInt>(operation->getOperand(1));
          if (count == nullptr || count->getZExtValue() > 31) break;
          return builder.CreateShl(low_half(builder, operation->getOperand(0), depth + 1),
                                   static_cast<unsigned>(count->getZExtValue()));
        }
        case llvm::Instruction::Add:
        case llvm::Instruction::Sub:
        case llvm::Instruction::Mul:
          return builder.CreateBinOp(operation->getOpcode(),
                                     low_half(builder, operation->getOperand(0), depth + 1),
                                     low_half(builder, operation->getOperand(1), depth + 1));
        default:
          break;
      }
    }
    return builder.CreateTrunc(value, word);
  }

  llvm::GlobalVariable& memory_;
  // Sums made in the current block.
  std::vector<std::pair<Address, llvm::Value*>> made_;
};

}  // namespace

llvm::PreservedAnalyses NarrowAddressesPass::run(llvm::Function& function,
                                                 llvm::FunctionAnalysisManager&) {
  llvm::GlobalVariable* memory = function.getParent()->getNamedGlobal(kMemorySymbol);
  // Only a segment confines accesses by their addresses alone.
  constexpr unsigned kSegmentGs = 256;
  if (memory == nullptr || memory->getAddressSpace() != kSegmentGs) {
    return llvm::PreservedAnalyses::all();
  }
  return Narrower(*memory).run(function) ? llvm::PreservedAnalyses::none()
                                         : llvm::PreservedAnalyses::all();
}

}  // namespace linden::jit
