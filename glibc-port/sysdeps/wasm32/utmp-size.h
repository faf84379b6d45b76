/* Sizes of the login records with 64-bit time_t; asserted by glibc.  */
#define UTMP_SIZE 400
#define LASTLOG_SIZE 296
