;; sfi: base
;; The base of memory is loaded from the Context, and again after a call; never within a loop without calls.
;; expect-code: movq\s+%fs:
;; expect-code: movl\s+0x8\(%r[a-z0-9]+,%r[a-z0-9]+\)
;; refuse-code: %gs:
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")
  (func $identity (param i32) (result i32) (local.get 0))
  (func (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $s i32)
    (loop $again
      (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 10)) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s)))

(assert_return (invoke "load" (i32.const 4)) (i32.const 4))
(assert_trap (invoke "load" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const 65528)) "out of bounds memory access")
(assert_return (invoke "sum" (i32.const 0) (i32.const 4)) (i32.const 1234))
