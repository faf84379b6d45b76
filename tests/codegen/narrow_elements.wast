;; tune: skylake
;; A loop may be vectorised but for its accesses, whose addresses are then elements of a vector: taken out of the
;; one with 32 bits each, so that they are below 2^32 for anyone to see.
;; expect-code: vpextrd
;; refuse-code: vpextrq
(module
  (memory 32)
  (func (export "mark") (param $step i32) (result i32)
    (local $i i32)
    (local.set $i (local.tee $step (i32.add (i32.and (local.get $step) (i32.const 1023)) (i32.const 1))))
    (loop $again
      (i32.store8 offset=1000 (local.get $i) (i32.const 1))
      (br_if $again
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (local.get $step))) (i32.const 1000000))))
    (local.get $i))
  (func (export "get") (param i32) (result i32) (i32.load8_u offset=1000 (local.get 0))))

(assert_return (invoke "mark" (i32.const 999)) (i32.const 1000000))
(assert_return (invoke "get" (i32.const 0)) (i32.const 0))
(assert_return (invoke "get" (i32.const 1000)) (i32.const 1))
(assert_return (invoke "get" (i32.const 999000)) (i32.const 1))
(assert_return (invoke "get" (i32.const 999001)) (i32.const 0))
(assert_return (invoke "get" (i32.const 1000000)) (i32.const 0))
