#include "runtime/wast/text.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wabt/binary-reader-nop.h"
#include "wabt/binary-reader.h"
#include "wabt/binary-writer.h"
#include "wabt/stream.h"
#include "wabt/wast-parser.h"

namespace linden::runtime {
namespace {

// The order decides which proposal an instruction is counted to: reference types, for instance,
// imply bulk memory in wabt, so bulk memory has to be asked first.
constexpr std::array<std::pair<const char*, void (wabt::Features::*)(bool)>, 9> kOpcodeFeatures = {{
    {"sign-extension", &wabt::Features::set_sign_extension_enabled},
    {"nontrapping-fptoint", &wabt::Features::set_sat_float_to_int_enabled},
    {"bulk-memory", &wabt::Features::set_bulk_memory_enabled},
    {"reference-types", &wabt::Features::set_reference_types_enabled},
    {"simd128", &wabt::Features::set_simd_enabled},
    {"threads", &wabt::Features::set_threads_enabled},
    {"tail-call", &wabt::Features::set_tail_call_enabled},
    {"exception-handling", &wabt::Features::set_exceptions_enabled},
    {"relaxed-simd", &wabt::Features::set_relaxed_simd_enabled},
}};
enum StructuralFeature : size_t {
  kMultiValue = kOpcodeFeatures.size(),
  kMutableGlobals,
  kMultiMemory,
  kMemory64,
  kExtendedConst,
  kFeatureCount,
};
constexpr std::array<const char*, kFeatureCount - kMultiValue> kStructuralNames = {
    "multi-value", "mutable-globals", "multi-memory", "memory64", "extended-const"};
constexpr size_t kBulkMemory = 2, kReferenceTypes = 3, kSimd = 4, kThreads = 5;

class FeatureFinder : public wabt::BinaryReaderNop {
 public:
  FeatureFinder() {
    wabt::Features none = without_proposals();
    base_ = none;
    for (size_t i = 0; i < kOpcodeFeatures.size(); ++i) {
      only_[i] = none;
      (only_[i].*kOpcodeFeatures[i].second)(true);
    }
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < kFeatureCount; ++i) {
      if (!used_[i]) continue;
      names.push_back(i < kMultiValue ? kOpcodeFeatures[i].first
                                      : kStructuralNames[i - kMultiValue]);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  wabt::Result OnFuncType(wabt::Index, wabt::Index parameter_count, wabt::Type* parameters,
                          wabt::Index result_count, wabt::Type* results) override {
    if (result_count > 1) used_[kMultiValue] = true;
    for (wabt::Index i = 0; i < parameter_count; ++i) see(parameters[i]);
    for (wabt::Index i = 0; i < result_count; ++i) see(results[i]);
    return wabt::Result::Ok;
  }
  wabt::Result OnImportTable(wabt::Index, std::string_view, std::string_view, wabt::Index index,
                             wabt::Type type, const wabt::Limits* limits) override {
    return OnTable(index, type, limits);
  }
  wabt::Result OnTable(wabt::Index index, wabt::Type type, const wabt::Limits*) override {
    if (index > 0 || type == wabt::Type::ExternRef) used_[kReferenceTypes] = true;
    return wabt::Result::Ok;
  }
  wabt::Result OnImportMemory(wabt::Index, std::string_view, std::string_view, wabt::Index index,
                              const wabt::Limits* limits) override {
    return OnMemory(index, limits);
  }
  wabt::Result OnMemory(wabt::Index index, const wabt::Limits* limits) override {
    if (index > 0) used_[kMultiMemory] = true;
    if (limits->is_shared) used_[kThreads] = true;
    if (limits->is_64) used_[kMemory64] = true;
    return wabt::Result::Ok;
  }
  wabt::Result OnImportGlobal(wabt::Index, std::string_view, std::string_view, wabt::Index,
                              wabt::Type type, bool is_mutable) override {
    if (is_mutable) used_[kMutableGlobals] = true;
    mutable_globals_.push_back(is_mutable);
    see(type);
    return wabt::Result::Ok;
  }
  wabt::Result BeginGlobal(wabt::Index, wabt::Type type, bool is_mutable) override {
    mutable_globals_.push_back(is_mutable);
    see(type);
    return wabt::Result::Ok;
  }
  wabt::Result OnExport(wabt::Index, wabt::ExternalKind kind, wabt::Index item,
                        std::string_view) override {
    if (kind == wabt::ExternalKind::Global && item < mutable_globals_.size() &&
        mutable_globals_[item]) {
      used_[kMutableGlobals] = true;
    }
    return wabt::Result::Ok;
  }
  wabt::Result OnDataCount(wabt::Index) override {
    used_[kBulkMemory] = true;
    return wabt::Result::Ok;
  }
  wabt::Result BeginFunctionBody(wabt::Index, wabt::Offset) override {
    in_function_ = true;
    return wabt::Result::Ok;
  }
  wabt::Result EndFunctionBody(wabt::Index) override {
    in_function_ = false;
    return wabt::Result::Ok;
  }
  wabt::Result OnLocalDecl(wabt::Index, wabt::Index, wabt::Type type) override {
    see(type);
    return wabt::Result::Ok;
  }
  wabt::Result OnOpcodeBlockSig(wabt::Type type) override {
    // A block type by index is either more than one result or parameters.
    if (type.IsIndex()) used_[kMultiValue] = true;
    return wabt::Result::Ok;
  }
  wabt::Result OnOpcode(wabt::Opcode opcode) override {
    if (!in_function_ && is_arithmetic(opcode)) used_[kExtendedConst] = true;
    if (opcode.IsEnabled(base_)) return wabt::Result::Ok;
    for (size_t i = 0; i < only_.size(); ++i) {
      if (!opcode.IsEnabled(only_[i])) continue;
      used_[i] = true;
      break;
    }
    return wabt::Result::Ok;
  }

 private:
  static wabt::Features without_proposals() {
    wabt::Features features;
    // Later ones imply earlier ones, so they have to be turned off first.
    for (size_t i = kOpcodeFeatures.size(); i-- > 0;) {
      (features.*kOpcodeFeatures[i].second)(false);
    }
    return features;
  }
  static bool is_arithmetic(wabt::Opcode opcode) {
    switch (opcode) {
      case wabt::Opcode::I32Add:
      case wabt::Opcode::I32Sub:
      case wabt::Opcode::I32Mul:
      case wabt::Opcode::I64Add:
      case wabt::Opcode::I64Sub:
      case wabt::Opcode::I64Mul:
        return true;
      default:
        return false;
    }
  }
  void see(wabt::Type type) {
    if (type == wabt::Type::V128) used_[kSimd] = true;
    if (type == wabt::Type::ExternRef || type == wabt::Type::FuncRef) used_[kReferenceTypes] = true;
  }

  wabt::Features base_;
  std::array<wabt::Features, kOpcodeFeatures.size()> only_;
  std::bitset<kFeatureCount> used_;
  std::vector<bool> mutable_globals_;
  bool in_function_ = false;
};

}  // namespace

wabt::Features wabt_features(const jit::Features& features) {
  wabt::Features result;  // by default all of WebAssembly 2.0
  result.set_reference_types_enabled(features.reference_types);
  result.set_threads_enabled(features.threads);
  result.set_tail_call_enabled(features.tail_call);
  result.set_extended_const_enabled(features.extended_const);
  result.set_exceptions_enabled(features.exceptions);
  return result;
}

absl::StatusOr<std::vector<uint8_t>> write_binary(const wabt::Module& module,
                                                  const jit::Features& features) {
  wabt::MemoryStream stream;
  wabt::WriteBinaryOptions options(wabt_features(features), /*canonicalize_lebs=*/true,
                                   /*relocatable=*/false, /*write_debug_names=*/true);
  if (wabt::Failed(wabt::WriteBinaryModule(&stream, &module, options))) {
    return absl::InvalidArgumentError("the module cannot be written in the binary format");
  }
  return std::move(stream.output_buffer().data);
}

absl::StatusOr<std::vector<uint8_t>> assemble(std::string_view text, const std::string& filename,
                                              const jit::Features& features) {
  wabt::Errors errors;
  std::unique_ptr<wabt::WastLexer> lexer =
      wabt::WastLexer::CreateBufferLexer(filename, text.data(), text.size(), &errors);
  wabt::WastParseOptions options(wabt_features(features));
  std::unique_ptr<wabt::Module> module;
  wabt::Result result = wabt::ParseWatModule(lexer.get(), &module, &errors, &options);
  if (wabt::Failed(result) || module == nullptr) {
    if (errors.empty()) return absl::InvalidArgumentError(absl::StrCat(filename, ": malformed"));
    return absl::InvalidArgumentError(
        absl::StrCat(filename, ":", errors[0].loc.line, ": ", errors[0].message));
  }
  return write_binary(*module, features);
}

std::vector<std::string> features_used(std::span<const uint8_t> bytes) {
  wabt::Features features;
  features.EnableAll();
  wabt::ReadBinaryOptions options(features, /*log_stream=*/nullptr, /*read_debug_names=*/false,
                                  /*stop_on_first_error=*/true,
                                  /*fail_on_custom_section_error=*/false);
  FeatureFinder finder;
  // The result is of no interest: of a module that wabt cannot read to the end, what came before
  // counts.
  (void)wabt::ReadBinary(bytes.data(), bytes.size(), &finder, options);
  return finder.names();
}

}  // namespace linden::runtime
