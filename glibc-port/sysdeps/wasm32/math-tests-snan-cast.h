/* compiler-rt's conversions from float and double to long double leave a signalling NaN signalling.  */
#define SNAN_TESTS_TYPE_CAST 0
