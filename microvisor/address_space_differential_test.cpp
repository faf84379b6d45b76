// The kernel is the oracle: random operations are made on an AddressSpace and, natively, on the
// same pages of a range of addresses that belongs to nothing else. Errors, protections and contents
// must be the same after every step.

#include <random>

#include "microvisor/address_space_test_support.h"

namespace linden::microvisor {

using test::Access;
using test::AddressSpaceFixture;
using test::kPage;

namespace {

constexpr uint32_t kWindow = 0x20000000;
constexpr uint32_t kPages = 24;    // where operations begin
constexpr uint32_t kVisible = 64;  // what is compared
constexpr uint64_t kVisibleSize = uint64_t{kVisible} * kPage;
// Far from where Linux puts anything by itself.
std::byte* const kNative = reinterpret_cast<std::byte*>(uint64_t{0x200000000000});

// The same file twice, each opened for reading and writing and for reading only.
class Files {
 public:
  Files() {
    std::string text;
    for (int i = 0; i < 5; ++i) text += std::string(kPage, static_cast<char>('A' + i));
    directory_.write("guest", text + "end");
    directory_.write("native", text + "end");
    for (int i = 0; i < 2; ++i) {
      const int flags = (i == 0 ? O_RDWR : O_RDONLY) | O_CLOEXEC;
      guest[i] = open((directory_ / "guest").c_str(), flags);
      native[i] = open((directory_ / "native").c_str(), flags);
      REQUIRE((guest[i] >= 0 && native[i] >= 0));
    }
  }
  ~Files() {
    for (int fd : {guest[0], guest[1], native[0], native[1]}) close(fd);
  }

  int guest[2];
  int native[2];

 private:
  test::TemporaryDirectory directory_;
};

class Pair {
 public:
  explicit Pair(unsigned seed) : random_(seed) {
    REQUIRE(test::host_mappings(kNative, AddressSpaceFixture::kSize).empty());
  }
  ~Pair() { munmap(kNative, AddressSpaceFixture::kSize); }

  void step() {
    const uint32_t at = choose_pages();
    switch (below(9)) {
      case 0:
      case 1:
        map(at);
        break;
      case 2:
        compare("munmap", space().unmap(at, length_), native(SYS_munmap, length_));
        break;
      case 3: {
        int protection = static_cast<int>(below(4)) | (below(30) == 0 ? PROT_GROWSDOWN : 0);
        compare("mprotect", space().protect(at, length_, protection),
                native(SYS_mprotect, length_, protection));
        break;
      }
      case 4: {
        constexpr int kAdvice[] = {MADV_NORMAL,   MADV_DONTNEED,   MADV_FREE,
                                   MADV_WILLNEED, MADV_WIPEONFORK, MADV_KEEPONFORK,
                                   MADV_DONTFORK, MADV_DOFORK,     99};
        int advice = kAdvice[below(std::size(kAdvice))];
        // Lazily freed pages may still be there, on one side and not on the other.
        if (advice == MADV_FREE) advice = MADV_COLD;
        compare("madvise", space().advise(at, length_, advice),
                native(SYS_madvise, length_, advice));
        break;
      }
      case 5:
        compare("msync", space().sync(at, length_, MS_ASYNC), native(SYS_msync, length_, MS_ASYNC));
        break;
      default:
        if (below(2)) {
          remap(at);
        } else {
          write(at);
        }
    }
    compare_state();
  }

 private:
  AddressSpace& space() { return memory_.space; }
  uint32_t below(size_t limit) { return static_cast<uint32_t>(random_() % limit); }
  GuestMemory native_view() const { return GuestMemory(kNative, &memory_.size); }

  // Begins an operation: some pages, now and then misaligned or empty.
  uint32_t choose_pages() {
    offset_ = below(kPages) * kPage + (below(40) == 0 ? 1 : 0);
    length_ = (1 + below(6)) * kPage - below(2);
    if (below(40) == 0) length_ = 0;
    return kWindow + offset_;
  }
  template <typename... Args>
  Result<uint64_t> native(int number, Args... args) {
    long result = syscall(number, kNative + offset_, args...);
    if (result == -1) return Error{errno};
    return static_cast<uint64_t>(result) - reinterpret_cast<uint64_t>(kNative);
  }
  template <typename Ours>
  bool compare(const char* what, Ours&& ours, const Result<uint64_t>& theirs) {
    INFO(what << " of " << offset_ << " length " << length_ << "\n" << space().describe());
    REQUIRE(ours.code() == theirs.code());
    return ours.ok();
  }

  void map(uint32_t at) {
    constexpr int kTypes[] = {MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE, 0};
    int flags = kTypes[below(below(20) ? 2 : 4)] | (below(3) ? MAP_FIXED : MAP_FIXED_NOREPLACE);
    if (below(2)) flags |= MAP_ANONYMOUS;
    // Otherwise the machine would let it grow.
    const bool is_refused = !(flags & MAP_ANONYMOUS) || (flags & MAP_TYPE) != MAP_PRIVATE;
    if (is_refused && below(20) == 0) flags |= MAP_GROWSDOWN;
    const int protection = static_cast<int>(below(4)), which = static_cast<int>(below(2));
    const int64_t offset = below(4) * kPage + (below(40) == 0 ? 1 : 0);
    compare("mmap", space().map(at, length_, protection, flags, files_.guest[which], offset),
            native(SYS_mmap, length_, protection, flags, files_.native[which], offset));
  }

  void remap(uint32_t at) {
    constexpr int kFlags[] = {0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED,
                              MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, MREMAP_FIXED};
    const int flags = kFlags[below(std::size(kFlags))];
    const uint32_t new_length = flags & MREMAP_DONTUNMAP && below(10) ? length_ : below(8) * kPage;
    const uint32_t target = below(kPages) * kPage;
    if (is_judged_by_version(flags)) return;
    auto ours = space().remap(at, length_, new_length, flags, kWindow + target);
    auto theirs = native(SYS_mremap, length_, new_length, flags, kNative + target);
    INFO("flags " << flags << " new length " << new_length << " target " << target);
    if (!compare("mremap", ours, theirs)) return;
    const uint64_t moved = ours.value() - uint64_t{kWindow};
    if (moved == *theirs) return;
    // Each chose a place to its liking; bring them together.
    REQUIRE((flags == MREMAP_MAYMOVE && moved != offset_ && *theirs != offset_));
    constexpr int kFixed = MREMAP_MAYMOVE | MREMAP_FIXED;
    REQUIRE(space().remap(ours.value(), new_length, new_length, kFixed, kWindow + target).ok());
    REQUIRE(syscall(SYS_mremap, kNative + *theirs, new_length, new_length, kFixed,
                    kNative + target) == reinterpret_cast<long>(kNative + target));
  }

  // Linux keeps as several mappings what it could have kept as one, depending on which pages were
  // touched in what order; and since 6.17 moves to a given place may take several mappings, and the
  // holes between them.
  bool is_judged_by_version(int flags) const {
    const uint64_t end = offset_ + round_up_to_page(length_);
    for (const Access& mapping : test::host_mappings(kNative, kVisibleSize)) {
      if (mapping.start > offset_ && mapping.start < end) return true;
      if (mapping.start <= offset_ && offset_ < mapping.end && mapping.end < end) {
        return flags & MREMAP_FIXED;
      }
    }
    return false;
  }

  void write(uint32_t at) {
    const auto value = static_cast<uint32_t>(random_());
    REQUIRE(memory_.view().write(GuestPtr<uint32_t>{at}, value).code() ==
            native_view().write(GuestPtr<uint32_t>{offset_}, value).code());
  }

  void compare_state() {
    std::vector<Access> ours, theirs;
    for (const Access& access : memory_.recorded()) {
      const uint64_t start = std::max<uint64_t>(access.start, kWindow);
      const uint64_t end = std::min<uint64_t>(access.end, kWindow + kVisibleSize);
      if (start < end) append(ours, {start - kWindow, end - kWindow, access.permissions});
    }
    uint64_t position = 0;
    for (Access& access : test::host_mappings(kNative, kVisibleSize)) {
      if (position < access.start) append(theirs, {position, access.start, "---p"});
      position = access.end;
      append(theirs, std::move(access));
    }
    if (position < kVisibleSize) append(theirs, {position, kVisibleSize, "---p"});
    REQUIRE(ours == theirs);
    REQUIRE(memory_.recorded() == memory_.actual());
    for (uint32_t page = 0; page < kVisible; ++page) {
      char a[kPage], b[kPage];
      const int code = memory_.view().copy_in(a, kWindow + page * kPage, kPage).code();
      REQUIRE(code == native_view().copy_in(b, page * kPage, kPage).code());
      if (code == 0) REQUIRE(std::memcmp(a, b, kPage) == 0);
    }
  }

  std::mt19937 random_;
  Files files_;
  AddressSpaceFixture memory_;
  uint32_t offset_ = 0;
  uint32_t length_ = 0;
};

}  // namespace

TEST_CASE("random operations do what Linux does") {
  Pair pair(GENERATE(range(1u, 5u)));
  for (int i = 0; i < 800; ++i) pair.step();
}

}  // namespace linden::microvisor
