// What a command line says of the guest, whichever ABI it has.
#ifndef LINDEN_RUNTIME_CLI_GUEST_OPTIONS_H_
#define LINDEN_RUNTIME_CLI_GUEST_OPTIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "microvisor/cage.h"
#include "microvisor/paths.h"

namespace linden::cli {

struct GuestOptions {
  std::vector<std::string> args;
  std::vector<std::string> environment;  // NAME=value
  std::vector<microvisor::DirectoryGrant> directories;
  std::string working_directory;  // empty for the default
  std::optional<uint64_t> memory_limit;
};

// A cage for a program of the lind ABI. Null, and a sentence for the user, if a directory cannot be
// had. The host outlives it.
std::unique_ptr<microvisor::Cage> create_cage(microvisor::Host& host, const GuestOptions& options,
                                              std::string* error_message);

}  // namespace linden::cli

#endif
