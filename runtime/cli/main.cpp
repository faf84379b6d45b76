#include "runtime/cli/command.h"

int main(int argc, char** argv) { return linden::cli::run_command_line(argc, argv); }
