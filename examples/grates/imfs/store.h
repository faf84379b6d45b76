// What the memory of the grate cannot give to other processes, which is FIFOs and memory that is
// shared with them: files of the system, in a directory for this run that its programs don't see.
#ifndef IMFS_STORE_H
#define IMFS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A new one, empty; its number, or 0 if the system has no place for any.
uint64_t store_make_file(void);
uint64_t store_make_fifo(void);
void store_remove(uint64_t number);
// Its name, for whoever opens it.
void store_path(uint64_t number, char* path, size_t size);
// Changes the size of a file that the grate has in its memory from 0 to `size`. 0 or -errno.
int store_resize(uint64_t number, char** data, size_t size, size_t new_size);
// Whether a path, as join_path gives it, leads to what is not to be seen.
bool store_has(const char* path);
// At the end.
void store_clear(void);

#endif
