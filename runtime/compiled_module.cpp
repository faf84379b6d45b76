#include "runtime/compiled_module.h"

#include <chrono>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "runtime/background_compile.h"
#include "runtime/cache.h"
#include "runtime/context.h"
#include "runtime/value.h"
#include "runtime/verification.h"

namespace linden::runtime {
namespace {

class Stopwatch {
 public:
  double lap() {
    auto now = std::chrono::steady_clock::now();
    double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct TypeOrder {
  bool operator()(const FunctionType& a, const FunctionType& b) const {
    return std::tie(a.params, a.results) < std::tie(b.params, b.results);
  }
};

// Numbers for types that are too long to be their own number; the same in every module of the
// process.
uint32_t intern(const FunctionType& type) {
  static std::mutex mutex;
  static auto* numbers = new std::map<FunctionType, uint32_t, TypeOrder>;
  std::lock_guard lock(mutex);
  auto [entry, is_new] = numbers->try_emplace(type, static_cast<uint32_t>(numbers->size()));
  return entry->second | jit::kInternedTypeBit;
}

}  // namespace

uint32_t type_id_of(const FunctionType& type) {
  uint32_t id = jit::encode_type_id(type);
  return id != 0 ? id : intern(type);
}

jit::CompileOptions compile_options_of(const LoadOptions& options) {
  jit::CompileOptions result;
  result.sfi = options.sfi;
  result.tier = options.tier;
  result.context_offset = context_offset();
  result.threads = options.compile_threads;
  result.strict_traps = options.strict_traps;
  result.strict_calls = options.strict_calls;
  result.tuning = options.tuning;
  result.progress = options.progress;
  result.dump_directory = options.dump_directory;
  return result;
}

namespace {

void warn(const LoadOptions& options, const std::string& text) {
  if (options.warn) options.warn(text);
}

// Whether an entry of the cache may run. One that may not is removed.
bool accept_entry(const std::string& key, const jit::Digest& digest, const jit::Image& image,
                  const jit::Module& module, const LoadOptions& options) {
  if (options.verify == Verify::Never) return true;
  if (options.verify == Verify::Files && options.cache->is_stamped(digest)) return true;
  const absl::Status verified = verify_image(image, module, options);
  if (verified.ok()) {
    options.cache->stamp(digest);
    return true;
  }
  warn(options, absl::StrCat("the cache's entry ", key,
                             " is removed, and the module compiled again: ", verified.message()));
  options.cache->remove(key);
  return false;
}

// The cache is an economy: a full disk must not keep a program from running.
void keep(const std::string& key, const jit::Image& image, const jit::Module& module,
          const LoadOptions& options) {
  if (options.verify == Verify::Never) {
    options.cache->insert(key, image).IgnoreError();
    return;
  }
  const absl::Status verified = verify_image(image, module, options);
  if (!verified.ok()) {
    warn(options, absl::StrCat("the module is not kept in the cache: ", verified.message()));
    return;
  }
  jit::Digest digest;
  if (options.cache->insert(key, image, &digest).ok()) options.cache->stamp(digest);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CompiledModule>> CompiledModule::load(
    std::vector<uint8_t> bytes, const LoadOptions& options) {
  LoadStatistics statistics;
  Stopwatch watch;
  const jit::CompileOptions compile_options = compile_options_of(options);

  std::string key;
  std::optional<jit::Image> image;
  jit::Digest digest;
  if (options.cache != nullptr && options.dump_directory.empty()) {
    key = jit::cache_key(bytes, compile_options);
    image = options.cache->find(key, &digest);
    statistics.from_cache = image.has_value();
  }
  statistics.load_seconds = watch.lap();
  // A cached image exists only for bytes that were valid.
  absl::StatusOr<std::shared_ptr<const jit::Module>> module =
      jit::parse(std::move(bytes), options.features,
                 statistics.from_cache ? jit::Validation::AlreadyDone : jit::Validation::Full);
  if (!module.ok()) return module.status();
  if (image && !accept_entry(key, digest, *image, **module, options)) {
    image.reset();
    statistics.from_cache = false;
    // Who made the entry may have lied about the module, too.
    module = jit::parse((*module)->bytes, options.features, jit::Validation::Full);
    if (!module.ok()) return module.status();
  }
  statistics.parse_seconds = watch.lap();
  if (!image && options.is_tiered && options.dump_directory.empty()) {
    std::shared_ptr<CompiledModule> tiered(new CompiledModule);
    tiered->prepare(*std::move(module), options.sfi);
    if (absl::Status begun = tiered->begin_tiers(options); !begun.ok()) return begun;
    statistics.compile_seconds = watch.lap();
    tiered->statistics_ = statistics;
    return tiered;
  }
  if (!image) {
    absl::StatusOr<jit::Image> compiled = jit::compile(**module, compile_options);
    if (!compiled.ok()) return compiled.status();
    image = std::move(*compiled);
    if (options.verify == Verify::Always) {
      if (absl::Status bad = verify_image(*image, **module, options); !bad.ok()) return bad;
    }
    if (!key.empty()) keep(key, *image, **module, options);
    statistics.compile_seconds = watch.lap();
  }
  auto result = create(*std::move(module), *std::move(image), options.sfi);
  if (!result.ok()) return result.status();
  statistics.load_seconds += watch.lap();
  statistics.code_size = (*result)->code_->image().code_size();
  const_cast<CompiledModule&>(**result).statistics_ = statistics;
  return result;
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> CompiledModule::create(
    std::shared_ptr<const jit::Module> module, jit::Image image, jit::Sfi sfi) {
  std::shared_ptr<CompiledModule> result(new CompiledModule);
  result->prepare(std::move(module), sfi);
  auto code = LoadedCode::load(*result, std::move(image));
  if (!code.ok()) return code.status();
  result->code_ = *std::move(code);
  return result;
}

void CompiledModule::prepare(std::shared_ptr<const jit::Module> module, jit::Sfi sfi) {
  module_ = std::move(module);
  sfi_ = sfi;
  for (const FunctionType& type : module_->types) type_ids_.push_back(type_id_of(type));
}

absl::Status CompiledModule::begin_tiers(const LoadOptions& options) {
  auto tiers = TieredCode::create(*this, module_, compile_options_of(options));
  if (!tiers.ok()) return tiers.status();
  tiers_ = *std::move(tiers);
  LoadOptions verification = options;
  verification.cache = nullptr;
  background_ = BackgroundCompile::start(
      module_->bytes, options,
      [this, verification = std::move(verification)](jit::Image image, bool is_stamped) {
        const bool is_trusted = verification.verify == Verify::Never ||
                                (verification.verify == Verify::Files && is_stamped);
        if (!is_trusted && !verify_image(image, *module_, verification).ok()) return;
        // Without the memory for it the program runs on as it is.
        tiers_->install(std::move(image)).IgnoreError();
      });
  return absl::OkStatus();
}

CompiledModule::~CompiledModule() = default;

const void* CompiledModule::entry_point(uint32_t function) const {
  return tiers_ ? tiers_->entry_point(function) : code_->entry_point(function);
}

}  // namespace linden::runtime
