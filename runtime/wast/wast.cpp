#include "runtime/wast/wast.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "runtime/store.h"
#include "runtime/wast/spectest.h"
#include "runtime/wast/text.h"
#include "runtime/wast/values.h"
#include "wabt/cast.h"
#include "wabt/wast-parser.h"

namespace linden::runtime {
namespace {

struct TypedValue {
  ValueType type;
  Value value;
};
// What an action came to: its results, a trap, or (a status) it could not be carried out.
using Outcome = absl::StatusOr<std::variant<std::vector<TypedValue>, Trap>>;
// Of an assertion: why it does not hold, if so.
using Verdict = std::optional<std::string>;

std::string message_of(const absl::Status& status) { return std::string(status.message()); }

// The reference interpreter's messages begin with what the script says; some scripts go on with
// details ("uninitialized element 7") that we keep out of ours.
bool messages_agree(std::string_view expected, std::string_view actual) {
  return actual.starts_with(expected) || expected.starts_with(actual);
}

class Runner {
 public:
  explicit Runner(const WastOptions& options) : options_(options) {
    options_.load.strict_traps = !options.relaxed_traps;
  }

  WastResult run(std::string_view text, const std::string& filename) {
    wabt::Errors errors;
    std::unique_ptr<wabt::WastLexer> lexer =
        wabt::WastLexer::CreateBufferLexer(filename, text.data(), text.size(), &errors);
    wabt::WastParseOptions parse_options(wabt_features(options_.load.features));
    std::unique_ptr<wabt::Script> script;
    if (wabt::Failed(wabt::ParseWastScript(lexer.get(), &script, &errors, &parse_options)) ||
        script == nullptr) {
      for (const wabt::Error& error : errors) report(error.loc.line, error.message);
      if (errors.empty()) report(0, "the script does not parse");
      return std::move(result_);
    }
    absl::StatusOr<ExternMap> spectest = create_spectest(store_, options_.verbose);
    if (!spectest.ok()) {
      report(0, message_of(spectest.status()));
      return std::move(result_);
    }
    spectest_ = *std::move(spectest);
    for (size_t i = 0; i < script->commands.size(); ++i) execute(*script->commands[i], i);
    return std::move(result_);
  }

 private:
  void report(int line, std::string message) {
    result_.failures.push_back({line, std::move(message)});
  }
  void check(int line, Verdict verdict) {
    if (verdict) {
      ++result_.failed;
      report(line, *std::move(verdict));
    } else {
      ++result_.passed;
    }
  }

  void execute(const wabt::Command& command, size_t index) {
    using enum wabt::CommandType;
    switch (command.type) {
      case Module: {
        const wabt::Module& module = wabt::cast<wabt::ModuleCommand>(&command)->module;
        define(module.loc.line, module.name, index, write_binary(module, options_.load.features));
        return;
      }
      case ScriptModule: {
        const auto& script = *wabt::cast<wabt::ScriptModuleCommand>(&command);
        define(script.script_module->location().line, script.module.name, index,
               bytes_of(*script.script_module));
        return;
      }
      case Action: {
        const wabt::Action& action = *wabt::cast<wabt::ActionCommand>(&command)->action;
        Outcome outcome = perform(action);
        if (!outcome.ok()) {
          report(action.loc.line, message_of(outcome.status()));
        } else if (const Trap* trap = std::get_if<Trap>(&*outcome)) {
          report(action.loc.line, absl::StrCat("trap: ", trap->message()));
        }
        return;
      }
      case Register: {
        const auto& registration = *wabt::cast<wabt::RegisterCommand>(&command);
        if (Instance* instance = find_instance(registration.var)) {
          registered_[registration.module_name] = instance;
        } else {
          report(registration.var.loc.line, "no module to register");
        }
        return;
      }
      case AssertMalformed:
        return assert_rejected<wabt::AssertMalformedCommand>(command);
      case AssertInvalid:
        return assert_rejected<wabt::AssertInvalidCommand>(command);
      case AssertUnlinkable: {
        const auto& assertion = *wabt::cast<wabt::AssertUnlinkableCommand>(&command);
        return check(assertion.module->location().line,
                     check_unlinkable(*assertion.module, assertion.text));
      }
      case AssertUninstantiable: {
        const auto& assertion = *wabt::cast<wabt::AssertUninstantiableCommand>(&command);
        return check(assertion.module->location().line,
                     check_uninstantiable(*assertion.module, assertion.text));
      }
      case AssertReturn: {
        const auto& assertion = *wabt::cast<wabt::AssertReturnCommand>(&command);
        return check(assertion.action->loc.line,
                     check_return(perform(*assertion.action), *assertion.expected));
      }
      case AssertTrap: {
        const auto& assertion = *wabt::cast<wabt::AssertTrapCommand>(&command);
        return check(assertion.action->loc.line,
                     check_trap(perform(*assertion.action), assertion.text));
      }
      case AssertExhaustion: {
        const auto& assertion = *wabt::cast<wabt::AssertExhaustionCommand>(&command);
        return check(assertion.action->loc.line,
                     check_trap(perform(*assertion.action), assertion.text));
      }
      case AssertException: {
        const auto& assertion = *wabt::cast<wabt::AssertExceptionCommand>(&command);
        return check(
            assertion.action->loc.line,
            check_trap(perform(*assertion.action), jit::to_string(TrapCode::UncaughtException)));
      }
    }
  }

  absl::StatusOr<std::vector<uint8_t>> bytes_of(const wabt::ScriptModule& module) {
    switch (module.type()) {
      case wabt::ScriptModuleType::Text:
        return write_binary(wabt::cast<wabt::TextScriptModule>(&module)->module,
                            options_.load.features);
      case wabt::ScriptModuleType::Binary:
        return wabt::cast<wabt::BinaryScriptModule>(&module)->data;
      case wabt::ScriptModuleType::Quoted: {
        const std::vector<uint8_t>& data = wabt::cast<wabt::QuotedScriptModule>(&module)->data;
        return assemble({reinterpret_cast<const char*>(data.data()), data.size()}, "quoted",
                        options_.load.features);
      }
    }
    return absl::InternalError("unknown kind of module");
  }

  absl::StatusOr<Store::InstantiateResult> instantiate(absl::StatusOr<std::vector<uint8_t>> bytes) {
    if (!bytes.ok()) return bytes.status();
    auto module = CompiledModule::load(*std::move(bytes), options_.load);
    if (!module.ok()) return module.status();
    return store_.instantiate(*std::move(module),
                              [this](const jit::Import& import) { return resolve(import); });
  }

  std::optional<Extern> resolve(const jit::Import& import) const {
    if (auto found = registered_.find(import.module); found != registered_.end()) {
      return found->second->find_export(import.name);
    }
    if (import.module != "spectest") return std::nullopt;
    auto found = spectest_.find(import.name);
    if (found == spectest_.end()) return std::nullopt;
    return found->second;
  }

  void define(int line, const std::string& name, size_t index,
              absl::StatusOr<std::vector<uint8_t>> bytes) {
    absl::StatusOr<Store::InstantiateResult> result = instantiate(std::move(bytes));
    if (!result.ok()) return report(line, absl::StrCat("module: ", message_of(result.status())));
    if (result->trap) return report(line, absl::StrCat("module: ", result->trap->message()));
    by_command_[index] = result->instance;
    if (!name.empty()) by_name_[name] = result->instance;
  }

  // wabt refers to modules by name, or by the index of the command that defined them.
  Instance* find_instance(const wabt::Var& var) const {
    if (var.is_name()) {
      auto found = by_name_.find(var.name());
      return found == by_name_.end() ? nullptr : found->second;
    }
    auto found = by_command_.find(var.index());
    return found == by_command_.end() ? nullptr : found->second;
  }

  Outcome perform(const wabt::Action& action) {
    Instance* instance = find_instance(action.module_var);
    if (instance == nullptr)
      return absl::NotFoundError("the module of this action was not defined");
    std::optional<Extern> item = instance->find_export(action.name);
    if (!item) return absl::NotFoundError(absl::StrCat("no export \"", action.name, "\""));

    std::vector<TypedValue> values;
    if (action.type() == wabt::ActionType::Get) {
      Global** global = std::get_if<Global*>(&*item);
      if (global == nullptr) return absl::InvalidArgumentError("not a global");
      values.push_back({(*global)->type.type, (*global)->cell});
      return values;
    }
    FunctionReference** function = std::get_if<FunctionReference*>(&*item);
    if (function == nullptr) return absl::InvalidArgumentError("not a function");
    const FunctionType& type = *(*function)->type;
    std::vector<Value> arguments;
    for (const wabt::Const& constant : wabt::cast<wabt::InvokeAction>(&action)->args) {
      size_t i = arguments.size();
      if (i >= type.params.size() || type.params[i] != type_of(constant)) {
        return absl::InvalidArgumentError("arguments do not match the function's type");
      }
      arguments.push_back(to_value(constant));
    }
    if (arguments.size() != type.params.size()) {
      return absl::InvalidArgumentError("too few arguments");
    }
    std::vector<Value> results(type.results.size());
    if (std::optional<Trap> trap = invoke(*function, arguments, results)) return *std::move(trap);
    for (size_t i = 0; i < results.size(); ++i) values.push_back({type.results[i], results[i]});
    return values;
  }

  template <typename Assertion>
  void assert_rejected(const wabt::Command& command) {
    const auto& assertion = *wabt::cast<Assertion>(&command);
    check(assertion.module->location().line, check_rejected(*assertion.module, assertion.text));
  }

  // Scripts do not agree on the words for what is wrong with a module, so only the fact counts.
  Verdict check_rejected(const wabt::ScriptModule& module, const std::string& reason) {
    absl::StatusOr<std::vector<uint8_t>> bytes = bytes_of(module);
    absl::Status status = bytes.status();
    if (bytes.ok()) {
      jit::Features features = options_.load.features;
      // The scripts of the threads proposal are older than reference types, which made this valid;
      // they are judged by the rules of their time.
      if (reason == "multiple tables") features.reference_types = false;
      status = jit::parse(*std::move(bytes), features).status();
    }
    if (status.ok()) return absl::StrCat("the module was accepted; expected: ", reason);
    if (!absl::IsInvalidArgument(status)) {
      return absl::StrCat("rejected for another reason than \"", reason,
                          "\": ", message_of(status));
    }
    return std::nullopt;
  }

  Verdict check_unlinkable(const wabt::ScriptModule& module, const std::string& reason) {
    absl::StatusOr<Store::InstantiateResult> result = instantiate(bytes_of(module));
    if (result.ok()) return absl::StrCat("the module was linked; expected: ", reason);
    if (absl::IsFailedPrecondition(result.status()) &&
        messages_agree(reason, message_of(result.status()))) {
      return std::nullopt;
    }
    return absl::StrCat("expected \"", reason, "\", got: ", message_of(result.status()));
  }

  Verdict check_uninstantiable(const wabt::ScriptModule& module, const std::string& reason) {
    absl::StatusOr<Store::InstantiateResult> result = instantiate(bytes_of(module));
    if (!result.ok()) return message_of(result.status());
    if (!result->trap) return absl::StrCat("no trap; expected: ", reason);
    return compare_trap(*result->trap, reason);
  }

  static Verdict compare_trap(const Trap& trap, const std::string& reason) {
    if (messages_agree(reason, jit::to_string(trap.code))) return std::nullopt;
    return absl::StrCat("expected \"", reason, "\", got trap: ", trap.message());
  }

  static Verdict check_trap(const Outcome& outcome, const std::string& reason) {
    if (!outcome.ok()) return message_of(outcome.status());
    if (const Trap* trap = std::get_if<Trap>(&*outcome)) return compare_trap(*trap, reason);
    return absl::StrCat("returned; expected trap: ", reason);
  }

  static Verdict check_return(const Outcome& outcome, const wabt::Expectation& expectation) {
    if (!outcome.ok()) return message_of(outcome.status());
    if (const Trap* trap = std::get_if<Trap>(&*outcome)) {
      return absl::StrCat("trap: ", trap->message());
    }
    const auto& actual = std::get<std::vector<TypedValue>>(*outcome);
    const wabt::ConstVector& expected = expectation.expected;
    if (expectation.type() == wabt::ExpectationType::Either) {
      if (actual.size() != 1) return "(either ...) is for one result";
      for (const wabt::Const& choice : expected) {
        if (matches(choice, actual[0].type, actual[0].value)) return std::nullopt;
      }
      return absl::StrCat("got ", describe(actual[0].type, actual[0].value),
                          ", which is none of the results allowed");
    }
    if (actual.size() != expected.size()) {
      return absl::StrCat("expected ", expected.size(), " results, got ", actual.size());
    }
    for (size_t i = 0; i < actual.size(); ++i) {
      if (matches(expected[i], actual[i].type, actual[i].value)) continue;
      return absl::StrCat("result ", i, ": expected ", describe(expected[i]), ", got ",
                          describe(actual[i].type, actual[i].value));
    }
    return std::nullopt;
  }

  WastOptions options_;
  WastResult result_;
  Store store_;
  ExternMap spectest_;
  std::map<std::string, Instance*, std::less<>> registered_;
  std::map<std::string, Instance*, std::less<>> by_name_;
  std::map<size_t, Instance*> by_command_;
};

}  // namespace

WastResult run_wast(std::string_view text, const std::string& filename,
                    const WastOptions& options) {
  return Runner(options).run(text, filename);
}

}  // namespace linden::runtime
