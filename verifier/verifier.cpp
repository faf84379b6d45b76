#include "verifier/verifier.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "verifier/function_verifier.h"
#include "verifier/image_facts.h"

namespace linden::verifier {
namespace {

// Threads take so many functions at a time.
constexpr size_t kBatch = 16;
// Below so much code for each, a thread costs more than it saves.
constexpr uint64_t kBytesPerThread = 128 * 1024;

void add(Statistics& to, const Statistics& from) {
  to.functions += from.functions;
  to.bytes += from.bytes;
  to.instructions += from.instructions;
  to.linear_accesses += from.linear_accesses;
  to.block_visits += from.block_visits;
}

}  // namespace

const char* to_string(Rule rule) {
  switch (rule) {
    case Rule::Target:
      return "target";
    case Rule::Layout:
      return "layout";
    case Rule::Decoding:
      return "decoding";
    case Rule::Instruction:
      return "instruction";
    case Rule::LinearMemory:
      return "linear-memory";
    case Rule::Context:
      return "context";
    case Rule::Frame:
      return "frame";
    case Rule::Constants:
      return "constants";
    case Rule::RuntimeData:
      return "runtime-data";
    case Rule::Calls:
      return "calls";
    case Rule::Jumps:
      return "jumps";
    case Rule::Returns:
      return "returns";
    case Rule::UnwindTables:
      return "unwind-tables";
  }
  return "unknown";
}

const char* explain(Rule rule) {
  switch (rule) {
    case Rule::Target:
      return "the image is for this machine, this build and the segment back-end";
    case Rule::Layout:
      return "segments, functions, rebases and entry points fit together";
    case Rule::Decoding:
      return "every byte of a function belongs to an instruction, and jumps lead to the beginning "
             "of one";
    case Rule::Instruction:
      return "only instructions that generated code needs";
    case Rule::LinearMemory:
      return "%gs accesses stay within the memory's reservation";
    case Rule::Context:
      return "%fs accesses are of the Context's fields, as each may be used";
    case Rule::Frame:
      return "the stack pointer and what it addresses stay in the frame";
    case Rule::Constants:
      return "reads relative to the code stay in the image's constants, and nothing is written";
    case Rule::RuntimeData:
      return "other addresses lead to what the runtime shows, as each may be used";
    case Rule::Calls:
      return "calls go to functions of the image, helpers and references";
    case Rule::Jumps:
      return "jumps stay in the function, or are tail calls";
    case Rule::Returns:
      return "a function returns with the stack pointer and preserved registers as they were";
    case Rule::UnwindTables:
      return "frame sizes, saved registers and landing pads are what the code does";
  }
  return "";
}

Verdict verify(const jit::Image& image, int64_t context_offset, const Options& options) {
  Verdict verdict;
  const ImageFacts facts(image, context_offset);
  if (facts.refusal()) {
    verdict.refusals.push_back(*facts.refusal());
    return verdict;
  }
  unsigned threads = options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
  threads = std::clamp<unsigned>(static_cast<unsigned>(image.code_size() / kBytesPerThread), 1u,
                                 std::max(threads, 1u));

  struct Work {
    std::vector<Refusal> refusals;
    Statistics statistics;
  };
  std::vector<Work> works(threads);
  std::atomic<size_t> next{0};
  auto run = [&](Work& work) {
    FunctionVerifier verifier(facts);
    const size_t count = image.functions.size();
    for (size_t begin = next.fetch_add(kBatch); begin < count; begin = next.fetch_add(kBatch)) {
      const size_t end = std::min(begin + kBatch, count);
      for (size_t i = begin; i < end && work.refusals.size() < options.max_refusals; ++i) {
        verifier.verify(image.functions[i], options.max_refusals - work.refusals.size(),
                        work.refusals);
      }
    }
    work.statistics = verifier.statistics();
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run, std::ref(works[i]));
  run(works[0]);
  for (std::thread& other : others) other.join();

  for (Work& work : works) {
    add(verdict.statistics, work.statistics);
    std::move(work.refusals.begin(), work.refusals.end(), std::back_inserter(verdict.refusals));
  }
  std::sort(verdict.refusals.begin(), verdict.refusals.end(),
            [](const Refusal& a, const Refusal& b) { return a.offset < b.offset; });
  if (verdict.refusals.size() > options.max_refusals) {
    verdict.refusals.resize(options.max_refusals);
  }
  return verdict;
}

std::string_view identity() { return LINDEN_VERIFIER_IDENTITY; }

std::string to_string(const Refusal& refusal) {
  std::string text;
  if (refusal.function_index != jit::kNoFunction) {
    absl::StrAppend(&text, "function ", refusal.function_index, " ");
  }
  absl::StrAppendFormat(&text, "at 0x%x: ", refusal.offset);
  if (!refusal.instruction.empty()) absl::StrAppend(&text, refusal.instruction, ": ");
  return absl::StrCat(text, refusal.reason, " (", to_string(refusal.rule), ")");
}

}  // namespace linden::verifier
