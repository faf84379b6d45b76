// Whatever a program did to its data, its heap and its stack before, exec shows it none of that,
// however often the same file is begun.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int counter = 41;
static char large[3 << 20];
static char initialised[5000] = "initialised";
static _Thread_local int of_thread = 7;

static int is_fresh(void) {
  for (size_t i = 0; i < sizeof large; ++i) {
    if (large[i] != 0) return 0;
  }
  // volatile: what malloc returns has no value that a compiler would know.
  volatile char* heap = malloc(100000);
  int heap_is_zero = 1;
  for (int i = 16; i < 100000; ++i) heap_is_zero &= heap[i] == 0;
  for (int i = 0; i < 100000; ++i) heap[i] = 'h';
  return heap_is_zero && counter == 41 && strcmp(initialised, "initialised") == 0 && of_thread == 7;
}

static void spoil(void) {
  counter = 99;
  of_thread = 100;
  memset(large, 'x', sizeof large);
  memset(initialised, 'y', sizeof initialised);
  char stack[50000];
  memset(stack, 'z', sizeof stack);
  __asm__ volatile("" : : "r"(stack) : "memory");
}

int main(int argc, char** argv) {
  char self[4096] = "";
  readlink("/proc/self/exe", self, sizeof self - 1);
  int rest = argc > 1 ? atoi(argv[1]) : 12;
  int fresh = is_fresh();
  if (!fresh) printf("not fresh at %d\n", rest);
  spoil();
  fflush(stdout);
  if (rest == 0) return 0;
  char number[20];
  snprintf(number, sizeof number, "%d", rest - 1);
  if (argc == 1) {
    for (int i = 0; i < 5; ++i) {
      pid_t child = fork();
      if (child == 0) {
        execl(self, self, "1", (char*)NULL);
        _exit(1);
      }
      int status;
      waitpid(child, &status, 0);
      printf("child %d: %d\n", i, status);
    }
    fflush(stdout);
  }
  execl(self, self, number, (char*)NULL);
  return 1;
}
