#!/usr/bin/env bash
# Tests `linden cc` and its companions: what build systems rely on.
# usage: toolchain_test.sh LINDEN
set -uo pipefail

linden=$(realpath "$1")
sanitizers=
# shellcheck source=expect.sh
source "$(dirname "$0")/expect.sh"

# Exit codes and messages that need no sysroot.
expect 2 'no C\+\+ library' "$linden" c++ x.cpp
expect 1 'not a sysroot.*scripts/build' env LINDEN_SYSROOT=/nowhere "$linden" cc x.c
expect 1 '/elsewhere is not a sysroot' env LINDEN_SYSROOT=/nowhere "$linden" cc --sysroot=/elsewhere x.c
expect 1 'llvm-ar-22 not found.*package llvm-22' env PATH=/nowhere "$linden" ar
if ! sysroot=$("$linden" cc -print-sysroot 2>/dev/null); then
  [[ $failures -gt 0 ]] && finish
  echo "skipped: no sysroot"
  exit 77
fi
expect 1 'clang-99 not found' env LINDEN_CLANG=clang-99 "$linden" cc x.c

cat >main.c <<'C'
#include <stdio.h>
#include "twice.h"
int main (int argc, char **argv) { return printf ("%d %s\n", twice (argc), argv[0]) < 0; }
C
echo 'int twice (int x);' >twice.h
echo 'int twice (int x) { return 2 * x; }' >twice.c
cat >assembly.s <<'S'
	.globl thrice
	.type thrice,@function
thrice:
	.functype thrice (i32) -> (i32)
	local.get 0
	i32.const 3
	i32.mul
	end_function
S
sed 's/2/TWO/' twice.c >two.S

# is_program FILE: executable, and imports nothing but what the runtime offers.
is_program() { [[ -x $1 ]] && [[ $(wasm-objdump -x -j Import "$1" | grep -c '<- ') = $(wasm-objdump -x -j Import "$1" | grep -c '<- lind\.') ]]; }

# What configure scripts ask.
expect 0 '^wasm32-linden-linux-gnu$' "$linden" cc -dumpmachine
expect 0 '/linden.cmake$' "$linden" cc --print-toolchain-file
expect 0 '/lib/libm.a$' "$linden" cc -print-file-name=libm.a
expect 0 '/lib/libgcc.a$' "$linden" cc -print-libgcc-file-name
expect 0 '/bin/ld$' "$linden" cc -print-prog-name=ld
expect 0 '^llvm-nm-22$' "$linden" cc --print-prog-name=nm
expect 0 'clang version' "$linden" cc --version
expect 0 'clang version' "$linden" cc -v
expect 1 'no input files' "$linden" cc
expect 0 '__linux__ 1' "$linden" cc -dM -E -x c /dev/null
expect 1 '^$' bash -c '"$1" cc -fPIC -pie -dM -E -x c /dev/null | grep -E "__PIC__|__PIE__"' - "$linden"

# Inputs of every kind, in one command or several.
expect 0 '^$' "$linden" cc -O2 main.c twice.c -o all
expect 0 '^$' is_program all
expect 0 '^$' "$linden" cc -c main.c twice.c assembly.s
expect 0 '^$' "$linden" ar rcs libtwice.a twice.o
expect 0 'T twice' "$linden" nm libtwice.a
expect 0 '^$' "$linden" cc main.o assembly.o -L. -ltwice -lm -lpthread -ldl -lrt -lutil -lgcc -lresolv -o mixed
expect 0 '^$' is_program mixed
expect 0 '^$' "$linden" cc -E main.c -o main.i
expect 0 '^$' "$linden" cc main.i twice.c -x assembler assembly.s -o from-i
expect 0 '^$' is_program from-i
expect 0 'functype' "$linden" cc -S -O2 twice.c -o -
expect 0 '^$' bash -c '"$1" cc -x c - -o stdin <twice.c -c' - "$linden"
expect 0 '^main.o: main.c twice.h' bash -c '"$1" cc -MMD -MF deps -c main.c && cat deps' - "$linden"
echo '-O2 main.c twice.c -o answered' >response
expect 0 '^$' "$linden" cc @response
expect 0 '^$' is_program answered
expect 0 '^$' "$linden" cc -r main.o twice.o -o both.o
expect 0 '^$' "$linden" cc both.o -o relocated
expect 0 '^$' is_program relocated
expect 0 '^$' "$linden" cc -flto -O2 main.c twice.c -o optimised
expect 0 '^$' is_program optimised

# What cannot be.
echo 'int nowhere (void); int main (void) { return nowhere (); }' >undefined.c
expect 1 'undefined symbol: nowhere' "$linden" cc undefined.c -o undefined
expect 1 'shared libraries are not supported' "$linden" cc -shared -fPIC twice.c -o libtwice.so
expect 1 "unsupported option '-march=" "$linden" cc -march=native twice.c -c

# What other linkers obey and what means nothing here gives neither errors nor warnings.
expect 0 '^$' "$linden" cc -fPIC -pie -rdynamic -static -static-libgcc -pthread main.c twice.c -o quiet \
  -Wl,--start-group -lm -lc -Wl,--end-group -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,-O1 -Wl,--hash-style=gnu \
  -Wl,-rpath,/usr/lib -Wl,-soname,x -Wl,--version-script=none -Xlinker --export-dynamic
expect 0 '^$' is_program quiet

# Mathematical functions set errno, so that sqrt is a call of libm.
echo '#include <math.h>
int main (int argc, char **argv) { return argv[0] == 0 || sqrt (argc) < 0; }' >root.c
expect 1 'undefined symbol: sqrt' "$linden" cc root.c -o root
expect 0 '^$' "$linden" cc root.c -o root -lm
expect 0 '^$' "$linden" cc -fno-math-errno root.c -o root

# setjmp; a big .bss; another size of the stack.
cat >jump.c <<'C'
#include <setjmp.h>
static jmp_buf buffer;
static char big[300 << 20];
int main (int argc, char **argv) { if (setjmp (buffer) == 0) longjmp (buffer, big[argc] + 1); return argv[0] == 0; }
C
for lto in '' -flto; do
  expect 0 '^$' "$linden" cc -O2 $lto jump.c -o jump
  expect 0 '^$' is_program jump
done
expect 0 'stack_pointer.*i32=8388608' wasm-objdump -x -j Global all
expect 0 '^$' "$linden" cc -Wl,-z,stack-size=65536 main.c twice.c -o small
expect 0 'stack_pointer.*i32=65536' wasm-objdump -x -j Global small
# clang drops prefetches for wasm; the engine has them.
echo 'void f(char *p) { __builtin_prefetch(p + 4, 1, 2); } int main(int n, char **a) { f(a[n - 1]); }' >hint.c
expect 0 'prefetcht0.*%gs:0x4\(' bash -c '"$1" cc -O2 -pedantic -Werror hint.c -o hint && "$1" run --no-cache --dump . hint &&
  llvm-objdump-22 -d part*.o' - "$linden"

# Functions keep their names for backtraces, unless they are stripped.
expect 0 '<twice>' bash -c '"$1" cc -g main.c twice.c -o named && wasm-objdump -x -j Function named' - "$linden"
expect 1 '' bash -c '"$1" cc -s main.c twice.c -o bare && wasm-objdump -x -j Function bare | grep twice' - "$linden"
expect 1 '' bash -c '"$1" strip named && wasm-objdump -x -j Function named | grep twice' - "$linden"

# So many arguments that clang hands them to the linker in a file, with names that need quotes.
mkdir 'a $HOME "b"'
cp twice.o 'a $HOME "b"/twice.o'
{
  printf -- '-L/an/absent/directory/with/a/long/name/so/that/few/of/them/make/a/long/line/%d/%d/%d\n' {1..6000}
  printf 'main.o "a $HOME \\"b\\"/twice.o" -o long\n'
} >response
expect 0 '^$' "$linden" cc @response
expect 0 '^$' is_program long

# The sysroot works wherever it lies, and without the command.
cp -r "$sysroot" moved
expect 0 '^$' env LINDEN_SYSROOT="$work/moved" "$linden" cc main.c twice.c -o all
expect 0 '^$' is_program all
mv all from-command
expect 0 '^$' clang-22 --config="$work/moved/linden.cfg" main.c twice.c -o all
expect 0 '^$' cmp all from-command
expect 1 '' grep -rlF "$sysroot" moved --include='*.cfg' --include='*.cmake' --include='*.h' --include=ld

# Build systems.
printf 'prog: main.o twice.o\n\t$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@\n' >Makefile
rm -f ./*.o
expect 0 'cc' make CC="$linden cc" CFLAGS=-O2 LDLIBS=-lm prog
expect 0 '^$' is_program prog
mkdir project
cp main.c twice.c twice.h project
cat >project/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.20)
project(project C)
include(CheckFunctionExists)
find_package(Threads REQUIRED)
check_function_exists(fork HAVE_FORK)
check_function_exists(surely_absent HAVE_ABSENT)
if(NOT HAVE_FORK OR HAVE_ABSENT OR NOT UNIX OR NOT CMAKE_SIZEOF_VOID_P EQUAL 4)
  message(FATAL_ERROR "wrong answers")
endif()
add_library(twice STATIC twice.c)
add_executable(program main.c)
target_link_libraries(program twice m Threads::Threads)
CMAKE
expect 0 'Configuring done' cmake -S project -B cmake -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_TOOLCHAIN_FILE="$("$linden" cc --print-toolchain-file)"
expect 0 '' cmake --build cmake
expect 0 '^$' is_program cmake/program

finish
