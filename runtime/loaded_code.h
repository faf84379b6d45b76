// An image that is loaded into the code region: what addresses in it mean.
#ifndef LINDEN_RUNTIME_LOADED_CODE_H_
#define LINDEN_RUNTIME_LOADED_CODE_H_

#include <memory>

#include "jit/image.h"
#include "runtime/code_region.h"

namespace linden::runtime {

class CompiledModule;

class LoadedCode {
 public:
  // `module` is whose code it is, and outlives it. Errors as CodeAllocation::load.
  static absl::StatusOr<std::unique_ptr<const LoadedCode>> load(const CompiledModule& module,
                                                                jit::Image image);

  const CompiledModule& module() const { return module_; }
  // Without its content.
  const jit::Image& image() const { return image_; }
  const std::byte* base() const { return code_.base(); }
  // Null if the function has no entry point of its own here.
  const void* entry_point(uint32_t function) const;

 private:
  LoadedCode(const CompiledModule& module, jit::Image image)
      : module_(module), image_(std::move(image)) {}

  const CompiledModule& module_;
  jit::Image image_;
  CodeAllocation code_;
};

}  // namespace linden::runtime

#endif
