#include "jit/machine_passes.h"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/Target/RegisterTargetPassConfigCallback.h>

#include "jit/abi.h"
#include "jit/base_check.h"
#include "jit/fold_addresses.h"
#include "jit/thread_dispatch.h"

namespace linden::jit {
namespace {

thread_local FrameReport* current_report = nullptr;
thread_local int64_t current_base_displacement = 0;

}  // namespace

MachinePassScope::MachinePassScope(FrameReport& report, int64_t context_offset) {
  // LLVM calls this for every code generation of the process, for as long as the process lives.
  static llvm::RegisterTargetPassConfigCallback registration(
      [](llvm::TargetMachine&, llvm::PassManagerBase&, llvm::TargetPassConfig* config) {
        if (current_report == nullptr) return;
        // There are no variables to describe, only line numbers.
        config->disablePass(&llvm::LiveDebugValuesID);
        // The fast tier has no such pass; what is inserted behind it would belong to nobody.
        if (config->getOptLevel() != llvm::CodeGenOptLevel::None) {
          config->insertPass(&llvm::PeepholeOptimizerLegacyID, create_fold_addresses_pass());
          config->insertPass(&llvm::MachineBlockPlacementID, create_thread_dispatch_pass());
        }
        config->insertPass(&llvm::FixupStatepointCallerSavedID,
                           create_stack_address_check_pass(*current_report));
        config->insertPass(&llvm::FixupStatepointCallerSavedID,
                           create_base_check_pass(*current_report, current_base_displacement));
        config->insertPass(&llvm::PrologEpilogCodeInserterID,
                           create_frame_recorder_pass(*current_report));
      });
  current_report = &report;
  current_base_displacement = context_offset + static_cast<int64_t>(offsetof(Context, memory_base));
}

MachinePassScope::~MachinePassScope() { current_report = nullptr; }

}  // namespace linden::jit
