// shmget, shmat, shmdt, shmctl: found by key in other processes, counted across fork, exec, exit
// and munmap, and gone when it was removed and nobody has it any more.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "process.h"

enum { kPage = 4096 };

static const char* result(long value) {
  static char text[64];
  if (value != -1) return "ok";
  snprintf(text, sizeof text, "-1 %s", strerror(errno));
  return text;
}

static void status(const char* when, int id) {
  struct shmid_ds ds;
  if (shmctl(id, IPC_STAT, &ds) < 0) {
    printf("%s: %s\n", when, strerror(errno));
  } else {
    printf("%s: size %zu, mode %o, attached %d, creator %d, last %d\n", when, ds.shm_segsz,
           ds.shm_perm.mode, (int)ds.shm_nattch, ds.shm_cpid == getpid(), ds.shm_lpid == getpid());
  }
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    const int id = atoi(argv[1]);
    struct shmid_ds ds;
    shmctl(id, IPC_STAT, &ds);
    printf("after exec: attached %d\n", (int)ds.shm_nattch);
    char* memory = shmat(id, NULL, 0);
    printf("found by another program: %s\n", memory + kPage);
    strcpy(memory + kPage, "from the other program");
    return 0;
  }
  const key_t key = 0x11bde0 + getpid();
  printf("none yet: %s\n", result(shmget(key, 100, 0600)));
  const int id = shmget(key, 3 * kPage - 5, IPC_CREAT | IPC_EXCL | 0600);
  printf("created: %s\n", result(id));
  printf("exclusively: %s\n", result(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600)));
  printf("again: %d\n", shmget(key, 100, IPC_CREAT | 0600) == id);
  printf("larger: %s\n", result(shmget(key, 3 * kPage, 0600)));
  printf("of no size: %s\n", result(shmget(IPC_PRIVATE, 0, 0600)));
  printf("no such id: %s\n", result((long)shmat(id + 32768, NULL, 0)));
  printf("negative id: %s\n", result((long)shmat(-1, NULL, 0)));
  status("not attached", id);

  char* memory = shmat(id, NULL, 0);
  char* readable = shmat(id, NULL, SHM_RDONLY);
  strcpy(memory + kPage, "written here");
  printf("seen there: %s, zero %d %d\n", readable + kPage, memory[0], memory[3 * kPage - 1]);
  status("attached twice", id);
  pid_t child = fork();
  if (child == 0) {
    status("in a child", id);
    strcpy(memory + kPage, "from the child");
    printf("child detaches: %s\n", result(shmdt(readable)));
    status("child has detached", id);
    _exit(0);
  }
  printf("child: %s, %s\n", end_of(child), readable + kPage);
  status("child has ended", id);
  child = fork();
  if (child == 0) {
    *(volatile char*)readable = 1;
    _exit(1);
  }
  printf("writes what is for reading: %s\n", end_of(child));
  child = fork();
  if (child == 0) {
    char number[20];
    snprintf(number, sizeof number, "%d", id);
    execl(own_path(), argv[0], number, (char*)NULL);
    _exit(1);
  }
  printf("another program: %s\n", end_of(child));
  printf("now: %s\n", readable + kPage);
  status("it has ended", id);

  // Where it is wanted.
  char* place = mmap(NULL, 8 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(place, 8 * kPage);
  printf("placed: %d\n", (char*)shmat(id, place, 0) == place);
  printf("occupied: %s\n", result((long)shmat(id, place + kPage, 0)));
  printf("not aligned: %s\n", result((long)shmat(id, place + 5 * kPage + 1, 0)));
  printf("rounded: %d\n", (char*)shmat(id, place + 5 * kPage + 1, SHM_RND) == place + 5 * kPage);
  printf("nowhere: %s\n", result((long)shmat(id, NULL, SHM_REMAP)));
  printf("replaced: %d\n", (char*)shmat(id, place + kPage, SHM_REMAP) == place + kPage);
  printf("%s\n", place + 2 * kPage);
  printf("detach what was not attached: %s\n", result(shmdt(place + 2 * kPage)));
  printf("not a page: %s\n", result(shmdt(place + 1)));
  // With a hole in it.
  munmap(place + 6 * kPage, kPage);
  printf("two pieces: %s\n", result(shmdt(place + 5 * kPage)));
  printf("one: %s, the rest of another: %s\n", result(shmdt(place + kPage)), "");
  printf("%s\n", result(shmdt(place)));
  printf("again: %s\n", result(shmdt(place)));
  status("as before", id);

  struct shmid_ds ds;
  shmctl(id, IPC_STAT, &ds);
  ds.shm_perm.mode = 0640;
  printf("set: %s\n", result(shmctl(id, IPC_SET, &ds)));
  printf("unknown command: %s\n", result(shmctl(id, 99, &ds)));
  printf("bad address: %s\n", result(shmctl(id, IPC_STAT, (struct shmid_ds*)8)));
  status("its mode", id);
  printf("removed: %s\n", result(shmctl(id, IPC_RMID, NULL)));
  status("removed, but in use", id);
  printf("by its key: %s\n", result(shmget(key, 100, 0600)));
  char* late = shmat(id, NULL, 0);
  printf("still there: %s\n", late + kPage);
  shmdt(late);
  shmdt(memory);
  munmap(readable, 3 * kPage);
  status("gone", id);
  printf("removed again: %s\n", result(shmctl(id, IPC_RMID, NULL)));

  // A private one, which ends with the last process that has it.
  const int hidden = shmget(IPC_PRIVATE, kPage, 0600);
  memory = shmat(hidden, NULL, 0);
  shmctl(hidden, IPC_RMID, NULL);
  int ends[2];
  char c;
  pipe(ends);
  child = fork();
  if (child == 0) {
    close(ends[1]);
    read(ends[0], &c, 1);
    strcpy(memory, "x");
    status("child", hidden);
    _exit(0);
  }
  shmdt(memory);
  close(ends[1]);
  printf("child: %s\n", end_of(child));
  status("the last process has ended", hidden);
  return 0;
}
