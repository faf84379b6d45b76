// Makes a wasm function out of a C++ function whose parameters are wasm-like scalars, without
// decoding: the generated caller and the C++ callee meet in the same registers. Parameters beyond
// the registers are read from Context::overflow, as jit/abi.h says.
//
//   Errno fd_read(Process&, uint32_t fd, uint32_t iovs, uint32_t n, uint32_t out);
//   FunctionReference* f = bind_host_function<fd_read>(store);   // (i32 i32 i32 i32) -> i32
//
// The first parameter, if it is a reference to a class, is Instance::user_data of the calling
// instance.
#ifndef LINDEN_RUNTIME_HOST_FUNCTION_H_
#define LINDEN_RUNTIME_HOST_FUNCTION_H_

#include <type_traits>

#include "runtime/context.h"
#include "runtime/store.h"

namespace linden::runtime {
namespace detail {

template <typename T>
constexpr ValueType value_type_of() {
  if constexpr (std::is_same_v<T, float>) {
    return ValueType::F32;
  } else if constexpr (std::is_same_v<T, double>) {
    return ValueType::F64;
  } else if constexpr (sizeof(T) == 8) {
    return ValueType::I64;
  } else {
    static_assert(sizeof(T) <= 4 && (std::is_integral_v<T> || std::is_enum_v<T>));
    return ValueType::I32;
  }
}

// Register or overflow slot of parameter `position` among `Types`; negative: ~slot in overflow.
template <typename... Types>
constexpr int parameter_place(size_t position) {
  constexpr bool vector_class[] = {jit::is_vector_class(value_type_of<Types>())..., false};
  int integers = 0, vectors = 0, overflow = 0, place = 0;
  for (size_t i = 0; i <= position; ++i) {
    int limit =
        vector_class[i] ? int(jit::kVectorArgumentRegisters) : int(jit::kIntegerArgumentRegisters);
    int& used = vector_class[i] ? vectors : integers;
    place = used < limit ? used++ : ~overflow++;
  }
  return place;
}

template <typename T>
T read_parameter(int place, const uint64_t (&integers)[6], const double (&vectors)[8]) {
  T value;
  const void* source =
      place < 0 ? static_cast<const void*>(current_context().overflow + 16 * ~place)
      : jit::is_vector_class(value_type_of<T>()) ? static_cast<const void*>(&vectors[place])
                                                 : &integers[place];
  std::memcpy(&value, source, sizeof value);
  return value;
}

template <auto Function, typename Class, typename Result, typename... Types>
struct HostBinding {
  static FunctionType type() {
    FunctionType result{{value_type_of<Types>()...}, {}};
    if constexpr (!std::is_void_v<Result>) result.results.push_back(value_type_of<Result>());
    return result;
  }

  static Result call(uint64_t i0, uint64_t i1, uint64_t i2, uint64_t i3, uint64_t i4, uint64_t i5,
                     double v0, double v1, double v2, double v3, double v4, double v5, double v6,
                     double v7) {
    const uint64_t integers[6] = {i0, i1, i2, i3, i4, i5};
    const double vectors[8] = {v0, v1, v2, v3, v4, v5, v6, v7};
    return call_indexed(integers, vectors, std::index_sequence_for<Types...>());
  }

 private:
  template <size_t... I>
  static Result call_indexed(const uint64_t (&integers)[6], const double (&vectors)[8],
                             std::index_sequence<I...>) {
    if constexpr (std::is_void_v<Class>) {
      return Function(read_parameter<Types>(parameter_place<Types...>(I), integers, vectors)...);
    } else {
      return Function(*static_cast<Class*>(current_user_data()),
                      read_parameter<Types>(parameter_place<Types...>(I), integers, vectors)...);
    }
  }
};

template <auto Function, typename Result, typename First, typename... Rest>
auto binding_of(Result (*)(First, Rest...)) {
  if constexpr (std::is_reference_v<First>) {
    return HostBinding<Function, std::remove_reference_t<First>, Result, Rest...>();
  } else {
    return HostBinding<Function, void, Result, First, Rest...>();
  }
}
template <auto Function, typename Result>
auto binding_of(Result (*)()) {
  return HostBinding<Function, void, Result>();
}

}  // namespace detail

template <auto Function>
FunctionReference* bind_host_function(Store& store) {
  auto binding = detail::binding_of<Function>(Function);
  return store.create_raw_function(binding.type(), reinterpret_cast<const void*>(&binding.call));
}

}  // namespace linden::runtime

#endif
