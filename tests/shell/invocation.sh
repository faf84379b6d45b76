# How a shell is called: -c, names, scripts, standard input, #!, exit codes.
sh -c 'echo $0 $1 $#' name arg1 arg2; sh -c 'echo $#'; echo 'echo from stdin $1' | sh -s arg; echo 'echo in
echo after' | sh
cat_() { while IFS= read -r l; do printf '%s\n' "$l"; done; }
printf 'echo script $0 $#\nexit 3\n' >script; sh script a b; echo $?; sh ./script; sh missing 2>/dev/null || echo missing
(umask 0; : >run); printf '#!/bin/sh\necho "interpreted $1 $#"\n' >run
printf 'echo no hashbang $1\n' >plain; sh plain x; sh -e -c 'false; echo never'; echo $?; sh -ec 'false; echo never'; echo $?; sh -x -c 'echo x' 2>&1
sh -c 'exit 5'; echo $?; sh -c 'nonexistent' 2>/dev/null; echo $?; sh -c '/' 2>/dev/null; echo $?; sh -c 'if' 2>/dev/null; echo $?; sh -c 'echo a; )' 2>/dev/null; echo $?
sh -c 'echo "unterminated' 2>/dev/null; echo $?; sh -c 'echo ${x' 2>/dev/null; echo $?; sh -c ''; echo $?; sh -c '# comment'; echo $?; sh -c 'true
false'; echo $?; sh -c 'exec sh -c "exit 6"'; echo $?; sh -c 'sh -c "exit 7"'; echo $?
sh -c 'x=1; sh -c "echo [\$x]"; export x; sh -c "echo [\$x]"'; sh -c 'cd /; sh -c pwd'; sh -c 'echo a' >f; cat_ <f
sh -c 'case $- in *e*) echo e;; *) echo none;; esac'; sh -ec 'case $- in *e*) echo e;; esac'; sh -c 'set -e; set +e; false; echo ok'; sh -o errexit -c 'false; echo never'; echo $?
sh -c 'echo ${x?message}; echo never' 2>/dev/null; echo $?; sh -c 'echo $((1/0)); echo never' 2>/dev/null; echo $?; sh -c 'shift 3; echo never' 2>/dev/null; echo $?
sh <<E
echo here; sh -c 'echo inner'
exit 12
E
echo $?; sh -c 'f() { f2; }; f2() { exit 11; }; f; echo never'; echo $?
sh -c '. ./missing; echo never' 2>/dev/null; echo $?
sh -uc 'echo $none; echo never' 2>/dev/null; echo $?; echo "echo \$0" | sh; sh -- script
