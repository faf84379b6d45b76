#include "jit/passes/zero_bytes.h"

#include <llvm/IR/PatternMatch.h>

#include <algorithm>

namespace linden::jit {
namespace {

using namespace llvm::PatternMatch;

void collect_terms(llvm::Value* value, llvm::SmallVectorImpl<llvm::Value*>& terms) {
  llvm::Value *left = nullptr, *right = nullptr;
  if (match(value, m_And(m_Value(left), m_Value(right)))) {
    collect_terms(left, terms);
    collect_terms(right, terms);
  } else {
    terms.push_back(value);
  }
}

// Adds to `words` those of `(least - word) | word`, or of `(least - word) & (least - word') |
// word`, as which LLVM writes two such terms. What is or-ed may lack what `highs` hides.
bool add_words(llvm::Value* term, const llvm::APInt& least, const llvm::APInt& highs,
               llvm::SmallVectorImpl<llvm::Value*>& words) {
  llvm::Value *differences = nullptr, *plain = nullptr;
  if (!match(term, m_Or(m_Value(differences), m_Value(plain)))) return false;
  for (unsigned attempt = 0; attempt < 2; ++attempt, std::swap(differences, plain)) {
    llvm::SmallVector<llvm::Value*, 2> parts, found;
    collect_terms(differences, parts);
    for (llvm::Value* part : parts) {
      llvm::Value* word = nullptr;
      const llvm::APInt *constant = nullptr, *flipped = nullptr;
      if (match(part, m_Sub(m_APInt(constant), m_Value(word))) && *constant == least &&
          (word == plain || (match(word, m_Xor(m_Specific(plain), m_APInt(flipped))) &&
                             (*flipped & highs).isZero()))) {
        found.push_back(word);
      }
    }
    if (found.size() < parts.size()) continue;
    words.append(found.begin(), found.end());
    return true;
  }
  return false;
}

}  // namespace

std::optional<ZeroByteTest> zero_byte_test(const llvm::ICmpInst& comparison) {
  const llvm::APInt* limit = nullptr;
  llvm::Type* type = comparison.getOperand(0)->getType();
  if (!comparison.isEquality() || !match(comparison.getOperand(1), m_APInt(limit)) ||
      (!type->isIntegerTy(32) && !type->isIntegerTy(64))) {
    return std::nullopt;
  }
  const unsigned width = type->getIntegerBitWidth();
  const llvm::APInt ones = llvm::APInt::getSplat(width, llvm::APInt(8, 0x01));
  const llvm::APInt highs = llvm::APInt::getSplat(width, llvm::APInt(8, 0x80));
  llvm::SmallVector<llvm::Value*, 4> terms;
  collect_terms(comparison.getOperand(0), terms);
  const auto mask = std::find_if(terms.begin(), terms.end(), [&](llvm::Value* term) {
    const llvm::APInt* constant = nullptr;
    return match(term, m_APInt(constant)) && *constant == highs;
  });
  if (mask == terms.end()) return std::nullopt;
  terms.erase(mask);

  const bool is_equal = comparison.getPredicate() == llvm::CmpInst::ICMP_EQ;
  if (limit->isZero() && terms.size() == 2) {
    for (unsigned i = 0; i < 2; ++i) {
      const llvm::APInt* constant = nullptr;
      llvm::Value* word = nullptr;
      if (match(terms[i], m_Add(m_Value(word), m_APInt(constant))) && *constant == -ones &&
          match(terms[1 - i], m_Not(m_Specific(word)))) {
        return ZeroByteTest{{word}, !is_equal};
      }
    }
    return std::nullopt;
  }
  if (*limit != highs || terms.empty()) return std::nullopt;
  ZeroByteTest test{{}, !is_equal};
  for (llvm::Value* term : terms) {
    if (!add_words(term, ones - 1, highs, test.words)) return std::nullopt;
  }
  return test;
}

}  // namespace linden::jit
