// BearSSL: hashes, authenticated encryption, and signatures on the curve P-256, all constant-time
// C code.
#include "bearssl.h"
#include "harness.h"

enum { kMessageSize = 1 << 18 };

static unsigned char message[kMessageSize];

static void kernel_setup(void) {
  uint32_t state = harness_seed;
  for (size_t i = 0; i < sizeof message; i++) message[i] = (unsigned char)random_next(&state);
}

static uint64_t add_bytes(uint64_t checksum, const unsigned char* bytes, size_t size) {
  for (size_t i = 0; i < size; i++) checksum = checksum_add(checksum, bytes[i]);
  return checksum;
}

static uint64_t hash(uint64_t checksum) {
  unsigned char digest[br_sha512_SIZE];
  br_sha256_context sha256;
  br_sha256_init(&sha256);
  br_sha256_update(&sha256, message, sizeof message);
  br_sha256_out(&sha256, digest);
  checksum = add_bytes(checksum, digest, br_sha256_SIZE);
  br_sha512_context sha512;
  br_sha512_init(&sha512);
  br_sha512_update(&sha512, message, sizeof message);
  br_sha512_out(&sha512, digest);
  return add_bytes(checksum, digest, br_sha512_SIZE);
}

// Encryption leaves the message changed; the decryption after it must restore it.
static uint64_t encrypt(uint64_t checksum) {
  static const unsigned char key[32] = "a key of thirty-two bytes, fixed",
                             nonce[12] = "twelve bytes";
  unsigned char tag[16], again[16];
  br_poly1305_ctmul_run(key, nonce, message, sizeof message, "header", 6, tag, br_chacha20_ct_run,
                        1);
  checksum = add_bytes(checksum, tag, sizeof tag);
  br_poly1305_ctmul_run(key, nonce, message, sizeof message, "header", 6, again, br_chacha20_ct_run,
                        0);
  br_aes_ct64_ctr_keys aes;
  br_aes_ct64_ctr_init(&aes, key, 16);
  br_gcm_context gcm;
  br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
  br_gcm_reset(&gcm, nonce, sizeof nonce);
  br_gcm_flip(&gcm);
  br_gcm_run(&gcm, 1, message, sizeof message);
  br_gcm_get_tag(&gcm, again);
  checksum = add_bytes(checksum, again, sizeof again);
  br_gcm_reset(&gcm, nonce, sizeof nonce);
  br_gcm_flip(&gcm);
  br_gcm_run(&gcm, 0, message, sizeof message);
  if (!br_gcm_check_tag(&gcm, again)) abort();
  return checksum;
}

static uint64_t sign(uint64_t checksum) {
  unsigned char secret[32], public_point[BR_EC_KBUF_PUB_MAX_SIZE], signature[80], digest[32];
  memset(secret, 0x42, sizeof secret);
  br_ec_private_key key = {BR_EC_secp256r1, secret, sizeof secret};
  br_ec_public_key public_key;
  if (!br_ec_compute_pub(&br_ec_p256_m31, &public_key, public_point, &key)) abort();
  for (int i = 0; i < 4; i++) {
    memset(digest, i + 1, sizeof digest);
    size_t size =
        br_ecdsa_i31_sign_raw(&br_ec_p256_m31, &br_sha256_vtable, digest, &key, signature);
    if (!br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, digest, sizeof digest, &public_key, signature,
                               size)) {
      fprintf(stderr, "bearssl: a signature is not valid\n");
      exit(1);
    }
    checksum = add_bytes(checksum, signature, size);
  }
  return checksum;
}

static uint64_t kernel_round(void) { return sign(encrypt(hash(0))); }
