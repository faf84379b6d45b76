#include "jit/image.h"

#include <algorithm>
#include <cstring>

namespace linden::jit {
namespace {

constexpr char kMagic[8] = {'L', 'N', 'D', 'I', 'M', 'G', '0', '3'};

class Writer {
 public:
  void raw(const void* data, size_t size) {
    auto* bytes = static_cast<const uint8_t*>(data);
    out_.insert(out_.end(), bytes, bytes + size);
  }
  void text(const std::string& value) {
    number(value.size());
    raw(value.data(), value.size());
  }
  void number(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }
  std::vector<uint8_t> take() { return std::move(out_); }

 private:
  std::vector<uint8_t> out_;
};

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return position_ == bytes_.size(); }
  std::span<const uint8_t> raw(uint64_t size) {
    if (!ok_ || size > bytes_.size() - position_) {
      ok_ = false;
      return {};
    }
    auto result = bytes_.subspan(position_, size);
    position_ += size;
    return result;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto byte = raw(1);
      if (!ok_) return 0;
      value |= static_cast<uint64_t>(byte[0] & 0x7f) << shift;
      if ((byte[0] & 0x80) == 0) return value;
    }
    ok_ = false;
    return 0;
  }
  uint32_t number32() {
    uint64_t value = number();
    if (value > UINT32_MAX) ok_ = false;
    return static_cast<uint32_t>(value);
  }
  std::string text() {
    auto bytes = raw(number());
    return {bytes.begin(), bytes.end()};
  }
  // How many items follow; each takes a byte at least, so damage cannot ask for absurd memory.
  size_t count() {
    uint64_t value = number();
    if (value > bytes_.size() - position_) ok_ = false;
    return ok_ ? value : 0;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

void write_target(Writer& writer, const ImageTarget& target) {
  writer.text(target.architecture);
  writer.text(target.sfi);
  writer.number(static_cast<uint64_t>(target.context_offset));
  writer.number(target.imported_functions);
  writer.number(target.types);
  writer.number(target.tables);
  writer.number(target.memories);
  writer.number(target.tags);
  writer.number(target.inline_globals);
  writer.number(target.globals.size());
  writer.raw(target.globals.data(), target.globals.size());
}

ImageTarget read_target(Reader& reader) {
  ImageTarget target;
  target.architecture = reader.text();
  target.sfi = reader.text();
  target.context_offset = static_cast<int64_t>(reader.number());
  target.imported_functions = reader.number32();
  target.types = reader.number32();
  target.tables = reader.number32();
  target.memories = reader.number32();
  target.tags = reader.number32();
  target.inline_globals = reader.number32();
  auto globals = reader.raw(reader.number());
  target.globals.assign(globals.begin(), globals.end());
  return target;
}

}  // namespace

uint64_t Image::code_size() const {
  uint64_t total = 0;
  for (const ImageFunction& function : functions) total += function.code_size;
  return total;
}

const ImageFunction* Image::function_at(uint32_t code_offset) const {
  auto after = std::upper_bound(
      functions.begin(), functions.end(), code_offset,
      [](uint32_t value, const ImageFunction& function) { return value < function.code_offset; });
  if (after == functions.begin()) return nullptr;
  const ImageFunction& function = *(after - 1);
  return code_offset - function.code_offset < function.code_size ? &function : nullptr;
}

const LandingPad* Image::landing_pad_at(const ImageFunction& function, uint32_t code_offset) const {
  const auto begin = landing_pads.begin() + function.first_landing_pad;
  const auto end = begin + function.landing_pad_count;
  auto after = std::upper_bound(begin, end, code_offset, [](uint32_t value, const LandingPad& pad) {
    return value < pad.begin;
  });
  if (after == begin || code_offset >= (after - 1)->end) return nullptr;
  return &*(after - 1);
}

std::optional<uint32_t> Image::wasm_offset_at(uint32_t code_offset) const {
  auto after = std::upper_bound(
      locations.begin(), locations.end(), code_offset,
      [](uint32_t value, const CodeLocation& location) { return value < location.code_offset; });
  if (after == locations.begin() || (after - 1)->wasm_offset == 0) return std::nullopt;
  return (after - 1)->wasm_offset;
}

std::vector<uint8_t> Image::serialize() const {
  Writer writer;
  writer.raw(kMagic, sizeof kMagic);
  write_target(writer, target);
  writer.number(content.size());
  writer.raw(content.data(), content.size());
  writer.number(segments.size());
  for (const ImageSegment& segment : segments) {
    writer.number(segment.offset);
    writer.number(segment.size);
    writer.number(static_cast<uint64_t>(segment.protection));
  }
  writer.number(rebases.size());
  for (uint32_t rebase : rebases) writer.number(rebase);
  writer.number(functions.size());
  for (const ImageFunction& function : functions) {
    writer.number(function.code_offset);
    writer.number(function.code_size);
    writer.number(function.frame_size);
    writer.number(function.function_index);
    writer.number(function.saved_registers);
    writer.number(function.landing_pad_count);
    writer.number(function.is_replacement ? 1 : 0);
  }
  writer.number(entry_points.size());
  for (uint32_t entry_point : entry_points) {
    writer.number(entry_point == kNoFunction ? 0 : uint64_t{entry_point} + 1);
  }
  writer.number(locations.size());
  uint32_t code = 0, wasm = 0;
  for (const CodeLocation& location : locations) {
    const int64_t delta = int64_t{location.wasm_offset} - wasm;
    writer.number(location.code_offset - code);
    writer.number(static_cast<uint64_t>(delta << 1 ^ delta >> 63));
    code = location.code_offset;
    wasm = location.wasm_offset;
  }
  writer.number(landing_pads.size());
  uint32_t previous = 0;
  for (const LandingPad& pad : landing_pads) {
    writer.number(pad.begin - previous);
    writer.number(pad.end - pad.begin);
    writer.number(pad.landing_pad);
    previous = pad.begin;
  }
  return writer.take();
}

absl::StatusOr<Image> Image::deserialize(std::span<const uint8_t> bytes) {
  Reader reader(bytes);
  Image image;
  auto magic = reader.raw(sizeof kMagic);
  if (!reader.ok() || std::memcmp(magic.data(), kMagic, sizeof kMagic) != 0) {
    return absl::DataLossError("not a compiled image");
  }
  image.target = read_target(reader);
  auto content = reader.raw(reader.number());
  image.content.assign(content.begin(), content.end());
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    uint32_t offset = reader.number32();
    uint32_t size = reader.number32();
    uint64_t protection = reader.number();
    if (protection > 1 || uint64_t{offset} + size > image.content.size() || offset % 4096 != 0) {
      return absl::DataLossError("damaged image: segment");
    }
    image.segments.push_back({offset, size, static_cast<Protection>(protection)});
  }
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    image.rebases.push_back(reader.number32());
    if (uint64_t{image.rebases.back()} + 8 > image.content.size()) {
      return absl::DataLossError("damaged image: rebase");
    }
  }
  uint64_t landing_pads = 0;
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    ImageFunction& function = image.functions.emplace_back();
    function.code_offset = reader.number32();
    function.code_size = reader.number32();
    function.frame_size = reader.number32();
    function.function_index = reader.number32();
    function.saved_registers = reader.number32();
    function.first_landing_pad = static_cast<uint32_t>(landing_pads);
    function.landing_pad_count = reader.number32();
    landing_pads += function.landing_pad_count;
    function.is_replacement = reader.number() != 0;
  }
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    uint64_t entry = reader.number();
    if (entry > image.content.size()) return absl::DataLossError("damaged image: entry point");
    image.entry_points.push_back(entry == 0 ? kNoFunction : static_cast<uint32_t>(entry - 1));
  }
  uint32_t code = 0, wasm = 0;
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    code += reader.number32();
    uint64_t zigzag = reader.number();
    wasm += static_cast<uint32_t>(zigzag >> 1 ^ (~(zigzag & 1) + 1));
    image.locations.push_back({code, wasm});
  }
  uint32_t previous = 0;
  for (size_t n = reader.count(); n > 0 && reader.ok(); --n) {
    LandingPad& pad = image.landing_pads.emplace_back();
    pad.begin = previous + reader.number32();
    pad.end = pad.begin + reader.number32();
    pad.landing_pad = reader.number32();
    previous = pad.begin;
    if (pad.landing_pad > image.content.size()) {
      return absl::DataLossError("damaged image: landing pad");
    }
  }
  if (landing_pads != image.landing_pads.size()) {
    return absl::DataLossError("damaged image: landing pads");
  }
  if (!reader.ok() || !reader.at_end()) return absl::DataLossError("damaged image: truncated");
  return image;
}

}  // namespace linden::jit
