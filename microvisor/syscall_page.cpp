// Prints docs/syscalls.md: the table of system calls for readers.

#include <string.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "microvisor/dispatch.h"

namespace {

using namespace linden::microvisor;

constexpr const char* kIntroduction = R"(# System calls

Made from `microvisor/syscalls.def` by `build/syscall_page > docs/syscalls.md`; a test compares.

Numbers, structures and semantics are those of Linux on x86-64, with 32-bit pointers ([abi.md](abi.md)).
A number that isn't here is ENOSYS. *Partial* says what is missing, *refused* with which error and why.

)";

std::string_view to_text(Support support) {
  switch (support) {
    case Support::Full:
      return "full";
    case Support::Partial:
      return "partial";
    case Support::Refused:
      return "refused";
  }
  return "";
}

void print_row(const SyscallInfo& info) {
  std::string note(info.caveat);
  if (info.error != 0) note = std::string(strerrorname_np(info.error)) + ": " + note;
  std::printf("| %d | `%.*s` | %s | %s |\n", info.number, static_cast<int>(info.name.size()),
              info.name.data(), to_text(info.support).data(), note.c_str());
}

}  // namespace

int main() {
  std::fputs(kIntroduction, stdout);
  auto count = [](Support support) {
    return std::ranges::count(syscalls(), support, &SyscallInfo::support);
  };
  std::printf("%zu calls: %td full, %td partial, %td refused.\n\n", syscalls().size(),
              count(Support::Full), count(Support::Partial), count(Support::Refused));
  std::puts("| number | name | support | |\n|---|---|---|---|");
  for (const SyscallInfo& info : syscalls()) print_row(info);
}
