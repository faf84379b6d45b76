// What the runtime's tests share: modules written as text, and calls that are short to write.
#ifndef LINDEN_RUNTIME_TEST_SUPPORT_H_
#define LINDEN_RUNTIME_TEST_SUPPORT_H_

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "runtime/store.h"
#include "runtime/wast/text.h"

namespace linden::runtime::test {

inline std::vector<uint8_t> bytes_of(const std::string& text) {
  absl::StatusOr<std::vector<uint8_t>> bytes = assemble(text, "test.wat", {});
  INFO(bytes.status().ToString());
  REQUIRE(bytes.ok());
  return *std::move(bytes);
}

inline std::shared_ptr<const CompiledModule> compile(const std::string& text,
                                                     const LoadOptions& options = {}) {
  auto module = CompiledModule::load(bytes_of(text), options);
  INFO(module.status().ToString());
  REQUIRE(module.ok());
  return *std::move(module);
}

// By "module.name".
using Imports = std::map<std::string, Extern>;

inline Instance& instantiate(Store& store, std::shared_ptr<const CompiledModule> module,
                             const Imports& imports = {}) {
  auto result =
      store.instantiate(std::move(module), [&](const jit::Import& import) -> std::optional<Extern> {
        auto found = imports.find(import.module + "." + import.name);
        if (found == imports.end()) return std::nullopt;
        return found->second;
      });
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  REQUIRE_FALSE(result->trap.has_value());
  return *result->instance;
}

inline Instance& instantiate(Store& store, const std::string& text, const Imports& imports = {}) {
  return instantiate(store, compile(text), imports);
}

inline FunctionReference* function(const Instance& instance, const std::string& name) {
  std::optional<Extern> item = instance.find_export(name);
  REQUIRE(item.has_value());
  return std::get<FunctionReference*>(*item);
}

inline std::vector<Value> call(FunctionReference* function, const std::vector<Value>& arguments) {
  std::vector<Value> results(function->type->results.size());
  std::optional<Trap> trap = invoke(function, arguments, results);
  INFO((trap ? trap->full_message() : ""));
  REQUIRE_FALSE(trap.has_value());
  return results;
}

inline std::vector<Value> call(const Instance& instance, const std::string& name,
                               const std::vector<Value>& arguments = {}) {
  return call(function(instance, name), arguments);
}

inline Trap trap_of(const Instance& instance, const std::string& name,
                    const std::vector<Value>& arguments = {}) {
  FunctionReference* callee = function(instance, name);
  std::vector<Value> results(callee->type->results.size());
  std::optional<Trap> trap = invoke(callee, arguments, results);
  REQUIRE(trap.has_value());
  return *trap;
}

}  // namespace linden::runtime::test

#endif
