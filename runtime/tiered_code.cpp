#include "runtime/tiered_code.h"

#include <pthread.h>
#include <signal.h>

#include <cstring>
#include <functional>

#include "runtime/compiled_module.h"
#include "runtime/context.h"
#include "runtime/guest_thread.h"

namespace linden::runtime {

// In a stub: r10 is the TieredCode, r11 the function; all else is as for the function itself.
extern "C" void linden_compile_entry();

namespace {

constexpr size_t kPageSize = 4096;

// The two stubs of a function, and how far from each other those of two functions are.
//
//     jmp *slot(%rip)
//     movq $tiered_code, %r10
//     movl $function, %r11d
//     jmp *entry(%rip)
constexpr size_t kStubSize = 32;
constexpr size_t kCompileStub = 8;

class StubWriter {
 public:
  explicit StubWriter(std::vector<uint8_t>& content) : content_(content) {}

  void bytes(size_t& at, std::initializer_list<uint8_t> values) {
    for (uint8_t value : values) content_[at++] = value;
  }
  template <typename T>
  void word(size_t& at, T value) {
    std::memcpy(content_.data() + at, &value, sizeof value);
    at += sizeof value;
  }
  // jmp *target(%rip)
  void jump_through(size_t at, size_t target) {
    bytes(at, {0xff, 0x25});
    word(at, static_cast<int32_t>(static_cast<int64_t>(target) - static_cast<int64_t>(at + 4)));
  }

 private:
  std::vector<uint8_t>& content_;
};

size_t round_up(size_t size) { return (size + kPageSize - 1) / kPageSize * kPageSize; }

// Runs without being interrupted by signals, which are for guests' threads.
std::thread start_thread(std::function<void()> work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

TieredCode::TieredCode(const CompiledModule& module, std::shared_ptr<const jit::Module> parsed)
    : module_(module), parsed_(std::move(parsed)) {}

absl::StatusOr<std::unique_ptr<TieredCode>> TieredCode::create(
    const CompiledModule& module, std::shared_ptr<const jit::Module> parsed,
    jit::CompileOptions options) {
  std::unique_ptr<TieredCode> code(new TieredCode(module, parsed));
  if (absl::Status made = code->make_stubs(); !made.ok()) return made;
  options.tier = jit::Tier::Fast;
  options.function_slots = reinterpret_cast<const void* const*>(code->slots_);
  options.progress = nullptr;
  auto compiler = jit::create_lazy_compiler(std::move(parsed), options);
  if (!compiler.ok()) return compiler.status();
  code->compiler_ = *std::move(compiler);
  code->states_.resize(code->parsed_->functions.size(), State::Idle);
  code->worker_ = start_thread([code = code.get()] { code->work(); });
  return code;
}

TieredCode::~TieredCode() {
  {
    std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  if (worker_.joinable()) worker_.join();
}

// Slots and stubs are one image: slots first, which stay writable, then the address of
// linden_compile_entry, then the stubs.
absl::Status TieredCode::make_stubs() {
  const size_t functions = parsed_->functions.size();
  const size_t entry = functions * sizeof(void*);
  const size_t stubs = round_up(entry + sizeof(void*));
  jit::Image image;
  image.content.resize(stubs + functions * kStubSize);
  image.segments = {{0, static_cast<uint32_t>(stubs), jit::Protection::ReadWrite},
                    {static_cast<uint32_t>(stubs), static_cast<uint32_t>(functions * kStubSize),
                     jit::Protection::ReadExecute}};
  StubWriter writer(image.content);
  size_t at = entry;
  writer.word(at, reinterpret_cast<uintptr_t>(&linden_compile_entry));
  image.entry_points.resize(functions, jit::kNoFunction);
  for (uint32_t i = parsed_->imported_functions; i < functions; ++i) {
    const size_t stub = stubs + i * kStubSize;
    image.entry_points[i] = static_cast<uint32_t>(stub);
    writer.jump_through(stub, i * sizeof(void*));
    at = stub + kCompileStub;
    writer.bytes(at, {0x49, 0xba});
    writer.word(at, reinterpret_cast<uintptr_t>(this));
    writer.bytes(at, {0x41, 0xbb});
    writer.word(at, i);
    writer.jump_through(at, entry);
    at = i * sizeof(void*);
    writer.word(at, stub + kCompileStub);
    image.rebases.push_back(static_cast<uint32_t>(i * sizeof(void*)));
  }
  auto loaded = LoadedCode::load(module_, std::move(image));
  if (!loaded.ok()) return loaded.status();
  stubs_ = *std::move(loaded);
  slots_ = reinterpret_cast<std::atomic<const void*>*>(const_cast<std::byte*>(stubs_->base()));
  return absl::OkStatus();
}

const void* TieredCode::entry_point(uint32_t function) const {
  return stubs_->entry_point(function);
}

const void* TieredCode::compile_stub(uint32_t function) const {
  return static_cast<const std::byte*>(entry_point(function)) + kCompileStub;
}

std::optional<uint32_t> TieredCode::choose() {
  for (std::vector<uint32_t>* list : {&wanted_, &guessed_}) {
    while (!list->empty()) {
      const uint32_t function = list->back();
      list->pop_back();
      const bool is_open =
          states_[function] == State::Wanted || states_[function] == State::Guessed;
      if (is_open && code_of(function) == compile_stub(function)) return function;
    }
  }
  return std::nullopt;
}

void TieredCode::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    std::optional<uint32_t> function;
    changed_.wait(lock, [&] { return is_over_ || (function = choose()).has_value(); });
    if (!function) return;
    const bool is_wanted = states_[*function] == State::Wanted;
    lock.unlock();
    absl::StatusOr<jit::Image> image = compiler_->compile_function(*function);
    lock.lock();
    install_function(*function, std::move(image));
    changed_.notify_all();
    if (!is_wanted) continue;
    for (uint32_t callee : compiler_->callees(*function)) {
      if (callee < parsed_->imported_functions || states_[callee] != State::Idle) continue;
      states_[callee] = State::Guessed;
      guessed_.push_back(callee);
    }
  }
}

void TieredCode::install_function(uint32_t function, absl::StatusOr<jit::Image> image) {
  auto load = [&]() -> absl::StatusOr<std::unique_ptr<const LoadedCode>> {
    if (!image.ok()) return image.status();
    return LoadedCode::load(module_, *std::move(image));
  };
  auto loaded = load();
  if (!loaded.ok()) {
    states_[function] = State::Failed;
    failure_ = loaded.status();
    return;
  }
  states_[function] = State::Done;
  ++compiled_;
  // Optimised code may have come first.
  const void* expected = compile_stub(function);
  slot(function).compare_exchange_strong(expected, (*loaded)->entry_point(function));
  code_.push_back(*std::move(loaded));
}

absl::Status TieredCode::compile(uint32_t function) {
  std::unique_lock lock(mutex_);
  State& state = states_[function];
  if (state == State::Idle || state == State::Guessed) {
    state = State::Wanted;
    wanted_.push_back(function);
    changed_.notify_all();
  }
  auto is_compiled = [&] { return code_of(function) != compile_stub(function); };
  changed_.wait(lock, [&] { return is_compiled() || state == State::Failed; });
  return is_compiled() ? absl::OkStatus() : failure_;
}

absl::Status TieredCode::install(jit::Image optimized) {
  auto loaded = LoadedCode::load(module_, std::move(optimized));
  if (!loaded.ok()) return loaded.status();
  std::lock_guard lock(mutex_);
  for (const jit::ImageFunction& function : (*loaded)->image().functions) {
    if (!function.is_replacement) continue;
    slot(function.function_index).store((*loaded)->base() + function.code_offset);
    ++optimized_;
  }
  code_.push_back(*std::move(loaded));
  guessed_.clear();
  changed_.notify_all();
  return absl::OkStatus();
}

TierStatistics TieredCode::statistics() const {
  std::lock_guard lock(mutex_);
  return {static_cast<uint32_t>(parsed_->functions.size() - parsed_->imported_functions), compiled_,
          optimized_};
}

// By linden_compile_entry: the function's code.
extern "C" const void* linden_compile_function(TieredCode* code, uint32_t function) {
  if (absl::Status compiled = code->compile(function); !compiled.ok()) {
    GuestThread::current().note_detail(std::string(compiled.message()));
    compiled = absl::OkStatus();
    raise_trap(jit::TrapCode::HostError);
  }
  return code->code_of(function);
}

}  // namespace linden::runtime
