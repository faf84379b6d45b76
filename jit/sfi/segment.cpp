// x86-64: linear memory is the segment %gs, whose base the runtime sets when it enters an instance.
//
//   isolates  An address is the segment's base plus what generated code computes: a 32-bit index,
//             zero-extended, plus an offset of 32 bits. The reservation of 8 GiB and a bit has all
//             such sums; what is not the guest's there is inaccessible.
//   costs     One byte for each access, the prefix. No register, no instruction, no argument; one
//             cycle of latency for each load on some processors, and slow forwarding of stores:
//             see critical_accesses.cpp. `wrgsbase` when a call crosses from one instance to
//             another.
//   trusts    That the compiler extends indices as it should, and keeps them so in all that it
//             makes of an address.
//
// No frame holds an address of the host across a call, so that a stack can be copied
// (docs/fork.md).
//
// The memory is an external global until the very end, because LLVM can tell two globals apart
// (memory never aliases the context) but not two address spaces; then it becomes the null pointer
// of that space, which selects to %gs:displacement(register).

#include "jit/sfi/critical_accesses.h"
#include "jit/sfi/memory_access.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {
namespace {

constexpr unsigned kSegmentGs = 256;

class SegmentStrategy final : public SfiStrategy {
 public:
  SegmentStrategy() : SfiStrategy(kSegmentGs) {}

  absl::Status confine(llvm::Module& module) override {
    if (!make_pointers_offsets(module)) return absl::OkStatus();
    return address_critical_by_base(module, kSegmentGs);
  }
};

}  // namespace

std::unique_ptr<SfiStrategy> create_segment_strategy() {
  return std::make_unique<SegmentStrategy>();
}

}  // namespace linden::jit
