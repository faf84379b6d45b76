// Joins the object files of a module's parts into one Image.
#ifndef LINDEN_JIT_LINKER_H_
#define LINDEN_JIT_LINKER_H_

#include <llvm/ADT/SmallVector.h>

#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/frame_check.h"
#include "jit/image.h"
#include "jit/module.h"

namespace linden::jit {

struct ObjectPart {
  llvm::SmallVector<char, 0> object;  // ELF
  FrameReport frames;
  std::set<uint32_t> replacements;  // function indices: ImageFunction::is_replacement
};

absl::StatusOr<Image> link(const Module& module, std::vector<ObjectPart> parts);

}  // namespace linden::jit

#endif
