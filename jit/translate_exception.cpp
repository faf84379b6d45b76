// Exceptions (the legacy encoding of the exception-handling proposal).
//
// An exception on its way lies in the Context: its tag's identity and its values. A call in the
// body of a `try` is an `invoke` whose landing pad belongs to that `try`; a `throw` in it is a
// plain branch. Both meet in the dispatch block, which compares tags, clause by clause, and hands
// an exception that no clause wants to the next `try` out, or to the caller (`resume`).
//
// A landing pad takes every exception (`catch ptr null`), and which one it is, is a matter of plain
// code: so the unwinder knows nothing of tags, and inlining is left with ordinary control flow.
// What a landing pad receives in registers is not used.
//
// From the dispatch on, whatever a clause needs of the exception is in SSA values, and the Context
// is free for the next one. A catch_all loads all words, of which only a `rethrow` makes use.
// All of them are numbers, so that a frame that holds them may be copied (fork).

#include "jit/function_translator.h"

namespace linden::jit {

bool FunctionTranslator::translate_exception(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::Try:
      begin_block(instruction);
      return true;
    case Opcode::Catch:
      begin_catch(instruction.index);
      return true;
    case Opcode::CatchAll:
      begin_catch_all();
      return true;
    case Opcode::Delegate:
      end_try(controls_.size() - 2 - instruction.index);
      return true;
    case Opcode::Throw: {
      set_location(instruction.offset);
      const size_t first = stack_.size() - module_.type_of_tag(instruction.index).params.size();
      store_exception(instruction.index, llvm::ArrayRef(stack_).drop_front(first));
      raise(controls_.size() - 1, /*is_new=*/true);
      reachable_ = false;
      return true;
    }
    case Opcode::Rethrow: {
      set_location(instruction.offset);
      const Handler& handler = *controls_[controls_.size() - 1 - instruction.index].handler;
      if (handler.caught_tag_index) {
        store_exception(*handler.caught_tag_index, handler.caught);
      } else {
        store_context(handler.caught[0], offsetof(Context, exception_tag));
        store_context(handler.caught[1], offsetof(Context, exception_values));
        store_context(builder_.getInt64(0), offsetof(Context, exception_unwound));
      }
      raise(controls_.size() - 1, /*is_new=*/true);
      reachable_ = false;
      return true;
    }
    default:
      return false;
  }
}

llvm::Value* FunctionTranslator::load_tag(uint32_t tag) {
  return load_instance_element(offsetof(InstanceData, tags), i64(), tag);
}

void FunctionTranslator::store_exception(uint32_t tag, llvm::ArrayRef<llvm::Value*> values) {
  const std::vector<ValueType>& types = module_.type_of_tag(tag).params;
  size_t offset = offsetof(Context, exception_values);
  for (size_t i = 0; i < types.size(); ++i) {
    store_context(values[i], offset)->setAlignment(llvm::Align(8));
    offset += 8 * exception_words(types[i]);
  }
  store_context(load_tag(tag), offsetof(Context, exception_tag));
  store_context(builder_.getInt64(0), offsetof(Context, exception_unwound));
}

// The innermost open body of a `try` at or outside of controls_[level].
FunctionTranslator::Control* FunctionTranslator::find_try(size_t level) {
  auto after = std::upper_bound(open_tries_.begin(), open_tries_.end(), level);
  return after == open_tries_.begin() ? nullptr : &controls_[*(after - 1)];
}

llvm::CallBase* FunctionTranslator::create_call(llvm::FunctionType* type, llvm::Value* code,
                                                llvm::ArrayRef<llvm::Value*> arguments) {
  Control* control = find_try(controls_.size());
  if (control == nullptr) return builder_.CreateCall(type, code, arguments);
  Handler& handler = *control->handler;
  if (handler.landing_pad == nullptr) handler.landing_pad = new_block("landing_pad");
  llvm::BasicBlock* next = new_block("called");
  llvm::CallBase* call = builder_.CreateInvoke(type, code, next, handler.landing_pad, arguments);
  handler.unwind_edges.push_back(edge_from(builder_.GetInsertBlock(), *control));
  builder_.SetInsertPoint(next);
  return call;
}

// An edge that brings a handler the locals; the operand stack is the one that the `try` found.
FunctionTranslator::Edge FunctionTranslator::edge_from(llvm::BasicBlock* from,
                                                       const Control& control) const {
  Edge edge{from, 1, {}};
  edge.values.reserve(control.assigned->size());
  for (uint32_t local : *control.assigned) edge.values.push_back(locals_[local]);
  return edge;
}

// Sends the exception in the Context on from here, as seen from controls_[level]. `is_new`: it is
// thrown here, and does not merely pass.
void FunctionTranslator::raise(size_t level, bool is_new) {
  if (Control* control = find_try(level)) {
    Handler& handler = *control->handler;
    if (handler.dispatch == nullptr) handler.dispatch = new_block("dispatch");
    handler.throw_edges.push_back(edge_from(builder_.GetInsertBlock(), *control));
    builder_.CreateBr(handler.dispatch);
    return;
  }
  if (is_new) {
    // Each keeps its own place in the code, so that it can be told where it came from.
    builder_.CreateCall(parent_.throw_function())->addFnAttr(llvm::Attribute::NoMerge);
    builder_.CreateUnreachable();
  } else {
    function_->setPersonalityFn(parent_.personality());
    builder_.CreateResume(llvm::PoisonValue::get(parent_.landing_pad_type()));
  }
}

// After the body of a `try`: everything that can throw in it has been seen. Leaves the builder
// where the exception is to be told from others, with the locals that the clauses begin with;
// unreachable if there is no such place.
void FunctionTranslator::begin_handler(Control& control) {
  open_tries_.pop_back();
  Handler& handler = *control.handler;
  builder_.SetCurrentDebugLocation(llvm::DebugLoc());
  if (handler.landing_pad != nullptr) {
    function_->setPersonalityFn(parent_.personality());
    handler.landing_pad->moveAfter(&function_->back());
    builder_.SetInsertPoint(handler.landing_pad);
    Edge edge{handler.landing_pad, 1, {}};
    for (size_t i = 0; i < control.assigned->size(); ++i) {
      edge.values.push_back(merge(handler.unwind_edges, i));
    }
    llvm::LandingPadInst* pad = builder_.CreateLandingPad(parent_.landing_pad_type(), 1);
    pad->addClause(llvm::ConstantPointerNull::get(builder_.getPtrTy()));
    if (handler.dispatch == nullptr) handler.dispatch = new_block("dispatch");
    builder_.CreateBr(handler.dispatch);
    handler.throw_edges.push_back(std::move(edge));
  }
  handler.unwind_edges = {};
  reachable_ = handler.dispatch != nullptr;
  handler.next = handler.dispatch;
  if (!reachable_) return;
  handler.dispatch->moveAfter(&function_->back());
  builder_.SetInsertPoint(handler.dispatch);
  for (size_t i = 0; i < control.assigned->size(); ++i) {
    handler.locals.push_back(merge(handler.throw_edges, i));
  }
  handler.throw_edges = {};
}

// Ends the body or clause before, and makes `control` ready for the next clause: at the place where
// the exceptions arrive that no clause so far wanted.
void FunctionTranslator::begin_clause(Control& control) {
  if (reachable_) {
    builder_.CreateBr(control.target);
    add_edge(control, builder_.GetInsertBlock(), 1);
  }
  if (control.kind == Control::Kind::Try) begin_handler(control);
  control.kind = Control::Kind::Catch;
  stack_.resize(control.height);
  Handler& handler = *control.handler;
  handler.caught.clear();
  handler.caught_tag_index.reset();
  reachable_ = handler.next != nullptr;
  if (!reachable_) return;
  restore_locals(control);
  builder_.SetCurrentDebugLocation(llvm::DebugLoc());
  builder_.SetInsertPoint(handler.next);
}

void FunctionTranslator::restore_locals(const Control& control) {
  for (size_t i = 0; i < control.assigned->size(); ++i) {
    locals_[(*control.assigned)[i]] = control.handler->locals[i];
  }
}

void FunctionTranslator::begin_catch(uint32_t tag) {
  Control& control = controls_.back();
  begin_clause(control);
  if (!reachable_) return;
  Handler& handler = *control.handler;
  llvm::BasicBlock* caught = new_block("catch");
  handler.next = new_block("dispatch");
  llvm::Value* thrown = load_context(i64(), offsetof(Context, exception_tag));
  builder_.CreateCondBr(builder_.CreateICmpEQ(thrown, load_tag(tag)), caught, handler.next);
  builder_.SetInsertPoint(caught);
  size_t offset = offsetof(Context, exception_values);
  for (ValueType type : module_.type_of_tag(tag).params) {
    llvm::LoadInst* value = load_context(lower_type(context(), type), offset);
    value->setAlignment(llvm::Align(8));
    push(value);
    handler.caught.push_back(value);
    offset += 8 * exception_words(type);
  }
  handler.caught_tag_index = tag;
}

void FunctionTranslator::begin_catch_all() {
  Control& control = controls_.back();
  begin_clause(control);
  if (!reachable_) return;
  Handler& handler = *control.handler;
  handler.next = nullptr;
  auto* words = llvm::FixedVectorType::get(i64(), kMaxExceptionWords);
  handler.caught = {load_context(i64(), offsetof(Context, exception_tag)),
                    load_context(words, offsetof(Context, exception_values))};
}

// At the end of a `try`: exceptions that none of its clauses wanted go on from controls_[level].
void FunctionTranslator::end_try(size_t level) {
  Control& control = controls_.back();
  if (reachable_) {
    builder_.CreateBr(control.target);
    add_edge(control, builder_.GetInsertBlock(), 1);
  }
  if (control.kind == Control::Kind::Try) begin_handler(control);
  if (control.handler->next != nullptr) {
    restore_locals(control);
    builder_.SetCurrentDebugLocation(llvm::DebugLoc());
    builder_.SetInsertPoint(control.handler->next);
    raise(level, /*is_new=*/false);
  }
  const Control ended = std::move(controls_.back());
  controls_.pop_back();
  stack_.resize(ended.height);
  join(ended);
}

}  // namespace linden::jit
