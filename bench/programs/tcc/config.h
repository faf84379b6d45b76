// What TinyCC's configure would write.
#define TCC_VERSION "0.9.27"
