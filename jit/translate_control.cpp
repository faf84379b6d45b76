// Blocks, loops, branches (core specification 3.3.8, 4.4.8).

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_control(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::Unreachable:
      set_location(instruction.offset);
      emit_trap(TrapCode::Unreachable);
      reachable_ = false;
      return true;
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
      begin_block(instruction);
      return true;
    case Opcode::Else:
      begin_else();
      return true;
    case Opcode::End:
      end_block();
      return true;
    case Opcode::Br:
      branch_to(instruction.index);
      reachable_ = false;
      return true;
    case Opcode::BrIf: {
      llvm::Value* condition = pop_condition();
      llvm::BasicBlock* next = new_block();
      Control& target = controls_[controls_.size() - 1 - instruction.index];
      builder_.CreateCondBr(condition, target.target, next);
      add_edge(target, builder_.GetInsertBlock(), 1);
      builder_.SetInsertPoint(next);
      return true;
    }
    case Opcode::BrTable: {
      llvm::Value* index = pop();
      const std::vector<uint32_t>& targets = instruction.targets;
      llvm::BasicBlock* from = builder_.GetInsertBlock();
      auto control_at = [&](uint32_t depth) -> Control& {
        return controls_[controls_.size() - 1 - depth];
      };
      llvm::SwitchInst* choice = builder_.CreateSwitch(index, control_at(targets.back()).target,
                                                       static_cast<unsigned>(targets.size() - 1));
      std::vector<std::pair<uint32_t, uint32_t>> multiplicity;  // depth, count
      std::vector<uint32_t> sorted = targets;
      std::sort(sorted.begin(), sorted.end());
      for (uint32_t depth : sorted) {
        if (multiplicity.empty() || multiplicity.back().first != depth) {
          multiplicity.push_back({depth, 0});
        }
        ++multiplicity.back().second;
      }
      for (size_t i = 0; i + 1 < targets.size(); ++i) {
        choice->addCase(builder_.getInt32(static_cast<uint32_t>(i)), control_at(targets[i]).target);
      }
      for (auto [depth, count] : multiplicity) add_edge(control_at(depth), from, count);
      reachable_ = false;
      return true;
    }
    case Opcode::Return:
      branch_to(static_cast<uint32_t>(controls_.size() - 1));
      reachable_ = false;
      return true;
    default:
      return false;
  }
}

// Nothing is translated where control cannot come, but nesting must be followed to its end.
void FunctionTranslator::skip_unreachable(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
    case Opcode::Try:
      ++unreachable_depth_;
      ++next_scanned_block_;
      return;
    case Opcode::Else:
      if (unreachable_depth_ == 0) begin_else();
      return;
    case Opcode::Catch:
    case Opcode::CatchAll:
      if (unreachable_depth_ == 0) translate_exception(instruction);
      return;
    case Opcode::Delegate:
      if (unreachable_depth_ == 0) {
        translate_exception(instruction);
      } else {
        --unreachable_depth_;
      }
      return;
    case Opcode::End:
      if (unreachable_depth_ == 0) {
        end_block();
      } else {
        --unreachable_depth_;
      }
      return;
    default:
      return;
  }
}

void FunctionTranslator::resolve_block_type(const BlockType& type, Control& control) const {
  switch (type.kind) {
    case BlockType::Kind::Empty:
      return;
    case BlockType::Kind::Value:
      control.results = {type.value};
      return;
    case BlockType::Kind::TypeIndex:
      control.params = module_.types[type.type_index].params;
      control.results = module_.types[type.type_index].results;
      return;
  }
}

void FunctionTranslator::begin_block(const Instruction& instruction) {
  const bool is_loop = instruction.opcode == Opcode::Loop;
  const bool is_if = instruction.opcode == Opcode::If;
  Control control{};
  const bool is_try = instruction.opcode == Opcode::Try;
  control.kind = is_loop  ? Control::Kind::Loop
                 : is_if  ? Control::Kind::If
                 : is_try ? Control::Kind::Try
                          : Control::Kind::Block;
  control.assigned = &scan_->assigned[next_scanned_block_++];
  resolve_block_type(instruction.block_type, control);
  llvm::Value* condition = is_if ? pop_condition() : nullptr;
  control.height = stack_.size() - control.params.size();
  control.target = new_block(is_loop ? "loop" : "end");

  if (is_loop) {
    llvm::BasicBlock* before = builder_.GetInsertBlock();
    builder_.CreateBr(control.target);
    builder_.SetInsertPoint(control.target);
    auto replace_by_phi = [&](llvm::Value*& value) {
      llvm::PHINode* phi = builder_.CreatePHI(value->getType(), 2);
      phi->addIncoming(value, before);
      control.header_phis.push_back(phi);
      value = phi;
    };
    for (size_t i = 0; i < control.params.size(); ++i) replace_by_phi(stack_[control.height + i]);
    for (uint32_t local : *control.assigned) replace_by_phi(locals_[local]);
  } else if (is_if) {
    llvm::BasicBlock* then = new_block("then");
    control.else_block = new_block("else");
    builder_.CreateCondBr(condition, then, control.else_block);
    control.else_values.assign(stack_.begin() + static_cast<ptrdiff_t>(control.height),
                               stack_.end());
    for (uint32_t local : *control.assigned) control.else_values.push_back(locals_[local]);
    builder_.SetInsertPoint(then);
  } else if (is_try) {
    control.handler = std::make_unique<Handler>();
    open_tries_.push_back(controls_.size());
  }
  controls_.push_back(std::move(control));
}

void FunctionTranslator::begin_else() {
  Control& control = controls_.back();
  if (reachable_) {
    builder_.CreateBr(control.target);
    add_edge(control, builder_.GetInsertBlock(), 1);
  }
  builder_.SetInsertPoint(control.else_block);
  control.kind = Control::Kind::Else;
  control.else_block = nullptr;
  stack_.resize(control.height);
  for (size_t i = 0; i < control.params.size(); ++i) push(control.else_values[i]);
  for (size_t i = 0; i < control.assigned->size(); ++i) {
    locals_[(*control.assigned)[i]] = control.else_values[control.params.size() + i];
  }
  reachable_ = true;
}

void FunctionTranslator::end_block() {
  // An `if` without `else` passes its parameters on.
  if (controls_.back().kind == Control::Kind::If) begin_else();
  if (controls_.back().handler != nullptr) return end_try(controls_.size() - 2);
  Control control = std::move(controls_.back());
  controls_.pop_back();
  if (control.kind == Control::Kind::Loop) {
    // Branches went to the header; control falls out of the end.
    if (!reachable_) stack_.resize(control.height);
    return;
  }
  if (reachable_) {
    builder_.CreateBr(control.target);
    add_edge(control, builder_.GetInsertBlock(), 1);
  }
  if (control.kind == Control::Kind::Function) return finish_function(control);
  stack_.resize(control.height);
  join(control);
}

void FunctionTranslator::branch_to(uint32_t depth) {
  Control& target = controls_[controls_.size() - 1 - depth];
  builder_.CreateBr(target.target);
  add_edge(target, builder_.GetInsertBlock(), 1);
}

size_t FunctionTranslator::label_arity(const Control& control) const {
  return control.kind == Control::Kind::Loop ? control.params.size() : control.results.size();
}

void FunctionTranslator::add_edge(Control& target, llvm::BasicBlock* from, uint32_t multiplicity) {
  const size_t arity = label_arity(target);
  const size_t first = stack_.size() - arity;
  if (target.kind == Control::Kind::Loop) {
    for (uint32_t n = 0; n < multiplicity; ++n) {
      size_t next = 0;
      for (size_t i = 0; i < arity; ++i) {
        target.header_phis[next++]->addIncoming(stack_[first + i], from);
      }
      for (uint32_t local : *target.assigned) {
        target.header_phis[next++]->addIncoming(locals_[local], from);
      }
    }
    return;
  }
  Edge edge{from, multiplicity, {}};
  edge.values.reserve(arity + target.assigned->size());
  edge.values.assign(stack_.begin() + static_cast<ptrdiff_t>(first), stack_.end());
  for (uint32_t local : *target.assigned) edge.values.push_back(locals_[local]);
  target.edges.push_back(std::move(edge));
}

// What the edges to the current block bring; a phi if they differ.
llvm::Value* FunctionTranslator::merge(const std::vector<Edge>& edges, size_t position) {
  llvm::Value* first = edges[0].values[position];
  unsigned predecessors = 0;
  bool equal = true;
  for (const Edge& edge : edges) {
    equal = equal && edge.values[position] == first;
    predecessors += edge.multiplicity;
  }
  if (equal) return first;
  llvm::PHINode* phi = builder_.CreatePHI(first->getType(), predecessors);
  for (const Edge& edge : edges) {
    for (uint32_t n = 0; n < edge.multiplicity; ++n) {
      phi->addIncoming(edge.values[position], edge.from);
    }
  }
  return phi;
}

// Continues after a block, with what all branches to its end bring.
void FunctionTranslator::join(const Control& control) {
  if (control.edges.empty()) {
    control.target->eraseFromParent();
    reachable_ = false;
    return;
  }
  reachable_ = true;
  control.target->moveAfter(&function_->back());
  builder_.SetInsertPoint(control.target);
  for (size_t i = 0; i < control.results.size(); ++i) push(merge(control.edges, i));
  for (size_t i = 0; i < control.assigned->size(); ++i) {
    locals_[(*control.assigned)[i]] = merge(control.edges, control.results.size() + i);
  }
}

void FunctionTranslator::finish_function(const Control& control) {
  stack_.clear();
  join(control);
  builder_.SetCurrentDebugLocation(llvm::DebugLoc());
  if (!reachable_) return;
  std::vector<llvm::Value*> results = stack_;
  emit_return(results);
}

}  // namespace linden::jit
