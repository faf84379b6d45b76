#include "jit/module_translator.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/MDBuilder.h>

#include "absl/strings/str_cat.h"
#include "jit/function_translator.h"
#include "jit/runtime_symbols.h"

namespace linden::jit {
std::string function_symbol(uint32_t function) { return absl::StrCat("f", function); }

ModuleTranslator::ModuleTranslator(const Module& module, const ModuleScan& scan,
                                   const CompilePlan& plan, uint32_t part,
                                   const CompileOptions& options, llvm::LLVMContext& context,
                                   const std::string& cpu, const std::string& cpu_features,
                                   const std::string& cpu_tuning, const llvm::DataLayout& layout)
    : module_(module),
      scan_(scan),
      plan_(plan),
      part_(part),
      options_(options),
      context_(context),
      cpu_(cpu),
      cpu_features_(cpu_features),
      cpu_tuning_(cpu_tuning),
      llvm_module_(std::make_unique<llvm::Module>(absl::StrCat("part", part), context)),
      sfi_(create_strategy(options.sfi)),
      functions_(module.functions.size()),
      adapts_calls_(!options.strict_calls && module.has_lind_abi()) {
  llvm_module_->setDataLayout(layout);
  llvm_module_->addModuleFlag(llvm::Module::Warning, "Debug Info Version",
                              llvm::DEBUG_METADATA_VERSION);
  sfi_->prepare(*llvm_module_);

  // The line table carries wasm offsets as line numbers: that is how a faulting instruction is
  // traced back, also after inlining.
  debug_ = std::make_unique<llvm::DIBuilder>(*llvm_module_);
  debug_file_ = debug_->createFile("wasm", "/");
  compile_unit_ = debug_->createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), debug_file_, "linden",
      /*isOptimized=*/true, "", 0, "", llvm::DICompileUnit::LineTablesOnly);
  debug_type_ = debug_->createSubroutineType(debug_->getOrCreateTypeArray({}));

  memory_tag_ = alias_tag(context, AliasClass::Memory);
  context_tag_ = alias_tag(context, AliasClass::Context);
  runtime_tag_ = alias_tag(context, AliasClass::Runtime);
  unlikely_ = llvm::MDBuilder(context).createUnlikelyBranchWeights();
}

llvm::Constant* ModuleTranslator::context_field(size_t offset) {
  return jit::context_field(*llvm_module_, offset);
}

const LoweredSignature& ModuleTranslator::signature(uint32_t type_index) {
  auto [entry, is_new] = signatures_.try_emplace(type_index);
  if (is_new) entry->second = lower_signature(context_, module_.types[type_index]);
  return entry->second;
}

void ModuleTranslator::add_attributes(llvm::Function* function) {
  // A frame must hold no address of the stack itself, for fork copies it elsewhere.
  function->addFnAttr("frame-pointer", "none");
  function->addFnAttr("no-realign-stack");
  // Keeps the optimiser from making memset calls of loops, which cannot be lowered in the segment's
  // address space.
  function->addFnAttr("no-builtins");
  function->addFnAttr("target-cpu", cpu_);
  // Gathers are accesses that no back-end confines; and a shift and a mask are proved more easily
  // than the instruction that does both.
  function->addFnAttr("target-features",
                      absl::StrCat(cpu_features_, ",+prefer-no-gather,-fast-bextr"));
  function->addFnAttr("tune-cpu", cpu_tuning_);
  function->addFnAttr("prefer-vector-width", "256");
  function->setDSOLocal(true);
}

llvm::Function* ModuleTranslator::function(uint32_t index) {
  llvm::Function*& function = functions_[index];
  if (function != nullptr) return function;
  const bool visible =
      plan_.part_of[index] != part_ || plan_.is_entry_point[index] || plan_.is_shared[index];
  function = llvm::Function::Create(
      signature(module_.functions[index].type_index).type,
      visible ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage,
      function_symbol(index), *llvm_module_);
  if (visible) function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  add_attributes(function);
  return function;
}

llvm::Function* ModuleTranslator::throw_function() {
  if (throw_function_ == nullptr) {
    throw_function_ =
        llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context_), false),
                               llvm::GlobalValue::ExternalLinkage, kThrowSymbol, *llvm_module_);
    throw_function_->setDoesNotReturn();
    throw_function_->addFnAttr(llvm::Attribute::Cold);
  }
  return throw_function_;
}

llvm::Constant* ModuleTranslator::personality() {
  // The name decides the form of LLVM's exception tables; linker.cpp drops the reference.
  return llvm::cast<llvm::Constant>(
      llvm_module_
          ->getOrInsertFunction("__gxx_personality_v0",
                                llvm::FunctionType::get(llvm::Type::getInt32Ty(context_), true))
          .getCallee());
}

llvm::StructType* ModuleTranslator::landing_pad_type() {
  return llvm::StructType::get(
      context_, {llvm::PointerType::get(context_, 0), llvm::Type::getInt32Ty(context_)});
}

llvm::DISubprogram* ModuleTranslator::create_subprogram(llvm::Function* function, uint32_t offset) {
  llvm::DISubprogram* subprogram = debug_->createFunction(
      debug_file_, function->getName(), function->getName(), debug_file_, offset, debug_type_,
      offset, llvm::DINode::FlagPrototyped, llvm::DISubprogram::SPFlagDefinition);
  function->setSubprogram(subprogram);
  return subprogram;
}

// What a constant table calls in place of an import, whose address is only known to the instance.
llvm::Function* ModuleTranslator::import_adapter(uint32_t import) {
  llvm::Function*& adapter = import_adapters_[import];
  if (adapter != nullptr) return adapter;
  const LoweredSignature& lowered = signature(module_.functions[import].type_index);
  adapter = llvm::Function::Create(lowered.type, llvm::GlobalValue::InternalLinkage,
                                   absl::StrCat("t", import), *llvm_module_);
  add_attributes(adapter);
  FunctionTranslator::build_import_adapter(*this, import, adapter);
  return adapter;
}

llvm::Function* ModuleTranslator::mismatch_adapter(uint32_t type_index, bool is_constant_table) {
  if (!adapts_calls_) return nullptr;
  llvm::Function*& adapter = mismatch_adapters_[{type_index, is_constant_table}];
  if (adapter != nullptr) return adapter;
  adapter = llvm::Function::Create(signature(type_index).type, llvm::GlobalValue::InternalLinkage,
                                   absl::StrCat(is_constant_table ? "n" : "m", type_index),
                                   *llvm_module_);
  add_attributes(adapter);
  adapter->addFnAttr(llvm::Attribute::Cold);
  adapter->addFnAttr(llvm::Attribute::NoInline);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context_, "entry", adapter));
  builder
      .CreateStore(builder.getInt64(type_index), context_field(offsetof(Context, expected_type)))
      ->setMetadata(llvm::LLVMContext::MD_tbaa, context_tag_);
  const Helper helper = is_constant_table ? Helper::AdaptConstantCall : Helper::AdaptCall;
  llvm::LoadInst* code = builder.CreateLoad(
      builder.getPtrTy(),
      context_field(offsetof(Context, helpers) + sizeof(void*) * static_cast<size_t>(helper)));
  code->setMetadata(llvm::LLVMContext::MD_tbaa, context_tag_);
  emit_forward(builder, code);
  return adapter;
}

llvm::GlobalVariable* ModuleTranslator::constant_table(uint32_t table) {
  llvm::GlobalVariable*& variable = constant_tables_[table];
  if (variable != nullptr) return variable;
  const std::vector<uint32_t>& slots = plan_.constant_tables[table];
  auto* word = llvm::Type::getInt64Ty(context_);
  auto* pointer = llvm::PointerType::get(context_, 0);
  auto* entry_type = llvm::StructType::get(context_, {pointer, word});
  auto* type = llvm::ArrayType::get(entry_type, slots.size());
  llvm::Constant* initializer = nullptr;
  if (part_ == 0) {
    std::vector<llvm::Constant*> entries;
    for (uint32_t slot : slots) {
      llvm::Constant* code = llvm::ConstantPointerNull::get(pointer);
      uint64_t type_id = 0;
      if (slot != kEmptySlot) {
        code = slot < module_.imported_functions ? import_adapter(slot) : function(slot);
        type_id = plan_.type_numbers[module_.functions[slot].type_index];
      }
      entries.push_back(
          llvm::ConstantStruct::get(entry_type, {code, llvm::ConstantInt::get(word, type_id)}));
    }
    initializer = llvm::ConstantArray::get(type, entries);
  }
  variable = new llvm::GlobalVariable(*llvm_module_, type, /*isConstant=*/true,
                                      llvm::GlobalValue::ExternalLinkage, initializer,
                                      absl::StrCat("table", table));
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  variable->setAlignment(llvm::Align(16));
  return variable;
}

std::unique_ptr<llvm::Module> ModuleTranslator::translate() {
  for (uint32_t index : plan_.parts[part_]) FunctionTranslator(*this, index).translate();
  if (part_ == 0) {
    for (uint32_t table = 0; table < plan_.constant_tables.size(); ++table) {
      if (!plan_.constant_tables[table].empty()) constant_table(table);
    }
  }
  debug_->finalize();
  return std::move(llvm_module_);
}

}  // namespace linden::jit
