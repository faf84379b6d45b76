// Errors are values: every operation that can fail returns a Result, either a value or an errno.
//
// Ownership: a Result owns its value. Thread-safety: that of the value.
#pragma once

#include <cerrno>
#include <optional>
#include <type_traits>
#include <utility>

namespace linden::microvisor {

// Not a Linux errno: a path tried to leave the directory it was resolved beneath. It is kept apart
// from EPERM because WASI has a code of its own for it; towards a POSIX guest it becomes EPERM.
inline constexpr int kErrnoNotCapable = 4000;

// A failure; `code` is a positive errno or kErrnoNotCapable.
struct Error {
  int code;
  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  // The code of an error is not 0.
  Result(Error error) : error_(error) {}
  template <typename U = T>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : error_{0}, value_(std::forward<U>(value)) {}

  bool ok() const { return error_.code == 0; }
  Error error() const { return error_; }
  // The errno, or 0 on success.
  int code() const { return error_.code; }

  // Precondition of all accessors: ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T take() { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& operator*() { return *value_; }

 private:
  // Numbers come with an error as 0, so that the whole is returned in two registers: every layer of
  // a system call returns one.
  struct Number {
    Number() = default;
    Number(T value) : value(value) {}
    T& operator*() { return value; }
    const T& operator*() const { return value; }
    T* operator->() { return &value; }
    T value{};
  };
  using Storage = std::conditional_t<std::is_arithmetic_v<T>, Number, std::optional<T>>;

  Error error_;
  Storage value_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using Value = void;

  Result() : error_{0} {}
  Result(Error error) : error_(error) {}

  bool ok() const { return error_.code == 0; }
  Error error() const { return error_; }
  int code() const { return error_.code; }
  void take() {}

 private:
  Error error_;
};

}  // namespace linden::microvisor

// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define TRY(expression)                                \
  ({                                                   \
    auto try_result_ = (expression);                   \
    if (!try_result_.ok()) return try_result_.error(); \
    try_result_.take();                                \
  })
