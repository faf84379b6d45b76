;; A small nest over pairs is unrolled whole: nothing is left to jump back.
;; refuse-ir: = phi
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00\05\00\00\00")
  ;; Sums up, of each of five numbers, its products with those behind it.
  (func (export "pairs") (local $i i32) (local $j i32) (local $left i32) (local $at i32)
    (local.set $left (i32.const 4))
    (loop $outer
      (if (i32.le_u (local.get $i) (i32.const 3))
        (then
          (local.set $j (local.get $left))
          (local.set $at (i32.shl (local.get $i) (i32.const 2)))
          (loop $inner
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (i32.store offset=32 (i32.shl (local.get $i) (i32.const 2))
              (i32.add
                (i32.load offset=32 (i32.shl (local.get $i) (i32.const 2)))
                (i32.mul (i32.load (local.get $at)) (i32.load (i32.shl (local.get $i) (i32.const 2))))))
            (br_if $inner (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $outer (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5)))))
  (func (export "sum") (param $i i32) (result i32)
    (i32.load offset=32 (i32.shl (local.get $i) (i32.const 2)))))

(invoke "pairs")
(assert_return (invoke "sum" (i32.const 0)) (i32.const 14))
(assert_return (invoke "sum" (i32.const 1)) (i32.const 24))
(assert_return (invoke "sum" (i32.const 2)) (i32.const 27))
(assert_return (invoke "sum" (i32.const 3)) (i32.const 20))
(assert_return (invoke "sum" (i32.const 4)) (i32.const 0))
