// #! lines: the interpreter, its one argument, the script's name, and the script's arguments;
// nested ones; blanks; what is wrong.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "process.h"

static void make_script(const char* name, const char* line, const char* more, mode_t mode) {
  const int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700);
  dprintf(file, "%s%s", line, more);
  fchmod(file, mode);
  close(file);
}

static void run(const char* script) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    execl(script, "ignored", "one", "two", (char*)NULL);
    printf("%s: %s\n", script, strerror(errno));
    exit(0);
  }
  const char* end = end_of(child);
  if (strcmp(end, "exit 0") != 0) printf("%s: %s\n", script, end);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    for (int i = 0; i < argc; ++i) printf("[%s]", argv[i]);
    puts("");
    return argc;
  }
  symlink(own_path(), "interpreter");
  make_script("plain", "#!./interpreter\n", "rest\n", 0755);
  make_script("argument", "#!./interpreter -x\n", "", 0755);
  make_script("blanks", "#! \t ./interpreter \t with blanks  inside \t \n", "", 0755);
  make_script("no-newline", "#!./interpreter -y", "", 0755);
  make_script("nested", "#!./plain -n\n", "", 0755);
  make_script("nested2", "#!./nested\n", "", 0755);
  make_script("itself", "#!./itself\n", "", 0755);
  make_script("missing", "#!./nowhere\n", "", 0755);
  make_script("empty", "#!\n", "", 0755);
  make_script("only-blanks", "#!   \n", "", 0755);
  make_script("directory", "#!/tmp\n", "", 0755);
  make_script("not-executable", "#!./interpreter\n", "", 0644);
  make_script("of-not-executable", "#!./not-executable\n", "", 0755);
  make_script("carriage-return", "#!./interpreter\r\n", "", 0755);
  make_script("nothing", "", "", 0755);
  char line[600] = "#!./interpreter ";
  memset(line + strlen(line), 'a', 500);
  make_script("long-argument", line, "\n", 0755);
  snprintf(line, sizeof line, "#!./%0300d\n", 1);
  make_script("long-name", line, "", 0755);
  const char* scripts[] = {"./plain",
                           "./argument",
                           "./blanks",
                           "./no-newline",
                           "./nested",
                           "./nested2",
                           "./itself",
                           "./missing",
                           "./empty",
                           "./only-blanks",
                           "./directory",
                           "./not-executable",
                           "./of-not-executable",
                           "./carriage-return",
                           "./nothing",
                           "./long-argument",
                           "./long-name",
                           "././plain"};
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; ++i) run(scripts[i]);
  return 0;
}
