#include "jit/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstring>

#include "absl/strings/escaping.h"

namespace linden::jit {
namespace {

// The first object that dl_iterate_phdr visits is the executable.
int find_note(dl_phdr_info* info, size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) & header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* position = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const char* end = position + header.p_memsz;
    while (position + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, position, sizeof note);
      const char* name = position + sizeof note;
      const char* description = name + (note.n_namesz + 3) / 4 * 4;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(name, "GNU", 4) == 0) {
        *static_cast<std::string*>(result) =
            absl::BytesToHexString(absl::string_view(description, note.n_descsz));
        return 1;
      }
      position = description + (note.n_descsz + 3) / 4 * 4;
    }
  }
  return 1;
}

}  // namespace

const std::string& build_id() {
  static const std::string id = [] {
    std::string found;
    dl_iterate_phdr(find_note, &found);
    return found;
  }();
  return id;
}

}  // namespace linden::jit
