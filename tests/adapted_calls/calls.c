// Calls through function pointers of other types, as C programs do them. Everything is compared
// here, because there is no C library: each check has a number, and the first that fails is
// returned.
__attribute__((import_module("lind"), import_name("syscall"))) long long lind_syscall(
    int number, long long a1, long long a2, long long a3, long long a4, long long a5, long long a6);

typedef unsigned long size_t;
typedef void Function(void);
#define CALL(type, function) ((type)(Function*)(function))
#define CHECK(number, condition) \
  if (!(condition)) return number

// Compilers see through casts of functions that they know, so these are only known at run time.
static Function* volatile table[16];
static volatile int handled;

static int next(int x) { return x + 1; }
static int answer(void) { return 42; }
static void handler(void) { handled++; }
static void signal_handler(int signal) { handled += signal; }
static long long negate(long long x) { return -x; }
static int low(unsigned long long x) { return (int)x; }
static int many(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i;
}
static double half(int x, double y) { return (double)x / 2 + y; }
static int takes_float(double x) { return (int)x; }
static int compare_ints(const int* a, const int* b) { return (*a > *b) - (*a < *b); }
// A comparator with a context that it does not use, and one that takes less than it is given.
static long long compare_wide(const int* a, const int* b, void* context) {
  (void)context;
  return (long long)*a - *b;
}

static void sort(int* array, size_t count, int (*compare)(const void*, const void*, void*)) {
  for (size_t i = 1; i < count; i++) {
    for (size_t k = i; k > 0 && compare(&array[k - 1], &array[k], 0) > 0; k--) {
      int moved = array[k];
      array[k] = array[k - 1];
      array[k - 1] = moved;
    }
  }
}

// Recursion through a pointer of another type, with a frame that must survive it.
static long long sum_to(long long n) {
  volatile long long kept = n * n;
  if (n == 0) return 0;
  int rest = CALL(int (*)(int, const char*), table[0])((int)n - 1, "unused");
  return rest + n + (kept - n * n);
}

static int is_sorted(const int* array) {
  for (int i = 1; i < 9; i++) {
    if (array[i - 1] > array[i]) return 0;
  }
  return 1;
}

__attribute__((export_name("check"))) int check(void) {
  Function* functions[] = {(Function*)sum_to,       (Function*)next,           (Function*)answer,
                           (Function*)handler,      (Function*)signal_handler, (Function*)negate,
                           (Function*)low,          (Function*)many,           (Function*)half,
                           (Function*)compare_ints, (Function*)compare_wide};
  for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) table[i] = functions[i];

  CHECK(1, CALL(int (*)(int, int), table[1])(41, 7) == 42);
  CHECK(2, CALL(int (*)(int, double, long long), table[1])(41, 7, 8) == 42);
  CHECK(3, CALL(int (*)(void), table[1])() == 1);
  CHECK(4, CALL(long long (*)(int), table[2])(5) == 42);
  CALL(void (*)(int, void*), table[3])(11, 0);
  CALL(int (*)(int, void*, void*), table[4])(11, 0, 0);
  CHECK(5, handled == 12);
  CHECK(6, CALL(int (*)(int), table[4])(1) == 0 && handled == 13);
  CHECK(7, CALL(int (*)(int), table[5])(-7) == 7);
  CHECK(8, CALL(long long (*)(int), table[5])(7) == -7);
  CHECK(9, CALL(long long (*)(long long), table[6])(0x1234567890abcdefll) == (int)0x90abcdef);
  CHECK(10, CALL(int (*)(int, long long, int, int, int, int, int), table[7])(
                1, 1ll << 32 | 2, 3, 4, 5, 6, 7) == 1 + 4 + 9 + 16 + 25 + 36 + 49);
  CHECK(11, CALL(int (*)(int, int, int, int, int, int, int, int, long long, int, int), table[7])(
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) == 285);
  CHECK(12, CALL(double (*)(long long, double, int), table[8])(3, 0.25, 1) == 1.75);
  CHECK(13, CALL(double (*)(long long), table[8])(3) == 1.5);
  CHECK(14, CALL(long long (*)(long long), table[0])(100) == 5050);

  int array[] = {5, -3, 9, 0, 2147483647, -2147483647, 7, 7, 1};
  sort(array, 9, CALL(int (*)(const void*, const void*, void*), table[9]));
  CHECK(15, is_sorted(array));
  int again[] = {5, -3, 9, 0, 1 << 29, -(1 << 29), 7, 7, 1};
  sort(again, 9, CALL(int (*)(const void*, const void*, void*), table[10]));
  CHECK(16, is_sorted(again));

  // A function of the runtime, or whatever is linked in its place.
  table[11] = (Function*)lind_syscall;
  CHECK(17, CALL(int (*)(int, int), table[11])(39, 2) == 41);
  return 0;
}

__attribute__((export_name("float_for_int"))) int float_for_int(void) {
  table[12] = (Function*)takes_float;
  return CALL(int (*)(int), table[12])(1);
}

__attribute__((export_name("int_for_float"))) int int_for_float(void) {
  table[12] = (Function*)next;
  return CALL(int (*)(double), table[12])(1);
}
