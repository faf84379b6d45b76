#include "runtime/ahead_of_time.h"

#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/cache.h"
#include "runtime/context.h"
#include "runtime/sealed_file.h"
#include "runtime/verification.h"

namespace linden::runtime {
namespace {

constexpr FileMagic kMagic = "LNDNAOT1";
constexpr size_t kKeySize = 64;

// The payload: the cache key, the module's size (8 bytes), the module, the serialised image.
struct Parts {
  std::string key;
  std::vector<uint8_t> module_bytes;
  std::span<const uint8_t> image;
};

absl::StatusOr<Parts> split(const SealedFile& file) {
  std::span<const uint8_t> payload = file.payload();
  uint64_t size = 0;
  absl::Status damaged =
      absl::DataLossError("the ahead-of-time file is damaged; compile the module again");
  if (payload.size() < kKeySize + sizeof size) return damaged;
  Parts parts;
  parts.key.assign(payload.begin(), payload.begin() + kKeySize);
  std::memcpy(&size, payload.data() + kKeySize, sizeof size);
  payload = payload.subspan(kKeySize + sizeof size);
  if (size > payload.size()) return damaged;
  parts.module_bytes.assign(payload.begin(), payload.begin() + static_cast<ptrdiff_t>(size));
  parts.image = payload.subspan(size);
  return parts;
}

// What was accepted once is remembered beside the cache.
absl::Status verify(const jit::Image& image, const jit::Digest& digest, const jit::Module& module,
                    const LoadOptions& options) {
  if (options.verify == Verify::Never) return absl::OkStatus();
  if (options.verify == Verify::Files && options.cache != nullptr &&
      options.cache->is_stamped(digest)) {
    return absl::OkStatus();
  }
  absl::Status verified = verify_image(image, module, options);
  if (!verified.ok()) {
    return absl::Status(verified.code(), absl::StrCat(verified.message(),
                                                      "; compile the module again, or add "
                                                      "--no-verify if you trust the file"));
  }
  if (options.cache != nullptr) options.cache->stamp(digest);
  return absl::OkStatus();
}

}  // namespace

bool is_ahead_of_time(std::span<const uint8_t> bytes) {
  return SealedFile::has_magic(bytes, kMagic);
}

absl::StatusOr<AheadOfTimeResult> write_ahead_of_time(const std::string& path,
                                                      std::vector<uint8_t> module_bytes,
                                                      const LoadOptions& options) {
  auto start = std::chrono::steady_clock::now();
  absl::StatusOr<std::shared_ptr<const jit::Module>> module =
      jit::parse(std::move(module_bytes), options.features);
  if (!module.ok()) return module.status();
  jit::CompileOptions compiler = compile_options_of(options);
  absl::StatusOr<jit::Image> image = jit::compile(**module, compiler);
  if (!image.ok()) return image.status();

  const std::vector<uint8_t>& bytes = (*module)->bytes;
  std::string head = jit::cache_key(bytes, compiler);
  uint64_t size = bytes.size();
  head.append(reinterpret_cast<const char*>(&size), sizeof size);
  std::vector<uint8_t> code = image->serialize();
  std::span<const uint8_t> head_bytes(reinterpret_cast<const uint8_t*>(head.data()), head.size());
  absl::Status status = SealedFile::write(path, kMagic, {head_bytes, bytes, code}, 0644);
  if (!status.ok()) return status;

  AheadOfTimeResult result;
  result.file_size = head.size() + bytes.size() + code.size();
  result.code_size = image->code_size();
  result.compile_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

absl::StatusOr<LoadedAheadOfTime> load_ahead_of_time(std::vector<uint8_t> file_bytes,
                                                     const LoadOptions& options) {
  absl::StatusOr<SealedFile> file = SealedFile::open(std::move(file_bytes), kMagic);
  if (!file.ok()) return file.status();
  absl::StatusOr<Parts> parts = split(*file);
  if (!parts.ok()) return parts.status();

  LoadedAheadOfTime result;
  if (parts->key == jit::cache_key(parts->module_bytes, compile_options_of(options))) {
    absl::StatusOr<jit::Image> image = jit::Image::deserialize(parts->image);
    if (!image.ok()) return image.status();
    absl::StatusOr<std::shared_ptr<const jit::Module>> parsed =
        jit::parse(std::move(parts->module_bytes), options.features);
    if (!parsed.ok()) return parsed.status();
    if (absl::Status refused = verify(*image, file->digest(), **parsed, options); !refused.ok()) {
      return refused;
    }
    auto module = CompiledModule::create(*std::move(parsed), *std::move(image), options.sfi);
    if (!module.ok()) return module.status();
    result.module = *std::move(module);
    return result;
  }
  auto module = CompiledModule::load(std::move(parts->module_bytes), options);
  if (!module.ok()) return module.status();
  result.module = *std::move(module);
  result.recompiled = true;
  return result;
}

absl::StatusOr<std::vector<uint8_t>> module_of_ahead_of_time(std::vector<uint8_t> file_bytes) {
  absl::StatusOr<SealedFile> file = SealedFile::open(std::move(file_bytes), kMagic);
  if (!file.ok()) return file.status();
  absl::StatusOr<Parts> parts = split(*file);
  if (!parts.ok()) return parts.status();
  return std::move(parts->module_bytes);
}

absl::StatusOr<jit::Image> image_of_ahead_of_time(std::vector<uint8_t> file_bytes) {
  absl::StatusOr<SealedFile> file = SealedFile::open(std::move(file_bytes), kMagic);
  if (!file.ok()) return file.status();
  absl::StatusOr<Parts> parts = split(*file);
  if (!parts.ok()) return parts.status();
  return jit::Image::deserialize(parts->image);
}

}  // namespace linden::runtime
