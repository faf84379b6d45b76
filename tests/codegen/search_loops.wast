;; linden-search-loops: every shape of loop as it is, and once more with a store that keeps it scalar.
;; check calls both with what is looked for at every distance from the start, and counts differences.
;; Memory is one page of 0x61, so loops that find nothing run into its end.
;; expect-ir: bitcast <(32|16) x i1>
;; expect-ir: bitcast <(16|8) x i1>
;; expect-ir: bitcast <(8|4) x i1>
;; expect-ir: bitcast <(4|2) x i1>
;; expect-ir: load <(32|16) x i8>
;; expect-ir: load <(16|8) x i16>
;; expect-ir: load <(8|4) x i32>
;; expect-ir: load <(4|2) x i64>
(module
  (memory (export "memory") 1)
  (type $search (func (param i32 i32) (result i32)))
  ;; strlen, byte by byte
  (func $bytes_vector (export "bytes_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.load8_u (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $bytes_scalar (export "bytes_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.load8_u (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; strlen of musl, word by word
  (func $words_vector (export "words_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080)) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  (func $words_scalar (export "words_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080)) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  ;; 16-bit elements
  (func $halves_vector (export "halves_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.eq (i32.load16_u (local.get $p)) (i32.const 0x6161)) (then (local.set $p (i32.add (local.get $p) (i32.const 2))) (br $loop))))
    (local.get $p))
  (func $halves_scalar (export "halves_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.eq (i32.load16_u (local.get $p)) (i32.const 0x6161)) (then (local.set $p (i32.add (local.get $p) (i32.const 2))) (br $loop))))
    (local.get $p))
  ;; 64-bit elements
  (func $longs_vector (export "longs_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i64.eq (i64.and (i64.load (local.get $p)) (i64.const 0x6161616161616161)) (i64.const 0x6161616161616161)) (then (local.set $p (i32.add (local.get $p) (i32.const 8))) (br $loop))))
    (local.get $p))
  (func $longs_scalar (export "longs_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i64.eq (i64.and (i64.load (local.get $p)) (i64.const 0x6161616161616161)) (i64.const 0x6161616161616161)) (then (local.set $p (i32.add (local.get $p) (i32.const 8))) (br $loop))))
    (local.get $p))
  ;; one of several
  (func $either_vector (export "either_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.and (i32.and (i32.ne (i32.load8_u (local.get $p)) (i32.const 0)) (i32.ne (i32.load8_u (local.get $p)) (i32.const 98))) (i32.ne (i32.load8_u (local.get $p)) (i32.const 122))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $either_scalar (export "either_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.and (i32.and (i32.ne (i32.load8_u (local.get $p)) (i32.const 0)) (i32.ne (i32.load8_u (local.get $p)) (i32.const 98))) (i32.ne (i32.load8_u (local.get $p)) (i32.const 122))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; strchr: the load of the next iteration
  (func $rotated_vector (export "rotated_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load8_u (local.get $p)))
    (block $out
      (loop $loop
        (br_if $out (i32.eqz (local.get $v)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $v (i32.load8_u (local.get $p)))
        (br_if $loop (i32.ne (local.get $v) (i32.const 98)))))
    (local.get $p))
  (func $rotated_scalar (export "rotated_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load8_u (local.get $p)))
    (block $out
      (loop $loop (i32.store (i32.const 24576) (local.get $p))
        (br_if $out (i32.eqz (local.get $v)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $v (i32.load8_u (local.get $p)))
        (br_if $loop (i32.ne (local.get $v) (i32.const 98)))))
    (local.get $p))
  ;; each word with the one before
  (func $carried_vector (export "carried_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load (i32.const 16)))
    (loop $loop
      (local.set $q (local.get $v))
      (local.set $v (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $loop (i32.eqz (i32.and (i32.xor (local.get $v) (local.get $q)) (i32.const 0xfefefefe)))))
    (i32.add (local.get $p) (i32.and (local.get $q) (i32.const 1))))
  (func $carried_scalar (export "carried_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load (i32.const 16)))
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (local.set $q (local.get $v))
      (local.set $v (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $loop (i32.eqz (i32.and (i32.xor (local.get $v) (local.get $q)) (i32.const 0xfefefefe)))))
    (i32.add (local.get $p) (i32.and (local.get $q) (i32.const 1))))
  ;; memchr: a counter that falls to zero
  (func $count_vector (export "count_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (if (result i32) (local.get $x) (then (i32.ne (i32.load8_u (local.get $p)) (i32.const 0))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const -1))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  (func $count_scalar (export "count_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (local.get $x) (then (i32.ne (i32.load8_u (local.get $p)) (i32.const 0))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const -1))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  ;; memchr of a variable, in 32 bits
  (func $wanted_vector (export "wanted_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load8_u (i32.const 20))) (loop $loop
      (if (if (result i32) (local.get $x) (then (i32.ne (i32.load8_u (local.get $p)) (i32.sub (local.get $v) (i32.const 97)))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const -1))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  (func $wanted_scalar (export "wanted_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $v (i32.load8_u (i32.const 20))) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (local.get $x) (then (i32.ne (i32.load8_u (local.get $p)) (i32.sub (local.get $v) (i32.const 97)))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const -1))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  ;; p != end
  (func $until_vector (export "until_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop
      (if (if (result i32) (i32.ne (local.get $p) (local.get $q)) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $until_scalar (export "until_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.ne (local.get $p) (local.get $q)) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; p != end with a step of 4, which may step over the end
  (func $words_until_vector (export "words_until_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop
      (if (if (result i32) (i32.ne (local.get $p) (local.get $q)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  (func $words_until_scalar (export "words_until_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.ne (local.get $p) (local.get $q)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  ;; p < end, unsigned, step 4
  (func $below_vector (export "below_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop
      (if (if (result i32) (i32.lt_u (local.get $p) (local.get $q)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  (func $below_scalar (export "below_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.lt_u (local.get $p) (local.get $q)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  ;; p <= end, unsigned
  (func $most_vector (export "most_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop
      (if (if (result i32) (i32.le_u (local.get $p) (local.get $q)) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $most_scalar (export "most_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.add (local.get $p) (local.get $x))) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.le_u (local.get $p) (local.get $q)) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; i < n, signed, beside a pointer
  (func $signed_vector (export "signed_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.const -10)) (loop $loop
      (if (if (result i32) (i32.lt_s (local.get $q) (i32.sub (local.get $x) (i32.const 10))) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $signed_scalar (export "signed_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.const -10)) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.lt_s (local.get $q) (i32.sub (local.get $x) (i32.const 10))) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; n > 3 falling by 4 with words
  (func $falls_vector (export "falls_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (if (result i32) (i32.gt_u (local.get $x) (i32.const 3)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (local.set $x (i32.add (local.get $x) (i32.const -4))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  (func $falls_scalar (export "falls_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.gt_u (local.get $x) (i32.const 3)) (then (i32.eq (i32.and (i32.or (i32.sub (i32.const 0x01010100) (i32.load (local.get $p))) (i32.load (local.get $p)))
        (i32.const 0x80808080)) (i32.const 0x80808080))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (local.set $x (i32.add (local.get $x) (i32.const -4))) (br $loop))))
    (i32.add (local.get $p) (i32.shl (local.get $x) (i32.const 16))))
  ;; strcmp
  (func $compare_vector (export "compare_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (if (result i32) (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $x))) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $compare_scalar (export "compare_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $x))) (then (i32.load8_u (local.get $p))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; the second stream is read only if the first goes on
  (func $late_vector (export "late_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (if (result i32) (i32.load8_u (local.get $p)) (then (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $x)))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $late_scalar (export "late_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.load8_u (local.get $p)) (then (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $x)))) (else (i32.const 0))) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; the same with the test at the end
  (func $second_vector (export "second_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (block $out (loop $loop  (local.set $v (i32.load8_u (local.get $p))) (br_if $out (i32.eqz (local.get $v))) (local.set $q (i32.load8_u (local.get $x))) (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br_if $loop (i32.eq (local.get $v) (local.get $q)))))
    (local.get $p))
  (func $second_scalar (export "second_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (block $out (loop $loop (i32.store (i32.const 24576) (local.get $p)) (local.set $v (i32.load8_u (local.get $p))) (br_if $out (i32.eqz (local.get $v))) (local.set $q (i32.load8_u (local.get $x))) (local.set $p (i32.add (local.get $p) (i32.const 1))) (local.set $x (i32.add (local.get $x) (i32.const 1))) (br_if $loop (i32.eq (local.get $v) (local.get $q)))))
    (local.get $p))
  ;; an index beside two bases, 200 at most
  (func $match_vector (export "match_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.const 0)) (loop $loop
      (if (if (result i32) (i32.lt_u (local.get $q) (i32.const 200)) (then (i32.eq (i32.load8_u (i32.add (local.get $p) (local.get $q))) (i32.load8_u (i32.add (local.get $x) (local.get $q))))) (else (i32.const 0))) (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $loop))))
    (local.get $q))
  (func $match_scalar (export "match_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (local.set $q (i32.const 0)) (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (if (result i32) (i32.lt_u (local.get $q) (i32.const 200)) (then (i32.eq (i32.load8_u (i32.add (local.get $p) (local.get $q))) (i32.load8_u (i32.add (local.get $x) (local.get $q))))) (else (i32.const 0))) (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $loop))))
    (local.get $q))
  ;; an offset that is no multiple of the page size
  (func $offset_vector (export "offset_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.load8_u offset=37 (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $offset_scalar (export "offset_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.load8_u offset=37 (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; an offset that is one
  (func $pages_vector (export "pages_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.load8_u offset=8192 (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $pages_scalar (export "pages_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.load8_u offset=8192 (local.get $p)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; an unsigned range and arithmetic
  (func $between_vector (export "between_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.lt_u (i32.and (i32.sub (i32.load8_u (local.get $p)) (i32.const 97)) (i32.const 255)) (i32.const 2)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $between_scalar (export "between_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.lt_u (i32.and (i32.sub (i32.load8_u (local.get $p)) (i32.const 97)) (i32.const 255)) (i32.const 2)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; signed bytes
  (func $negative_vector (export "negative_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.gt_s (i32.load8_s (local.get $p)) (i32.const 0)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $negative_scalar (export "negative_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.gt_s (i32.load8_s (local.get $p)) (i32.const 0)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; a step that is not the size: stays scalar
  (func $overlapping_vector (export "overlapping_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.eq (i32.load16_u (local.get $p)) (i32.const 0x6161)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  (func $overlapping_scalar (export "overlapping_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.eq (i32.load16_u (local.get $p)) (i32.const 0x6161)) (then (local.set $p (i32.add (local.get $p) (i32.const 1))) (br $loop))))
    (local.get $p))
  ;; a word that is compared as it is: stays scalar
  (func $table_vector (export "table_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop
      (if (i32.eq (i32.load (local.get $p)) (i32.const 0x61616161)) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  (func $table_scalar (export "table_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (loop $loop (i32.store (i32.const 24576) (local.get $p))
      (if (i32.eq (i32.load (local.get $p)) (i32.const 0x61616161)) (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $loop))))
    (local.get $p))
  ;; backwards: stays scalar
  (func $backwards_vector (export "backwards_vector") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (block $out (loop $loop  (br_if $out (i32.eqz (i32.load8_u (local.get $p)))) (local.set $p (i32.add (local.get $p) (i32.const -1))) (br_if $loop (i32.gt_u (local.get $p) (i32.const 64)))))
    (local.get $p))
  (func $backwards_scalar (export "backwards_scalar") (type $search) (param $p i32) (param $x i32) (result i32)
    (local $q i32) (local $v i32)
    (block $out (loop $loop (i32.store (i32.const 24576) (local.get $p)) (br_if $out (i32.eqz (i32.load8_u (local.get $p)))) (local.set $p (i32.add (local.get $p) (i32.const -1))) (br_if $loop (i32.gt_u (local.get $p) (i32.const 64)))))
    (local.get $p))
  (table funcref (elem
    $bytes_vector $bytes_scalar
    $words_vector $words_scalar
    $halves_vector $halves_scalar
    $longs_vector $longs_scalar
    $either_vector $either_scalar
    $rotated_vector $rotated_scalar
    $carried_vector $carried_scalar
    $count_vector $count_scalar
    $wanted_vector $wanted_scalar
    $until_vector $until_scalar
    $words_until_vector $words_until_scalar
    $below_vector $below_scalar
    $most_vector $most_scalar
    $signed_vector $signed_scalar
    $falls_vector $falls_scalar
    $compare_vector $compare_scalar
    $late_vector $late_scalar
    $second_vector $second_scalar
    $match_vector $match_scalar
    $offset_vector $offset_scalar
    $pages_vector $pages_scalar
    $between_vector $between_scalar
    $negative_vector $negative_scalar
    $overlapping_vector $overlapping_scalar
    $table_vector $table_scalar
    $backwards_vector $backwards_scalar
  ))
  (func $reset (export "reset") (memory.fill (i32.const 0) (i32.const 0x61) (i32.const 65536)))
  (start $reset)
  ;; Starts from $from to before $to by $step; distances 0 to 70; second arguments from $x to before
  ;; $x_end by $x_step. What is looked for is written $far bytes behind the start plus the distance.
  (func $check (export "check") (param $shape i32) (param $found i32) (param $far i32)
      (param $from i32) (param $to i32) (param $step i32)
      (param $x i32) (param $x_end i32) (param $x_step i32) (result i32)
    (local $distance i32) (local $at i32) (local $y i32) (local $differences i32)
    (loop $starts
      (local.set $distance (i32.const 0))
      (loop $distances
        (local.set $at (i32.add (i32.add (local.get $from) (local.get $far)) (local.get $distance)))
        (if (i32.lt_u (local.get $at) (i32.const 65536)) (then
          (i32.store8 (local.get $at) (local.get $found))
          (local.set $y (local.get $x))
          (loop $seconds
            (if (i32.ne
                (call_indirect (type $search) (local.get $from) (local.get $y)
                  (i32.shl (local.get $shape) (i32.const 1)))
                (call_indirect (type $search) (local.get $from) (local.get $y)
                  (i32.add (i32.shl (local.get $shape) (i32.const 1)) (i32.const 1))))
              (then (local.set $differences (i32.add (local.get $differences) (i32.const 1)))))
            (i32.store (i32.const 24576) (i32.const 0x61616161))
            (local.set $y (i32.add (local.get $y) (local.get $x_step)))
            (br_if $seconds (i32.lt_u (local.get $y) (local.get $x_end))))
          (i32.store8 (local.get $at) (i32.const 0x61))))
        (local.set $distance (i32.add (local.get $distance) (i32.const 1)))
        (br_if $distances (i32.lt_u (local.get $distance) (i32.const 71))))
      (local.set $from (i32.add (local.get $from) (local.get $step)))
      (br_if $starts (i32.lt_u (local.get $from) (local.get $to))))
    (local.get $differences))
  ;; The first string ends at every distance, and the memory of the second at the same.
  (func (export "late_at_the_end") (result i32)
    (local $distance i32) (local $differences i32)
    (loop $distances
      (i32.store8 (i32.add (i32.const 2000) (local.get $distance)) (i32.const 0))
      (if (i32.ne (call $late_vector (i32.const 2000) (i32.sub (i32.const 65536) (local.get $distance)))
                  (i32.add (i32.const 2000) (local.get $distance)))
        (then (local.set $differences (i32.add (local.get $differences) (i32.const 1)))))
      (if (i32.ne (call $second_vector (i32.const 2000) (i32.sub (i32.const 65536) (local.get $distance)))
                  (i32.add (i32.const 2000) (local.get $distance)))
        (then (local.set $differences (i32.add (local.get $differences) (i32.const 1)))))
      (i32.store8 (i32.add (i32.const 2000) (local.get $distance)) (i32.const 0x61))
      (local.set $distance (i32.add (local.get $distance) (i32.const 1)))
      (br_if $distances (i32.lt_u (local.get $distance) (i32.const 71))))
    (local.get $differences))
  ;; A limit that is the end of memory, with nothing to be found before.
  (func (export "limit_at_the_end") (result i32)
    (local $n i32) (local $differences i32)
    (loop $lengths
      (if (i32.ne (call $until_vector (i32.sub (i32.const 65536) (local.get $n)) (local.get $n)) (i32.const 65536))
        (then (local.set $differences (i32.add (local.get $differences) (i32.const 1)))))
      (if (i32.ne (call $count_vector (i32.sub (i32.const 65536) (local.get $n)) (local.get $n)) (i32.const 65536))
        (then (local.set $differences (i32.add (local.get $differences) (i32.const 1)))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $lengths (i32.lt_u (local.get $n) (i32.const 200))))
    (local.get $differences)))

;; bytes
(assert_return (invoke "check" (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; bytes
(assert_return (invoke "check" (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; bytes
(assert_return (invoke "check" (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; words
(assert_return (invoke "check" (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; words
(assert_return (invoke "check" (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; words
(assert_return (invoke "check" (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; halves
(assert_return (invoke "check" (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; halves
(assert_return (invoke "check" (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; halves
(assert_return (invoke "check" (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; longs
(assert_return (invoke "check" (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; longs
(assert_return (invoke "check" (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; longs
(assert_return (invoke "check" (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 8) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; either
(assert_return (invoke "check" (i32.const 4) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 98) (i32.const 1) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 98) (i32.const 1) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; rotated
(assert_return (invoke "check" (i32.const 5) (i32.const 98) (i32.const 1) (i32.const 65463) (i32.const 65535) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; carried
(assert_return (invoke "check" (i32.const 6) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; count
(assert_return (invoke "check" (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; count
(assert_return (invoke "check" (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; count
(assert_return (invoke "check" (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; wanted
(assert_return (invoke "check" (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; wanted
(assert_return (invoke "check" (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; wanted
(assert_return (invoke "check" (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; until
(assert_return (invoke "check" (i32.const 9) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; until
(assert_return (invoke "check" (i32.const 9) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; until
(assert_return (invoke "check" (i32.const 9) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; words_until
(assert_return (invoke "check" (i32.const 10) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; words_until
(assert_return (invoke "check" (i32.const 10) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; words_until
(assert_return (invoke "check" (i32.const 10) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; below
(assert_return (invoke "check" (i32.const 11) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; below
(assert_return (invoke "check" (i32.const 11) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; below
(assert_return (invoke "check" (i32.const 11) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; most
(assert_return (invoke "check" (i32.const 12) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; most
(assert_return (invoke "check" (i32.const 12) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; most
(assert_return (invoke "check" (i32.const 12) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; signed
(assert_return (invoke "check" (i32.const 13) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; signed
(assert_return (invoke "check" (i32.const 13) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; signed
(assert_return (invoke "check" (i32.const 13) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; falls
(assert_return (invoke "check" (i32.const 14) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; falls
(assert_return (invoke "check" (i32.const 14) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; falls
(assert_return (invoke "check" (i32.const 14) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 72) (i32.const 1)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; compare
(assert_return (invoke "check" (i32.const 15) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; late
(assert_return (invoke "check" (i32.const 16) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; second
(assert_return (invoke "check" (i32.const 17) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 98) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 5) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 11) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 98) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 12256) (i32.const 12300) (i32.const 3)) (i32.const 0))
;; match
(assert_return (invoke "check" (i32.const 18) (i32.const 98) (i32.const 0) (i32.const 1024) (i32.const 1030) (i32.const 1) (i32.const 65456) (i32.const 65465) (i32.const 1)) (i32.const 0))
;; offset
(assert_return (invoke "check" (i32.const 19) (i32.const 0) (i32.const 37) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; offset
(assert_return (invoke "check" (i32.const 19) (i32.const 0) (i32.const 37) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; offset
(assert_return (invoke "check" (i32.const 19) (i32.const 0) (i32.const 37) (i32.const 65427) (i32.const 65499) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; pages
(assert_return (invoke "check" (i32.const 20) (i32.const 0) (i32.const 8192) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; pages
(assert_return (invoke "check" (i32.const 20) (i32.const 0) (i32.const 8192) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; pages
(assert_return (invoke "check" (i32.const 20) (i32.const 0) (i32.const 8192) (i32.const 57272) (i32.const 57344) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 200) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 200) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; between
(assert_return (invoke "check" (i32.const 21) (i32.const 200) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 200) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 200) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; negative
(assert_return (invoke "check" (i32.const 22) (i32.const 200) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; overlapping
(assert_return (invoke "check" (i32.const 23) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; overlapping
(assert_return (invoke "check" (i32.const 23) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; overlapping
(assert_return (invoke "check" (i32.const 23) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65535) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; table
(assert_return (invoke "check" (i32.const 24) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; table
(assert_return (invoke "check" (i32.const 24) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; table
(assert_return (invoke "check" (i32.const 24) (i32.const 0) (i32.const 0) (i32.const 65464) (i32.const 65536) (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; backwards
(assert_return (invoke "check" (i32.const 25) (i32.const 0) (i32.const 0) (i32.const 4021) (i32.const 4105) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
;; backwards
(assert_return (invoke "check" (i32.const 25) (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 1058) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "late_at_the_end") (i32.const 0))
(assert_return (invoke "limit_at_the_end") (i32.const 0))
(assert_trap (invoke "bytes_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "bytes_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "bytes_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "bytes_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "bytes_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "bytes_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65500) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65502) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "halves_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65432) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65496) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "longs_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "either_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "rotated_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65500) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "carried_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "count_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "wanted_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "until_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65436) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65472) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65500) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65504) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65528) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "words_until_vector" (i32.const 65536) (i32.const 6)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65500) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "below_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "most_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "signed_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65500) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "falls_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65436)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65436) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65472)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65472) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65503)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65503) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65504)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65504) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65528) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 1024) (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "compare_vector" (i32.const 65536) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65436)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65436) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65472)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65472) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65503)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65503) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65504)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65504) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65528) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 1024) (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "late_vector" (i32.const 65536) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65436)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65436) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65472)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65472) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65503)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65503) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65504)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65504) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65528) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 1024) (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "second_vector" (i32.const 65536) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "match_vector" (i32.const 65503) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "match_vector" (i32.const 65504) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "match_vector" (i32.const 65528) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "match_vector" (i32.const 65536) (i32.const 1024)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65399) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65435) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65466) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65467) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65491) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const 65499) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57244) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57280) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57311) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57312) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57336) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "pages_vector" (i32.const 57344) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "between_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "negative_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65503) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "overlapping_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65436) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65472) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65500) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65504) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65528) (i32.const 4096)) "out of bounds memory access")
(assert_trap (invoke "table_vector" (i32.const 65536) (i32.const 4096)) "out of bounds memory access")
(assert_return (invoke "count_vector" (i32.const 65536) (i32.const 0)) (i32.const 65536))
(assert_return (invoke "count_vector" (i32.const -1) (i32.const 0)) (i32.const -1))
(assert_return (invoke "until_vector" (i32.const 65536) (i32.const 0)) (i32.const 65536))
(assert_trap (invoke "bytes_vector" (i32.const -1) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const -1) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "offset_vector" (i32.const -38) (i32.const 0)) "out of bounds memory access")
