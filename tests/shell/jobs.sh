# Pipelines, background jobs, waiting, signals and traps.
echo a | { read x; echo "piped $x"; }; echo a b c | { read x y; echo "$y"; } | { read z; echo "<$z>"; }
x=before; echo after | read x; echo $x; false | true; echo $?; true | false; echo $?; ! true | false; echo $?
(exit 3) & wait $!; echo $?; (exit 4) & p=$!; (exit 5) & q=$!; wait $q; echo $?; wait $p; echo $?
{ echo bg >bgfile; } & wait; read x <bgfile; echo $x; wait; echo $?; wait 99999; echo $?
sh -c 'kill -TERM $$'; echo $?; sh -c 'kill -KILL $$'; echo $?; sh -c 'exit 77' & wait $!; echo $?
trap 'echo exit trap' EXIT; (echo no trap in subshell); (trap 'echo sub exit' EXIT; exit 2); echo $?; trap - EXIT
trap 'echo usr1' USR1; kill -USR1 $$; echo after usr1; trap 'echo "status $?"' USR2; (exit 6); kill -USR2 $$; echo $?
trap '' TERM; kill -TERM $$; echo ignored; sh -c 'kill -TERM $$; echo child ignores too'; trap - TERM
trap; trap - USR1 USR2; trap
sh -c 'trap "echo bye; exit 9" TERM; kill -TERM $$; echo never'; echo $?; sh -c 'trap "echo on exit" EXIT; exit 4'; echo $?
sh -c 'trap "echo on exit" 0; true'; sh -c 'trap "echo last $?" EXIT; false'; echo $?
sh -c 'trap "echo hup" HUP; (kill -HUP $PPID_) 2>/dev/null; kill -HUP $$; wait; echo end'
sh -c 'trap "n=1" USR1; sh -c "while kill -USR1 $$; do :; done" 2>/dev/null & wait; s=$?; trap "" USR1; kill -KILL $!; wait $!; echo $s $? $n'; echo done
read x </dev/null & wait $!; echo $?; { read x; echo "[$x]"; } & wait
i=0; while [ $i -lt 20 ]; do (exit $i) & eval "p$i=$!"; i=$((i+1)); done
i=0; s=0; while [ $i -lt 20 ]; do eval "wait \$p$i"; s=$((s+$?)); i=$((i+1)); done; echo sum $s
n=0; for a in 1 2 3 4 5; do echo $a; done | while read l; do n=$((n+l)); echo $n; done | { while read l; do last=$l; done; echo $last; }
echo $$ | { read p; [ $p = $$ ] && echo same id in subshell; }; (sh -c 'exit 0' & wait $!; echo nested $?)
x=$(echo sub & wait); echo $x; echo one & wait; echo two
f() { echo function in background; }; f & wait; { sh -c 'exit 8'; } & wait $!; echo $?
echo a |
  # a comment between
  while read x; do echo "cont $x"; done
true &&
  echo continued ||
  echo no
yes_() { while :; do echo y; done; }; yes_ 2>/dev/null | { read x; echo $x; }
