#include "jit/cpu_features.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>

#include "absl/strings/str_cat.h"

namespace linden::jit {
namespace {

constexpr const char* kWantedFeatures[] = {
    "sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "cx16", "avx",   "avx2",
    "bmi",  "bmi2",  "lzcnt",  "movbe",  "f16c",   "fma",  "xsave", "fxsr",
};

}  // namespace

const std::string& target_cpu() {
  static const std::string cpu = "x86-64";
  return cpu;
}

const std::string& target_features() {
  static const std::string features = [] {
    auto host = llvm::sys::getHostCPUFeatures();
    std::string text;
    for (const char* feature : kWantedFeatures) {
      if (host.lookup(feature)) absl::StrAppend(&text, text.empty() ? "+" : ",+", feature);
    }
    return text;
  }();
  return features;
}

}  // namespace linden::jit
