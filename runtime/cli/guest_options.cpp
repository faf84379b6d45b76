#include "runtime/cli/guest_options.h"

#include <cstring>

namespace linden::cli {

std::unique_ptr<microvisor::Cage> create_cage(microvisor::Host& host, const GuestOptions& options,
                                              std::string* error_message) {
  microvisor::Cage::Options cage_options;
  cage_options.args = options.args;
  cage_options.environment = options.environment;
  if (!options.working_directory.empty()) {
    cage_options.working_directory = options.working_directory;
  }
  for (const microvisor::DirectoryGrant& grant : options.directories) {
    auto root = grant.open(host, error_message);
    if (!root.ok()) return nullptr;
    cage_options.names.add(grant.guest_path, root.take());
  }
  auto cage = std::make_unique<microvisor::Cage>(host, std::move(cage_options));
  auto inherited = cage->inherit_standard_streams();
  if (!inherited.ok()) {
    *error_message = std::string("cannot inherit standard streams: ") + strerror(inherited.code());
    return nullptr;
  }
  return cage;
}

}  // namespace linden::cli
