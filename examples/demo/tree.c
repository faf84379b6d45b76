// Grows a tree, traces rays through it and prints the picture with its SHA-256.
//
//   tree [color|ascii] [SAMPLES]     SAMPLES x SAMPLES rays start in each pixel (default 20)
//
// An ordinary C program: recursion, malloc, function pointers, floating point and integer work. Its
// output is the same to the bit wherever it is compiled for: it uses no mathematics beyond + - * /
// and sqrt, which IEEE 754 defines exactly, and brings its own random numbers and sort.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kWidth = 76, kHeight = 56, kMaxSpheres = 60000, kLeafSize = 4 };

typedef struct {
  float x, y, z;
} Vec;

static Vec vec(float x, float y, float z) { return (Vec){x, y, z}; }
static Vec add(Vec a, Vec b) { return vec(a.x + b.x, a.y + b.y, a.z + b.z); }
static Vec sub(Vec a, Vec b) { return vec(a.x - b.x, a.y - b.y, a.z - b.z); }
static Vec scale(Vec a, float s) { return vec(a.x * s, a.y * s, a.z * s); }
static Vec mul(Vec a, Vec b) { return vec(a.x * b.x, a.y * b.y, a.z * b.z); }
static Vec mix(Vec a, Vec b, float t) { return add(scale(a, 1 - t), scale(b, t)); }
static float dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vec normalize(Vec a) { return scale(a, 1 / sqrtf(dot(a, a))); }

static uint32_t random_state = 20231;
static uint32_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  return random_state ^= random_state << 5;
}
static float random_float(void) { return (float)(random_bits() >> 8) / 16777216.0f; }
static Vec random_direction(void) {
  for (;;) {
    Vec v = vec(random_float() * 2 - 1, random_float() * 2 - 1, random_float() * 2 - 1);
    float length = dot(v, v);
    if (length > 0.01f && length < 1) return scale(v, 1 / sqrtf(length));
  }
}

// ---- the tree

typedef struct {
  Vec center;
  float radius;
  Vec color;
} Sphere;

static Sphere* spheres;
static int sphere_count;

static void put_sphere(Vec center, float radius, Vec color) {
  if (sphere_count < kMaxSpheres) spheres[sphere_count++] = (Sphere){center, radius, color};
}

// A branch is a row of spheres; it ends in thinner branches, and the last ones in leaves.
static void grow(Vec at, Vec direction, float length, float radius, int depth) {
  const int steps = (int)(length / (radius * 0.7f)) + 2;
  for (int i = 0; i < steps; i++) {
    float t = (float)i / (float)steps;
    put_sphere(add(at, scale(direction, length * t)), radius * (1 - 0.3f * t),
               mix(vec(0.34f, 0.22f, 0.13f), vec(0.45f, 0.32f, 0.20f), random_float()));
  }
  const Vec end = add(at, scale(direction, length));
  if (depth == 0) {
    for (int i = 0; i < 14; i++) {
      Vec leaf = add(end, scale(random_direction(), 0.26f * random_float()));
      put_sphere(leaf, 0.035f + 0.03f * random_float(),
                 mix(vec(0.16f, 0.42f, 0.08f), vec(0.72f, 0.74f, 0.18f), random_float()));
    }
    return;
  }
  const int children = depth > 4 ? 4 : 3;
  for (int i = 0; i < children; i++) {
    Vec next = normalize(add(add(direction, scale(random_direction(), 0.85f)), vec(0, 0.12f, 0)));
    grow(end, next, length * (0.68f + 0.15f * random_float()), radius * 0.62f, depth - 1);
  }
}

// ---- a hierarchy of boxes, so that a ray meets few of the spheres

typedef struct Node {
  Vec low, high;
  struct Node* children[2];  // null: a leaf with spheres[first .. first + count)
  int first, count;
} Node;

typedef float (*Key)(const Sphere*);
static float key_x(const Sphere* s) { return s->center.x; }
static float key_y(const Sphere* s) { return s->center.y; }
static float key_z(const Sphere* s) { return s->center.z; }
static const Key kKeys[3] = {key_x, key_y, key_z};

static void sort(Sphere* items, int count, Key key) {
  while (count > 1) {
    const float pivot = key(&items[count / 2]);
    int i = 0, j = count - 1;
    while (i <= j) {
      while (key(&items[i]) < pivot) i++;
      while (key(&items[j]) > pivot) j--;
      if (i > j) break;
      Sphere swapped = items[i];
      items[i++] = items[j];
      items[j--] = swapped;
    }
    sort(items, j + 1, key);
    items += i;
    count -= i;
  }
}

static float min(float a, float b) { return a < b ? a : b; }
static float max(float a, float b) { return a > b ? a : b; }

static Node* build(int first, int count) {
  Node* node = calloc(1, sizeof *node);
  if (node == NULL) exit(1);
  node->first = first;
  node->count = count;
  node->low = vec(1e9f, 1e9f, 1e9f);
  node->high = vec(-1e9f, -1e9f, -1e9f);
  for (int i = first; i < first + count; i++) {
    const Vec c = spheres[i].center;
    const float r = spheres[i].radius;
    node->low =
        vec(min(node->low.x, c.x - r), min(node->low.y, c.y - r), min(node->low.z, c.z - r));
    node->high =
        vec(max(node->high.x, c.x + r), max(node->high.y, c.y + r), max(node->high.z, c.z + r));
  }
  if (count > kLeafSize) {
    const Vec size = sub(node->high, node->low);
    const int axis = size.x > size.y ? (size.x > size.z ? 0 : 2) : (size.y > size.z ? 1 : 2);
    sort(spheres + first, count, kKeys[axis]);
    node->children[0] = build(first, count / 2);
    node->children[1] = build(first + count / 2, count - count / 2);
  }
  return node;
}

// ---- rays

static uint64_t rays;

static int meets_box(const Node* node, Vec origin, Vec inverse, float limit) {
  const Vec a = mul(sub(node->low, origin), inverse), b = mul(sub(node->high, origin), inverse);
  const float near = max(max(min(a.x, b.x), min(a.y, b.y)), min(a.z, b.z));
  const float far = min(min(max(a.x, b.x), max(a.y, b.y)), max(a.z, b.z));
  return near <= far && far > 0 && near < limit;
}

// The nearest sphere closer than *distance, or null.
static const Sphere* hit_tree(const Node* node, Vec origin, Vec direction, Vec inverse,
                              float* distance) {
  if (!meets_box(node, origin, inverse, *distance)) return NULL;
  const Sphere* nearest = NULL;
  if (node->children[0] != NULL) {
    for (int i = 0; i < 2; i++) {
      const Sphere* hit = hit_tree(node->children[i], origin, direction, inverse, distance);
      if (hit != NULL) nearest = hit;
    }
    return nearest;
  }
  for (int i = node->first; i < node->first + node->count; i++) {
    const Vec to = sub(spheres[i].center, origin);
    const float along = dot(to, direction);
    const float square = spheres[i].radius * spheres[i].radius - dot(to, to) + along * along;
    if (square < 0) continue;
    const float at = along - sqrtf(square);
    if (at > 1e-3f && at < *distance) {
      *distance = at;
      nearest = &spheres[i];
    }
  }
  return nearest;
}

static const Sphere* hit(const Node* tree, Vec origin, Vec direction, float* distance) {
  rays++;
  return hit_tree(tree, origin, direction, vec(1 / direction.x, 1 / direction.y, 1 / direction.z),
                  distance);
}

static Vec sky(Vec direction, Vec sun) {
  const float t = max(0, min(1, direction.y * 1.6f));
  Vec color = mix(vec(0.98f, 0.80f, 0.58f), vec(0.24f, 0.46f, 0.82f), t);
  float glow = max(0, dot(direction, sun));
  glow *= glow, glow *= glow, glow *= glow, glow *= glow;
  return add(color, scale(vec(1.0f, 0.7f, 0.35f), 0.5f * glow));
}

static Vec trace(const Node* tree, Vec origin, Vec direction, Vec sun) {
  float distance = 1e6f;
  Vec color, normal, point;
  const Sphere* sphere = hit(tree, origin, direction, &distance);
  if (sphere != NULL) {
    point = add(origin, scale(direction, distance));
    normal = scale(sub(point, sphere->center), 1 / sphere->radius);
    color = sphere->color;
  } else {
    if (direction.y > -1e-3f) return sky(direction, sun);
    distance = -origin.y / direction.y;
    point = add(origin, scale(direction, distance));
    if (distance > 30) return sky(vec(direction.x, 0, direction.z), sun);
    normal = vec(0, 1, 0);
    const int stripe = ((int)(point.x + 100) ^ (int)(point.z + 100)) & 1;
    color = stripe ? vec(0.30f, 0.46f, 0.16f) : vec(0.26f, 0.41f, 0.14f);
  }
  // Sunlight, unless something is in its way; and light from a random part of the sky.
  Vec light = vec(0.05f, 0.06f, 0.08f);
  const float facing = dot(normal, sun);
  float limit = 1e6f;
  if (facing > 0 && hit(tree, point, sun, &limit) == NULL) {
    light = add(light, scale(vec(1.25f, 1.05f, 0.78f), facing));
  }
  const Vec bounce = normalize(add(normal, scale(random_direction(), 0.95f)));
  limit = 1e6f;
  if (bounce.y > 0 && hit(tree, point, bounce, &limit) == NULL) {
    light = add(light, scale(sky(bounce, sun), 0.55f));
  }
  const float haze = sphere != NULL ? 0 : min(1, distance / 30);
  return mix(mul(color, light), vec(0.98f, 0.80f, 0.58f), haze * haze);
}

static uint8_t picture[kHeight][kWidth][3];

static uint8_t to_byte(float linear) {
  return (uint8_t)(sqrtf(max(0, min(1, linear))) * 255.0f + 0.5f);
}

static void render(const Node* tree, int samples) {
  const Vec eye = vec(0, 1.5f, -5.3f);
  const Vec sun = normalize(vec(-0.55f, 0.62f, -0.42f));
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x++) {
      Vec sum = vec(0, 0, 0);
      for (int s = 0; s < samples * samples; s++) {
        const float dx = ((float)(s % samples) + random_float()) / (float)samples;
        const float dy = ((float)(s / samples) + random_float()) / (float)samples;
        const float u = ((float)x + dx) * 2 / kWidth - 1, v = 1 - ((float)y + dy) * 2 / kHeight;
        const Vec direction = normalize(vec(u * 0.62f, v * 0.46f + 0.08f, 1));
        sum = add(sum, trace(tree, eye, direction, sun));
      }
      const Vec color = scale(sum, 1 / (float)(samples * samples));
      picture[y][x][0] = to_byte(color.x);
      picture[y][x][1] = to_byte(color.y);
      picture[y][x][2] = to_byte(color.z);
    }
  }
}

// ---- output

static void print_color(void) {
  for (int y = 0; y < kHeight; y += 2) {
    for (int x = 0; x < kWidth; x++) {
      const uint8_t *top = picture[y][x], *low = picture[y + 1][x];
      printf("\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm\xe2\x96\x80", top[0], top[1], top[2], low[0],
             low[1], low[2]);
    }
    puts("\033[0m");
  }
}

static void print_ascii(void) {
  static const char kRamp[] = "@%#*+=-:. ";  // from dark to light
  for (int y = 0; y < kHeight; y += 2) {
    char line[kWidth + 1] = {0};
    for (int x = 0; x < kWidth; x++) {
      int sum = 0;
      for (int dy = 0; dy < 2; dy++) {
        const uint8_t* p = picture[y + dy][x];
        sum += p[0] * 2 + p[1] * 5 + p[2];
      }
      line[x] = kRamp[sum * 10 / (255 * 16 + 1)];
    }
    puts(line);
  }
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

// The first 32 bits of the fraction of a prime's square or cube root: SHA-256's constants.
static uint32_t root_fraction(uint32_t prime, int power) {
  const unsigned __int128 target = (unsigned __int128)prime << 32 * power;
  uint64_t root = 0;
  for (int bit = 37; bit >= 0; bit--) {
    const unsigned __int128 r = root | (uint64_t)1 << bit;
    if ((power == 2 ? r * r : r * r * r) <= target) root = (uint64_t)r;
  }
  return (uint32_t)root;
}

// FIPS 180-4.
static void sha256(const uint8_t* data, size_t size, char* hex) {
  uint32_t state[8], k[64];
  for (uint32_t prime = 2, n = 0; n < 64; prime++) {
    int is_prime = 1;
    for (uint32_t d = 2; d * d <= prime; d++) is_prime &= prime % d != 0;
    if (!is_prime) continue;
    if (n < 8) state[n] = root_fraction(prime, 2);
    k[n++] = root_fraction(prime, 3);
  }
  uint8_t* message = calloc(1, size + 72);
  if (message == NULL) exit(1);
  const size_t padded = (size + 9 + 63) / 64 * 64;
  memcpy(message, data, size);
  message[size] = 0x80;
  for (int i = 0; i < 8; i++) message[padded - 1 - i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
  for (size_t at = 0; at < padded; at += 64) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
      const uint8_t* p = message + at + 4 * i;
      w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 64; i++) {
      const uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
             (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
      const uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                          ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
      const uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      memmove(s + 1, s, 7 * sizeof *s);
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
  }
  free(message);
  for (int i = 0; i < 8; i++) sprintf(hex + 8 * i, "%08x", state[i]);
}

int main(int argc, char** argv) {
  const int color = argc > 1 && strcmp(argv[1], "color") == 0;
  const int samples = argc > 2 ? atoi(argv[2]) : 20;
  if (samples < 1 || samples > 100) {
    fputs("usage: tree [color|ascii] [SAMPLES between 1 and 100]\n", stderr);
    return 2;
  }
  spheres = malloc(kMaxSpheres * sizeof *spheres);
  if (spheres == NULL) return 1;
  grow(vec(0, 0, 0), vec(0, 1, 0), 0.95f, 0.13f, 5);
  const Node* tree = build(0, sphere_count);
  render(tree, samples);
  if (color) {
    print_color();
  } else {
    print_ascii();
  }
  char hex[65];
  sha256(&picture[0][0][0], sizeof picture, hex);
  printf("%d spheres, %llu rays, sha256 of the picture:\n%s\n", sphere_count,
         (unsigned long long)rays, hex);
  return 0;
}
