// inotify: what is reported of changes to a directory and to a file.
#include "../report.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int queue, directory, file;

static void show_events(const char* after) {
  char buffer[4096] __attribute__((aligned(8)));
  static const struct {
    unsigned bit;
    const char* name;
  } names[] = {
      {IN_ACCESS, "access"},           {IN_MODIFY, "modify"},      {IN_ATTRIB, "attrib"},
      {IN_CLOSE_WRITE, "close-write"}, {IN_OPEN, "open"},          {IN_MOVED_FROM, "moved-from"},
      {IN_MOVED_TO, "moved-to"},       {IN_CREATE, "create"},      {IN_DELETE, "delete"},
      {IN_DELETE_SELF, "delete-self"}, {IN_IGNORED, "ignored"},    {IN_ISDIR, "directory"},
      {IN_CLOSE_NOWRITE, "close"},     {IN_MOVE_SELF, "move-self"}};
  ssize_t size = read(queue, buffer, sizeof buffer);
  printf("%s:", after);
  if (size < 0) printf(" %s", strerrorname_np(errno));
  for (ssize_t at = 0; at < size;) {
    struct inotify_event* event = (struct inotify_event*)(buffer + at);
    printf(" %s(", event->wd == directory ? "directory" : event->wd == file ? "file" : "?");
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (event->mask & names[i].bit) printf("%s ", names[i].name);
    }
    printf("%s)%s", event->len > 0 ? event->name : "", event->cookie != 0 ? "c" : "");
    at += sizeof *event + event->len;
  }
  puts("");
}

int main(void) {
  mkdir("d", 0755);
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  queue = SHOW_OPEN(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  show_events("nothing");
  directory = inotify_add_watch(queue, "d", IN_ALL_EVENTS);
  file = inotify_add_watch(queue, "file", IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF);
  printf("%d\n", directory > 0 && file > 0 && directory != file);
  int inner = open("d/inner", O_CREAT | O_RDWR, 0644);
  show_events("create");
  write(inner, "text", 4);
  close(inner);
  show_events("write and close");
  rename("d/inner", "d/renamed");
  show_events("rename");
  mkdir("d/sub", 0755);
  show_events("mkdir");
  rmdir("d/sub");
  unlink("d/renamed");
  show_events("remove");
  write(fd, "x", 1);
  fchmod(fd, 0600);
  show_events("file");
  int available = -1;
  ftruncate(fd, 0);
  SHOW(ioctl(queue, FIONREAD, &available));
  SHOW(available);
  char small[4];
  SHOW(read(queue, small, sizeof small));
  show_events("truncate");
  SHOW(inotify_rm_watch(queue, file));
  show_events("no longer watched");
  SHOW(inotify_rm_watch(queue, file));
  rmdir("d");
  show_events("rmdir");
  SHOW(inotify_add_watch(queue, "missing", IN_MODIFY));
  SHOW(inotify_add_watch(queue, "file", 0));
  SHOW(inotify_add_watch(fd, "file", IN_MODIFY));
  SHOW(inotify_add_watch(queue, "file", IN_MODIFY | IN_ONLYDIR));
  SHOW(inotify_init1(0x10));
  return 0;
}
