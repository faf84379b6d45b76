#include "runtime/cli/guest_options.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "runtime/cli/toolchain.h"

namespace linden::cli {

namespace {

namespace fs = std::filesystem;

void add_default(std::vector<std::string>& environment, const std::string& name,
                 const char* value) {
  if (value == nullptr) return;
  auto sets_it = [&](const std::string& setting) { return setting.starts_with(name + "="); };
  if (std::none_of(environment.begin(), environment.end(), sets_it)) {
    environment.push_back(name + "=" + value);
  }
}

// The guest's path of the program: by the innermost grant that it lies in, and otherwise where a
// program would be installed. The guest can't open it then.
std::string executable_path(const std::string& program,
                            const std::vector<microvisor::DirectoryGrant>& grants) {
  std::error_code error;
  const fs::path file = fs::weakly_canonical(program, error);
  fs::path found = fs::path("/usr/bin") / file.filename();
  size_t innermost = 0;
  for (const microvisor::DirectoryGrant& grant : grants) {
    const fs::path directory = fs::canonical(grant.host_path, error);
    if (error) continue;
    const fs::path beneath = file.lexically_relative(directory);
    if (beneath.empty() || *beneath.begin() == "..") continue;
    const size_t length = directory.native().size();
    if (length < innermost) continue;
    innermost = length;
    found = (fs::path("/") / grant.guest_path / beneath).lexically_normal();
  }
  return found;
}

microvisor::RootView::Options view_options(const GuestOptions& options) {
  microvisor::RootView::Options view;
  view.grants = options.directories;
  view.terminal = ::isatty(STDIN_FILENO) == 1;
  if (const char* directory = std::getenv("TMPDIR"); directory != nullptr && *directory != '\0') {
    view.temporary_directory = directory;
  }
  std::error_code error;
  if (options.root) {
    view.root = *options.root;
  } else if (fs::path root = default_sysroot() / "root"; fs::is_directory(root, error)) {
    view.root.host_path = root;
  }
  return view;
}

microvisor::Result<void> set_limits(microvisor::Cage& cage, const GuestOptions& options) {
  if (options.descriptor_limit) {
    const auto limit = static_cast<uint64_t>(*options.descriptor_limit);
    TRY(cage.set_limit(RLIMIT_NOFILE, {limit, limit}));
  }
  if (options.processor_seconds) {
    // Who handles SIGXCPU has a second to put things in order.
    TRY(cage.set_limit(RLIMIT_CPU, {*options.processor_seconds, *options.processor_seconds + 1}));
  }
  return {};
}

}  // namespace

std::optional<GuestCage> create_cage(microvisor::Host& host, const GuestOptions& options,
                                     const std::string& program, std::string* error_message) {
  microvisor::RootView::Options view = view_options(options);
  auto created = microvisor::RootView::create(host, view, error_message);
  if (!created.ok()) return std::nullopt;

  std::vector<microvisor::DirectoryGrant> visible = std::move(view.grants);
  if (options.root) visible.insert(visible.begin(), *options.root);
  GuestCage guest{.view = created.take(), .cage = nullptr};
  microvisor::Cage::Options cage_options;
  cage_options.processes = std::make_shared<microvisor::Processes>(options.cage_limit);
  cage_options.id = *cage_options.processes->allocate_id();
  cage_options.parent_id = microvisor::Processes::kInit;
  cage_options.program = {options.args, options.environment, executable_path(program, visible)};
  std::vector<std::string>& environment = cage_options.program.environment;
  add_default(environment, "PATH", "/usr/bin:/bin");
  add_default(environment, "HOME", "/");
  add_default(environment, "TERM", std::getenv("TERM"));
  cage_options.names = guest.view->names();
  guest.cage = std::make_unique<microvisor::Cage>(host, std::move(cage_options));
  auto limited = set_limits(*guest.cage, options);
  if (!limited.ok()) {
    *error_message = std::string("cannot watch --cpu-time: ") + strerror(limited.code());
    return std::nullopt;
  }
  auto inherited = guest.cage->inherit_standard_streams();
  if (!inherited.ok()) {
    *error_message = std::string("cannot inherit standard streams: ") + strerror(inherited.code());
    return std::nullopt;
  }
  if (!options.working_directory.empty()) {
    auto entered = guest.cage->change_directory(options.working_directory);
    if (!entered.ok()) {
      *error_message = "cannot enter --cwd '" + options.working_directory +
                       "' of the guest: " + strerror(entered.code());
      return std::nullopt;
    }
  }
  return guest;
}

}  // namespace linden::cli
