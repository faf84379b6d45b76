// Expat: parses a generated XML document with namespaces, attributes and entities.
#include "expat.h"
#include "text.h"

enum { kRecords = 6000, kRecordBytes = 400 };

static char* document;
static size_t document_size;
static uint64_t checksum;

static void append(const char* format, unsigned number, const char* text) {
  document_size += (size_t)sprintf(document + document_size, format, number, text);
}

static void kernel_setup(void) {
  static char text[81];
  document = malloc((size_t)kRecords * kRecordBytes);
  if (!document) abort();
  append("<?xml version=\"1.0\"?>\n<!DOCTYPE l:list [<!ENTITY unit%u \"%s\">]>\n", 1, "km");
  append("<l:list xmlns:l=\"urn:list:%u\" xmlns:%s=\"urn:extra\">\n", 1, "x");
  uint32_t state = harness_seed;
  for (unsigned i = 0; i < kRecords; i++) {
    text_word(&state, text);
    append("  <l:record id=\"r%u\" x:kind=\"%s\">", i, text);
    append("<name n=\"%u\">%s &amp; sons</name><!-- comment -->", random_next(&state) % 1000, text);
    append("<way>%u &unit1;</way><empty a='&lt;%s&gt;'/>", random_next(&state), text);
    append("<![CDATA[%u <raw> %s]]></l:record>\n", i * i, text);
  }
  append("</l:list>%.0u%s\n", 0, "");
}

static void add(const char* text, size_t size) {
  for (size_t i = 0; i < size; i++) checksum = checksum * 31 + (unsigned char)text[i];
}

static void XMLCALL on_start(void* data, const char* name, const char** attributes) {
  (void)data;
  add(name, strlen(name));
  for (; *attributes; attributes++) add(*attributes, strlen(*attributes));
}

static void XMLCALL on_end(void* data, const char* name) {
  (void)data;
  add(name, 1);
}

static void XMLCALL on_text(void* data, const char* text, int size) {
  (void)data;
  add(text, (size_t)size);
}

static uint64_t kernel_round(void) {
  checksum = 0;
  for (int pass = 0; pass < 2; pass++) {
    XML_Parser parser = pass == 0 ? XML_ParserCreate(NULL) : XML_ParserCreateNS(NULL, '|');
    if (!parser) abort();
    // Else it depends on the time, and so does the order of what is hashed.
    XML_SetHashSalt(parser, 20011);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    enum { kPiece = 8192 };
    for (size_t at = 0; at < document_size; at += kPiece) {
      size_t size = document_size - at < kPiece ? document_size - at : kPiece;
      if (XML_Parse(parser, document + at, (int)size, at + size == document_size) !=
          XML_STATUS_OK) {
        fprintf(stderr, "expat: %s\n", XML_ErrorString(XML_GetErrorCode(parser)));
        exit(1);
      }
    }
    XML_ParserFree(parser);
  }
  return checksum;
}
