# Redirections and here-documents.
echo one >file; echo two >>file; while read x; do echo "got $x"; done <file
cat_() { while IFS= read -r l; do printf '%s\n' "$l"; done; }
cat_ <file | cat_; { echo out; echo err >&2; } >both 2>&1; cat_ <both
{ echo out; echo err >&2; } 2>errors >/dev/null; cat_ <errors
echo to err >&2 2>/dev/null; exec 3>third; echo three >&3; exec 3>&-; cat_ <third
echo x 2>/dev/null >&9; echo $?
exec 4<file; read a <&4; read b <&4; echo $a $b; exec 4<&-
x=val; cat_ <<E
plain $x $(echo sub) `echo back` $((1+1)) \$x \\ "quotes" 'single'
	tab \
joined
E
cat_ <<'E'
literal $x $(echo) \ `a`
E
cat_ <<-E
	tabs are
		removed $x
	E
cat_ <<A; cat_ <<B
first
A
second
B
if true; then cat_ <<E
inside
E
fi
cat_ <<E | cat_
piped
E
echo $(cat_ <<E
in substitution
E
)
set -C; echo 1 >fresh; (echo 2 >fresh) 2>/dev/null; echo $?; echo 3 >|fresh; cat_ <fresh; set +C
echo rw 1<>fresh; cat_ <fresh
for i in 1 2; do echo $i; done >loop; cat_ <loop; while read x; do echo "[$x]"; done <loop | cat_
(echo sub; echo shell) >s; cat_ <s; f() { echo in f; } >fout; f; cat_ <fout
<missing cat_ 2>/dev/null; echo $?; { :; } </nowhere/x 2>/dev/null; echo $?
(: >/nowhere/x) 2>/dev/null; echo $?
echo 5>five 5; cat_ <five; >empty; [ -s empty ]; echo $?; [ -f empty ]; echo $?
big=x; i=0; while [ $i -lt 13 ]; do big=$big$big; i=$((i+1)); done; cat_ <<E | { read l; echo ${#l}; }
$big
E
x=$(cat_ <<E
$big$big$big
E
); echo ${#x}
exec 5>&1; { echo swapped 1>&5; } >/dev/null; exec 5>&-
read line <<E
only  this
E
echo "$line"; echo a >"file with space"; cat_ <"file with space"; echo "redirect to \$v" >$x$0.d 2>/dev/null; true
