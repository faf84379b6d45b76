// Who may do what. There is one user, the grate's: root may do everything but execute what nobody
// may.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cages.h"
#include "imfs.h"

#define MAX_GROUPS 256

static gid_t groups[MAX_GROUPS];
static int group_count;

void begin_access(void) {
  tree_owner = geteuid();
  tree_group = getegid();
  group_count = getgroups(MAX_GROUPS, groups);
}

static bool is_member(gid_t group) {
  if (group == tree_group) return true;
  for (int i = 0; i < group_count; ++i) {
    if (groups[i] == group) return true;
  }
  return false;
}

int check_access(const struct node* node, int wanted) {
  mode_t allowed = node->mode;
  if (tree_owner == 0) {
    const bool executes = wanted & X_OK && !node->is_directory;
    return executes && !(allowed & 0111) ? -EACCES : 0;
  }
  if (node->owner == tree_owner) {
    allowed >>= 6;
  } else if (is_member(node->group)) {
    allowed >>= 3;
  }
  return (mode_t)wanted & 7 & ~allowed ? -EACCES : 0;
}

int check_owner(const struct node* node) {
  return tree_owner == 0 || tree_owner == node->owner ? 0 : -EPERM;
}

int check_removal(const struct node* directory, const char* name) {
  const struct entry* const entry = tree_find(directory, name);
  const int error = check_access(directory, W_OK | X_OK);
  if (error || !entry || !(directory->mode & S_ISVTX)) return error;
  return check_owner(directory) && check_owner(entry->node) ? -EPERM : 0;
}

int check_limit(const struct grate_call* call, const struct node* node, uint64_t offset,
                uint64_t* size) {
  if (offset > LARGEST_FILE) return -EFBIG;
  if (*size > LARGEST_FILE - offset) *size = LARGEST_FILE - offset;
  if (offset + *size <= node->contents.size) return 0;
  struct {
    uint64_t soft, hard;
  } limit;  // the kernel's
  const long long error =
      grate_call_as(call, SYS_prlimit64, (uint64_t[6]){0, RLIMIT_FSIZE, 0, (uintptr_t)&limit});
  if (error) return 0;
  if (offset < limit.soft) {
    if (*size > limit.soft - offset) *size = limit.soft - offset;
    return 0;
  }
  cage_signal(call, SIGXFSZ);
  return -EFBIG;
}
