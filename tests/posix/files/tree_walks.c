// nftw and fts over a tree with links, a loop and a directory that is skipped.
#include "../report.h"

#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static int stop_at = -1, visited;

static int visit(const char* path, const struct stat* status, int type, struct FTW* where) {
  static const char* const types[] = {"file", "directory",       "unreadable",   "no-stat",
                                      "link", "directory-after", "dangling-link"};
  printf("  %s %s, base %d, level %d\n", path, types[type], where->base, where->level);
  return ++visited == stop_at ? 17 : 0;
}

static int skip(const char* path, const struct stat* status, int type, struct FTW* where) {
  visited++;
  return strcmp(path + where->base, "b") == 0 ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
}

static int by_name(const FTSENT** a, const FTSENT** b) {
  return strcmp((*a)->fts_name, (*b)->fts_name);
}

int main(void) {
  // One entry in each directory, as nftw's order is the directory's.
  SHOW(mkdir("top", 0755));
  SHOW(mkdir("top/a", 0755));
  SHOW(mkdir("top/a/b", 0755));
  close(creat("top/a/b/file", 0644));
  SHOW(nftw("top", visit, 4, 0));
  SHOW(nftw("top", visit, 1, FTW_DEPTH | FTW_PHYS));
  stop_at = visited + 2;
  SHOW(nftw("top", visit, 4, FTW_PHYS));
  visited = 0;
  SHOW(nftw("top", skip, 4, FTW_ACTIONRETVAL));
  SHOW(visited);
  SHOW(nftw("missing", visit, 4, 0));
  SHOW(nftw("top/a/b/file", visit, 4, FTW_PHYS));
  unlink("top/a/b/file");
  symlink("nowhere", "top/a/b/dangling");
  SHOW(nftw("top/a/b", visit, 4, 0));
  SHOW(nftw("top/a/b", visit, 4, FTW_PHYS));
  SHOW(nftw("top", visit, 4, FTW_CHDIR | FTW_MOUNT));

  symlink("..", "top/a/loop");
  close(creat("top/z", 0600));
  char* paths[] = {"top", NULL};
  for (int logical = 0; logical < 2; logical++) {
    FTS* walk = fts_open(paths, logical ? FTS_LOGICAL : FTS_PHYSICAL, by_name);
    puts(logical ? "logical" : "physical");
    for (FTSENT* entry; (entry = fts_read(walk)) != NULL;) {
      printf("  %s info %d level %d\n", entry->fts_path, entry->fts_info, entry->fts_level);
      if (strcmp(entry->fts_name, "b") == 0) fts_set(walk, entry, FTS_SKIP);
    }
    SHOW(fts_close(walk));
  }
  return 0;
}
