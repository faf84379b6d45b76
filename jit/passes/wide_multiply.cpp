// WebAssembly has no 64 x 64 -> 128-bit multiplication: producers write four 32-bit ones and
// carries (compiler-rt's __multi3, and the mulhi of most cryptography and hash code). Here both
// halves of such a product become halves of one i128 multiplication, which is one instruction.
//
// With a = ah:al, b = bh:bl and ll = al*bl, the two ways in which it is written:
//
//   ladder     t = p + (ll >> 32)                     p and q are ah*bl and al*bh in either order
//              u = q + lo(t)
//              high = ah*bh + (t >> 32) + (u >> 32)   low = u << 32 | lo(ll)
//
//   columns    m = lo(p) + lo(q) + (ll >> 32)
//              high = ah*bh + (p >> 32) + (q >> 32) + (m >> 32)    low = m << 32 | lo(ll)
//
// No addition on the way to `high` overflows in either, so the order of terms does not matter, and
// terms that do not belong to the product may stand between them: `high` is found as a subset of
// the terms of a sum.

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

#include "jit/passes/passes.h"

namespace linden::jit {
namespace {

using namespace llvm::PatternMatch;

constexpr uint64_t kLowMask = 0xffffffff;

// lo(x): the lower 32 bits, widened.
template <typename Matcher>
auto match_low(const Matcher& of) {
  return m_c_And(of, m_SpecificInt(kLowMask));
}

// x of lo(x), or null.
llvm::Value* low_of(llvm::Value* value) {
  llvm::Value* whole = nullptr;
  if (match(value, match_low(m_Value(whole)))) return whole;
  if (match(value, m_ZExt(m_Trunc(m_Value(whole)))) && whole->getType()->isIntegerTy(64) &&
      llvm::cast<llvm::ZExtInst>(value)->getSrcTy()->isIntegerTy(32)) {
    return whole;
  }
  return nullptr;
}

bool is_low_of(llvm::Value* value, llvm::Value* whole) { return low_of(value) == whole; }

bool is_high_of(llvm::Value* value, llvm::Value* whole) {
  return match(value, m_LShr(m_Specific(whole), m_SpecificInt(32)));
}

// first-half(a) * second-half(b), where a half is high if its flag is set.
bool is_partial_product(llvm::Value* value, llvm::Value* a, bool a_high, llvm::Value* b,
                        bool b_high) {
  llvm::Value *left = nullptr, *right = nullptr;
  if (!match(value, m_Mul(m_Value(left), m_Value(right)))) return false;
  auto is_half = [](llvm::Value* half, llvm::Value* whole, bool high) {
    return high ? is_high_of(half, whole) : is_low_of(half, whole);
  };
  return (is_half(left, a, a_high) && is_half(right, b, b_high)) ||
         (is_half(right, a, a_high) && is_half(left, b, b_high));
}

struct Product {
  llvm::Value *a, *b;
  llvm::Instruction* low_product;  // ll
  bool is_cross(llvm::Value* value, bool a_is_high) const {
    return is_partial_product(value, a, a_is_high, b, !a_is_high);
  }
  bool is_high_product(llvm::Value* value) const {
    return is_partial_product(value, a, true, b, true);
  }
};

llvm::SmallVector<llvm::Instruction*, 4> users_that(
    llvm::Value* value, llvm::function_ref<bool(llvm::Instruction*)> predicate) {
  llvm::SmallVector<llvm::Instruction*, 4> found;
  for (llvm::User* user : value->users()) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(user);
    if (instruction != nullptr && predicate(instruction)) found.push_back(instruction);
  }
  return found;
}

llvm::SmallVector<llvm::Instruction*, 4> additions_of(llvm::Value* value) {
  return users_that(
      value, [](llvm::Instruction* user) { return user->getOpcode() == llvm::Instruction::Add; });
}

llvm::Value* other_operand(llvm::Instruction* addition, llvm::Value* operand) {
  return addition->getOperand(addition->getOperand(0) == operand ? 1 : 0);
}

// The terms of the sum that `root` is, as far as it is made of additions.
constexpr size_t kMostTerms = 8;
bool collect_terms(llvm::Value* root, llvm::SmallVectorImpl<llvm::Value*>& terms) {
  llvm::Value *left = nullptr, *right = nullptr;
  if (match(root, m_Add(m_Value(left), m_Value(right)))) {
    return collect_terms(left, terms) && collect_terms(right, terms);
  }
  terms.push_back(root);
  return terms.size() <= kMostTerms;
}

class Rewriter {
 public:
  explicit Rewriter(const Product& product) : product_(product) {}

  // `carries` are the words whose upper halves go into the high word; `middle` is the one whose
  // lower half is the upper half of the low word.
  bool rewrite(llvm::ArrayRef<llvm::Value*> carries, llvm::Value* middle) {
    bool changed = false;
    const auto shifts =
        users_that(middle, [&](llvm::Instruction* user) { return is_high_of(user, middle); });
    llvm::SmallPtrSet<llvm::Instruction*, 8> tried;
    for (llvm::Instruction* shift : shifts) {
      // From the shift upwards, the first sum that has all the terms.
      llvm::SmallVector<llvm::Instruction*, 8> sums = additions_of(shift);
      for (size_t i = 0; i < sums.size() && i < kMostTerms; ++i) {
        if (!tried.insert(sums[i]).second) continue;
        if (rewrite_sum(sums[i], carries)) {
          changed = true;
          break;
        }
        sums.append(additions_of(sums[i]));
      }
    }
    if (changed) rewrite_low(middle);
    return changed;
  }

 private:
  bool rewrite_sum(llvm::Instruction* sum, llvm::ArrayRef<llvm::Value*> carries) {
    llvm::SmallVector<llvm::Value*, kMostTerms> terms;
    if (!collect_terms(sum, terms)) return false;
    auto take = [&](llvm::function_ref<bool(llvm::Value*)> wanted) {
      auto* found = llvm::find_if(terms, wanted);
      if (found == terms.end()) return false;
      terms.erase(found);
      return true;
    };
    if (!take([&](llvm::Value* term) { return product_.is_high_product(term); })) return false;
    for (llvm::Value* carry : carries) {
      if (!take([&](llvm::Value* term) { return is_high_of(term, carry); })) return false;
    }
    llvm::IRBuilder<> builder(sum);
    llvm::Value* total =
        builder.CreateTrunc(builder.CreateLShr(wide_product(), 64), builder.getInt64Ty());
    for (llvm::Value* term : terms) total = builder.CreateAdd(total, term);
    sum->replaceAllUsesWith(total);
    return true;
  }

  void rewrite_low(llvm::Value* middle) {
    llvm::Value* low_product = product_.low_product;
    const auto shifts = users_that(middle, [&](llvm::Instruction* user) {
      return match(user, m_Shl(m_Specific(middle), m_SpecificInt(32)));
    });
    for (llvm::Instruction* shift : shifts) {
      const auto joins = users_that(shift, [&](llvm::Instruction* user) {
        const unsigned opcode = user->getOpcode();
        return (opcode == llvm::Instruction::Or || opcode == llvm::Instruction::Add) &&
               is_low_of(other_operand(user, shift), low_product);
      });
      for (llvm::Instruction* join : joins) {
        llvm::IRBuilder<> builder(join);
        join->replaceAllUsesWith(builder.CreateTrunc(wide_product(), builder.getInt64Ty()));
      }
    }
  }

  // Beside ll, where both operands are known, and before all that used to follow from it.
  llvm::Value* wide_product() {
    if (wide_ == nullptr) {
      llvm::IRBuilder<> builder(product_.low_product);
      llvm::Type* wide = builder.getInt128Ty();
      wide_ = builder.CreateNUWMul(builder.CreateZExt(product_.a, wide),
                                   builder.CreateZExt(product_.b, wide));
    }
    return wide_;
  }

  const Product& product_;
  llvm::Value* wide_ = nullptr;
};

bool rewrite_product(const Product& product) {
  llvm::Instruction* ll = product.low_product;
  const auto carries_of_ll =
      users_that(ll, [&](llvm::Instruction* user) { return is_high_of(user, ll); });
  for (llvm::Instruction* carry : carries_of_ll) {
    for (llvm::Instruction* sum : additions_of(carry)) {
      llvm::Value* rest = other_operand(sum, carry);
      for (const bool a_is_high : {false, true}) {
        // ladder: sum is t.
        if (product.is_cross(rest, a_is_high)) {
          for (llvm::Instruction* low :
               users_that(sum, [&](llvm::Instruction* user) { return is_low_of(user, sum); })) {
            for (llvm::Instruction* middle : additions_of(low)) {
              if (product.is_cross(other_operand(middle, low), !a_is_high) &&
                  Rewriter(product).rewrite({sum, middle}, middle)) {
                return true;
              }
            }
          }
        }
        // columns: sum is ll >> 32 and one lo(), or both.
        llvm::Value* cross = low_of(rest);
        if (cross != nullptr && product.is_cross(cross, a_is_high)) {
          for (llvm::Instruction* middle : additions_of(sum)) {
            llvm::Value* other_cross = low_of(other_operand(middle, sum));
            if (other_cross != nullptr && product.is_cross(other_cross, !a_is_high) &&
                Rewriter(product).rewrite({cross, other_cross, middle}, middle)) {
              return true;
            }
          }
        }
        llvm::Value *left = nullptr, *right = nullptr;
        if (match(rest, m_Add(m_Value(left), m_Value(right)))) {
          if (a_is_high) std::swap(left, right);
          llvm::Value *p = low_of(left), *q = low_of(right);
          if (p != nullptr && q != nullptr && product.is_cross(p, false) &&
              product.is_cross(q, true) && Rewriter(product).rewrite({p, q, sum}, sum)) {
            return true;
          }
        }
      }
    }
  }
  return false;
}

}  // namespace

llvm::PreservedAnalyses WideMultiplyPass::run(llvm::Function& function,
                                              llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<Product, 8> products;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    llvm::Value *left = nullptr, *right = nullptr;
    if (!instruction.getType()->isIntegerTy(64) ||
        !match(&instruction, m_Mul(m_Value(left), m_Value(right)))) {
      continue;
    }
    llvm::Value *a = low_of(left), *b = low_of(right);
    if (a != nullptr && b != nullptr) products.push_back({a, b, &instruction});
  }
  bool changed = false;
  for (const Product& product : products) changed |= rewrite_product(product);
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::SmallVector<llvm::WeakTrackingVH, 32> dead;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (llvm::isInstructionTriviallyDead(&instruction)) dead.push_back(&instruction);
  }
  llvm::RecursivelyDeleteTriviallyDeadInstructions(dead);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace linden::jit
