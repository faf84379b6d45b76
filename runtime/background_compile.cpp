#include "runtime/background_compile.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/cache.h"

namespace linden::runtime {
namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

File memory_file(std::span<const uint8_t> bytes) {
  File file(memfd_create("module", MFD_CLOEXEC));
  for (size_t done = 0; file.get() >= 0 && done < bytes.size();) {
    const ssize_t written = write(file.get(), bytes.data() + done, bytes.size() - done);
    if (written <= 0) return File(-1);
    done += static_cast<size_t>(written);
  }
  return file;
}

// A directory for one compilation, removed with what is in it.
struct TemporaryDirectory {
  explicit TemporaryDirectory(std::string path) : path(std::move(path)) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

std::unique_ptr<TemporaryDirectory> make_directory() {
  const char* base = getenv("TMPDIR");
  std::string path = absl::StrCat(base != nullptr ? base : "/tmp", "/linden-compile-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) return nullptr;
  return std::make_unique<TemporaryDirectory>(std::move(path));
}

std::vector<std::string> command_line(const LoadOptions& options) {
  std::vector<std::string> words = {options.compiler, "compile", "--into-cache", "--sfi",
                                    jit::to_string(options.sfi)};
  if (!jit::is_safe(options.sfi)) words.emplace_back("--unsafe");
  if (options.strict_traps) words.emplace_back("--strict-traps");
  if (options.strict_calls) words.emplace_back("--strict-calls");
  if (!options.tuning.empty()) words.insert(words.end(), {"--tune", options.tuning});
  if (options.compile_threads != 0) {
    words.insert(words.end(), {"-j", absl::StrCat(options.compile_threads)});
  }
  words.emplace_back("/proc/self/fd/0");
  return words;
}

// The process, with the module as its standard input. -1 if it cannot be started.
pid_t spawn(const std::vector<std::string>& words, const std::string& cache_directory,
            const File& module) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const std::string cache = absl::StrCat("LINDEN_CACHE_DIR=", cache_directory);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("LINDEN_CACHE_DIR=")) {
      environment.push_back(*variable);
    }
  }
  environment.push_back(const_cast<char*>(cache.c_str()));
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, module.get(), 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Out of reach of the terminal's signals; with none blocked and none ignored.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  if (posix_spawn(&pid, words[0].c_str(), &actions, &attributes, argv.data(), environment.data()) !=
      0) {
    pid = -1;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

struct BackgroundCompile::State {
  std::string cache_directory, key;
  std::unique_ptr<TemporaryDirectory> temporary;
  std::mutex mutex;
  Done done;       // guarded by it; empty when nobody wants the code any more
  pid_t pid = -1;  // guarded by it; -1 when it has been waited for
};

std::unique_ptr<BackgroundCompile> BackgroundCompile::start(std::span<const uint8_t> module_bytes,
                                                            const LoadOptions& options, Done done) {
  if (options.compiler.empty()) return nullptr;
  auto state = std::make_shared<State>();
  jit::CompileOptions compile_options = compile_options_of(options);
  compile_options.tier = jit::Tier::Optimized;
  state->key = jit::cache_key(module_bytes, compile_options);
  state->done = std::move(done);
  if (options.cache != nullptr) {
    state->cache_directory = options.cache->directory();
  } else {
    state->temporary = make_directory();
    if (state->temporary == nullptr) return nullptr;
    state->cache_directory = state->temporary->path;
  }
  const File module = memory_file(module_bytes);
  if (module.get() < 0) return nullptr;
  state->pid = spawn(command_line(options), state->cache_directory, module);
  if (state->pid < 0) return nullptr;

  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([state] {
    siginfo_t ended{};
    // Not reaped yet, so that the id cannot become another process's before it is forgotten.
    while (waitid(P_PID, static_cast<id_t>(state->pid), &ended, WEXITED | WNOWAIT) != 0) {
      if (errno != EINTR) return;
    }
    std::lock_guard lock(state->mutex);
    waitpid(std::exchange(state->pid, -1), nullptr, 0);
    if (!state->done) return;
    const Cache cache(state->cache_directory);
    jit::Digest digest;
    std::optional<jit::Image> image = cache.find(state->key, &digest);
    if (image) state->done(*std::move(image), cache.is_stamped(digest));
    state->temporary.reset();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return std::unique_ptr<BackgroundCompile>(new BackgroundCompile(std::move(state)));
}

BackgroundCompile::~BackgroundCompile() {
  std::lock_guard lock(state_->mutex);
  state_->done = nullptr;
  // What it would leave nobody could find.
  if (state_->temporary != nullptr && state_->pid > 0) kill(state_->pid, SIGKILL);
  state_->temporary.reset();
}

}  // namespace linden::runtime
