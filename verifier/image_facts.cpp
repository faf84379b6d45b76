#include "verifier/image_facts.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "verifier/decoder.h"

namespace linden::verifier {
namespace {

constexpr uint32_t kPageSize = 4096;

}  // namespace

ImageFacts::ImageFacts(const jit::Image& image, int64_t context_offset)
    : image_(image), context_offset_(context_offset) {
  functions_.resize(image.content.size() / 64 + 1);
  rebased_.resize(image.content.size() / 64 + 1);
  if (check_target() && check_segments() && check_functions() && check_rebases()) {
    find_requirements();
    if (check_entry_points()) check_landing_pads();
  }
}

bool ImageFacts::refuse(Rule rule, uint64_t offset, std::string reason) {
  refusal_ = {rule, jit::kNoFunction, static_cast<uint32_t>(offset), "", std::move(reason)};
  return false;
}

bool ImageFacts::check_target() {
  const jit::ImageTarget& target = image_.target;
  if (target.architecture != "x86-64") {
    return refuse(Rule::Target, 0,
                  absl::StrCat("nothing to verify: it is code for ", target.architecture));
  }
  if (target.sfi != "segment") {
    return refuse(Rule::Target, 0,
                  absl::StrCat("nothing to verify: it was compiled with --sfi ", target.sfi));
  }
  if (target.context_offset != context_offset_) {
    return refuse(Rule::Target, 0, "it was compiled for another build of Linden");
  }
  return true;
}

// They follow one another without a page between them: such a page would stay writable.
bool ImageFacts::check_segments() {
  uint64_t next = 0;
  for (const jit::ImageSegment& segment : image_.segments) {
    if (segment.offset != next) {
      return refuse(Rule::Layout, segment.offset, "segments do not follow one another");
    }
    if (segment.protection != jit::Protection::ReadExecute &&
        segment.protection != jit::Protection::ReadOnly) {
      return refuse(Rule::Layout, segment.offset, "a segment that can be written");
    }
    const uint64_t end = uint64_t{segment.offset} + segment.size;
    next = (end + kPageSize - 1) / kPageSize * kPageSize;
    if (end > image_.content.size()) {
      return refuse(Rule::Layout, segment.offset, "a segment is larger than the image");
    }
    const auto page_end = std::min<uint64_t>(next, image_.content.size());
    for (uint64_t i = end; i < page_end; ++i) {
      if (image_.content[i] != 0) return refuse(Rule::Layout, i, "content outside of segments");
    }
  }
  if (next < image_.content.size()) {
    return refuse(Rule::Layout, next, "content outside of segments");
  }
  return true;
}

// Each executable segment is functions and what aligns them, without overlap.
bool ImageFacts::check_functions() {
  auto function = image_.functions.begin();
  for (const jit::ImageSegment& segment : image_.segments) {
    if (segment.protection != jit::Protection::ReadExecute) continue;
    const uint64_t end = uint64_t{segment.offset} + segment.size;
    uint64_t next = segment.offset;
    for (; function != image_.functions.end() && function->code_offset < end; ++function) {
      if (function->code_offset < next) {
        return refuse(Rule::Layout, function->code_offset, "functions overlap or lie outside");
      }
      if (function->code_size == 0 || function->code_size > end - function->code_offset) {
        return refuse(Rule::Layout, function->code_offset, "a function is empty or too large");
      }
      if (!check_padding(static_cast<uint32_t>(next), function->code_offset)) return false;
      next = uint64_t{function->code_offset} + function->code_size;
      set(functions_, function->code_offset);
    }
    if (!check_padding(static_cast<uint32_t>(next), static_cast<uint32_t>(end))) return false;
  }
  if (function != image_.functions.end()) {
    return refuse(Rule::Layout, function->code_offset, "a function outside of executable segments");
  }
  return true;
}

bool ImageFacts::check_padding(uint32_t begin, uint32_t end) {
  while (begin < end) {
    if (image_.content[begin] == 0xcc || image_.content[begin] == 0) {
      ++begin;
      continue;
    }
    Instruction instruction;
    if (decode(image_.content, begin, end, instruction) != DecodeResult::Ok ||
        instruction.operation != Operation::Nop) {
      return refuse(Rule::Layout, begin, "code outside of functions");
    }
    begin += instruction.length;
  }
  return true;
}

bool ImageFacts::check_rebases() {
  for (uint32_t offset : image_.rebases) {
    if (!is_constant(offset, 8)) {
      return refuse(Rule::Layout, offset, "a rebased word is not in constants");
    }
    if (offset % 8 != 0 || test(rebased_, offset)) {
      return refuse(Rule::Layout, offset, "rebased words overlap");
    }
    if (!test(functions_, read64(offset))) {
      return refuse(Rule::Layout, offset, "a rebased word is not the address of a function");
    }
    set(rebased_, offset);
  }
  return true;
}

// Whoever holds an entry point, in a table of the image or in a reference, calls it without knowing
// of requirements.
bool ImageFacts::check_entry_points() {
  uint32_t requirements = 0;
  for (uint32_t entry : image_.entry_points) {
    if (entry == jit::kNoFunction) continue;
    if (!is_function(entry, requirements) || requirements != 0) {
      return refuse(Rule::Layout, entry, "an entry point is not the beginning of a function");
    }
  }
  for (const jit::ImageFunction& function : image_.functions) {
    is_function(function.code_offset, requirements);
    if (function.is_replacement && requirements != 0) {
      return refuse(Rule::Layout, function.code_offset, "an adapter in the place of a function");
    }
  }
  for (uint32_t offset : image_.rebases) {
    if (!is_function(read64(offset), requirements) || requirements != 0) {
      return refuse(Rule::Layout, offset, "a table holds an adapter");
    }
  }
  return true;
}

bool ImageFacts::check_landing_pads() {
  uint64_t next = 0;
  for (const jit::ImageFunction& function : image_.functions) {
    if (function.first_landing_pad != next ||
        function.landing_pad_count > image_.landing_pads.size() - next) {
      return refuse(Rule::UnwindTables, function.code_offset, "landing pads are out of order");
    }
    const uint64_t end = uint64_t{function.code_offset} + function.code_size;
    uint64_t previous = function.code_offset;
    for (uint32_t i = 0; i < function.landing_pad_count; ++i, ++next) {
      const jit::LandingPad& pad = image_.landing_pads[next];
      if (pad.begin < previous || pad.end < pad.begin || pad.end > end ||
          pad.landing_pad < function.code_offset || pad.landing_pad >= end) {
        return refuse(Rule::UnwindTables, pad.landing_pad, "a landing pad of another function");
      }
      previous = pad.end;
    }
  }
  if (next != image_.landing_pads.size()) {
    return refuse(Rule::UnwindTables, 0, "landing pads of no function");
  }
  return true;
}

// An adapter (ModuleTranslator::mismatch_adapter) calls a helper that reads what its own caller has
// put into the Context. Functions of the module never do that for their callers.
void ImageFacts::find_requirements() {
  for (const jit::ImageFunction& function : image_.functions) {
    if (function.function_index != jit::kNoFunction) continue;
    const uint32_t end = function.code_offset + function.code_size;
    uint32_t needs = 0;
    for (uint32_t offset = function.code_offset; offset < end;) {
      Instruction instruction;
      if (decode(image_.content, offset, end, instruction) != DecodeResult::Ok) break;
      offset = instruction.end();
      if (!instruction.has_memory || instruction.memory.segment != Segment::Fs) continue;
      const int64_t field = instruction.memory.displacement - context_offset_ -
                            static_cast<int64_t>(offsetof(jit::Context, helpers));
      if (field == 8 * static_cast<int64_t>(jit::Helper::AdaptCall)) needs |= kNeedsCallee;
      if (field == 8 * static_cast<int64_t>(jit::Helper::AdaptConstantCall)) {
        needs |= kNeedsConstantCallee;
      }
    }
    if (needs != 0) requirements_.push_back({function.code_offset, needs});
  }
}

bool ImageFacts::is_function(uint64_t offset, uint32_t& requirements) const {
  if (!test(functions_, offset)) return false;
  auto found = std::lower_bound(requirements_.begin(), requirements_.end(),
                                std::pair{static_cast<uint32_t>(offset), 0u});
  requirements = found != requirements_.end() && found->first == offset ? found->second : 0;
  return true;
}

bool ImageFacts::is_constant(uint64_t offset, uint64_t size) const {
  auto after = std::upper_bound(
      image_.segments.begin(), image_.segments.end(), offset,
      [](uint64_t value, const jit::ImageSegment& segment) { return value < segment.offset; });
  if (after == image_.segments.begin()) return false;
  const jit::ImageSegment& segment = *(after - 1);
  return segment.protection == jit::Protection::ReadOnly &&
         offset - segment.offset <= segment.size &&
         size <= segment.size - (offset - segment.offset);
}

bool ImageFacts::overlaps_code_word(uint64_t offset) const {
  for (uint64_t i = offset < 7 ? 0 : offset - 7; i < offset + 8; ++i) {
    if (test(rebased_, i)) return true;
  }
  return false;
}

uint64_t ImageFacts::read64(uint64_t offset) const {
  uint64_t word;
  std::memcpy(&word, image_.content.data() + offset, sizeof word);
  return word;
}

int32_t ImageFacts::read32(uint64_t offset) const {
  int32_t word;
  std::memcpy(&word, image_.content.data() + offset, sizeof word);
  return word;
}

}  // namespace linden::verifier
