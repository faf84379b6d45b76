/* See vector-search.h.  */
#include <string.h>

#undef strchr
#undef index
char *
strchr (const char *text, int wanted)
{
  char *found = __strchrnul (text, wanted);
  return *found == (char) wanted ? found : NULL;
}
weak_alias (strchr, index)
libc_hidden_builtin_def (strchr)
