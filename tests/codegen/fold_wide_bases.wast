;; The base of an array may be the lower half of a wider register: sums with it are folded all the same.
;; expect-code: %gs:0x[0-9a-f]+\(%[er][a-z0-9]+d?,%
;; refuse-code: leal\s+0x[0-9a-f]+\(%r[a-z0-9]+,%r
(module
  (memory 1)
  ;; w[i + 4] = 3 w[i + 3] + w[i + 1]
  (func (export "recurrence") (param $base i64) (param $end i32) (result i32)
    (local $w i32) (local $i i32)
    (local.set $w (i32.wrap_i64 (local.get $base)))
    (i32.store (local.get $w) (i32.const 1))
    (i32.store offset=4 (local.get $w) (i32.const 2))
    (i32.store offset=12 (local.get $w) (i32.const 5))
    (loop $again
      (i32.store (i32.add (i32.add (local.get $w) (local.get $i)) (i32.const 16))
        (i32.add
          (i32.mul (i32.const 3)
            (i32.load (i32.add (i32.add (local.get $w) (local.get $i)) (i32.const 12))))
          (i32.load (i32.add (i32.add (local.get $w) (local.get $i)) (i32.const 4)))))
      (br_if $again
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $end))))
    (i32.load (i32.add (i32.add (local.get $w) (local.get $i)) (i32.const 12)))))

(assert_return (invoke "recurrence" (i64.const 64) (i32.const 4)) (i32.const 17))
(assert_return (invoke "recurrence" (i64.const 64) (i32.const 8)) (i32.const 51))
(assert_trap (invoke "recurrence" (i64.const 65520) (i32.const 8)) "out of bounds memory access")
