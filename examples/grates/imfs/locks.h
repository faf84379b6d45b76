// Locks of ranges of files, by processes and by open files (fcntl), and of whole files (flock).
// Who waits for one does so without the lock of cages.h, which guards all of this.
#ifndef IMFS_LOCKS_H
#define IMFS_LOCKS_H

#include "imfs.h"

// F_GETLK, F_SETLK, F_SETLKW, and the same of open files.
long long lock_range(struct grate_call* call, struct process* process, struct open_file* file);
long long lock_whole_file(struct grate_call* call, struct open_file* file);

// A process has closed a descriptor of the file; an open file is closed for good.
void locks_drop_process(struct node* node, const struct process* process);
void locks_drop_file(struct node* node, const struct open_file* file);
void locks_release(struct node* node);

#endif
