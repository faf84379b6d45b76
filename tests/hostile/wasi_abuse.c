// Calls every WASI function with pointers, counts and descriptors that are wrong. None of them may
// do worse than return an error.
#include <stdint.h>
#include <stdio.h>

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
IMPORT(fd_read) int raw_read(uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(fd_write) int raw_write(uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(fd_pread) int raw_pread(uint32_t, uint32_t, uint32_t, uint64_t, uint32_t);
IMPORT(fd_pwrite) int raw_pwrite(uint32_t, uint32_t, uint32_t, uint64_t, uint32_t);
IMPORT(fd_readdir) int raw_readdir(uint32_t, uint32_t, uint32_t, uint64_t, uint32_t);
IMPORT(fd_prestat_get) int raw_prestat(uint32_t, uint32_t);
IMPORT(fd_prestat_dir_name) int raw_prestat_name(uint32_t, uint32_t, uint32_t);
IMPORT(fd_fdstat_get) int raw_fdstat(uint32_t, uint32_t);
IMPORT(fd_filestat_get) int raw_filestat(uint32_t, uint32_t);
IMPORT(fd_seek) int raw_seek(uint32_t, uint64_t, uint32_t, uint32_t);
IMPORT(fd_tell) int raw_tell(uint32_t, uint32_t);
IMPORT(fd_close) int raw_close(uint32_t);
IMPORT(fd_renumber) int raw_renumber(uint32_t, uint32_t);
IMPORT(path_open)
int raw_open(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t,
             uint32_t);
IMPORT(path_filestat_get) int raw_path_filestat(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(path_readlink) int raw_readlink(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(path_symlink) int raw_symlink(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(path_rename) int raw_rename(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);
IMPORT(path_unlink_file) int raw_unlink(uint32_t, uint32_t, uint32_t);
IMPORT(path_create_directory) int raw_mkdir(uint32_t, uint32_t, uint32_t);
IMPORT(args_get) int raw_args(uint32_t, uint32_t);
IMPORT(args_sizes_get) int raw_args_sizes(uint32_t, uint32_t);
IMPORT(environ_get) int raw_environ(uint32_t, uint32_t);
IMPORT(environ_sizes_get) int raw_environ_sizes(uint32_t, uint32_t);
IMPORT(clock_time_get) int raw_clock(uint32_t, uint64_t, uint32_t);
IMPORT(clock_res_get) int raw_resolution(uint32_t, uint32_t);
IMPORT(random_get) int raw_random(uint32_t, uint32_t);
IMPORT(poll_oneoff) int raw_poll(uint32_t, uint32_t, uint32_t, uint32_t);

static int accepted;
static void must_fail(const char* name, int line, int result) {
  if (result != 0) return;
  printf("line %d: %s was accepted\n", line, name);
  accepted = 1;
}
#define REFUSED(call) must_fail(#call, __LINE__, call)

int main(void) {
  static uint32_t vector[1024];  // room for what is written before a bad pointer is met
  static char name[] = "file";
  const uint32_t good = (uint32_t)(uintptr_t)vector, text = (uint32_t)(uintptr_t)name;
  const uint32_t end = (uint32_t)__builtin_wasm_memory_size(0) << 16;
  const uint32_t bad[] = {end,        end - 1,    end + 65536, 0x7fffffff,
                          0x80000000, 0xfffffff0, 0xffffffff};
  for (int i = 0; i < 7; i++) {
    const uint32_t p = bad[i];
    vector[0] = p, vector[1] = 100;
    REFUSED(raw_write(1, good, 1, good + 4));
    REFUSED(raw_write(1, p, 1, good));
    REFUSED(raw_pwrite(1, p, 1, 0, good));
    REFUSED(raw_read(0, p, 1, good));
    REFUSED(raw_pread(3, p, 1, 0, good));
    REFUSED(raw_readdir(3, p, 4096, 0, good));
    REFUSED(raw_readdir(3, good, 8, 0, p));
    REFUSED(raw_prestat(3, p));
    REFUSED(raw_prestat_name(3, p, 1000));
    REFUSED(raw_fdstat(1, p));
    REFUSED(raw_filestat(1, p));
    REFUSED(raw_seek(3, 0, 0, p));
    REFUSED(raw_tell(3, p));
    REFUSED(raw_open(3, 0, p, 4, 1, ~0ull, ~0ull, 0, good));
    REFUSED(raw_path_filestat(3, 0, p, 4, good));
    REFUSED(raw_readlink(3, p, 4, good, 4, good));
    REFUSED(raw_symlink(p, 4, 3, text, 4));
    REFUSED(raw_symlink(text, 4, 3, p, 4));
    REFUSED(raw_rename(3, p, 4, 3, text, 4));
    REFUSED(raw_unlink(3, p, 4));
    REFUSED(raw_mkdir(3, p, 4));
    REFUSED(raw_args(p, good));
    REFUSED(raw_args(good, p));
    REFUSED(raw_args_sizes(p, good));
    REFUSED(raw_environ_sizes(good, p));
    REFUSED(raw_clock(0, 0, p));
    REFUSED(raw_resolution(0, p));
    REFUSED(raw_random(p, 100));
    REFUSED(raw_poll(p, p, 1, good));
    REFUSED(raw_poll(good, p, 1, good));
  }
  // Counts and lengths that no memory holds.
  const uint32_t many[] = {0xffffffff, 0x80000000, 0x20000001, 0x10000000, 0x02000000};
  for (int i = 0; i < 5; i++) {
    REFUSED(raw_write(1, good, many[i], good));
    REFUSED(raw_read(0, good, many[i], good));
    REFUSED(raw_poll(good, good, many[i], good));
    REFUSED(raw_random(end - 4, many[i]));  // may fill what there is
    REFUSED(raw_open(3, 0, text, many[i], 1, ~0ull, ~0ull, 0, good));
  }
  vector[0] = 0, vector[1] = 0xffffffff;
  REFUSED(raw_write(1, good, 1, good));
  // Descriptors that are not there, not of that kind, or not to be had.
  const uint32_t descriptors[] = {4, 5, 1000, 0x7fffffff, 0x80000000, 0xffffffff};
  vector[0] = text, vector[1] = 4;
  for (int i = 0; i < 6; i++) {
    const uint32_t fd = descriptors[i];
    REFUSED(raw_write(fd, good, 1, good));
    REFUSED(raw_read(fd, good, 1, good));
    REFUSED(raw_close(fd));
    REFUSED(raw_renumber(fd, 3));
    REFUSED(raw_renumber(3, fd));
    REFUSED(raw_fdstat(fd, good));
    REFUSED(raw_open(fd, 0, text, 4, 1, ~0ull, ~0ull, 0, good));
  }
  REFUSED(raw_read(3, good, 1, good));
  REFUSED(raw_clock(77, 0, good));
  // Out of the granted directory.
  const char* paths[] = {"..", "../../etc/passwd", "/etc/passwd", "a/../../b", "./.././x", ""};
  for (int i = 0; i < 6; i++) {
    uint32_t path = (uint32_t)(uintptr_t)paths[i], length = (uint32_t)__builtin_strlen(paths[i]);
    REFUSED(raw_open(3, 1, path, length, 0, 2, 0, 0, good));
    REFUSED(raw_path_filestat(3, 1, path, length, good));
  }
  // Descriptors until there are no more, then all of them closed.
  uint32_t opened = 0, fd;
  while (opened < 100000 &&
         raw_open(3, 0, (uint32_t)(uintptr_t)".", 1, 0, 0, 0, 0, (uint32_t)(uintptr_t)&fd) == 0) {
    opened++;
  }
  while (opened > 0) opened -= raw_close(3 + opened) == 0 ? 1 : opened;
  if (!accepted) puts("everything was refused");
  return accepted;
}
