// What Expat's configure would write. The salt of its hashes is the workload's.
#define XML_CONTEXT_BYTES 1024
#define XML_DTD 1
#define XML_NS 1
#define XML_POOR_ENTROPY 1
