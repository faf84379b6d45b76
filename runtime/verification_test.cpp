#include "runtime/verification.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "runtime/ahead_of_time.h"
#include "runtime/cache.h"
#include "runtime/sealed_file.h"
#include "runtime/test_support.h"

namespace linden::runtime {
namespace {

namespace fs = std::filesystem;

constexpr char kModule[] =
    "(module (memory 1) (func (export \"f\") (param i32) (result i32)"
    " (i32.load offset=8 (local.get 0))))";
constexpr char kOtherModule[] =
    "(module (memory 1) (global (mut i32) (i32.const 0)) (func (export \"f\") (param i32)"
    " (global.set 0 (local.get 0))))";

// A cache of its own, and options that use it and keep what is said.
struct Fixture {
  Fixture() {
    std::string pattern = (fs::temp_directory_path() / "linden-verification-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    cache.emplace(directory + "/cache");
    options.tier = jit::Tier::Fast;
    options.cache = &*cache;
    options.warn = [this](const std::string& text) { said += text; };
  }
  ~Fixture() {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  }

  bool loads_from_cache(const char* text = kModule) {
    auto module = CompiledModule::load(test::bytes_of(text), options);
    INFO(module.status().ToString());
    REQUIRE(module.ok());
    return (*module)->statistics().from_cache;
  }
  std::string key(const char* text = kModule) const {
    return jit::cache_key(test::bytes_of(text), compile_options_of(options));
  }

  std::string directory;
  std::optional<Cache> cache;
  LoadOptions options;
  std::string said;
};

// Code that would read what no guest may, where the first function begins.
void spoil(jit::Image& image) {
  constexpr uint8_t kBad[] = {0x48, 0x8b, 0x07, 0xc3};  // mov (%rdi),%rax; ret
  REQUIRE(image.functions[0].code_size >= sizeof kBad);
  std::memcpy(image.content.data() + image.functions[0].code_offset, kBad, sizeof kBad);
}

TEST_CASE("Code that was verified is stamped, and found again", "[verification]") {
  Fixture fixture;
  CHECK_FALSE(fixture.loads_from_cache());
  jit::Digest digest;
  REQUIRE(fixture.cache->find(fixture.key(), &digest).has_value());
  CHECK(fixture.cache->is_stamped(digest));
  CHECK(fixture.loads_from_cache());
  CHECK(fixture.said.empty());
  // Without a stamp it is proved again.
  fs::remove(fixture.cache->directory() + "/stamp-key");
  CHECK_FALSE(fixture.cache->is_stamped(digest));
  CHECK(fixture.loads_from_cache());
  CHECK(fixture.cache->is_stamped(digest));
}

TEST_CASE("An entry with bad code is removed and compiled again", "[verification]") {
  Fixture fixture;
  REQUIRE_FALSE(fixture.loads_from_cache());
  std::optional<jit::Image> image = fixture.cache->find(fixture.key());
  REQUIRE(image.has_value());
  spoil(*image);
  REQUIRE(fixture.cache->insert(fixture.key(), *image).ok());
  SECTION("as usual") {
    CHECK_FALSE(fixture.loads_from_cache());
    CHECK(fixture.said.find("refused") != std::string::npos);
    fixture.said.clear();
    CHECK(fixture.loads_from_cache());
    CHECK(fixture.said.empty());
  }
  SECTION("unless nothing is to be verified") {
    fixture.options.verify = Verify::Never;
    CHECK(fixture.loads_from_cache());
  }
  SECTION("whatever a stamp says, if everything is to be verified") {
    jit::Digest digest;
    REQUIRE(fixture.cache->find(fixture.key(), &digest).has_value());
    fixture.cache->stamp(digest);
    CHECK(fixture.loads_from_cache());
    fixture.options.verify = Verify::Always;
    CHECK_FALSE(fixture.loads_from_cache());
  }
}

TEST_CASE("An entry with the code of another module is not run", "[verification]") {
  Fixture fixture;
  REQUIRE_FALSE(fixture.loads_from_cache(kOtherModule));
  std::optional<jit::Image> image = fixture.cache->find(fixture.key(kOtherModule));
  REQUIRE(image.has_value());
  REQUIRE(fixture.cache->insert(fixture.key(), *image).ok());
  CHECK_FALSE(fixture.loads_from_cache());
  CHECK(fixture.said.find("another module") != std::string::npos);
}

TEST_CASE("Stamps are good for one digest, by one key that nobody else can read",
          "[verification]") {
  Fixture fixture;
  fs::create_directory(fixture.cache->directory());
  fs::permissions(fixture.cache->directory(), fs::perms::owner_all);
  const jit::Digest one = jit::digest(std::vector<uint8_t>{1}),
                    two = jit::digest(std::vector<uint8_t>{2});
  const VerificationStamps stamps(fixture.cache->directory());
  CHECK_FALSE(stamps.contains(one));
  stamps.add(one);
  CHECK(stamps.contains(one));
  CHECK_FALSE(stamps.contains(two));
  const std::string key = fixture.cache->directory() + "/stamp-key";
  struct stat status;
  REQUIRE(::stat(key.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  SECTION("copied to another digest") {
    std::string from, to;
    for (const auto& entry : fs::directory_iterator(fixture.cache->directory())) {
      if (entry.path() != key) from = entry.path();
    }
    stamps.add(two);
    for (const auto& entry : fs::directory_iterator(fixture.cache->directory())) {
      if (entry.path() != key && entry.path() != from) to = entry.path();
    }
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    CHECK_FALSE(stamps.contains(two));
  }
  SECTION("a key that others can read") {
    ::chmod(key.c_str(), 0640);
    CHECK_FALSE(stamps.contains(one));
  }
  SECTION("a key in another place") {
    fs::rename(key, key + "2");
    fs::create_symlink(key + "2", key);
    CHECK_FALSE(stamps.contains(one));
  }
  SECTION("another key") {
    fs::remove(key);
    stamps.add(two);
    CHECK(stamps.contains(two));
    CHECK_FALSE(stamps.contains(one));
  }
  SECTION("all of them removed with the cache") {
    REQUIRE(fixture.cache->clear().ok());
    CHECK(fs::is_empty(fixture.cache->directory()));
  }
}

TEST_CASE("An ahead-of-time file with bad code is refused", "[verification]") {
  Fixture fixture;
  const std::string path = fixture.directory + "/module.lindenc";
  REQUIRE(write_ahead_of_time(path, test::bytes_of(kModule), fixture.options).ok());
  std::vector<uint8_t> bytes = *read_file(path);
  CHECK(load_ahead_of_time(bytes, fixture.options).ok());

  // The same with other code: what precedes it in the payload stays.
  absl::StatusOr<jit::Image> image = image_of_ahead_of_time(bytes);
  REQUIRE(image.ok());
  const size_t code_size = image->serialize().size();
  spoil(*image);
  absl::StatusOr<SealedFile> file = SealedFile::open(bytes, "LNDNAOT1");
  REQUIRE(file.ok());
  const std::span<const uint8_t> head = file->payload().first(file->payload().size() - code_size);
  const std::vector<uint8_t> code = image->serialize();
  REQUIRE(SealedFile::write(path, "LNDNAOT1", {head, code}, 0600).ok());
  bytes = *read_file(path);
  auto loaded = load_ahead_of_time(bytes, fixture.options);
  CHECK(absl::IsPermissionDenied(loaded.status()));
  fixture.options.verify = Verify::Never;
  CHECK(load_ahead_of_time(bytes, fixture.options).ok());
}

}  // namespace
}  // namespace linden::runtime
