// Handing a command line to another program.
#ifndef LINDEN_RUNTIME_CLI_EXECUTE_H_
#define LINDEN_RUNTIME_CLI_EXECUTE_H_

#include <string>
#include <vector>

namespace linden::cli {

// Prints "linden NAME: MESSAGE" and returns kFailure.
int fail_command(const char* name, const std::string& message);

// Replaces this process by `program` (a path, or a name in PATH) with these arguments, on behalf of
// `linden NAME`. Returns only if there is nothing to execute: kFailure, after saying what to
// install.
int execute(const char* name, const std::string& program,
            const std::vector<std::string>& arguments);

}  // namespace linden::cli

#endif
