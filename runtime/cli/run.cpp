// `linden run`: runs a program, or calls one function of a module. `linden trace` does the same
// with a RunExtension.
#include "runtime/cli/run.h"
#include "runtime/cli/toolchain.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "microvisor/linux_host.h"
#include "microvisor/wasi/process.h"
#include "runtime/cage_program.h"
#include "runtime/cli/command.h"
#include "runtime/cli/guest_options.h"
#include "runtime/cli/module_options.h"
#include "runtime/cli/process_table.h"
#include "runtime/cli/progress.h"
#include "runtime/cli/scalars.h"
#include "runtime/guest_thread.h"
#include "runtime/perf_map.h"
#include "runtime/store.h"
#include "runtime/wasi_imports.h"

namespace linden::cli {
namespace {

using Clock = std::chrono::steady_clock;
using microvisor::wasi::Process;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Run : public Command {
 public:
  explicit Run(std::unique_ptr<RunExtension> extension) : extension_(std::move(extension)) {}

  bool passes_arguments() const override { return true; }
  int usage_error() const override { return kRunFailure; }

  void declare(CLI::App& app) override {
    auto repeated = [&app](const char* name, std::vector<std::string>& values, const char* help,
                           const char* type) {
      app.add_option(name, values, help)->type_name(type)->allow_extra_args(false);
    };
    app.add_option("MODULE", module_, "the module: binary, text or compiled ahead of time")
        ->required();
    repeated("--dir", directories_, "give the guest a directory (repeatable)",
             "HOST[::GUEST][:ro]");
    repeated("--env", environment_, "set an environment variable, or pass ours on (repeatable)",
             "NAME[=VALUE]");
    repeated("--grate", grates_,
             "have a grate answer the guest's system calls: /bin/NAME.grate of the root, with\n"
             "arguments after a colon (repeatable; the last is asked first). MODULE is then what\n"
             "the guest would execute; without --dir the directory that it is in is granted",
             "NAME[:ARGUMENTS]");
    app.add_option("--root", root_,
                   "what the guest's / is (default: `root` of the sysroot, read-only)")
        ->type_name("HOST[:ro]");
    app.add_option("--cwd", working_directory_, "the guest's working directory")->type_name("DIR");
    app.add_option("--invoke", invoke_, "call this export with numbers as arguments, print results")
        ->type_name("NAME");
    app.add_option("--memory", memory_limit_, "bound the growth of the guest's memory")
        ->type_name("BYTES[K|M|G]");
    app.add_option("--cages", cage_limit_, "how many processes there may be at once")
        ->type_name("N")
        ->check(CLI::Range(1, microvisor::TaskIds::kLimit))
        ->capture_default_str();
    app.add_option("--fds", descriptor_limit_, "how many descriptors each process may have")
        ->type_name("N")
        ->check(CLI::Range(3, static_cast<int>(microvisor::ProcessAttributes::kMaxDescriptors)));
    app.add_option(
           "--cpu-time", processor_seconds_,
           "end each process that has computed for so long: SIGXCPU, a second later SIGKILL")
        ->type_name("SECONDS")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 32));
    app.add_option("--stack", stack_size_, "the size of the guest's native stack (default: 8M)")
        ->type_name("BYTES[K|M|G]");
    app.add_flag("--stats", stats_,
                 "show times, code size, memory and processes on standard error,\n"
                 "the processes also on SIGUSR1");
    app.add_flag("--json", json_, "show --stats as one line of JSON");
    app.add_option("--status-fd", status_descriptor_,
                   "on SIGUSR1, and at the end, list the processes there, as a line of JSON")
        ->type_name("FD")
        ->check(CLI::Range(0, INT_MAX));
    app.add_flag("-v,--verbose", options_.verbose, "say where the machine code comes from");
    options_.declare_sfi(app);
    options_.declare_tiers(app);
    options_.declare_jobs(app);
    options_.declare_cache(app);
    app.add_flag("--strict-traps", options_.strict_traps,
                 "keep loads whose results are not used, in case they trap");
    options_.declare_strict_calls(app);
    options_.declare_tuning(app);
    app.add_flag("--perf-map", perf_map_,
                 "name the compiled functions for perf, in /tmp/perf-PID.map");
    app.add_option("--dump", options_.dump_directory, "write IR and assembly to this directory")
        ->type_name("DIR");
    app.footer(
        "What follows MODULE belongs to the guest. Exit code: the guest's; 128 + signal for a "
        "trap\n"
        "(136 arithmetic, 139 memory or stack, 134 others); 125 for errors of linden, 126 if the\n"
        "module cannot be run, 127 if it is not found.\n\n"
        "Examples:\n"
        "  linden run --dir data::/data:ro program.wasm --its-option /data/file\n"
        "  linden run --grate 'strace:-e trace=%file' --grate readonly ./program\n"
        "  linden run --invoke add math.wasm 2 3");
    if (extension_) extension_->declare(app);
  }

  int run() override {
    absl::StatusOr<runtime::LoadOptions> options = options_.load_options();
    if (!options.ok()) return fail(options.status(), kRunFailure);
    if (!grates_.empty() && !interpose_grates()) return kRunFailure;
    std::optional<GuestOptions> guest = guest_options();
    if (!guest) return kRunFailure;
    if (!stack_size_.empty()) {
      std::optional<uint64_t> size = parse_byte_count(stack_size_);
      if (!size || *size > runtime::GuestThread::kMaximumStackSize) {
        return fail("--stack takes a number of bytes up to 1G, such as 64M, not \"" + stack_size_ +
                    "\"");
      }
      runtime::GuestThread::set_stack_size(*size);
    }

    if (status_descriptor_ && ::fcntl(*status_descriptor_, F_GETFD) < 0) {
      return fail(absl::StrCat("--status-fd: descriptor ", *status_descriptor_, " is not open"));
    }
    if (extension_) {
      if (absl::Status status = extension_->prepare(); !status.ok()) {
        return fail(status, kRunFailure);
      }
    }
    if (perf_map_) {
      absl::Status written = runtime::begin_perf_map();
      if (!written.ok()) return fail(written, kRunFailure);
    }
    load_options_ = *options;
    absl::StatusOr<LoadedModule> loaded = load(*std::move(options));
    if (!loaded.ok()) return fail(loaded.status(), run_exit_code(loaded.status()));
    const bool is_cage = loaded->module->module().has_lind_abi();
    if (!is_cage && (status_descriptor_ || descriptor_limit_ || processor_seconds_)) {
      return fail("--status-fd, --fds and --cpu-time are for programs of `linden cc`");
    }
    if (!is_cage && extension_) {
      return fail(absl::StrCat("linden ", name(), " is for programs of `linden cc`"),
                  kModuleNotRunnable);
    }
    host_ = create_host(is_cage);
    if (is_cage) return run_cage(*loaded, *guest);
    if (guest->root) return fail("--root is for programs of `linden cc`; a WASI guest has no root");
    std::optional<uint64_t> memory_limit = guest->memory_limit;
    std::unique_ptr<Process> process = create_process(*std::move(guest));
    if (process == nullptr) return kRunFailure;

    runtime::Store store;
    auto linked = store.instantiate(
        loaded->module,
        [&](const jit::Import& import) { return runtime::find_wasi_import(store, import); },
        [&](runtime::Instance& instance) {
          runtime::attach_wasi_process(instance, *process);
          if (memory_limit && instance.memory() != nullptr) {
            instance.memory()->set_page_limit(*memory_limit / runtime::Memory::kPageSize);
          }
        });
    if (!linked.ok()) {
      return fail(absl::Status(linked.status().code(),
                               absl::StrCat(module_, ": ", linked.status().message())),
                  run_exit_code(linked.status()));
    }
    Clock::time_point start = Clock::now();
    int code = linked->trap ? exit_code(*linked->trap, *process)
                            : run_instance(*linked->instance, *process);
    if (stats_) {
      const runtime::Memory* memory = linked->instance->memory();
      print_stats(*loaded, memory != nullptr ? memory->size().load() : 0, seconds_since(start));
    }
    return code;
  }

 private:
  const char* name() const { return extension_ ? extension_->name() : "run"; }
  int fail(const absl::Status& status, int code) const {
    print_error(name(), status);
    return code;
  }
  int fail(const std::string& message, int code = kRunFailure) const {
    return fail(absl::InvalidArgumentError(message), code);
  }

  // Preview 1 has no signals, and there is nobody else in this process: a broken pipe ends it, as
  // it ends native programs. The host otherwise ignores the signal, for the sake of other guests.
  static std::unique_ptr<microvisor::LinuxHost> create_host(bool for_cage) {
    struct sigaction pipe_action;
    ::sigaction(SIGPIPE, nullptr, &pipe_action);
    auto host = std::make_unique<microvisor::LinuxHost>();
    if (!for_cage) ::sigaction(SIGPIPE, &pipe_action, nullptr);
    return host;
  }

  int run_cage(const LoadedModule& loaded, const GuestOptions& guest) {
    if (!invoke_.empty()) {
      return fail(module_ + " is a program; --invoke is for modules of functions");
    }
    // Before any other thread is made. Not without need: the host's calls on files take locks as
    // soon as there are two threads, which makes the shortest half as slow again.
    std::optional<StatusReporter> reporter;
    if (stats_ || status_descriptor_) reporter.emplace(status_descriptor_);
    std::string message;
    std::optional<GuestCage> created = create_cage(*host_, guest, module_, &message);
    if (!created) return fail(message);
    runtime::ProgramSettings settings;
    settings.memory_limit = guest.memory_limit;
    if (extension_) settings.observer = &extension_->observer();
    settings.loader = std::make_shared<runtime::ProgramLoader>(load_options_);
    if (options_.verbose) {
      settings.on_child_trap = [](int process, const runtime::Trap& trap) {
        std::fprintf(stderr, "linden: process %d: trap: %s\n", process,
                     trap.full_message().c_str());
      };
    }
    auto program = runtime::CageProgram::create(loaded.module, *created->cage, std::move(settings));
    if (!program.ok()) {
      return fail(absl::Status(program.status().code(),
                               absl::StrCat(module_, ": ", program.status().message())),
                  run_exit_code(program.status()));
    }
    const std::shared_ptr<microvisor::Processes> processes = created->cage->shared_processes();
    if (reporter) reporter->watch(processes);
    Clock::time_point start = Clock::now();
    runtime::CageProgram::Outcome outcome = (*program)->run();
    if (outcome.trap) {
      std::fprintf(stderr, "linden: trap: %s\n", outcome.trap->full_message().c_str());
    }
    if (stats_) {
      print_stats(loaded, (*program)->mapped_bytes(), seconds_since(start), processes.get());
    }
    if (reporter) reporter->show_end();
    // What the program has started may outlive it, as it would in a shell.
    const int id = created->cage->id();
    processes->leave(id);
    program->reset();
    created->cage.reset();
    processes->end(id, outcome.status, {});
    processes->wait_until_empty();
    if (extension_) extension_->finish();
    return outcome.status.shell_code();
  }

  absl::StatusOr<LoadedModule> load(runtime::LoadOptions options) {
    Progress progress("compiling " + module_);
    options.progress = progress.callback();
    Clock::time_point start = Clock::now();
    absl::StatusOr<LoadedModule> loaded = load_module(module_, options);
    progress.finish();
    total_load_seconds_ = seconds_since(start);
    if (loaded.ok() && options_.verbose) {
      std::fprintf(stderr, "linden %s: %s: %s, %.1f ms\n", name(), module_.c_str(),
                   source_of(*loaded), total_load_seconds_ * 1e3);
    }
    return loaded;
  }

  static const char* source_of(const LoadedModule& loaded) {
    if (loaded.recompiled) {
      return loaded.module->statistics().from_cache
                 ? "compiled ahead of time for another machine or build; found in the cache"
                 : "compiled ahead of time for another machine or build; compiled again";
    }
    if (loaded.ahead_of_time) return "compiled ahead of time";
    if (loaded.module->tiers() != nullptr) return "compiled while it runs";
    return loaded.module->statistics().from_cache ? "found in the cache" : "compiled";
  }

  // The first grate becomes the module, and everything else its arguments. False after printing
  // what is wrong.
  bool interpose_grates() {
    std::vector<std::string> words;
    for (const std::string& grate : grates_) {
      const size_t colon = grate.find(':');
      const std::string name = grate.substr(0, colon);
      if (name.empty() || name.find('/') != std::string::npos) {
        fail("--grate takes NAME[:ARGUMENTS], not \"" + grate + "\"");
        return false;
      }
      words.push_back(name + ".grate");
      if (colon == std::string::npos) continue;
      for (absl::string_view word :
           absl::StrSplit(grate.substr(colon + 1), ' ', absl::SkipEmpty())) {
        words.emplace_back(word);
      }
    }
    if (!invoke_.empty()) {
      fail("--grate is for programs, --invoke for modules of functions");
      return false;
    }
    std::error_code error;
    if (directories_.empty() && std::filesystem::is_regular_file(module_, error)) {
      const std::filesystem::path program = std::filesystem::canonical(module_, error);
      directories_.push_back(program.parent_path().string() + ":ro");
      module_ = program.string();
    }
    words.push_back(std::exchange(module_, {}));
    guest_arguments.insert(guest_arguments.begin(), words.begin() + 1, words.end());
    const std::filesystem::path root =
        root_.empty() ? default_sysroot() / "root"
                      : std::filesystem::path(
                            root_.ends_with(":ro") ? root_.substr(0, root_.size() - 3) : root_);
    module_ = (root / "bin" / words[0]).string();
    if (std::filesystem::exists(module_, error)) return true;
    fail(absl::StrCat("--grate: there is no ", module_,
                      " (scripts/build makes those of examples/grates)"));
    return false;
  }

  // What the command line says of the guest; nothing after printing what is wrong.
  std::optional<GuestOptions> guest_options() {
    GuestOptions options;
    options.args.push_back(module_);
    // With --invoke the arguments are the function's.
    if (invoke_.empty()) {
      options.args.insert(options.args.end(), guest_arguments.begin(), guest_arguments.end());
    }
    for (const std::string& setting : environment_) {
      if (setting.empty() || setting[0] == '=') {
        fail("--env takes NAME=VALUE or NAME, not \"" + setting + "\"");
        return std::nullopt;
      }
      if (setting.find('=') != std::string::npos) {
        options.environment.push_back(setting);
      } else if (const char* value = std::getenv(setting.c_str())) {
        options.environment.push_back(setting + "=" + value);
      }
    }
    for (const std::string& directory : directories_) {
      std::string message;
      auto grant = microvisor::DirectoryGrant::parse(directory, &message);
      if (!grant.ok()) {
        fail(message);
        return std::nullopt;
      }
      options.directories.push_back(grant.take());
    }
    if (!root_.empty()) {
      std::string message;
      auto root = microvisor::DirectoryGrant::parse(root_, &message);
      if (root_.find("::") != std::string::npos || !root.ok()) {
        fail("--root takes HOST[:ro], not \"" + root_ + "\"");
        return std::nullopt;
      }
      options.root = root.take();
      options.root->guest_path = "/";
    }
    options.working_directory = working_directory_;
    options.cage_limit = cage_limit_;
    options.descriptor_limit = descriptor_limit_;
    options.processor_seconds = processor_seconds_;
    if (!memory_limit_.empty()) {
      options.memory_limit = parse_byte_count(memory_limit_);
      if (!options.memory_limit) {
        fail("--memory takes a number of bytes, such as 64M, not \"" + memory_limit_ + "\"");
        return std::nullopt;
      }
    }
    return options;
  }

  // Null after printing why.
  std::unique_ptr<Process> create_process(GuestOptions guest) {
    microvisor::wasi::Options options;
    options.args = std::move(guest.args);
    options.env = std::move(guest.environment);
    options.dirs = std::move(guest.directories);
    std::string message;
    auto process = Process::create(*host_, std::move(options), &message);
    if (!process.ok()) {
      fail(message);
      return nullptr;
    }
    return process.take();
  }

  int run_instance(runtime::Instance& instance, Process& process) {
    std::optional<runtime::Extern> start = find_function(instance, "_start");
    if (start && invoke_.empty()) return call(std::get<0>(*start), process);
    if (std::optional<runtime::Extern> initialize = find_function(instance, "_initialize")) {
      if (int code = call(std::get<0>(*initialize), process); code != 0) return code;
      if (invoke_.empty() || process.exit_code()) return 0;
    }
    if (!invoke_.empty()) return invoke_export(instance, process);
    std::string names;
    for (const jit::Export& item : instance.module().exports) {
      if (item.kind == jit::ExternalKind::Function) names += " " + item.name;
    }
    return fail(module_ + " exports no _start function; " +
                    (names.empty() ? "it is not a program"
                                   : "use --invoke with one of its functions:" + names),
                kModuleNotRunnable);
  }

  static std::optional<runtime::Extern> find_function(const runtime::Instance& instance,
                                                      const char* name) {
    std::optional<runtime::Extern> item = instance.find_export(name);
    if (!item || !std::holds_alternative<runtime::FunctionReference*>(*item)) return std::nullopt;
    return item;
  }

  int call(runtime::FunctionReference* function, Process& process) {
    if (!function->type->params.empty() || !function->type->results.empty()) {
      return fail(module_ + ": its start function takes arguments or returns results",
                  kModuleNotRunnable);
    }
    std::optional<runtime::Trap> trap = runtime::invoke(function, {}, {});
    if (trap) return exit_code(*trap, process);
    return static_cast<int>(process.exit_code().value_or(0) & 0xff);
  }

  int invoke_export(const runtime::Instance& instance, Process& process) {
    std::optional<runtime::Extern> item = find_function(instance, invoke_.c_str());
    if (!item)
      return fail(module_ + " exports no function \"" + invoke_ + "\"", kModuleNotRunnable);
    runtime::FunctionReference* function = std::get<0>(*item);
    const runtime::FunctionType& type = *function->type;
    if (guest_arguments.size() != type.params.size()) {
      return fail(absl::StrCat(invoke_, " is ", jit::to_string(type), " and takes ",
                               type.params.size(), " arguments, not ", guest_arguments.size()));
    }
    std::vector<runtime::Value> arguments;
    for (size_t i = 0; i < type.params.size(); ++i) {
      std::optional<runtime::Value> value = parse_scalar(type.params[i], guest_arguments[i]);
      if (!value) {
        return fail(absl::StrCat("\"", guest_arguments[i], "\" is no ",
                                 std::string(jit::to_string(type.params[i]))));
      }
      arguments.push_back(*value);
    }
    std::vector<runtime::Value> results(type.results.size());
    std::optional<runtime::Trap> trap = runtime::invoke(function, arguments, results);
    if (trap) return exit_code(*trap, process);
    for (size_t i = 0; i < results.size(); ++i) {
      std::puts(format_scalar(type.results[i], results[i]).c_str());
    }
    return 0;
  }

  // Of a guest that did not return by itself.
  static int exit_code(const runtime::Trap& trap, const Process& process) {
    if (trap.code == runtime::TrapCode::Exit) {
      return static_cast<int>(process.exit_code().value_or(0) & 0xff);
    }
    std::fprintf(stderr, "linden: trap: %s\n", trap.full_message().c_str());
    return trap.exit_code();
  }

  // `processes`: of a cage.
  void print_stats(const LoadedModule& loaded, uint64_t memory, double run_seconds,
                   const microvisor::Processes* processes = nullptr) const {
    const runtime::LoadStatistics& statistics = loaded.module->statistics();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    bool compiled = statistics.compile_seconds > 0;
    std::vector<microvisor::ProcessStatus> listing;
    if (processes != nullptr) listing = microvisor::list_processes(*processes);
    if (json_) {
      nlohmann::ordered_json all{{"source", source_of(loaded)},
                                 {"cache_hit", statistics.from_cache},
                                 {"parse_seconds", statistics.parse_seconds},
                                 {"compile_seconds", statistics.compile_seconds},
                                 {"load_seconds", statistics.load_seconds},
                                 {"total_load_seconds", total_load_seconds_},
                                 {"run_seconds", run_seconds},
                                 {"code_size", statistics.code_size},
                                 {"guest_memory", memory},
                                 {"peak_memory", uint64_t(usage.ru_maxrss) * 1024}};
      if (const runtime::TieredCode* tiers = loaded.module->tiers()) {
        const runtime::TierStatistics now = tiers->statistics();
        all["tiers"] = {
            {"functions", now.functions}, {"compiled", now.compiled}, {"optimized", now.optimized}};
      }
      if (processes != nullptr) all["processes"] = processes_to_json(listing);
      std::fprintf(stderr, "%s\n",
                   all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
      return;
    }
    std::fprintf(stderr,
                 "linden: %s\n"
                 "  parse          %10.3f ms\n"
                 "  compile        %10.3f ms%s\n"
                 "  load           %10.3f ms\n"
                 "  run            %10.3f ms\n"
                 "  machine code   %10llu bytes\n"
                 "  guest memory   %10llu KiB\n"
                 "  peak memory    %10llu KiB (whole process)\n",
                 source_of(loaded), statistics.parse_seconds * 1e3,
                 statistics.compile_seconds * 1e3, compiled ? "" : " (not needed)",
                 statistics.load_seconds * 1e3, run_seconds * 1e3,
                 static_cast<unsigned long long>(statistics.code_size),
                 static_cast<unsigned long long>(memory / 1024),
                 static_cast<unsigned long long>(usage.ru_maxrss));
    if (const runtime::TieredCode* tiers = loaded.module->tiers()) {
      const runtime::TierStatistics now = tiers->statistics();
      std::fprintf(stderr, "  tiers          of %u functions %u compiled, %u optimised\n",
                   now.functions, now.compiled, now.optimized);
    }
    if (processes != nullptr) std::fputs(format_processes(listing).c_str(), stderr);
  }

  const std::unique_ptr<RunExtension> extension_;  // may be null
  std::string module_;
  std::vector<std::string> directories_;
  std::vector<std::string> grates_;
  std::vector<std::string> environment_;
  std::string root_;
  std::string working_directory_;
  std::string invoke_;
  std::string memory_limit_;
  std::string stack_size_;
  int cage_limit_ = 4096;
  std::optional<int> descriptor_limit_;
  std::optional<uint64_t> processor_seconds_;
  std::optional<int> status_descriptor_;
  bool stats_ = false;
  bool perf_map_ = false;
  bool json_ = false;
  ModuleOptions options_;
  runtime::LoadOptions load_options_;
  std::unique_ptr<microvisor::LinuxHost> host_;
  double total_load_seconds_ = 0;
};

}  // namespace

std::unique_ptr<Command> create_run() { return create_run_with(nullptr); }

std::unique_ptr<Command> create_run_with(std::unique_ptr<RunExtension> extension) {
  return std::make_unique<Run>(std::move(extension));
}

}  // namespace linden::cli
