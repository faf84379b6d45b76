// Standard input by lines, words and characters.
#include <stdio.h>

int main(void) {
  char line[100], word[50];
  int number, c, rest = 0;
  printf("%s", fgets(line, sizeof line, stdin));
  printf("%d %d %s\n", scanf("%d %49s", &number, word), number, word);
  ungetc('!', stdin);
  putchar(getchar());
  while ((c = getchar()) != EOF) rest = rest * 31 + c;
  printf(" %d %d\n", rest & 0xffffff, feof(stdin) != 0);
  fprintf(stderr, "this is not compared\n");
}
