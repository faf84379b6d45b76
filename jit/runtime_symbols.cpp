#include "jit/runtime_symbols.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/MDBuilder.h>

#include "jit/abi.h"

namespace linden::jit {
namespace {

// %fs on x86-64: the thread pointer.
constexpr unsigned kContextAddressSpace = 257;
constexpr char kContextSymbol[] = "__context";

const char* name_of(AliasClass alias_class) {
  switch (alias_class) {
    case AliasClass::Memory:
      return "memory";
    case AliasClass::Context:
      return "context";
    case AliasClass::Runtime:
      return "runtime";
  }
  return "";
}

}  // namespace

llvm::GlobalVariable* context_symbol(llvm::Module& module) {
  if (llvm::GlobalVariable* symbol = module.getNamedGlobal(kContextSymbol)) return symbol;
  auto* symbol = new llvm::GlobalVariable(
      module, llvm::ArrayType::get(llvm::Type::getInt8Ty(module.getContext()), sizeof(Context)),
      /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage, nullptr, kContextSymbol, nullptr,
      llvm::GlobalValue::NotThreadLocal, kContextAddressSpace, /*isExternallyInitialized=*/true);
  // LLVM moves loads out of loops that may not execute them only if it knows how they are aligned.
  symbol->setAlignment(llvm::Align(alignof(Context)));
  return symbol;
}

llvm::Constant* context_field(llvm::Module& module, size_t offset) {
  llvm::LLVMContext& context = module.getContext();
  return llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(context), context_symbol(module),
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), offset),
      llvm::GEPNoWrapFlags::noUnsignedWrap());
}

llvm::MDNode* alias_tag(llvm::LLVMContext& context, AliasClass alias_class) {
  llvm::MDBuilder metadata(context);
  llvm::MDNode* root = metadata.createTBAARoot("linden");
  llvm::MDNode* type = metadata.createTBAAScalarTypeNode(name_of(alias_class), root);
  return metadata.createTBAAStructTagNode(type, type, 0);
}

}  // namespace linden::jit
