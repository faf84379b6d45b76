// What the proofs about single functions need to know of the image as a whole, and the proof that
// the image as a whole is in order.
#ifndef LINDEN_VERIFIER_IMAGE_FACTS_H_
#define LINDEN_VERIFIER_IMAGE_FACTS_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/state.h"
#include "verifier/verifier.h"

namespace linden::verifier {

class ImageFacts final : public RequirementSource {
 public:
  // `image` must outlive it. If this leaves a refusal, nothing else may be asked.
  ImageFacts(const jit::Image& image, int64_t context_offset);

  const std::optional<Refusal>& refusal() const { return refusal_; }

  const jit::Image& image() const { return image_; }
  int64_t context_offset() const { return context_offset_; }

  bool is_function(uint64_t offset, uint32_t& requirements) const override;
  // Whether [offset, offset + size) lies within one segment of constants.
  bool is_constant(uint64_t offset, uint64_t size) const;
  // The 64-bit word there is the address of a function of the image. For constants only.
  bool is_code_word(uint64_t offset) const { return test(rebased_, offset); }
  // Whether any byte of [offset, offset + 8) belongs to such a word.
  bool overlaps_code_word(uint64_t offset) const;
  uint64_t read64(uint64_t offset) const;
  int32_t read32(uint64_t offset) const;

 private:
  using Bits = std::vector<uint64_t>;
  static bool test(const Bits& bits, uint64_t offset) {
    return offset / 64 < bits.size() && (bits[offset / 64] >> (offset % 64) & 1) != 0;
  }
  static void set(Bits& bits, uint64_t offset) { bits[offset / 64] |= uint64_t{1} << offset % 64; }

  bool refuse(Rule rule, uint64_t offset, std::string reason);
  bool check_target();
  bool check_segments();
  bool check_functions();
  bool check_padding(uint32_t begin, uint32_t end);
  bool check_rebases();
  bool check_entry_points();
  bool check_landing_pads();
  void find_requirements();

  const jit::Image& image_;
  const int64_t context_offset_;
  std::optional<Refusal> refusal_;
  Bits functions_;  // where they start
  Bits rebased_;
  // Adapters that go on with what the Context says: (offset, what they need).
  std::vector<std::pair<uint32_t, uint32_t>> requirements_;
};

}  // namespace linden::verifier

#endif
