# Quoting, parameters, substitutions, splitting, tildes.
show() { printf '%d:' $#; for a; do printf '[%s]' "$a"; done; echo; }
show a 'b c' "d  e" f\ g '' "" x""y \\ '\' "\\" "\$" "\n" '"' "'"
set -- one 'two words' ''
show $@; show "$@"; show $*; show "$*"; show "a$@b"; show "a$*b"; show $#
IFS=:; show "$*"; show $*; x=a:b::c:; show $x; show "$x"; show $x$x; IFS=' :'; x=' a : b  c ::d '; show $x; unset IFS
x='  lead and  trail  '; show $x; show -$x-; show "$x"; show a$x; show ${x}b
IFS=; show $x; IFS=' 	
'
set --; show "$@"; show $@; show "$*"; show "a$@"; show "" "$@"
unset u; e=; v=value
show ${u-def} ${u:-def} ${e-def} ${e:-def} ${v:-def} "${u:-a  b}" ${u:-a  b} ${u:-"a  b"} ${u:-'q q'}
show ${u+alt} ${e+alt} ${e:+alt} ${v:+alt $v} "${v:+"in  ner"}"
show ${n:=assigned} $n ${n:=other}
show ${#v} ${#u} ${#n}
p=/usr/local/lib/file.tar.gz
show ${p#*/} ${p##*/} ${p%.*} ${p%%.*} ${p#nothing} ${p%"gz"} ${p%g?} ${p##*[l]}
star='*'; show ${star#"*"}x ${p#$star/}; show "${p##*/}"
show `echo back` $(echo dollar) "$(echo 'two  words')" $(echo 'two  words') "`echo \"q\"`" `echo \`echo nested\``
show $(printf 'trailing\n\n\n')x "$(echo a; echo b)" $(echo "$(echo deep "$(echo er)")")
show $(case x in x) echo in case;; esac) $(echo ')' # comment )
)
HOME=/home/me; show ~ ~/x "~" a~ ~/"q q" x=~ ; y=~/a:~/b; show $y; y=a:~; show "$y"
show $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((-7/2)) $((7%3)) $((1<<4)) $((255>>2)) $((5&3)) $((5|3)) $((5^3)) $((~5)) $((!5))
show $((1<2)) $((2<=1)) $((1==1)) $((1!=1)) $((1&&0)) $((1||0)) $((1?2:3)) $((0?2:3)) $((0x1f)) $((010)) $((- -3))
i=5; show $((i+1)) $(($i+1)) $((i=7)) $i $((i+=3)) $i $((i<<=2)) $((i%=7)) $((0 && (i=99))) $i $((1 || (i=98))) $i
show "${v}text" "$v"text $v'text' "a${u}b" "$(echo x)$(echo y)"
show a#b '#' x # comment
echo "multi
line" one\
two
echo $- | grep -q x 2>/dev/null; echo ${0##*/} | wc -c >/dev/null 2>&1
show "${v:-"$(echo "}")"}" "${u:-$(echo '}')}" "${u:-\}}" ${u:-a\}b}
show "$" "a$" $ "$ a" '$v' "\`" "a\"b"
a=1 b=$a; show "$b"; a=2 eval 'show $a'; show "$a"
show "${u-"a b" c}" ${u-"a b" c}
echo ${#} ${##} "$(( ${#v} + 1 ))"
false; x=$(exit 3); echo $?; x=$(exit 4)$(exit 5) ; echo $?; echo $(exit 6) $?
