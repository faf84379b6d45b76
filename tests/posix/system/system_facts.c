// uname, sysinfo, gethostname, getrandom, getauxval, gethostid and the like: that they are well
// formed.
#include "../report.h"

#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void) {
  struct utsname name;
  SHOW(uname(&name));
  printf("%s, release has dots %d, version %d, machine %d\n", name.sysname,
         strchr(name.release, '.') != NULL, name.version[0] != 0, name.machine[0] != 0);
  SHOW(uname((struct utsname*)8));
  char host[256];
  SHOW(gethostname(host, sizeof host));
  SHOW(strcmp(host, name.nodename));
  SHOW(gethostname(host, 0));
  SHOW(gethostname(host, 1));
  char domain[256];
  SHOW(getdomainname(domain, sizeof domain));
  SHOW(strcmp(domain, name.domainname));
  struct sysinfo system;
  SHOW(sysinfo(&system));
  printf("%d %d %d %d\n", system.uptime > 0, system.totalram > 0, system.freeram <= system.totalram,
         system.procs > 0);
  SHOW(system.mem_unit > 0);
  SHOW(sysinfo((struct sysinfo*)8));
  SHOW(get_nprocs() >= 1);

  unsigned char random[300], other[300];
  memset(random, 0, sizeof random);
  memset(other, 0, sizeof other);
  SHOW(getrandom(random, sizeof random, 0));
  SHOW(getrandom(other, sizeof other, GRND_NONBLOCK));
  printf("different: %d\n", memcmp(random, other, sizeof random) != 0);
  SHOW(getrandom(random, 0, 0));
  SHOW(getrandom(random, 5, 0x100));
  SHOW(getrandom(random, 5, GRND_RANDOM | GRND_INSECURE));
  SHOW(getrandom((void*)8, 5, 0));
  SHOW(getentropy(random, 256));
  SHOW(getentropy(random, 257));
  SHOW(getauxval(AT_PAGESZ));
  SHOW(getauxval(AT_SECURE));
  SHOW(getauxval(AT_CLKTCK));
  SHOW(getauxval(AT_RANDOM) != 0);
  SHOW(getauxval(AT_EXECFN) != 0);
  SHOW(getauxval(AT_UID));
  SHOW(getauxval(9999));
  double load[3];
  SHOW(getloadavg(load, 3));
  SHOW(alarm(0));
  return 0;
}
