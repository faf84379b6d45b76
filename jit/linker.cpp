// JITLink, used ahead of time: it lays the parts out one after the other from a nominal base
// address and applies all relocations. What is relative to the program counter is then final
// wherever the image is loaded; the few absolute words (slots of constant tables) are noted as
// rebases. Parts refer to one another, so each link is taken to the point where its own symbols
// have addresses, and only when all have come so far do the lookups of any of them get their
// answers.

#include "jit/linker.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/JITLink/x86_64.h>
#include <llvm/ExecutionEngine/Orc/Shared/MemoryFlags.h>
#include <llvm/Object/ObjectFile.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "jit/landing_pads.h"
#include "jit/module_translator.h"

namespace linden::jit {
namespace {

namespace jl = llvm::jitlink;

constexpr uint64_t kNominalBase = 0x100000;
constexpr uint64_t kPageSize = 4096;

uint32_t image_offset(llvm::orc::ExecutorAddr address) {
  return static_cast<uint32_t>(address.getValue() - kNominalBase);
}

std::string take_message(llvm::Error error) { return llvm::toString(std::move(error)); }

// What all links share.
struct LinkState {
  Image image;
  uint64_t next_address = kNominalBase;
  std::shared_ptr<llvm::orc::SymbolStringPool> strings =
      std::make_shared<llvm::orc::SymbolStringPool>();
  llvm::DenseMap<llvm::orc::SymbolStringPtr, llvm::orc::ExecutorAddr> symbols;
  std::string error;

  void fail(std::string message) {
    if (error.empty()) error = std::move(message);
  }
};

// Gives out addresses in the image; "finalizing" copies the working memory into it.
class ImageMemory final : public jl::JITLinkMemoryManager {
 public:
  explicit ImageMemory(LinkState& state) : state_(state) {}

  void allocate(const jl::JITLinkDylib*, jl::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override {
    jl::BasicLayout layout(graph);
    auto allocation = std::make_unique<Allocation>(state_);
    for (auto& [group, segment] : layout.segments()) {
      const uint64_t size = segment.ContentSize + segment.ZeroFillSize;
      const bool executable = (static_cast<unsigned>(group.getMemProt()) &
                               static_cast<unsigned>(llvm::orc::MemProt::Exec)) != 0;
      llvm::MutableArrayRef<char> working = graph.allocateBuffer(size);
      std::memset(working.data(), 0, size);
      segment.WorkingMem = working.data();
      segment.Addr = llvm::orc::ExecutorAddr(state_.next_address);
      allocation->segments.push_back({{image_offset(segment.Addr), static_cast<uint32_t>(size),
                                       executable ? Protection::ReadExecute : Protection::ReadOnly},
                                      working});
      state_.next_address += (size + kPageSize - 1) / kPageSize * kPageSize;
      if (state_.next_address - kNominalBase > (uint64_t{1} << 31)) {
        return on_allocated(llvm::createStringError("the compiled code exceeds 2 GiB"));
      }
    }
    if (llvm::Error error = layout.apply()) return on_allocated(std::move(error));
    on_allocated(std::move(allocation));
  }

  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction on_deallocated) override {
    for (FinalizedAlloc& allocation : allocations) allocation.release();
    on_deallocated(llvm::Error::success());
  }

 private:
  struct Allocation final : InFlightAlloc {
    explicit Allocation(LinkState& state) : state(state) {}
    void abandon(OnAbandonedFunction on_abandoned) override {
      on_abandoned(llvm::Error::success());
    }
    void finalize(OnFinalizedFunction on_finalized) override {
      for (auto& [segment, working] : segments) {
        std::vector<uint8_t>& content = state.image.content;
        content.resize(std::max<size_t>(content.size(), segment.offset + segment.size));
        std::memcpy(content.data() + segment.offset, working.data(), segment.size);
        state.image.segments.push_back(segment);
      }
      on_finalized(FinalizedAlloc(llvm::orc::ExecutorAddr(kNominalBase)));
    }
    LinkState& state;
    std::vector<std::pair<ImageSegment, llvm::MutableArrayRef<char>>> segments;
  };
  LinkState& state_;
};

// The number in a symbol that consists of a letter of `kinds` and a number; see function_symbol().
std::optional<uint32_t> number_in(llvm::StringRef symbol, llvm::StringRef kinds) {
  uint32_t index = 0;
  if (symbol.size() < 2 || !kinds.contains(symbol[0])) return std::nullopt;
  auto [end, error] = std::from_chars(symbol.begin() + 1, symbol.end(), index);
  if (error != std::errc() || end != symbol.end()) return std::nullopt;
  return index;
}

// One part's link. JITLink owns it; the lookup it waits for is kept by the driver.
class PartLink final : public jl::JITLinkContext {
 public:
  PartLink(LinkState& state, ImageMemory& memory, const ObjectPart& part,
           std::unique_ptr<jl::JITLinkAsyncLookupContinuation>& waiting, LookupMap& wanted)
      : JITLinkContext(nullptr),
        state_(state),
        memory_(memory),
        part_(part),
        waiting_(waiting),
        wanted_(wanted) {}

  jl::JITLinkMemoryManager& getMemoryManager() override { return memory_; }
  void notifyFailed(llvm::Error error) override { state_.fail(take_message(std::move(error))); }

  void lookup(const LookupMap& symbols,
              std::unique_ptr<jl::JITLinkAsyncLookupContinuation> continuation) override {
    wanted_ = symbols;
    waiting_ = std::move(continuation);
  }

  llvm::Error notifyResolved(jl::LinkGraph& graph) override {
    auto object = llvm::object::ObjectFile::createObjectFile(
        llvm::MemoryBufferRef(llvm::StringRef(part_.object.data(), part_.object.size()), "part"));
    if (!object) return object.takeError();
    auto landing_pads = read_landing_pads(**object);
    if (!landing_pads) return landing_pads.takeError();
    for (jl::Symbol* symbol : graph.defined_symbols()) {
      if (!symbol->hasName()) continue;
      if (symbol->getScope() != jl::Scope::Local) {
        state_.symbols[symbol->getName()] = symbol->getAddress();
      }
      record_function(*symbol, *landing_pads);
    }
    return record_locations(graph, **object);
  }

  void notifyFinalized(jl::JITLinkMemoryManager::FinalizedAlloc allocation) override {
    allocation.release();
  }

  bool shouldAddDefaultTargetPasses(const llvm::Triple&) const override { return false; }

  llvm::Error modifyPassConfig(jl::LinkGraph&, jl::PassConfiguration& config) override {
    // What is known only from other sections than code and constants is read from the object
    // itself.
    config.PrePrunePasses.push_back([](jl::LinkGraph& graph) {
      std::vector<jl::Section*> unused;
      for (jl::Section& section : graph.sections()) {
        const llvm::StringRef name = section.getName();
        if (section.getMemLifetime() == llvm::orc::MemLifetime::NoAlloc || name == ".eh_frame" ||
            name == ".gcc_except_table" || name.starts_with(".data.DW.ref.")) {
          unused.push_back(&section);
        }
      }
      for (jl::Section* section : unused) graph.removeSection(*section);
      return jl::markAllSymbolsLive(graph);
    });
    config.PostFixupPasses.push_back(
        [this](jl::LinkGraph& graph) { return make_relocatable(graph); });
    return llvm::Error::success();
  }

 private:
  void record_function(const jl::Symbol& symbol, const LandingPadTables& landing_pads) {
    llvm::StringRef name = *symbol.getName();
    std::optional<uint32_t> index = number_in(name, "f");
    if (!index && !number_in(name, "tmn")) return;
    const uint32_t start = image_offset(symbol.getAddress());
    const auto frame = part_.frames.frames.find(name.str());
    ImageFunction& function = state_.image.functions.emplace_back();
    function.code_offset = start;
    function.code_size = static_cast<uint32_t>(symbol.getSize());
    function.function_index = index.value_or(kNoFunction);
    function.is_replacement = index && part_.replacements.contains(*index);
    if (index && symbol.getScope() != jl::Scope::Local) state_.image.entry_points[*index] = start;
    if (frame == part_.frames.frames.end()) return;
    function.frame_size = frame->second.size;
    function.saved_registers = frame->second.saved_registers;
    const auto pads = landing_pads.find(frame->second.function_number);
    if (pads == landing_pads.end()) return;
    function.landing_pad_count = static_cast<uint32_t>(pads->second.size());
    for (const FunctionLandingPad& pad : pads->second) {
      state_.image.landing_pads.push_back(
          {start + pad.begin, start + pad.end, start + pad.landing_pad});
    }
  }

  // The rows of the line table are relative to the section they are about, each of which is one
  // block of the graph. There is more than one text section: LLVM puts cold functions into
  // .text.unlikely.
  llvm::Error record_locations(jl::LinkGraph& graph, const llvm::object::ObjectFile& object) {
    std::unordered_map<uint64_t, uint32_t> section_offsets;
    for (const llvm::object::SectionRef& section : object.sections()) {
      if (!section.isText()) continue;
      llvm::Expected<llvm::StringRef> name = section.getName();
      if (!name) return name.takeError();
      const jl::Section* placed = graph.findSectionByName(*name);
      if (placed == nullptr || placed->blocks().empty()) continue;
      section_offsets[section.getIndex()] = image_offset((*placed->blocks().begin())->getAddress());
    }
    auto dwarf = llvm::DWARFContext::create(object);
    for (const auto& unit : dwarf->compile_units()) {
      const llvm::DWARFDebugLine::LineTable* table = dwarf->getLineTableForUnit(unit.get());
      if (table == nullptr) continue;
      for (const llvm::DWARFDebugLine::Row& row : table->Rows) {
        auto section = section_offsets.find(row.Address.SectionIndex);
        if (row.EndSequence || section == section_offsets.end()) continue;
        state_.image.locations.push_back(
            {section->second + static_cast<uint32_t>(row.Address.Address), row.Line});
      }
    }
    return llvm::Error::success();
  }

  llvm::Error make_relocatable(jl::LinkGraph& graph) {
    for (jl::Block* block : graph.blocks()) {
      for (const jl::Edge& edge : block->edges()) {
        if (edge.getKind() != jl::x86_64::Pointer64) continue;
        char* word = block->getMutableContent(graph).data() + edge.getOffset();
        uint64_t value;
        std::memcpy(&value, word, sizeof value);
        value -= kNominalBase;
        std::memcpy(word, &value, sizeof value);
        state_.image.rebases.push_back(image_offset(block->getAddress()) + edge.getOffset());
      }
    }
    return llvm::Error::success();
  }

  LinkState& state_;
  ImageMemory& memory_;
  const ObjectPart& part_;
  std::unique_ptr<jl::JITLinkAsyncLookupContinuation>& waiting_;
  LookupMap& wanted_;
};

}  // namespace

absl::StatusOr<Image> link(const Module& module, std::vector<ObjectPart> parts) {
  LinkState state;
  state.image.entry_points.assign(module.functions.size(), kNoFunction);
  ImageMemory memory(state);
  std::vector<std::unique_ptr<jl::JITLinkAsyncLookupContinuation>> waiting(parts.size());
  std::vector<jl::JITLinkContext::LookupMap> wanted(parts.size());
  for (size_t i = 0; i < parts.size() && state.error.empty(); ++i) {
    auto graph = jl::createLinkGraphFromObject(
        llvm::MemoryBufferRef(llvm::StringRef(parts[i].object.data(), parts[i].object.size()),
                              "part"),
        state.strings);
    if (!graph) return absl::InternalError(take_message(graph.takeError()));
    jl::link(std::move(*graph),
             std::make_unique<PartLink>(state, memory, parts[i], waiting[i], wanted[i]));
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (waiting[i] == nullptr) continue;
    jl::AsyncLookupResult result;
    std::string missing;
    for (const auto& [name, flags] : wanted[i]) {
      auto found = state.symbols.find(name);
      if (found == state.symbols.end()) {
        missing = (*name).str();
        break;
      }
      result[name] = {found->second, llvm::JITSymbolFlags::Exported};
    }
    if (!state.error.empty() || !missing.empty()) {
      // Every waiting link must be told, or it would leak.
      waiting[i]->run(llvm::createStringError("undefined symbol " + missing));
    } else {
      waiting[i]->run(std::move(result));
    }
  }
  if (!state.error.empty()) return absl::InternalError(absl::StrCat("linking: ", state.error));
  Image& image = state.image;
  auto by_code_offset = [](const auto& a, const auto& b) { return a.code_offset < b.code_offset; };
  std::sort(image.functions.begin(), image.functions.end(), by_code_offset);
  std::sort(image.landing_pads.begin(), image.landing_pads.end(),
            [](const LandingPad& a, const LandingPad& b) { return a.begin < b.begin; });
  uint32_t next_landing_pad = 0;
  for (ImageFunction& function : image.functions) {
    function.first_landing_pad = next_landing_pad;
    next_landing_pad += function.landing_pad_count;
  }
  // Sections are sorted by construction and follow one another; equal offsets keep their order.
  if (!std::is_sorted(image.locations.begin(), image.locations.end(), by_code_offset)) {
    std::sort(image.locations.begin(), image.locations.end(), by_code_offset);
  }
  std::sort(image.segments.begin(), image.segments.end(),
            [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return std::move(image);
}

}  // namespace linden::jit
