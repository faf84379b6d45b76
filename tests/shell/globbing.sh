# Pathname expansion.
: >a.c; : >b.c; : >c.h; : >.hidden; : >'with space.c'; : >'star*'
echo *; echo *.c; echo ?.c; echo [ab].c; echo [!a].c; echo .h*; echo no*match; echo '*'; echo "*.c"; echo \*.c; echo "a"*; echo *"b".c
x='*.h'; echo $x; echo "$x"; for f in *.c; do echo "<$f>"; done; echo star\*; echo 'star*'; echo s*\*
set -- *.c; echo $#; set -f; echo *; set +f; echo ./*.h; y=$(echo *.h); echo $y; z=*.h; echo $z; echo "$z"; echo $(echo '*.h'); echo [a-b]*; echo x[; echo [; echo ]
case a.c in *.c) echo match;; esac; case '*.c' in '*'.c) echo literal;; esac; v=a.c; echo ${v%.*}*
