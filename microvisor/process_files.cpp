#include "microvisor/process_files.h"

#include <dirent.h>
#include <sys/sysmacros.h>

#include <charconv>

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

// The first of the arguments, without its directory and cut to 15 bytes, as in task_struct::comm.
std::string command_name(Cage& cage) {
  if (cage.args().empty()) return {};
  const std::string& path = cage.args()[0];
  return path.substr(path.rfind('/') + 1, 15);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result.append(text.c_str(), text.size() + 1);
  return result;
}

std::string status_text(Cage& cage) {
  std::string id = std::to_string(cage.id());
  return "Name:\t" + command_name(cage) + "\nState:\tR (running)\nTgid:\t" + id + "\nPid:\t" + id +
         "\nPPid:\t" + std::to_string(cage.parent_id()) + "\nTracerPid:\t0\nFDSize:\t" +
         std::to_string(cage.fds().limit()) + "\n";
}

// The process directory, for any cage that looks.
std::shared_ptr<VirtualDirectory> make_self_directory() {
  auto text = [](std::string (*make)(Cage&), uint32_t permissions = 0444) {
    return std::make_shared<VirtualText>(
        [make](Cage& cage) -> Result<std::string> { return make(cage); }, permissions);
  };
  auto self = std::make_shared<VirtualDirectory>();
  self->add("fd", std::make_shared<DescriptorDirectory>());
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
