// What a command line says of the guest, whichever ABI it has.
#ifndef LINDEN_RUNTIME_CLI_GUEST_OPTIONS_H_
#define LINDEN_RUNTIME_CLI_GUEST_OPTIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "microvisor/cage.h"
#include "microvisor/paths.h"
#include "microvisor/root_view.h"

namespace linden::cli {

struct GuestOptions {
  std::vector<std::string> args;
  std::vector<std::string> environment;  // NAME=value
  std::vector<microvisor::DirectoryGrant> directories;
  // What "/" is, for programs of the lind ABI; nothing for the default.
  std::optional<microvisor::DirectoryGrant> root;
  std::string working_directory;  // empty for the default
  std::optional<uint64_t> memory_limit;
  int cage_limit = microvisor::TaskIds::kLimit;
  // Of each process.
  std::optional<int> descriptor_limit;
  std::optional<uint64_t> processor_seconds;
};

// A cage for a program of the lind ABI, with the file system that it sees.
struct GuestCage {
  std::unique_ptr<microvisor::RootView> view;  // outlives the cage
  std::unique_ptr<microvisor::Cage> cage;
};

// Its "/" is by default the directory `root` of the sysroot, read-only, and nothing without a
// sysroot. Variables that a program hardly does without (PATH, HOME, TERM if there is one) are
// added to its environment where the options don't set them. `program` is the file on the host that
// it was loaded from. Nothing, and a sentence for the user, if a directory cannot be had. The host
// outlives it.
std::optional<GuestCage> create_cage(microvisor::Host& host, const GuestOptions& options,
                                     const std::string& program, std::string* error_message);

}  // namespace linden::cli

#endif
