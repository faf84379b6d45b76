// getopt, getopt_long, getsubopt and argp: order, abbreviations, errors.
#include "../report.h"

#include <argp.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

static void parse(const char* what, char** arguments, const char* letters,
                  const struct option* options, int only) {
  int count = 0, index = -1, found;
  while (arguments[count] != NULL) count++;
  optind = 0;
  printf("%s:", what);
  for (;;) {
    index = -1;
    found = options == NULL ? getopt(count, arguments, letters)
            : only          ? getopt_long_only(count, arguments, letters, options, &index)
                            : getopt_long(count, arguments, letters, options, &index);
    if (found == -1) break;
    printf(" %c", found > ' ' && found < 127 ? found : '#');
    if (found == 1 || found > 255) printf("%d", found);
    if (index >= 0) printf("=%s", options[index].name);
    if (optarg != NULL && found != '?') printf("(%s)", optarg);
    if (found == '?' || found == ':') printf("[%d]", optopt);
  }
  printf(" rest:");
  for (int i = optind; i < count; i++) printf(" %s", arguments[i]);
  puts("");
}

#define ARGUMENTS(...) \
  (char*[]) { "program", __VA_ARGS__, NULL }

static error_t parse_argp(int key, char* argument, struct argp_state* state) {
  switch (key) {
    case 'o':
      printf(" output %s", argument);
      return 0;
    case 'v':
      printf(" verbose");
      return 0;
    case ARGP_KEY_ARG:
      printf(" argument %s", argument);
      return 0;
    case ARGP_KEY_END:
      printf(" end %d", state->arg_num);
      return 0;
    default:
      return ARGP_ERR_UNKNOWN;
  }
}

int main(void) {
  opterr = 0;
  int flag = 0;
  const struct option options[] = {{"verbose", no_argument, &flag, 300},
                                   {"version", no_argument, NULL, 'V'},
                                   {"output", required_argument, NULL, 'o'},
                                   {"level", optional_argument, NULL, 'l'},
                                   {0}};
  parse("permuted", ARGUMENTS("a", "-x", "b", "-y", "value", "c"), "xy:", NULL, 0);
  parse("posix", ARGUMENTS("-x", "a", "-y", "b"), "+xy:", NULL, 0);
  parse("in order", ARGUMENTS("a", "-x", "b"), "-x", NULL, 0);
  parse("together", ARGUMENTS("-xyvalue", "-z"), "xy:z", NULL, 0);
  parse("optional", ARGUMENTS("-l3", "-l", "3"), "l::", NULL, 0);
  parse("missing", ARGUMENTS("-y"), "y:", NULL, 0);
  parse("missing, quiet", ARGUMENTS("-y"), ":y:", NULL, 0);
  parse("unknown", ARGUMENTS("-q", "-x"), "x", NULL, 0);
  parse("end", ARGUMENTS("-x", "--", "-x", "a"), "x", NULL, 0);
  parse("dash", ARGUMENTS("-", "-x"), "x", NULL, 0);
  parse("long", ARGUMENTS("--output=file", "--output", "other", "--verb", "--vers", "rest"),
        "o:", options, 0);
  printf("flag %d\n", flag);
  parse("ambiguous", ARGUMENTS("--ver"), "", options, 0);
  parse("unwanted", ARGUMENTS("--version=5", "--level", "5", "--level=6"), "", options, 0);
  parse("unknown long", ARGUMENTS("--nothing", "--output"), "", options, 0);
  parse("only", ARGUMENTS("-output", "f", "-o", "g", "-x"), "o:x", options, 1);

  char text[] = "ro,size=5,unknown=x,,rw";
  char* const tokens[] = {"ro", "rw", "size", NULL};
  char *rest = text, *value;
  while (*rest != 0) {
    int which = getsubopt(&rest, tokens, &value);
    printf("%d:%s ", which, value ? value : "-");
  }
  puts("");
  const struct argp_option argp_options[] = {
      {"output", 'o', "FILE", 0, "Where to"}, {"verbose", 'v', 0, 0, "More"}, {0}};
  const struct argp parser = {argp_options, parse_argp, "ARGUMENT...", "What it does."};
  char** arguments = ARGUMENTS("-v", "x", "--output=f", "y", "-o", "g");
  SHOW_ERROR(argp_parse(&parser, 7, arguments, ARGP_NO_EXIT, NULL, NULL));
  argp_help(&parser, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG, "program");
  return 0;
}
