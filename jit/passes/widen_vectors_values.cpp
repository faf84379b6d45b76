// The wide value of every node: the same operation on more lanes, or a shuffle that does in every
// part what one did in one iteration.

#include <llvm/Analysis/VectorUtils.h>

#include "jit/passes/widen_vectors_emitter.h"

namespace linden::jit::widen {

llvm::Value* Emitter::shuffle(llvm::Value* first, llvm::Value* second, llvm::ArrayRef<int> mask) {
  const unsigned lanes = lane_count(first->getType());
  if (mask.size() == lanes && llvm::ShuffleVectorInst::isIdentityMask(mask, lanes)) return first;
  return builder_.CreateShuffleVector(
      first, second == nullptr ? llvm::PoisonValue::get(first->getType()) : second, mask);
}

// Scalars and vectors of one type as a vector.
llvm::Value* Emitter::concatenate(llvm::ArrayRef<llvm::Value*> values) {
  llvm::SmallVector<llvm::Value*, 8> vectors(values);
  if (!values[0]->getType()->isVectorTy()) {
    auto* type = llvm::FixedVectorType::get(values[0]->getType(), values.size());
    llvm::Value* vector = llvm::PoisonValue::get(type);
    for (size_t i = 0; i < values.size(); ++i) {
      vector = builder_.CreateInsertElement(vector, values[i], i);
    }
    return vector;
  }
  return values.size() == 1 ? values[0] : llvm::concatenateVectors(builder_, vectors);
}

llvm::Value* Emitter::address(const Access& access) {
  llvm::Value*& group_address = group_address_[access.group];
  llvm::Type* byte = builder_.getInt8Ty();
  const auto no_wrap = llvm::GEPNoWrapFlags::noUnsignedWrap();
  if (group_address == nullptr) {
    llvm::Value* index = builder_.CreateNUWAdd(memory_.start(access.group),
                                               travelled_[memory_.group(access.group).step]);
    group_address = builder_.CreateGEP(byte, memory_.base(), index, "", no_wrap);
  }
  if (access.position == 0) return group_address;
  return builder_.CreateGEP(byte, group_address, builder_.getInt64(access.position), "", no_wrap);
}

llvm::Value* Emitter::compute(const Node& node) {
  const unsigned lanes = node.lanes();
  const unsigned member_lanes = node.lanes_of_member();
  switch (node.kind) {
    case Node::Kind::Load:
    case Node::Kind::Store: {
      // Traps are reported by the location.
      builder_.SetCurrentDebugLocation(node.first()->getDebugLoc());
      llvm::Value* pointer = address(*memory_.find(node.members[0]));
      llvm::Instruction* access = nullptr;
      if (node.kind == Node::Kind::Load) {
        access = builder_.CreateAlignedLoad(wide_type(node), pointer, llvm::Align(1));
      } else {
        access = builder_.CreateAlignedStore(operand(node, 0), pointer, llvm::Align(1));
      }
      if (auto* tag = node.first()->getMetadata(llvm::LLVMContext::MD_tbaa)) {
        access->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
      }
      return access;
    }
    case Node::Kind::LoadPart: {
      const unsigned run_lanes = plan_.node(node.operands[0]).lanes();
      Mask mask;
      for (unsigned i = 0; i < unroll_; ++i) {
        for (unsigned lane = 0; lane < lanes; ++lane) {
          mask.push_back(static_cast<int>(i * run_lanes + node.part * lanes + lane));
        }
      }
      return shuffle(operand(node, 0), nullptr, mask);
    }
    case Node::Kind::Bitcast:
      return builder_.CreateBitCast(operand(node, 0), wide_type(node));
    case Node::Kind::Recurrence: {
      // The last iteration of the round before, then all but the last of this one.
      llvm::Value* latched = operand(node, 0);
      const unsigned all = unroll_ * lanes;
      Mask mask;
      for (unsigned lane = 0; lane < all; ++lane) {
        mask.push_back(static_cast<int>(lane + all - lanes));
      }
      return shuffle(carried_[&node - plan_.nodes().data()], latched, mask);
    }
    case Node::Kind::Gather: {
      llvm::SmallVector<llvm::Value*, 4> parts;
      for (const unsigned part : node.operands) parts.push_back(values_[part]);
      Mask mask;
      for (unsigned i = 0; i < unroll_; ++i) {
        for (unsigned member = 0; member < node.members.size(); ++member) {
          for (unsigned lane = 0; lane < member_lanes; ++lane) {
            mask.push_back(static_cast<int>((member * unroll_ + i) * member_lanes + lane));
          }
        }
      }
      if (llvm::all_equal(parts)) {
        for (int& lane : mask) lane %= static_cast<int>(unroll_ * member_lanes);
        return shuffle(parts[0], nullptr, mask);
      }
      return shuffle(concatenate(parts), nullptr, mask);
    }
    case Node::Kind::Extract: {
      Mask mask;
      unsigned chunk = 0;
      for (unsigned i = 0; i < unroll_; ++i) {
        for (llvm::Value* member : node.members) {
          auto* extract = llvm::cast<llvm::ExtractElementInst>(member);
          const uint64_t lane =
              llvm::cast<llvm::ConstantInt>(extract->getIndexOperand())->getZExtValue();
          mask.push_back(
              static_cast<int>(chunk++ * lane_count(extract->getVectorOperandType()) + lane));
        }
      }
      return shuffle(operand(node, 0), nullptr, mask);
    }
    case Node::Kind::Insert: {
      Mask spread, mask;
      const unsigned all = unroll_ * lanes;
      for (unsigned chunk = 0; chunk < all / member_lanes; ++chunk) {
        auto* insert =
            llvm::cast<llvm::InsertElementInst>(node.members[chunk % node.members.size()]);
        const uint64_t place = llvm::cast<llvm::ConstantInt>(insert->getOperand(2))->getZExtValue();
        for (unsigned lane = 0; lane < member_lanes; ++lane) {
          spread.push_back(lane == place ? static_cast<int>(chunk) : -1);
          const unsigned here = chunk * member_lanes + lane;
          mask.push_back(static_cast<int>(lane == place ? all + here : here));
        }
      }
      llvm::Value* inserted = shuffle(operand(node, 1), nullptr, spread);
      return llvm::isa<llvm::UndefValue>(operand(node, 0))
                 ? inserted
                 : shuffle(operand(node, 0), inserted, mask);
    }
    case Node::Kind::Shuffle:
      return compute_shuffle(node);
    case Node::Kind::Lanewise:
      return compute_lanewise(node);
    case Node::Kind::Invariant:
    case Node::Kind::Induction:
    case Node::Kind::Reduction:
      break;
  }
  llvm_unreachable("set up before the loop");
}

llvm::Value* Emitter::compute_shuffle(const Node& node) {
  const auto source_lanes = static_cast<int>(plan_.node(node.operands[0]).lanes());
  Mask mask;
  for (unsigned i = 0; i < unroll_; ++i) {
    for (const int lane : node.mask) {
      const auto iteration = static_cast<int>(i);
      if (lane < 0) {
        mask.push_back(-1);
      } else if (lane < source_lanes) {
        mask.push_back(iteration * source_lanes + lane);
      } else {
        const auto all = static_cast<int>(unroll_) * source_lanes;
        mask.push_back(all + iteration * source_lanes + lane - source_lanes);
      }
    }
  }
  return shuffle(operand(node, 0), node.operands.size() == 2 ? operand(node, 1) : nullptr, mask);
}

llvm::Value* Emitter::compute_lanewise(const Node& node) {
  llvm::Instruction& first = *node.first();
  llvm::Type* type = wide_type(node);
  llvm::Value* result = nullptr;
  if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&first)) {
    const llvm::Intrinsic::ID id = call->getIntrinsicID();
    llvm::SmallVector<llvm::Value*, 4> arguments;
    llvm::SmallVector<llvm::Type*, 2> overloads;
    if (llvm::isVectorIntrinsicWithOverloadTypeAtArg(id, -1, nullptr)) overloads.push_back(type);
    for (unsigned i = 0; i < call->arg_size(); ++i) {
      arguments.push_back(node.operands[i] == ~0u ? call->getArgOperand(i) : operand(node, i));
      if (llvm::isVectorIntrinsicWithOverloadTypeAtArg(id, static_cast<int>(i), nullptr)) {
        overloads.push_back(arguments.back()->getType());
      }
    }
    result = builder_.CreateIntrinsic(id, overloads, arguments);
  } else if (auto* cast = llvm::dyn_cast<llvm::CastInst>(&first)) {
    result = builder_.CreateCast(cast->getOpcode(), operand(node, 0), type);
  } else {
    llvm::Instruction* wider = first.clone();
    for (unsigned i = 0; i < node.operands.size(); ++i) wider->setOperand(i, operand(node, i));
    wider->mutateType(type);
    wider->dropUnknownNonDebugMetadata();
    wider->setDebugLoc(llvm::DebugLoc());
    result = builder_.Insert(wider);
  }
  if (auto* instruction = llvm::dyn_cast<llvm::Instruction>(result)) {
    instruction->copyIRFlags(&first);
    for (llvm::Value* member : node.members) {
      instruction->andIRFlags(member);
      // Reduced in another order, what never wrapped may wrap.
      if (reduced_.contains(member)) instruction->dropPoisonGeneratingFlags();
    }
  }
  return result;
}

}  // namespace linden::jit::widen
