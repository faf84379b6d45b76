// SQLite: inserts, indexes, joins, sorts, groups, updates and deletes. In memory, or in a file when
// the second argument names a directory.
#include "harness.h"
#include "sqlite3.h"

enum { kCustomers = 2000, kOrders = 12000, kPathSize = 512 };
static char database_path[kPathSize] = ":memory:";
static uint64_t rows_checksum;

static void kernel_setup(void) {
  if (harness_argument) {
    snprintf(database_path, sizeof database_path, "%s/workload.db", harness_argument);
  }
}

static void check(sqlite3* db, int result, int expected, const char* what) {
  if (result == expected) return;
  fprintf(stderr, "sqlite: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static void run(sqlite3* db, const char* sql) {
  check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, sql);
}

static sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = NULL;
  check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK, sql);
  return statement;
}

static void query(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = prepare(db, sql);
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      const unsigned char* text = sqlite3_column_text(statement, i);
      for (; text && *text; text++) rows_checksum = rows_checksum * 31 + *text;
      rows_checksum = checksum_add(rows_checksum, (uint64_t)i);
    }
  }
  check(db, result, SQLITE_DONE, sql);
  sqlite3_finalize(statement);
}

static void fill(sqlite3* db) {
  static const char* const cities[] = {"Aarhus", "Bergen", "Cadiz", "Delft", "Essen", "Faro"};
  uint32_t state = harness_seed;
  char name[32];
  run(db, "BEGIN");
  sqlite3_stmt* customer = prepare(db, "INSERT INTO customer(id, name, city) VALUES (?, ?, ?)");
  for (int i = 0; i < kCustomers; i++) {
    snprintf(name, sizeof name, "customer %08x", (unsigned)random_next(&state));
    sqlite3_bind_int(customer, 1, i);
    sqlite3_bind_text(customer, 2, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(customer, 3, cities[random_next(&state) % 6], -1, SQLITE_STATIC);
    check(db, sqlite3_step(customer), SQLITE_DONE, "insert customer");
    sqlite3_reset(customer);
  }
  sqlite3_finalize(customer);
  sqlite3_stmt* order =
      prepare(db, "INSERT INTO purchase(customer, day, amount, note) VALUES (?, ?, ?, ?)");
  for (int i = 0; i < kOrders; i++) {
    snprintf(name, sizeof name, "item-%u", (unsigned)(random_next(&state) % 5000));
    sqlite3_bind_int(order, 1, (int)(random_next(&state) % kCustomers));
    sqlite3_bind_int(order, 2, (int)(random_next(&state) % 365));
    sqlite3_bind_double(order, 3, (double)(random_next(&state) % 100000) / 100.0);
    sqlite3_bind_text(order, 4, name, -1, SQLITE_TRANSIENT);
    check(db, sqlite3_step(order), SQLITE_DONE, "insert purchase");
    sqlite3_reset(order);
  }
  sqlite3_finalize(order);
  run(db, "COMMIT");
}

static void look_up(sqlite3* db) {
  uint32_t state = harness_seed;
  sqlite3_stmt* statement = prepare(
      db, "SELECT count(*), max(day) FROM purchase WHERE customer = ? AND day BETWEEN ? AND ?");
  for (int i = 0; i < 4000; i++) {
    int day = (int)(random_next(&state) % 300);
    sqlite3_bind_int(statement, 1, (int)(random_next(&state) % kCustomers));
    sqlite3_bind_int(statement, 2, day);
    sqlite3_bind_int(statement, 3, day + 60);
    check(db, sqlite3_step(statement), SQLITE_ROW, "look up");
    rows_checksum = checksum_add(rows_checksum, (uint64_t)sqlite3_column_int(statement, 0));
    rows_checksum = checksum_add(rows_checksum, (uint64_t)sqlite3_column_int(statement, 1));
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

static uint64_t kernel_round(void) {
  if (harness_argument) remove(database_path);
  sqlite3* db = NULL;
  check(db, sqlite3_open(database_path, &db), SQLITE_OK, database_path);
  rows_checksum = 0;
  // The file variant is about system calls, not about how long a disk takes to sync.
  // Its lock is taken once, because SQLite locks files in another way where there is no fcntl.
  run(db, "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
  run(db,
      "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, city TEXT);"
      "CREATE TABLE purchase(id INTEGER PRIMARY KEY, customer INTEGER, day INTEGER, amount REAL,"
      " note TEXT)");
  fill(db);
  run(db, "CREATE INDEX purchase_customer ON purchase(customer, day)");
  run(db, "CREATE INDEX purchase_note ON purchase(note)");
  look_up(db);
  query(db,
        "SELECT city, count(*), CAST(sum(amount) AS INTEGER) FROM customer JOIN purchase"
        " ON purchase.customer = customer.id GROUP BY city ORDER BY city");
  query(db,
        "SELECT name, day, note FROM purchase JOIN customer ON customer.id = purchase.customer"
        " WHERE note LIKE '%77%' ORDER BY note DESC, day, name LIMIT 300");
  query(db, "SELECT day, upper(note), length(note) FROM purchase ORDER BY amount, note LIMIT 500");
  run(db, "BEGIN");
  run(db, "UPDATE purchase SET amount = amount * 2, note = note || '-x' WHERE day % 3 = 0");
  run(db, "DELETE FROM purchase WHERE day BETWEEN 100 AND 160");
  run(db, "COMMIT");
  query(db,
        "SELECT note, count(*) AS n FROM purchase GROUP BY note ORDER BY n DESC, note LIMIT 99");
  query(db, "PRAGMA integrity_check");
  check(db, sqlite3_close(db), SQLITE_OK, "close");
  return rows_checksum;
}
