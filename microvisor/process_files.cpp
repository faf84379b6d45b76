#include "microvisor/process_files.h"

#include <dirent.h>
#include <signal.h>
#include <sys/sysmacros.h>

#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>

#include "microvisor/cage.h"
#include "microvisor/path_walk.h"

namespace linden::microvisor {

namespace {

// A decimal number as the directories of /proc name their entries: without leading zeros.
std::optional<int> parse_entry(std::string_view name) {
  int number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  bool canonical = name.size() == 1 || !name.starts_with('0');
  if (error != std::errc() || end != name.data() + name.size() || !canonical) return std::nullopt;
  return number;
}

class DescriptorLink final : public VirtualNode {
 public:
  explicit DescriptorLink(int fd) : VirtualNode(S_IFLNK | 0700), fd_(fd) {}

  Result<std::shared_ptr<OpenFile>> leads_to(Cage& cage) const override {
    return cage.fds().file(fd_);
  }

  Result<std::string> target(Cage& cage) const override {
    std::shared_ptr<OpenFile> file = TRY(cage.fds().file(fd_));
    if (file->mount()) return shown_path(cage.host(), *file);
    struct stat status = TRY(file->stat());
    if (S_ISCHR(status.st_mode)) {
      if (auto path = device_path(status.st_rdev)) return std::string(path);
    }
    // What was inherited has a path on the host, which is none of the guest's business.
    const char* kind = S_ISFIFO(status.st_mode)   ? "pipe"
                       : S_ISSOCK(status.st_mode) ? "socket"
                                                  : "file";
    return std::string(kind) + ":[" + std::to_string(status.st_ino) + "]";
  }

 private:
  static const char* device_path(dev_t number) {
    constexpr unsigned kMemoryDevices = 1, kTerminal = 5, kPseudoTerminals = 136, kConsoles = 4;
    if (major(number) == kMemoryDevices) {
      switch (minor(number)) {
        case 3:
          return "/dev/null";
        case 5:
          return "/dev/zero";
        case 7:
          return "/dev/full";
        case 8:
          return "/dev/random";
        case 9:
          return "/dev/urandom";
      }
    }
    bool terminal = major(number) == kTerminal || major(number) == kConsoles ||
                    (major(number) >= kPseudoTerminals && major(number) < kPseudoTerminals + 8);
    return terminal ? "/dev/tty" : nullptr;
  }

  const int fd_;
};

class DescriptorDirectory final : public VirtualNode {
 public:
  DescriptorDirectory() : VirtualNode(S_IFDIR | 0500) {}

  std::shared_ptr<const VirtualNode> child(Cage& cage, std::string_view name) const override {
    std::optional<int> fd = parse_entry(name);
    if (!fd || !cage.fds().file(*fd).ok()) return nullptr;
    return std::make_shared<DescriptorLink>(*fd);
  }
  void list(Cage& cage, DirectoryListing& listing) const override {
    for (int fd : cage.fds().open_descriptors()) {
      listing.add(static_cast<uint64_t>(fd) + 1, DT_LNK, std::to_string(fd));
    }
  }
};

// What the program called itself, or else the first of the arguments, without its directory and cut
// to 15 bytes, as in task_struct::comm.
std::string command_name(Cage& cage) {
  if (std::string name = cage.attributes().name(); !name.empty()) return name;
  if (cage.args().empty()) return {};
  const std::string& path = cage.args()[0];
  return path.substr(path.rfind('/') + 1, 15);
}

// A directory for each thread, with what is the same for all of a process.
class ThreadDirectory final : public VirtualNode {
 public:
  ThreadDirectory() : VirtualNode(S_IFDIR | 0555), thread_(std::make_shared<VirtualDirectory>()) {
    thread_->add("comm", std::make_shared<VirtualText>([](Cage& cage) -> Result<std::string> {
                   return command_name(cage) + "\n";
                 }));
  }

  std::shared_ptr<const VirtualNode> child(Cage& cage, std::string_view name) const override {
    std::optional<int> id = parse_entry(name);
    return id && cage.has_thread(*id) ? thread_ : nullptr;
  }
  void list(Cage& cage, DirectoryListing& listing) const override {
    cage.with_threads([&](std::span<Thread* const> threads) {
      for (const Thread* thread : threads) {
        listing.add(static_cast<uint64_t>(thread->id()), DT_DIR, std::to_string(thread->id()));
      }
    });
  }

 private:
  const std::shared_ptr<VirtualDirectory> thread_;
};

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result.append(text.c_str(), text.size() + 1);
  return result;
}

size_t thread_count(Cage& cage) {
  return cage.with_threads([](std::span<Thread* const> threads) { return threads.size(); });
}

std::string status_text(Cage& cage) {
  std::string id = std::to_string(cage.id());
  return "Name:\t" + command_name(cage) + "\nState:\tR (running)\nTgid:\t" + id + "\nPid:\t" + id +
         "\nPPid:\t" + std::to_string(cage.parent_id()) + "\nTracerPid:\t0\nFDSize:\t" +
         std::to_string(cage.fds().limit()) + "\nThreads:\t" + std::to_string(thread_count(cage)) +
         "\n";
}

// Fields as proc(5) numbers them, from 1; what a cage doesn't have is 0.
std::string stat_text(Cage& cage) {
  constexpr int kFields = 52;
  constexpr int64_t kTicksPerSecond = 100;
  std::array<int64_t, kFields + 1> fields{};
  ProcessAttributes& process = cage.attributes();
  auto ticks = [](const timeval& time) {
    return time.tv_sec * kTicksPerSecond + time.tv_usec * kTicksPerSecond / 1000000;
  };
  fields[4] = cage.parent_id();
  if (auto group = cage.processes().group_of(cage.id()); group.ok()) fields[5] = *group;
  if (auto session = cage.processes().session_of(cage.id()); session.ok()) fields[6] = *session;
  fields[8] = -1;  // the terminal's foreground group
  const rusage usage = cage.usage();
  fields[10] = usage.ru_minflt;
  fields[12] = usage.ru_majflt;
  fields[14] = ticks(usage.ru_utime);
  fields[15] = ticks(usage.ru_stime);
  fields[18] = 20 + process.nice;
  fields[19] = process.nice;
  fields[20] = static_cast<int64_t>(thread_count(cage));
  if (AddressSpace* memory = cage.address_space()) {
    fields[23] = static_cast<int64_t>(memory->mapped_bytes());
    fields[24] = fields[23] / static_cast<int64_t>(kGuestPageSize);
  }
  fields[25] = -1;  // no limit of resident pages
  fields[38] = SIGCHLD;
  std::string text = std::to_string(cage.id()) + " (" + command_name(cage) + ") R";
  for (int field = 4; field <= kFields; ++field) text += " " + std::to_string(fields[field]);
  return text + "\n";
}

std::string maps_text(Cage& cage) {
  AddressSpace* memory = cage.address_space();
  return memory ? memory->describe() : std::string();
}

// What sysinfo(2) tells, in kilobytes. Nothing says how much of the host's caches could be freed.
Result<std::string> memory_text(Cage& cage) {
  const struct sysinfo system = TRY(cage.host().system_information());
  const std::pair<const char*, uint64_t> lines[] = {
      {"MemTotal", system.totalram},
      {"MemFree", system.freeram},
      {"MemAvailable", system.freeram},
      {"Buffers", system.bufferram},
      {"Cached", 0},
      {"SwapCached", 0},
      {"SwapTotal", system.totalswap},
      {"SwapFree", system.freeswap},
      {"Shmem", system.sharedram},
  };
  std::string text;
  for (auto [name, units] : lines) {
    char line[64];
    snprintf(line, sizeof(line), "%-16s%8" PRIu64 " kB\n", (std::string(name) + ":").c_str(),
             units * system.mem_unit / 1024);
    text += line;
  }
  return text;
}

// The processors that threads start with. The machine is the one that programs are compiled for.
Result<std::string> processors_text(Cage& cage) {
  const std::span<const std::byte> mask = cage.host().processors();
  std::string text;
  for (size_t processor = 0; processor < mask.size() * 8; ++processor) {
    if ((mask[processor / 8] >> (processor % 8) & std::byte{1}) == std::byte{0}) continue;
    text += "processor\t: " + std::to_string(processor) + "\nmodel name\t: wasm32\n\n";
  }
  return text;
}

// The process directory, for any cage that looks.
std::shared_ptr<VirtualDirectory> make_self_directory() {
  auto text = [](std::string (*make)(Cage&), uint32_t permissions = 0444) {
    return std::make_shared<VirtualText>(
        [make](Cage& cage) -> Result<std::string> { return make(cage); }, permissions);
  };
  auto self = std::make_shared<VirtualDirectory>();
  self->add("fd", std::make_shared<DescriptorDirectory>());
  self->add("task", std::make_shared<ThreadDirectory>());
  self->add("exe", std::make_shared<VirtualSymlink>([](Cage& cage) -> Result<std::string> {
              if (cage.executable().empty()) return Error{ENOENT};
              return cage.executable();
            }));
  self->add("cwd",
            std::make_shared<VirtualSymlink>([](Cage& cage) { return cage.working_directory(); }));
  self->add("root", std::make_shared<VirtualSymlink>("/"));
  self->add("cmdline", text([](Cage& cage) { return joined(cage.args()); }));
  self->add("environ", text([](Cage& cage) { return joined(cage.environment()); }, 0400));
  self->add("comm", text([](Cage& cage) { return command_name(cage) + "\n"; }));
  self->add("maps", text(&maps_text));
  self->add("stat", text(&stat_text));
  self->add("status", text(&status_text));
  self->add("mounts", text([](Cage& cage) { return cage.names()->describe(); }));
  return self;
}

class ProcessDirectory final : public VirtualDirectory {
 public:
  ProcessDirectory() : self_(make_self_directory()) {
    add("self", std::make_shared<VirtualSymlink>(
                    [](Cage& cage) -> Result<std::string> { return std::to_string(cage.id()); }));
    add("mounts", std::make_shared<VirtualSymlink>("self/mounts"));
    add("meminfo", std::make_shared<VirtualText>(&memory_text));
    add("cpuinfo", std::make_shared<VirtualText>(&processors_text));
  }

  std::shared_ptr<const VirtualNode> child(Cage& cage, std::string_view name) const override {
    if (parse_entry(name) == cage.id()) return self_;
    return VirtualDirectory::child(cage, name);
  }
  void list(Cage& cage, DirectoryListing& listing) const override {
    VirtualDirectory::list(cage, listing);
    listing.add(self_->inode(), DT_DIR, std::to_string(cage.id()));
  }

 private:
  const std::shared_ptr<VirtualDirectory> self_;
};

}  // namespace

std::shared_ptr<VirtualDirectory> make_process_directory() {
  return std::make_shared<ProcessDirectory>();
}

}  // namespace linden::microvisor
