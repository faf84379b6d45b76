# Builtins.
echo -n no newline; echo; echo 'a\tb\n\101\0101c' ; echo 'stop\chere'; echo; echo -e x; echo --
printf '%s-%s\n' a b c; printf '%5d|%-5d|%05d|%x|%o|%c|%%\n' 42 42 42 255 8 xyz; printf '%b|%s\n' 'a\tb' 'a\tb'
printf '%.2f %e %g\n' 3.14159 1000 0.5; printf 'no args\n'; printf '%s\n'; printf '%d\n' 0x10 "'A"; printf '%*d\n' 5 3; printf '\101\n'
printf '%s %d\n' x; printf '%.3s|%10.2s|\n' abcdef xyz
[ a = a ]; echo $?; [ a = b ]; echo $?; [ 3 -gt 2 ] && echo gt; [ ! a = b ] && echo not; [ "" ]; echo $?; [ x ]; echo $?; [ ]; echo $?
[ -n "" ]; echo $?; [ -z "" ]; echo $?; [ a = a -a b = b ]; echo $?; [ a = b -o b = b ]; echo $?; [ \( a = a \) ]; echo $?; test -d .; echo $?
[ -f . ]; echo $?; [ 1 -eq x ] 2>/dev/null; echo $?; [ ! ]; echo $?; [ -z ]; echo $?; [ '(' = '(' ]; echo $?; [ ! -e missing ]; echo $?; [ -a = -a ]; echo $?
: >f1; [ -e f1 ] && [ -r f1 ] && [ ! -s f1 ] && [ ! -x f1 ]; echo $?; [ f1 -ef f1 ]; echo $?
printf 'a b  c d\n' | { read x y z; echo "$x|$y|$z"; }; printf 'a\\ b c\n' | { read x y; echo "$x|$y"; }; printf 'a\\ b\n' | { read -r x; echo "$x"; }
printf '  lead  trail  \n' | { read x; echo "[$x]"; }; printf 'a:b::c:\n' | { IFS=: read x y z; echo "$x|$y|$z"; }; printf 'one\\\ntwo\n' | { read x; echo $x; }
printf 'no newline' | { read x; echo "$? $x"; }; printf '' | { read x; echo "$? [$x]"; }; printf 'x:\n' | { IFS=: read a b; echo "[$a][$b]"; }
printf 'a,b,\n' | { IFS=, read a b; echo "[$a][$b]"; }; printf 'a,b,c\n' | { IFS=, read a b; echo "[$a][$b]"; }
while read a b; do echo "$b $a"; done <<E
1 2
3 4 5
E
set -- a b c d; shift; echo $*; shift 2; echo $*; set -- -x; echo $1; set --; echo $#
mkdir_() { :; }; cd /; pwd; cd /tmp; cd ..; pwd; cd - ; cd "$OLDPWD"; cd /./tmp/../tmp/; pwd; cd /nowhere 2>/dev/null; echo $?; (cd /; pwd); pwd
umask 027; umask; umask -S; umask u=rwx,g=rx,o=; umask; umask a+r; umask; umask 22
export E=exported; sh -c 'echo $E'; F=once sh -c 'echo $F'; echo "[$F]"; unset E; sh -c 'echo "[$E]"'; v=plain; sh -c 'echo "[$v]"'; set -a; auto=1; set +a; sh -c 'echo $auto'
readonly R=1; (R=2) 2>/dev/null; echo $?; (unset R) 2>/dev/null; echo $?
command -v cd; command -v nonexistent; echo $?; f() { :; }; command -v f; command -v if; type cd f if; command echo via command; echo() { printf 'mine\n'; }; echo; command echo theirs; unset -f echo
kill -l 9; kill -l 143; kill -s 0 $$; echo $?; kill -0 $$ && echo alive
getopts_() { while getopts ab:c o; do echo "$o=$OPTARG"; done; echo "$OPTIND"; }; OPTIND=1; getopts_ -a -b arg -cb x rest; OPTIND=1; getopts_ -ac -- -b; OPTIND=1; getopts_ -z 2>/dev/null
OPTIND=1; while getopts :ab: o -b -a; do echo "$o [$OPTARG]"; done
# A file that is not there ends the shell.
(. ./lib 2>/dev/null; echo never); echo $?
echo 'echo "sourced $# $1"; libvar=1; return 3; echo never' >lib.sh; . ./lib.sh; echo $? $libvar; x=$(sh lib2.sh 2>/dev/null); [ $? -ne 0 ]; echo $? # POSIX has 127, which not all give
true; echo $?; false; echo $?; :; echo $?; exec 2>/dev/null; (exec nonexistent); echo $?; (exec /); echo $?; nonexistent; echo $?; ./f1; echo $?
(set -e; false; echo never); echo $?; (set -e; false || true; if false; then :; fi; ! true; echo survives); (set -e; f() { false; echo tested; }; f || :; f && :; echo here); (set -e; x=$(false); echo never); echo $?
(set -e; f() { false; echo tested; }; if f; then echo yes; fi; g() { f || :; false; echo both; }; g && :); (set -e; eval 'false; echo eval' || :); (set -e; { false; echo stage; } | while read l; do echo $l; done || :)
(set -e; f() { (false; echo subshell); }; f || :); (set -e; f() { x=$(false; echo substitution); echo "[$x]"; }; f || :); (set -e; f() { false; }; f || :; false; echo never); echo $?
(set -u; echo ${unset_-ok}; echo $unset_; echo never); echo $?; (set -f; echo *); (set -n; echo never); 
(set -x; echo traced) 2>&1; (set -xe; v=1; [ $v ]) 2>&1; (PS4='> '; set -x; : a b) 2>&1
export -p | while read l; do case $l in *F=*) echo $l;; esac; done; echo $((2+3)); wait; echo $?
hash_() { :; }; times >/dev/null; echo $?
set -- "a b" c; set -- "$@" d; echo $#; eval "set -- $1"; echo $#
(exit 300); echo $?; (return 2>/dev/null); (shift 5) 2>/dev/null; echo $?
