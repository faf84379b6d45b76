// Variables, and the environment that programs get.
#include <stdlib.h>
#include <string.h>

#include "parser_internal.h"
#include "shell.h"

struct variable {
  struct variable* next;  // in the same bucket
  char* name;
  char* value;  // null if it has none, but is to be exported or read-only
  bool is_exported;
  bool is_read_only;
};

struct saved_variable {
  struct saved_variable* next;
  char* name;
  char* value;
  bool was_exported;
};

enum { BUCKETS = 128 };
static struct variable* buckets[BUCKETS];
struct scope* innermost_scope;

static struct variable** bucket_of(const char* name) {
  unsigned hash = 0;
  for (; *name; ++name) hash = hash * 31 + (unsigned char)*name;
  return &buckets[hash % BUCKETS];
}

static struct variable* find(const char* name) {
  struct variable* variable = *bucket_of(name);
  while (variable && strcmp(variable->name, name) != 0) variable = variable->next;
  return variable;
}

static struct variable* find_or_add(const char* name) {
  struct variable* variable = find(name);
  if (variable) return variable;
  struct variable** bucket = bucket_of(name);
  variable = allocate(sizeof *variable);
  *variable = (struct variable){.next = *bucket, .name = copy_string(name)};
  return *bucket = variable;
}

const char* variable_value(const char* name) {
  const struct variable* variable = find(name);
  return variable ? variable->value : NULL;
}

void variable_set(const char* name, const char* value) {
  struct variable* variable = find_or_add(name);
  if (variable->is_read_only) fail(2, "%s: is read only", name);
  char* copy = copy_string(value);
  free(variable->value);
  variable->value = copy;
  variable->is_exported |= shell.options[OPTION_ALLEXPORT];
}

bool variable_unset(const char* name) {
  struct variable* variable = find(name);
  if (!variable) return true;
  if (variable->is_read_only) return false;
  free(variable->value);
  variable->value = NULL;
  variable->is_exported = false;
  return true;
}

void variable_export(const char* name) { find_or_add(name)->is_exported = true; }
void variable_make_read_only(const char* name) { find_or_add(name)->is_read_only = true; }

void variables_start(char** environment) {
  for (; *environment; ++environment) {
    const char* equals = strchr(*environment, '=');
    if (!equals || !is_name(*environment, (size_t)(equals - *environment))) continue;
    const char* name = arena_copy(&scratch, *environment, (size_t)(equals - *environment));
    variable_set(name, equals + 1);
    variable_export(name);
  }
  // Never what the environment says: a program could hide words from the shell by it.
  variable_set("IFS", " \t\n");
  find("IFS")->is_exported = false;
  if (!find("PATH")) variable_set("PATH", "/usr/local/bin:/usr/bin:/bin");
  variable_set("OPTIND", "1");
  find("OPTIND")->is_exported = false;
}

char** variables_environment(void) {
  size_t count = 0;
  for (int i = 0; i < BUCKETS; ++i) {
    for (const struct variable* v = buckets[i]; v; v = v->next) count += v->is_exported && v->value;
  }
  char** environment = arena_allocate(&scratch, (count + 1) * sizeof *environment);
  for (int i = 0; i < BUCKETS; ++i) {
    for (const struct variable* v = buckets[i]; v; v = v->next) {
      if (!v->is_exported || !v->value) continue;
      const size_t size = strlen(v->name) + strlen(v->value) + 2;
      environment[--count] = arena_allocate(&scratch, size);
      snprintf(environment[count], size, "%s=%s", v->name, v->value);
    }
  }
  return environment;
}

void print_quoted(const char* text) {
  putchar('\'');
  for (; *text; ++text) {
    if (*text == '\'') {
      fputs("'\\''", stdout);
    } else {
      putchar(*text);
    }
  }
  putchar('\'');
}

static int compare_names(const void* a, const void* b) {
  return strcmp((*(const struct variable* const*)a)->name,
                (*(const struct variable* const*)b)->name);
}

void variables_print(const char* prefix, bool only_exported, bool only_read_only) {
  size_t count = 0;
  for (int i = 0; i < BUCKETS; ++i) {
    for (const struct variable* v = buckets[i]; v; v = v->next) ++count;
  }
  const struct variable** all = arena_allocate(&scratch, (count + 1) * sizeof *all);
  count = 0;
  for (int i = 0; i < BUCKETS; ++i) {
    for (const struct variable* v = buckets[i]; v; v = v->next) {
      if (only_exported && !v->is_exported) continue;
      if (only_read_only && !v->is_read_only) continue;
      if (v->value || *prefix) all[count++] = v;
    }
  }
  qsort(all, count, sizeof *all, compare_names);
  for (size_t i = 0; i < count; ++i) {
    printf("%s%s", prefix, all[i]->name);
    if (all[i]->value) {
      putchar('=');
      print_quoted(all[i]->value);
    }
    putchar('\n');
  }
}

void scope_begin(struct scope* scope) {
  *scope = (struct scope){.outer = innermost_scope};
  innermost_scope = scope;
}

void scope_save(const char* name) {
  const struct variable* variable = find_or_add(name);
  if (variable->is_read_only) fail(2, "%s: is read only", name);
  struct saved_variable* saved = allocate(sizeof *saved);
  *saved = (struct saved_variable){.next = innermost_scope->saved, .name = copy_string(name)};
  saved->value = variable->value ? copy_string(variable->value) : NULL;
  saved->was_exported = variable->is_exported;
  innermost_scope->saved = saved;
}

void scope_end(struct scope* scope) {
  while (scope->saved) {
    struct saved_variable* saved = scope->saved;
    scope->saved = saved->next;
    struct variable* variable = find_or_add(saved->name);
    free(variable->value);
    variable->value = saved->value;
    variable->is_exported = saved->was_exported;
    free(saved->name);
    free(saved);
  }
  innermost_scope = scope->outer;
}
