// A processor hands what it has just stored to a load of the same bytes. If they come from several
// stores it cannot, and the load waits until all of them are in the cache: some fifteen cycles.
//
//     p->a = 1; p->b = x; p->c = y; p->d = 0; *q = *p;      four stores, then a copy by a vector
//
// is what compilers to wasm make of a small structure that is filled in and copied. This pass loads
// it in parts of the size that was stored, each of which is handed over at once, and puts them
// together in a register. Vectors only: nothing was gained of two halves of 64 bits.
//
// Sought are stores of 4 or 8 bytes that come shortly before the load, in the same block, without a
// call between, and go to a part of it: by the same register and constants that tell where, or, as
// an element of a small array, by such an address plus an index that nobody knows.
//
// The partial loads are volatile, or code generation would make one load of them again.

#include <llvm/ADT/MapVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <deque>

#include "jit/passes/address_terms.h"
#include "jit/passes/calls.h"
#include "jit/passes/passes.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

// In instructions of LLVM's: what was stored longer ago has left the processor's queue.
constexpr unsigned kFar = 32;
constexpr int64_t kVector = 16;  // bytes

// A sum of 32-bit terms and a constant.
struct Place {
  llvm::SmallVector<llvm::Value*, 3> terms;  // sorted
  int64_t offset = 0;
};

void collect(llvm::Value* value, Place& place) {
  auto* sum = llvm::dyn_cast<llvm::BinaryOperator>(value);
  if (sum != nullptr && sum->getOpcode() == llvm::Instruction::Add && place.terms.size() < 3) {
    collect(sum->getOperand(0), place);
    collect(sum->getOperand(1), place);
  } else if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value)) {
    place.offset += constant->getSExtValue();
  } else {
    place.terms.push_back(value);
  }
}

std::optional<Place> place_of(llvm::Value* pointer, const llvm::GlobalVariable& memory) {
  const std::optional<IndexedAddress> address = decompose(pointer);
  if (!address || address->base != &memory) return std::nullopt;
  Place place;
  place.offset = static_cast<int64_t>(address->offset);
  if (address->index != nullptr) collect(address->index, place);
  llvm::sort(place.terms);
  return place;
}

struct Store {
  Place place;
  int64_t size;
  unsigned position;
};

class Splitter {
 public:
  Splitter(llvm::GlobalVariable& memory, const llvm::DataLayout& layout)
      : memory_(memory), layout_(layout) {}

  bool run(llvm::BasicBlock& block) {
    std::deque<Store> recent;
    llvm::MapVector<llvm::LoadInst*, int64_t> found;  // and the size of their parts
    unsigned position = 0;
    for (llvm::Instruction& instruction : block) {
      ++position;
      while (!recent.empty() && position - recent.front().position > kFar) recent.pop_front();
      if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        const auto size = layout_.getTypeStoreSize(store->getValueOperand()->getType());
        std::optional<Place> place = place_of(store->getPointerOperand(), memory_);
        if (place) {
          recent.push_back({*std::move(place), static_cast<int64_t>(size), position});
        }
      } else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
        if (const int64_t part = part_of(*load, recent)) found[load] = part;
      } else if (is_call(instruction)) {
        recent.clear();
      }
    }
    for (auto [load, part] : found) split(*load, part);
    return !found.empty();
  }

 private:
  // The size of the parts to load it in; 0 if it is best left alone.
  int64_t part_of(llvm::LoadInst& load, const std::deque<Store>& recent) const {
    if (recent.empty() || !load.isSimple() ||
        layout_.getTypeStoreSize(load.getType()) != static_cast<uint64_t>(kVector)) {
      return 0;
    }
    const std::optional<Place> place = place_of(load.getPointerOperand(), memory_);
    if (!place) return 0;
    int64_t part = 0;
    for (const Store& store : recent) {
      const int64_t distance = store.place.offset - place->offset;
      const bool is_within = distance > -store.size && distance < kVector;
      if (!is_within || !is_same_but_for_index(store.place, *place)) continue;
      if (store.size >= kVector && distance == 0) {
        part = 0;  // and what was there before does not matter
        continue;
      }
      if ((store.size != 4 && store.size != 8) || distance % store.size != 0) {
        return 0;
      }
      part = part == 0 ? store.size : std::min(part, store.size);
    }
    return part;
  }

  static bool is_same_but_for_index(const Place& store, const Place& load) {
    if (store.terms == load.terms) return true;
    return !load.terms.empty() && store.terms.size() == load.terms.size() + 1 &&
           std::includes(store.terms.begin(), store.terms.end(), load.terms.begin(),
                         load.terms.end());
  }

  void split(llvm::LoadInst& load, int64_t part) const {
    llvm::IRBuilder<> builder(&load);
    llvm::Type* element = builder.getIntNTy(static_cast<unsigned>(part * 8));
    auto load_part = [&](int64_t offset) {
      llvm::Value* pointer = load.getPointerOperand();
      if (offset != 0) {
        pointer = builder.CreateGEP(builder.getInt8Ty(), pointer, builder.getInt64(offset), "",
                                    llvm::GEPNoWrapFlags::noUnsignedWrap());
      }
      llvm::LoadInst* loaded = builder.CreateAlignedLoad(element, pointer, llvm::Align(1), true);
      loaded->copyMetadata(load, {llvm::LLVMContext::MD_tbaa, llvm::LLVMContext::MD_dbg});
      return loaded;
    };
    llvm::Value* whole = llvm::PoisonValue::get(
        llvm::FixedVectorType::get(element, static_cast<unsigned>(kVector / part)));
    for (int64_t i = 0; i * part < kVector; ++i) {
      whole = builder.CreateInsertElement(whole, load_part(i * part), builder.getInt32(i));
    }
    load.replaceAllUsesWith(builder.CreateBitCast(whole, load.getType()));
    load.eraseFromParent();
  }

  llvm::GlobalVariable& memory_;
  const llvm::DataLayout& layout_;
};

}  // namespace

llvm::PreservedAnalyses SplitLoadsPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager&) {
  llvm::GlobalVariable* memory = function.getParent()->getNamedGlobal(kMemorySymbol);
  if (memory == nullptr) return llvm::PreservedAnalyses::all();
  Splitter splitter(*memory, function.getDataLayout());
  bool changed = false;
  for (llvm::BasicBlock& block : function) changed |= splitter.run(block);
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace linden::jit
