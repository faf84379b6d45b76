// Runs specification scripts (.wast): wabt reads the text and assembles the modules; our parser,
// compiler and store do everything that the assertions are about.
#ifndef LINDEN_RUNTIME_WAST_WAST_H_
#define LINDEN_RUNTIME_WAST_WAST_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/compiled_module.h"

namespace linden::runtime {

struct WastOptions {
  // Passed to CompiledModule::load(), but for strict_traps: scripts observe every trap, so it is
  // on.
  LoadOptions load;
  // strict_traps is off all the same, for scripts about what the optimiser does then.
  bool relaxed_traps = false;
  // Shows what the scripts print through the spectest module.
  bool verbose = false;
};

struct WastFailure {
  int line = 0;
  std::string message;
};

struct WastResult {
  int passed = 0;  // assertions
  int failed = 0;  // assertions
  // One for every failed assertion, and one for everything else that went wrong: the script does
  // not parse, or a module or an action outside of assertions fails.
  std::vector<WastFailure> failures;
};

WastResult run_wast(std::string_view text, const std::string& filename, const WastOptions& options);

}  // namespace linden::runtime

#endif
