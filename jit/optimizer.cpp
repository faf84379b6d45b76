// Our own pass list rather than LLVM's O2, for two reasons (measurements: docs/performance.md):
//   * the producer of the wasm has optimised already, so much of O2 is spent in vain;
//   * IndVarSimplify turns the zext(i32) addressing of unrolled wasm loops into masked arithmetic,
//     and makes them more than twice as slow.
//
// No pass here marks calls as tail calls: a runaway recursion must end in the stack-overflow trap,
// not turn into an endless loop. Only return_call jumps.
//
// GVN is dear on this kind of IR; it runs once, after inlining.
//
// Passes named linden-... are ours (jit/passes/).

#include "jit/optimizer.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>

#include <mutex>

#include "jit/abi.h"
#include "jit/module_translator.h"
#include "jit/passes/memory_alias.h"
#include "jit/passes/passes.h"
#include "jit/runtime_symbols.h"

namespace linden::jit {
namespace {

// clang-format off
constexpr char kPassList[] =
    "function<eager-inv>(simplifycfg,early-cse<>),"
    "ipsccp,globalopt,"
    "require<globals-aa>,function(invalidate<aa>),require<profile-summary>,"
    "cgscc(devirt<4>(inline,function-attrs<skip-non-recursive-function-attrs>,"
      "function<eager-inv;no-rerun>("
        "early-cse<memssa>,jump-threading,correlated-propagation,"
        "instcombine<max-iterations=1;no-verify-fixpoint>,simplifycfg<switch-range-to-icmp>,reassociate,"
        "loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,"
          "loop-rotate<header-duplication>,licm<allowspeculation>,simple-loop-unswitch<no-nontrivial;trivial>),"
        "simplifycfg<switch-range-to-icmp>,instcombine<max-iterations=1;no-verify-fixpoint>,"
        "linden-unroll-nests,loop(loop-deletion,loop-unroll-full),"
        "gvn<>,sccp,bdce,instcombine<max-iterations=1;no-verify-fixpoint>,"
        "adce,dse,"
        "simplifycfg<switch-range-to-icmp;hoist-common-insts;sink-common-insts>),"
      "function-attrs)),"
    "deadargelim,globalopt,globaldce,"
    "function<eager-inv>("
      "float2int,loop(loop-rotate<header-duplication>,loop-deletion),loop-vectorize,linden-widen-vectors,"
      "simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts>,"
      "linden-float-slp,vector-combine,loop-simplify,linden-search-loops,loop-unroll<O2>,instcombine<max-iterations=1;no-verify-fixpoint>,"
      "loop-mssa(licm<allowspeculation>),linden-wide-multiply,linden-byte-masks,loop-sink,instsimplify,div-rem-pairs,"
      "simplifycfg<switch-range-to-icmp;speculate-unpredictables>),"
    "globaldce,constmerge,function(linden-delayed-addresses,linden-balance-sums,linden-split-loads,linden-narrow-addresses,linden-keep-checks)";
// clang-format on

// More of them (instcombine, globaldce) cost more than smaller IR saves in code generation.
constexpr char kFastPassList[] = "function<eager-inv>(simplifycfg,early-cse<>,linden-keep-checks)";

// What an SFI back-end leaves to be tidied: loads of the base and the size at every access.
constexpr char kTidyPassList[] = "function(early-cse<memssa>,loop-mssa(licm<allowspeculation>))";
constexpr char kFastTidyPassList[] = "function(early-cse<>)";

llvm::LoadInst* load_helper(llvm::IRBuilder<>& builder, llvm::Module& module, Helper helper) {
  return builder.CreateLoad(builder.getPtrTy(),
                            context_field(module, offsetof(Context, helpers) +
                                                      sizeof(void*) * static_cast<size_t>(helper)));
}

// "no-builtins" keeps passes from making such intrinsics; this is for whatever makes them all the
// same. Code generation would end the process, or call functions that an image does not have, and
// they would not be confined. The helpers check.
void replace_memory_intrinsics(llvm::Module& module, unsigned address_space) {
  std::vector<llvm::MemIntrinsic*> found;
  for (llvm::Function& function : module) {
    for (llvm::BasicBlock& block : function) {
      for (llvm::Instruction& instruction : block) {
        auto* intrinsic = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction);
        if (intrinsic != nullptr && intrinsic->getDestAddressSpace() == address_space) {
          found.push_back(intrinsic);
        }
      }
    }
  }
  llvm::GlobalVariable* memory = module.getNamedGlobal(kMemorySymbol);
  for (llvm::MemIntrinsic* intrinsic : found) {
    llvm::IRBuilder<> builder(intrinsic);
    llvm::Type* word = builder.getInt64Ty();
    auto offset_of = [&](llvm::Value* pointer) {
      return builder.CreateSub(builder.CreatePtrToInt(pointer, word),
                               builder.CreatePtrToInt(memory, word));
    };
    auto* fill = llvm::dyn_cast<llvm::MemSetInst>(intrinsic);
    llvm::Value* second =
        fill != nullptr ? builder.CreateZExt(fill->getValue(), word)
                        : offset_of(llvm::cast<llvm::MemTransferInst>(intrinsic)->getRawSource());
    llvm::Value* code =
        load_helper(builder, module, fill != nullptr ? Helper::RawFill : Helper::RawCopy);
    builder.CreateCall(llvm::FunctionType::get(builder.getVoidTy(), {word, word, word}, false),
                       code,
                       {offset_of(intrinsic->getRawDest()), second,
                        builder.CreateZExt(intrinsic->getLength(), word)});
    intrinsic->eraseFromParent();
  }
}

// Where exceptions leave a function: calls of the helpers, in place of what LLVM would call.
void lower_throws(llvm::Module& module) {
  auto load_thrower = [&](llvm::IRBuilder<>& builder) {
    return load_helper(builder, module, Helper::Throw);
  };
  std::vector<llvm::ResumeInst*> resumes;
  for (llvm::Function& function : module) {
    for (llvm::BasicBlock& block : function) {
      if (auto* resume = llvm::dyn_cast<llvm::ResumeInst>(block.getTerminator())) {
        resumes.push_back(resume);
      }
    }
  }
  for (llvm::ResumeInst* resume : resumes) {
    llvm::IRBuilder<> builder(resume);
    builder.CreateCall(llvm::FunctionType::get(builder.getVoidTy(), false), load_thrower(builder))
        ->setDoesNotReturn();
    builder.CreateUnreachable();
    resume->eraseFromParent();
  }
  llvm::Function* thrower = module.getFunction(kThrowSymbol);
  if (thrower == nullptr) return;
  for (llvm::User* user : llvm::make_early_inc_range(thrower->users())) {
    auto* call = llvm::cast<llvm::CallBase>(user);
    llvm::IRBuilder<> builder(call);
    call->setCalledOperand(load_thrower(builder));
    call->setDoesNotReturn();
  }
  thrower->eraseFromParent();
}

// Options of LLVM's that it offers on no other way than its command line.
void set_hidden_options() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Lets the SLP vectoriser (linden-float-slp) make 256-bit operations of neighbouring 128-bit
    // ones, which is what wasm's vectors are. Loop strength reduction is off because its addresses
    // cannot be verified: passes/narrow_addresses.cpp.
    const char* arguments[] = {"linden", "-slp-revec", "-disable-lsr"};
    llvm::cl::ParseCommandLineOptions(3, arguments);
  });
}

void run_passes(llvm::Module& module, llvm::TargetMachine& machine, const char* list) {
  set_hidden_options();
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  llvm::PassBuilder builder(&machine, tuning);
  register_passes(builder);
  functions.registerPass([&] {
    llvm::AAManager manager = builder.buildDefaultAAPipeline();
    manager.registerFunctionAnalysis<MemoryAliasAnalysis>();
    return manager;
  });
  functions.registerPass([] { return MemoryAliasAnalysis(); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(passes, list));
  passes.run(module, modules);
}

}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, Tier tier) {
  run_passes(module, machine, tier == Tier::Fast ? kFastPassList : kPassList);
}

absl::Status finish_ir(llvm::Module& module, llvm::TargetMachine& machine, Tier tier,
                       SfiStrategy& sfi, int64_t context_offset) {
  replace_memory_intrinsics(module, sfi.address_space());
  if (absl::Status status = sfi.confine(module); !status.ok()) return status;
  if (sfi.wants_tidying()) {
    run_passes(module, machine, tier == Tier::Fast ? kFastTidyPassList : kTidyPassList);
  }
  lower_throws(module);
  llvm::GlobalVariable* context = context_symbol(module);
  context->replaceAllUsesWith(llvm::ConstantExpr::getIntToPtr(
      llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(module.getContext()), context_offset),
      context->getType()));
  context->eraseFromParent();
  return absl::OkStatus();
}

}  // namespace linden::jit
