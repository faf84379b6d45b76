#include "jit/build_id.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linden::jit {
namespace {

constexpr char kLibraryName[] = "liblinden-compiler.so";

std::string executable_directory() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return ".";
  const std::string executable(path, static_cast<size_t>(length));
  return executable.substr(0, executable.rfind('/'));
}

// The program headers and the notes lie in the first page or two of a library.
std::string read_build_id(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::vector<char> head(16384);
  const ssize_t length = pread(fd, head.data(), head.size(), 0);
  close(fd);
  head.resize(length > 0 ? static_cast<size_t>(length) : 0);
  Elf64_Ehdr elf;
  if (head.size() < sizeof elf) return {};
  std::memcpy(&elf, head.data(), sizeof elf);
  for (size_t i = 0; i < elf.e_phnum; ++i) {
    Elf64_Phdr header;
    const size_t at = elf.e_phoff + i * sizeof header;
    if (at + sizeof header > head.size()) return {};
    std::memcpy(&header, head.data() + at, sizeof header);
    if (header.p_type != PT_NOTE || header.p_offset + header.p_filesz > head.size()) continue;
    size_t position = header.p_offset;
    const size_t end = header.p_offset + header.p_filesz;
    while (position + sizeof(Elf64_Nhdr) <= end) {
      Elf64_Nhdr note;
      std::memcpy(&note, head.data() + position, sizeof note);
      const size_t name = position + sizeof note;
      const size_t description = name + (note.n_namesz + 3) / 4 * 4;
      if (description + note.n_descsz > end) break;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(head.data() + name, "GNU", 4) == 0) {
        return absl::BytesToHexString(absl::string_view(head.data() + description, note.n_descsz));
      }
      position = description + (note.n_descsz + 3) / 4 * 4;
    }
  }
  return {};
}

}  // namespace

const std::string& compiler_library_path() {
  static const std::string path = [] {
    const std::string directory = executable_directory();
    std::string beside = absl::StrCat(directory, "/", kLibraryName);
    std::string installed = absl::StrCat(directory, "/../lib/linden/", kLibraryName);
    return access(beside.c_str(), R_OK) != 0 && access(installed.c_str(), R_OK) == 0 ? installed
                                                                                     : beside;
  }();
  return path;
}

const std::string& compiler_build_id() {
  static const std::string id = read_build_id(compiler_library_path());
  return id;
}

}  // namespace linden::jit
