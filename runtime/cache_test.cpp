#include "runtime/cache.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/sealed_file.h"

namespace linden::runtime {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "linden-cache-test-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::permissions(path_, fs::perms::owner_all, ignored);
    fs::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

jit::Image make_image(size_t content_size, uint8_t seed = 1) {
  jit::Image image;
  image.content.resize(content_size);
  for (size_t i = 0; i < content_size; ++i) image.content[i] = static_cast<uint8_t>(i * 31 + seed);
  image.segments = {{0, static_cast<uint32_t>(content_size), jit::Protection::ReadExecute}};
  image.rebases = {8, 16};
  auto function = [](uint32_t offset, uint32_t size, uint32_t frame_size, uint32_t index) {
    jit::ImageFunction result{};
    result.code_offset = offset;
    result.code_size = size;
    result.frame_size = frame_size;
    result.function_index = index;
    return result;
  };
  image.functions = {function(0, 64, 24, 0), function(64, 32, 8, 1)};
  image.entry_points = {0, 64};
  image.locations = {{4, 100}, {70, 130}};
  return image;
}

std::string key_of(int n) {
  std::string key(64, '0');
  for (size_t i = 63; n > 0; n /= 10, --i) key[i] = static_cast<char>('0' + n % 10);
  return key;
}

std::string file_of(const std::string& directory, const std::string& key) {
  return directory + "/" + key + ".image";
}

size_t count_files(const std::string& directory) {
  size_t count = 0;
  for ([[maybe_unused]] auto& entry : fs::directory_iterator(directory)) ++count;
  return count;
}

std::vector<char> read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_bytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Runs the body in a child process that may change its limits or user; true if it returned true.
template <typename Body>
bool in_child(Body body) {
  pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_CASE("An image comes back as it was inserted", "[cache]") {
  TemporaryDirectory root;
  Cache cache(root / "a/b");
  CHECK_FALSE(cache.find(key_of(1)).has_value());
  jit::Image image = make_image(4096);
  REQUIRE(cache.insert(key_of(1), image).ok());
  std::optional<jit::Image> found = cache.find(key_of(1));
  REQUIRE(found.has_value());
  CHECK(found->serialize() == image.serialize());
  CHECK_FALSE(cache.find(key_of(2)).has_value());

  struct stat status;
  REQUIRE(::stat((root / "a/b").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  REQUIRE(::stat(file_of(root / "a/b", key_of(1)).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("Strange keys touch nothing outside the directory", "[cache]") {
  TemporaryDirectory root;
  Cache cache(root / "cache");
  for (const char* key : {"", ".", "../x", "a/b", "a.image"}) {
    CHECK(absl::IsInvalidArgument(cache.insert(key, make_image(16))));
    CHECK_FALSE(cache.find(key).has_value());
  }
  CHECK_FALSE(fs::exists(root / "cache"));
}

TEST_CASE("A truncated entry is removed", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache cache(directory);
  REQUIRE(cache.insert(key_of(1), make_image(256)).ok());
  std::string path = file_of(directory, key_of(1));
  std::vector<char> whole = read_bytes(path);
  for (size_t size = 0; size < whole.size(); size += size < 128 ? 1 : 37) {
    write_bytes(path, {whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)});
    INFO("truncated to " << size);
    CHECK_FALSE(cache.find(key_of(1)).has_value());
    CHECK_FALSE(fs::exists(path));
  }
  whole.push_back(0);
  write_bytes(path, whole);
  CHECK_FALSE(cache.find(key_of(1)).has_value());
}

TEST_CASE("An entry with any byte changed is removed and can be rebuilt", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache cache(directory);
  REQUIRE(cache.insert(key_of(1), make_image(128)).ok());
  std::string path = file_of(directory, key_of(1));
  const std::vector<char> whole = read_bytes(path);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::vector<char> damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    write_bytes(path, damaged);
    INFO("byte " << i);
    CHECK_FALSE(cache.find(key_of(1)).has_value());
    CHECK_FALSE(fs::exists(path));
  }
  REQUIRE(cache.insert(key_of(1), make_image(128)).ok());
  CHECK(cache.find(key_of(1)).has_value());
}

TEST_CASE("An entry renamed to another key is not taken for it", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache cache(directory);
  REQUIRE(cache.insert(key_of(1), make_image(128)).ok());
  fs::rename(file_of(directory, key_of(1)), file_of(directory, key_of(2)));
  CHECK_FALSE(cache.find(key_of(2)).has_value());
}

TEST_CASE("Concurrent writers and readers see whole entries only", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Cache cache(directory);
      for (int i = 0; i < 50; ++i) {
        int n = 1 + (t + i) % 4;
        jit::Image image = make_image(5000 + 100 * static_cast<size_t>(n), static_cast<uint8_t>(n));
        if (i % 2 == 0) {
          if (!cache.insert(key_of(n), image).ok()) ++wrong;
        } else if (std::optional<jit::Image> found = cache.find(key_of(n))) {
          if (found->serialize() != image.serialize()) ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(count_files(directory) == 4);
}

TEST_CASE("The least recently used entries go when the cache is full", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache unlimited(directory);
  for (int n = 1; n <= 4; ++n) REQUIRE(unlimited.insert(key_of(n), make_image(10'000)).ok());
  uint64_t entry_size = unlimited.list()->at(0).size;
  // Ages that do not depend on the clock's resolution: 1 is the oldest, then used again.
  for (int n = 1; n <= 4; ++n) {
    timespec times[2] = {{1000 + n, 0}, {1000 + n, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file_of(directory, key_of(n)).c_str(), times, 0) == 0);
  }
  CHECK(unlimited.find(key_of(1)).has_value());

  Cache limited(directory, 3 * entry_size + 100);
  REQUIRE(limited.insert(key_of(5), make_image(10'000)).ok());
  CHECK_FALSE(limited.find(key_of(2)).has_value());
  CHECK_FALSE(limited.find(key_of(3)).has_value());
  CHECK(limited.find(key_of(1)).has_value());
  CHECK(limited.find(key_of(4)).has_value());
  CHECK(limited.find(key_of(5)).has_value());

  CHECK(absl::IsResourceExhausted(limited.insert(key_of(6), make_image(1 << 20))));
  CHECK(limited.list()->size() == 3);
}

TEST_CASE("The size limit comes from the environment unless it is given", "[cache]") {
  ::setenv("LINDEN_CACHE_SIZE", "2M", 1);
  CHECK(Cache("/nowhere").maximum_size() == 2u << 20);
  CHECK(Cache("/nowhere", 5).maximum_size() == 5);
  ::setenv("LINDEN_CACHE_SIZE", "many", 1);
  CHECK(Cache("/nowhere").maximum_size() == Cache::kDefaultMaximumSize);
  ::unsetenv("LINDEN_CACHE_SIZE");
}

TEST_CASE("list() and clear() see the entries and nothing else", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache cache(directory);
  CHECK(cache.list()->empty());
  CHECK(*cache.clear() == 0);
  REQUIRE(cache.insert(key_of(1), make_image(100)).ok());
  REQUIRE(cache.insert(key_of(2), make_image(200)).ok());
  write_bytes(directory + "/unrelated", {'x'});
  std::vector<Cache::Entry> entries = *cache.list();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].last_used >= entries[1].last_used);
  CHECK(*cache.clear() == entries[0].size + entries[1].size);
  CHECK(cache.list()->empty());
  CHECK(fs::exists(directory + "/unrelated"));
}

TEST_CASE("A full disk leaves no partial entry", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  REQUIRE(Cache(directory).insert(key_of(1), make_image(100)).ok());
  // A limit on the size of files makes write() fail half-way, as a full disk does.
  CHECK(in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{20'000, 20'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) < 0) return false;
    Cache cache(directory);
    return !cache.insert(key_of(2), make_image(100'000)).ok() && !cache.find(key_of(2)) &&
           cache.find(key_of(1)).has_value();
  }));
  CHECK(count_files(directory) == 1);
}

TEST_CASE("An unwritable directory is an error and stays empty", "[cache]") {
  TemporaryDirectory root;
  fs::permissions(root / "", fs::perms::owner_all | fs::perms::others_exec);
  std::string directory = root / "cache";
  CHECK(in_child([&] {
    // Permissions do not bind root.
    if (::geteuid() == 0 &&
        (::mkdir(directory.c_str(), 0500) < 0 || ::chown(directory.c_str(), 65534, 65534) < 0 ||
         ::setgid(65534) < 0 || ::setuid(65534) < 0)) {
      return false;
    }
    ::mkdir(directory.c_str(), 0500);
    Cache cache(directory);
    return absl::IsPermissionDenied(cache.insert(key_of(1), make_image(100))) &&
           !cache.find(key_of(1));
  }));
  CHECK(count_files(directory) == 0);
}

TEST_CASE("A directory that others can write to is not trusted", "[cache]") {
  TemporaryDirectory root;
  std::string directory = root / "cache";
  Cache cache(directory);
  REQUIRE(cache.insert(key_of(1), make_image(100)).ok());
  fs::permissions(directory, fs::perms::all);
  CHECK_FALSE(cache.find(key_of(1)).has_value());
  CHECK(absl::IsFailedPrecondition(cache.insert(key_of(2), make_image(100))));
  fs::permissions(directory, fs::perms::owner_all);
  CHECK(cache.find(key_of(1)).has_value());
}

TEST_CASE("The default directory follows the environment", "[cache]") {
  struct Variable {
    explicit Variable(const char* name) : name(name) {
      if (const char* value = std::getenv(name)) old = value;
    }
    ~Variable() { old ? ::setenv(name, old->c_str(), 1) : ::unsetenv(name); }
    const char* name;
    std::optional<std::string> old;
  } own("LINDEN_CACHE_DIR"), xdg("XDG_CACHE_HOME"), home("HOME");

  ::setenv("LINDEN_CACHE_DIR", "/one", 1);
  ::setenv("XDG_CACHE_HOME", "/two", 1);
  ::setenv("HOME", "/three", 1);
  CHECK(*Cache::default_directory() == "/one");
  ::unsetenv("LINDEN_CACHE_DIR");
  CHECK(*Cache::default_directory() == "/two/linden");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  CHECK(*Cache::default_directory() == "/three/.cache/linden");
  ::unsetenv("HOME");
  CHECK(absl::IsFailedPrecondition(Cache::default_directory().status()));
}

}  // namespace
}  // namespace linden::runtime
