;; Addresses of accesses are added up in 32 bits where that is provably the same (passes/narrow_addresses.cpp), so
;; that the verifier can follow. What wraps in 32 bits wraps, and what an access adds does not.
;; expect-code: %gs:
;; refuse-code: %gs:.*\(%r[a-z0-9]+,%r[a-z0-9]+,[248]\)
(module
  (memory 1)
  (func (export "fill")
    (local $i i32)
    (loop $again
      (i32.store8 (local.get $i) (local.get $i))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024)))))

  ;; Backwards from an end: one of the terms is negative.
  (func (export "backwards") (param $p i32) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (local.set $p (i32.and (local.get $p) (i32.const 0xff)))
    (local.set $n (i32.and (local.get $n) (i32.const 0xff)))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (loop $again
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3))
        (i32.load8_u offset=4
          (i32.sub (i32.add (local.get $p) (local.get $n)) (local.get $i)))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $sum))

  ;; Words by a scaled index that LLVM knows to be small.
  (func (export "scaled") (param $p i32) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (local.set $p (i32.and (local.get $p) (i32.const 0xfc)))
    (local.set $n (i32.or (i32.and (local.get $n) (i32.const 63)) (i32.const 1)))
    (loop $again
      (local.set $sum (i32.xor (i32.rotl (local.get $sum) (i32.const 1))
        (i32.load offset=8 (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $sum))

  ;; A sum that wraps to the beginning.
  (func (export "wraps") (param $p i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))
    (local.get $sum))

  ;; 2^32 and more, by what the access adds to a counter.
  (func (export "beyond") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const 8))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=0xfffffff8 (local.get $i))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))))
    (local.get $sum))
  (func (export "beyond_by_words") (result i32)
    (local $i i32) (local $sum i32)
    (local.set $i (i32.const 4))
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (i32.load offset=0xfffffff0 (i32.shl (local.get $i) (i32.const 2)))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
    (local.get $sum)))
(invoke "fill")
(assert_return (invoke "backwards" (i32.const 0) (i32.const 0)) (i32.const 0))
(assert_return (invoke "backwards" (i32.const 0) (i32.const 1)) (i32.const 5))
(assert_return (invoke "backwards" (i32.const 7) (i32.const 100)) (i32.const 4175054550))
(assert_return (invoke "backwards" (i32.const 200) (i32.const 255)) (i32.const 529127484))
(assert_return (invoke "backwards" (i32.const 255) (i32.const 3)) (i32.const 73))
(assert_return (invoke "scaled" (i32.const 0) (i32.const 0)) (i32.const 185207048))
(assert_return (invoke "scaled" (i32.const 4) (i32.const 63)) (i32.const 92603524))
(assert_return (invoke "scaled" (i32.const 252) (i32.const 17)) (i32.const 3292186168))
(assert_return (invoke "scaled" (i32.const 100) (i32.const 40)) (i32.const 2406642319))
(assert_return (invoke "wraps" (i32.const 100)) (i32.const 828))
(assert_trap (invoke "wraps" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "wraps" (i32.const -4)) "out of bounds memory access")
(assert_trap (invoke "beyond") "out of bounds memory access")
(assert_trap (invoke "beyond_by_words") "out of bounds memory access")
