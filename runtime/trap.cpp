#include "runtime/trap.h"

#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linden::runtime {
namespace {

std::string describe(const Frame& frame) {
  if (frame.wasm_offset == 0) return frame.function_name;
  return absl::StrFormat("%s at 0x%x", frame.function_name, frame.wasm_offset);
}

}  // namespace

std::string Trap::message() const {
  std::string text = jit::to_string(code);
  if (!detail.empty()) absl::StrAppend(&text, ": ", detail);
  if (!backtrace.empty()) absl::StrAppend(&text, " in ", describe(backtrace[0]));
  return text;
}

std::string Trap::full_message() const {
  std::string text = message();
  for (size_t i = 0; i < backtrace.size(); ++i) {
    absl::StrAppend(&text, "\n  #", i, " ", describe(backtrace[i]));
  }
  return text;
}

int Trap::exit_code() const {
  switch (code) {
    case jit::TrapCode::IntegerDivideByZero:
    case jit::TrapCode::IntegerOverflow:
    case jit::TrapCode::InvalidConversion:
      return 128 + SIGFPE;
    case jit::TrapCode::MemoryOutOfBounds:
    case jit::TrapCode::StackOverflow:
      return 128 + SIGSEGV;
    default:
      return 128 + SIGABRT;
  }
}

}  // namespace linden::runtime
