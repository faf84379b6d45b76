#include "jit/target.h"

#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <mutex>

#include "absl/strings/str_cat.h"

namespace linden::jit {
namespace {

// roundss, pshufb, pmulhrsw: without them LLVM would call a mathematics library.
constexpr const char* kNeededFeatures[] = {"ssse3", "sse4.1"};

}  // namespace

absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> create_target_machine(Tier tier) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  for (const char* feature : kNeededFeatures) {
    if (target_features().find(absl::StrCat("+", feature)) == std::string::npos) {
      return absl::UnimplementedError(
          absl::StrCat("this CPU lacks ", feature, ", which generated code needs"));
    }
  }
  const llvm::Triple triple(llvm::sys::getProcessTriple());
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) return absl::InternalError(error);
  llvm::TargetOptions options;
  options.TrapUnreachable = true;
  // A call that does not return is followed by a trap: so whoever reads the code, the verifier,
  // need not know which functions those are.
  options.NoTrapAfterNoreturn = false;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, target_cpu(), target_features(), options, llvm::Reloc::PIC_, llvm::CodeModel::Small,
      tier == Tier::Fast ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default,
      /*JIT=*/false));
  if (machine == nullptr) return absl::InternalError("LLVM has no code generator for this machine");
  return machine;
}

absl::StatusOr<std::string> tuning_of(const llvm::TargetMachine& machine,
                                      const std::string& wanted) {
  const llvm::MCSubtargetInfo& subtarget = *machine.getMCSubtargetInfo();
  if (wanted.empty()) {
    const std::string host(llvm::sys::getHostCPUName());
    return subtarget.isCPUStringValid(host) ? host : target_cpu();
  }
  if (subtarget.isCPUStringValid(wanted)) return wanted;
  return absl::InvalidArgumentError(
      absl::StrCat("--tune ", wanted, ": no such processor (`llc-22 -mcpu=help` lists them)"));
}

}  // namespace linden::jit
