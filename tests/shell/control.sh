# Lists, conditions, loops, cases, functions, and how control leaves them.
true && echo a || echo b; false && echo a || echo b; ! true; echo $?; ! false; echo $?
if true; then echo yes; fi; if false; then echo no; else echo else; fi
if false; then :; elif true; then echo elif; else echo x; fi
if false; then :; fi; echo $?
i=0; while [ $i -lt 3 ]; do echo w$i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i
for x in a b c; do [ $x = b ] && continue; echo $x; done
for x in 1 2 3; do for y in 1 2 3; do [ $y = 2 ] && continue 2; [ $x = 3 ] && break 2; echo $x$y; done; done
for x in; do echo never; done; echo $?
set -- p q; for x do echo $x; done; for x; do echo $x; done
case abc in a*) echo glob;; *) echo no;; esac
case abc in x|y) echo no;; (abc) echo paren;; esac
case 'a*c' in 'a*d') echo no;; a\*c) echo literal;; esac
case x in [!a-w]) echo class;; esac; case "" in "") echo empty;; esac
pat='a*'; case abc in $pat) echo pattern;; esac; case abc in "$pat") echo no;; *) echo quoted;; esac
case x in y) ;; esac; echo $?; false; case x in x) ;; esac; echo $?
f() { echo "f: $# $1"; return 7; echo never; }
f one two; echo $?; echo "$# $1"
g() { local v=inner w; v2=set; echo "$v-$w"; }; v=outer; w=outer; g; echo $v $w $v2
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1-1))))); fi; }; fact 10
h() ( exit 3 ); h; echo $?; k() { return; }; false; k; echo $?
f() { echo redefined; }; f; unset -f f; f 2>/dev/null; echo $?
loop() { for i in 1 2 3; do [ $i = 2 ] && return 5; done; }; loop; echo $? $i
{ echo group; echo of; } ; ( x=sub; echo $x ); echo ${x}
(exit 9); echo $?; { false; }; echo $?; ( (echo nested) )
while true; do while true; do break 2; done; echo never; done; echo out
while :; do break; done && echo after break
for x in 1 2; do (break 2>/dev/null; echo in subshell); done
eval 'echo eval; false'; echo $?; eval; echo $?; eval "for q in 1 2; do echo \$q; done"
x=1; { x=2; } ; echo $x; x=3 true; echo $x; x=4 :; echo $x
a() { b; }; b() { echo from b; }; a
true; while false; do :; done; echo $?
! { false; true; }; echo $?
if ! false; then echo not; fi
n=0; while n=$((n+1)); [ $n -lt 5 ]; do [ $n = 3 ] && continue; printf $n; done; echo
f() { echo "in: $(cat_builtin)"; }; cat_builtin() { while read l; do echo "<$l>"; done; }; f <<E
one
two
E
until false; do break; done; echo $?
echo a;echo b;
echo 'sep'	; echo tab
if (exit 0) then echo glued; fi
for i in 1 2 3
do
  case $i in
    1) echo one ;;
    2)
      echo two
      ;;
    *) echo many
  esac
done
f() if true; then echo function of if; fi
f
