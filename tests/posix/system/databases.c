// Users, groups and services by name and number, from files.
#include "../report.h"

#include <arpa/inet.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
  struct passwd* user = SHOW_POINTER(getpwnam("root"));
  printf("%s %u %u %s\n", user->pw_name, user->pw_uid, user->pw_gid, user->pw_dir);
  user = SHOW_POINTER(getpwuid(0));
  printf("%s\n", user->pw_name);
  SHOW_POINTER(getpwnam("no-such-user"));
  SHOW_POINTER(getpwuid(123456));
  struct passwd entry, *result = NULL;
  char buffer[1024];
  SHOW_ERROR(getpwnam_r("root", &entry, buffer, sizeof buffer, &result));
  SHOW(result == &entry);
  SHOW_ERROR(getpwnam_r("root", &entry, buffer, 4, &result));
  SHOW_ERROR(getpwnam_r("no-such-user", &entry, buffer, sizeof buffer, &result));
  SHOW_POINTER(result);
  setpwent();
  user = SHOW_POINTER(getpwent());
  printf("%s\n", user->pw_name);
  endpwent();
  struct group* group = SHOW_POINTER(getgrnam("root"));
  printf("%s %u %d\n", group->gr_name, group->gr_gid, group->gr_mem[0] == NULL);
  SHOW_POINTER(getgrgid(0));
  SHOW_POINTER(getgrnam("no-such-group"));
  gid_t groups[16];
  int count = 16;
  SHOW(getgrouplist("root", 0, groups, &count) > 0);
  SHOW(groups[0]);

  struct servent* service = SHOW_POINTER(getservbyname("ssh", "tcp"));
  printf("%s %d %s\n", service->s_name, ntohs(service->s_port), service->s_proto);
  service = SHOW_POINTER(getservbyport(htons(53), "udp"));
  printf("%s\n", service->s_name);
  SHOW_POINTER(getservbyname("no-such-service", "tcp"));
  struct protoent* protocol = SHOW_POINTER(getprotobyname("udp"));
  printf("%d %s\n", protocol->p_proto, getprotobynumber(6)->p_name);
  struct addrinfo *found = NULL,
                  hints = {
                      .ai_flags = AI_NUMERICHOST, .ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  SHOW(getaddrinfo("10.1.2.3", "80", &hints, &found));
  struct sockaddr_in* address = (struct sockaddr_in*)found->ai_addr;
  printf("%s %d\n", inet_ntoa(address->sin_addr), ntohs(address->sin_port));
  freeaddrinfo(found);
  SHOW(getaddrinfo("name", NULL, &hints, &found) == EAI_NONAME);
  char text[64];
  struct in6_addr six;
  SHOW(inet_pton(AF_INET6, "fe80::1:2", &six));
  SHOW_POINTER(inet_ntop(AF_INET6, &six, text, sizeof text));
  puts(text);
  SHOW(inet_pton(AF_INET6, "1:2:3", &six));
  SHOW(inet_pton(AF_INET, "1.2.3", &six));
  SHOW(inet_pton(99, "1.2.3.4", &six));
  SHOW_POINTER(inet_ntop(AF_INET6, &six, text, 3));
  SHOW(inet_addr("0x7f.1") == htonl(0x7f000001));
  SHOW(inet_addr("256.1.1.1") == INADDR_NONE);
  return 0;
}
