;; Each round waits for the one before: what is loaded is added up meanwhile, and not to what is waited for.
;; expect-code: movl\s+%gs:
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00\05\00\00\00\06\00\00\00")
  (func (export "mix") (param $p i32) (param $end i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x
        (i32.add
          (i32.add (i32.rotl (local.get $x) (i32.const 5)) (i32.load (local.get $p)))
          (i32.load offset=4 (local.get $p))))
      (br_if $again
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 8))) (local.get $end))))
    (local.get $x))
  ;; Two values that later rounds need, one of them only a round later; nothing may be lost of the order of stores.
  (func (export "pair") (param $p i32) (param $end i32) (result i32) (local $x i32) (local $y i32) (local $t i32)
    (loop $again
      (local.set $t
        (i32.xor
          (i32.xor (i32.xor (i32.mul (local.get $x) (i32.const 7)) (local.get $y)) (i32.load (local.get $p)))
          (i32.const 12345)))
      (i32.store (local.get $p) (local.get $t))
      (local.set $y (local.get $x))
      (local.set $x (local.get $t))
      (br_if $again
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
    (i32.add (local.get $x) (local.get $y))))

(assert_return (invoke "mix" (i32.const 0) (i32.const 8)) (i32.const 3))
(assert_return (invoke "mix" (i32.const 0) (i32.const 24)) (i32.const 3307))
(assert_return (invoke "pair" (i32.const 0) (i32.const 4)) (i32.const 12344))
(assert_return (invoke "pair" (i32.const 0) (i32.const 4)) (i32.const 1))
(assert_return (invoke "pair" (i32.const 0) (i32.const 8)) (i32.const 102891))
(assert_trap (invoke "mix" (i32.const 65528) (i32.const 65544)) "out of bounds memory access")
