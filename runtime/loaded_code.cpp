#include "runtime/loaded_code.h"

#include "runtime/perf_map.h"

namespace linden::runtime {

absl::StatusOr<std::unique_ptr<const LoadedCode>> LoadedCode::load(const CompiledModule& module,
                                                                   jit::Image image) {
  absl::StatusOr<CodeAllocation> code = CodeAllocation::load(image);
  if (!code.ok()) return code.status();
  std::unique_ptr<LoadedCode> loaded(new LoadedCode(module, std::move(image)));
  loaded->image_.content = {};
  loaded->code_ = *std::move(code);
  loaded->code_.set_owner(loaded.get());
  // Begun with success; a disk that is full since keeps no program from running.
  if (has_perf_map()) write_perf_map(*loaded).IgnoreError();
  return loaded;
}

const void* LoadedCode::entry_point(uint32_t function) const {
  const uint32_t offset = image_.entry_points[function];
  return offset == jit::kNoFunction ? nullptr : base() + offset;
}

}  // namespace linden::runtime
