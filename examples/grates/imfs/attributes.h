// Extended attributes of files and directories: user.*. The lock of cages.h guards them.
#ifndef IMFS_ATTRIBUTES_H
#define IMFS_ATTRIBUTES_H

#include <linden/grate.h>

#include "tree.h"

// setxattr, getxattr, listxattr, removexattr and what else is called like them: all have the same
// arguments behind the first one. The call's result.
long long attributes_call(const struct grate_call* call, struct node* node);
void attributes_release(struct node* node);

#endif
