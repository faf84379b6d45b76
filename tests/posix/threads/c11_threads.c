// threads.h: thrd, mtx, cnd, tss, call_once.
#include "../report.h"

#include <threads.h>
#include <time.h>

static mtx_t mutex;
static cnd_t condition;
static tss_t key;
static once_flag flag = ONCE_FLAG_INIT;
static int turn, calls;
static thread_local int own = 5;

static void call(void) { calls++; }
// Threads end in any order, so it is shown when both have.
static int destroyed[2];
static void destroy(void* value) { destroyed[*(int*)value - 40]++; }

static int play(void* argument) {
  static int values[2];
  int number = *(int*)argument;
  call_once(&flag, call);
  values[number] = number + 40;
  tss_set(key, &values[number]);
  own += number;
  for (int round = 0; round < 100; round++) {
    mtx_lock(&mutex);
    while (turn % 2 != number) cnd_wait(&condition, &mutex);
    turn++;
    cnd_broadcast(&condition);
    mtx_unlock(&mutex);
  }
  return own * 10 + *(int*)tss_get(key);
}

static int leave(void* unused) {
  thrd_exit(77);
  return 1;
}

static int nothing(void* unused) { return 0; }

int main(void) {
  thrd_t threads[2];
  int numbers[2] = {0, 1}, result = -1;
  SHOW(mtx_init(&mutex, mtx_plain));
  SHOW(cnd_init(&condition));
  SHOW(tss_create(&key, destroy));
  mtx_lock(&mutex);
  for (int i = 0; i < 2; i++) SHOW(thrd_create(&threads[i], play, &numbers[i]));
  // They cannot get to their ends, and to what they print there, before.
  mtx_unlock(&mutex);
  int results[2] = {-1, -1};
  for (int i = 0; i < 2; i++) thrd_join(threads[i], &results[i]);
  for (int i = 0; i < 2; i++) SHOW(results[i]);
  for (int i = 0; i < 2; i++) SHOW(destroyed[i]);
  SHOW(turn);
  SHOW(calls);
  thrd_create(&threads[0], leave, NULL);
  thrd_join(threads[0], &result);
  SHOW(result);
  thrd_create(&threads[0], nothing, NULL);
  SHOW(thrd_detach(threads[0]));
  SHOW(thrd_equal(thrd_current(), thrd_current()) != 0);
  SHOW(mtx_trylock(&mutex));
  SHOW(mtx_trylock(&mutex) == thrd_busy);
  SHOW(mtx_unlock(&mutex));
  mtx_t timed;
  SHOW(mtx_init(&timed, mtx_timed | mtx_recursive));
  SHOW(mtx_lock(&timed));
  SHOW(mtx_lock(&timed));
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  mtx_lock(&mutex);
  SHOW(cnd_timedwait(&condition, &mutex, &now) == thrd_timedout);
  SHOW(mtx_timedlock(&mutex, &now) == thrd_timedout);
  SHOW(mtx_init(&timed, 99) == thrd_error);
  thrd_yield();
  SHOW(thrd_sleep(&(struct timespec){0, -1}, NULL) < -1);
  tss_delete(key);
  return 0;
}
