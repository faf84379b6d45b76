#include "microvisor/call_text.h"

#include <fcntl.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace linden::microvisor {

namespace {

constexpr int kMaximumError = 4095;

bool is_output(ArgKind kind) {
  return kind == ArgKind::OutBuffer || kind == ArgKind::OutIovec || kind == ArgKind::OutStruct;
}

std::string signed_text(uint64_t value) { return std::to_string(static_cast<int32_t>(value)); }

}  // namespace

CallText::CallText(const GuestMemory& memory, int number, const uint64_t arguments[6],
                   const TextLimits& limits)
    : number_(number), info_(find_syscall(number)), limits_(limits) {
  std::copy_n(arguments, 6, arguments_.begin());
  if (info_ == nullptr) return;
  form_ = form_of(*info_, arguments);
  for (int i = 0; i < form_.argument_count; ++i) {
    shown_[i] = is_output(info_->arguments[i]) ? show_address(address(i)) : show_input(memory, i);
  }
}

void CallText::finish(const GuestMemory& memory, int64_t result) {
  const bool has_failed = result < 0 && result >= -kMaximumError;
  for (int i = 0; i < form_.argument_count && !has_failed; ++i) {
    if (is_output(info_->arguments[i])) shown_[i] = show_output(memory, i, result);
  }
  result_ =
      has_failed ? "-1 " + show_error(static_cast<int>(-result)) : show_result(memory, result);
}

std::string CallText::call() const {
  // What a call takes that is always refused, the table does not say.
  if (info_ != nullptr && info_->support == Support::Refused) {
    return std::string(info_->name) + "(...)";
  }
  std::string text = info_ != nullptr ? std::string(info_->name) + "("
                                      : absl::StrCat("syscall_", to_hexadecimal(number_), "(");
  const int count = info_ != nullptr ? form_.argument_count : 6;
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += info_ != nullptr ? shown_[i] : to_hexadecimal(arguments_[i]);
  }
  return text + ")";
}

uint32_t CallText::size_behind(int argument) const {
  const bool is_size = argument + 1 < 6 && info_->arguments[argument + 1] == ArgKind::Size;
  return is_size ? static_cast<uint32_t>(arguments_[argument + 1]) : 0;
}

std::string CallText::show_input(const GuestMemory& memory, int argument) const {
  const uint32_t at = address(argument);
  std::optional<std::string> text;
  if (at != 0) {
    switch (info_->arguments[argument]) {
      case ArgKind::Path:
        text = show_path(memory, at);
        break;
      case ArgKind::InBuffer:
        if (size_behind(argument) != 0) {
          text = show_bytes(memory, at, size_behind(argument), limits_);
        }
        break;
      case ArgKind::InIovec:
        text = show_iovecs(memory, at, size_behind(argument), UINT64_MAX, limits_);
        break;
      default:
        text = show_structure(memory, form_.arguments[argument].shown, at, size_behind(argument),
                              limits_);
        break;
    }
  }
  return text ? *text : show_value(argument);
}

std::string CallText::show_output(const GuestMemory& memory, int argument, int64_t result) const {
  const uint32_t at = address(argument);
  const ArgumentForm& form = form_.arguments[argument];
  const auto count = static_cast<uint64_t>(result);
  std::optional<std::string> text;
  if (at == 0) return show_address(at);
  if (form.shown == Shown::WaitStatus && result == 0) return show_address(at);
  if (form.shown != Shown::ByKind) {
    text = show_structure(memory, form.shown, at, count, limits_);
  } else if (info_->arguments[argument] == ArgKind::OutIovec) {
    text = show_iovecs(memory, at, size_behind(argument), count, limits_);
  } else if (info_->arguments[argument] == ArgKind::OutBuffer && count <= size_behind(argument)) {
    // More than the buffer's size is what would be needed.
    text = show_bytes(memory, at, count, limits_);
  }
  return text.value_or(show_address(at));
}

std::string CallText::show_value(int argument) const {
  const uint64_t value = arguments_[argument];
  const auto word = static_cast<uint32_t>(value);
  const ArgumentForm& form = form_.arguments[argument];
  switch (form.shown) {
    case Shown::Names:
      if (auto names = name_value(form.names, word)) return *names;
      break;
    case Shown::Decimal:
      return signed_text(value);
    case Shown::Hexadecimal:
      return to_hexadecimal(value);
    case Shown::Octal:
      return show_mode(word);
    case Shown::Signal:
      return show_signal(static_cast<int>(word));
    case Shown::ByKind:
      break;
    default:
      return show_address(word);
  }
  switch (info_->arguments[argument]) {
    case ArgKind::None:
    case ArgKind::Fd:
    case ArgKind::Int:
      return signed_text(value);
    case ArgKind::DirFd:
      return static_cast<int>(word) == AT_FDCWD ? "AT_FDCWD" : signed_text(value);
    case ArgKind::Flags:
      return to_hexadecimal(word);
    case ArgKind::Mode:
      return show_mode(word);
    case ArgKind::Size:
      return std::to_string(word);
    case ArgKind::Offset:
      return std::to_string(static_cast<int64_t>(value));
    case ArgKind::Clock:
      return name_value(clock_names(), word).value_or(signed_text(value));
    case ArgKind::Address:
    case ArgKind::Path:
    case ArgKind::InBuffer:
    case ArgKind::OutBuffer:
    case ArgKind::InIovec:
    case ArgKind::OutIovec:
    case ArgKind::InStruct:
    case ArgKind::OutStruct:
    case ArgKind::InOutStruct:
      return show_address(word);
  }
  return to_hexadecimal(value);
}

std::string CallText::show_result(const GuestMemory& memory, int64_t result) const {
  if (info_ == nullptr) return std::to_string(result);
  // These don't return.
  if (info_->name == "exit" || info_->name == "exit_group") return "?";
  const auto word = static_cast<uint32_t>(result);
  switch (form_.result.shown) {
    case Shown::Pointer:
      return show_address(word);
    case Shown::Octal:
      return show_mode(word);
    case Shown::Names: {
      const auto names = name_value(form_.result.names, word);
      return to_hexadecimal(word) + (names ? " (flags " + *names + ")" : "");
    }
    default:
      break;
  }
  std::string text = std::to_string(result);
  if (form_.arguments[0].shown == Shown::Pollfds) {
    if (result == 0) return text + " (Timeout)";
    if (auto ready = show_ready(memory, address(0), size_behind(0), limits_)) {
      absl::StrAppend(&text, " (", *ready, ")");
    }
  }
  return text;
}

}  // namespace linden::microvisor
