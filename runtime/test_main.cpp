// The test runner would put its own handlers of SIGSEGV and SIGILL over ours.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
