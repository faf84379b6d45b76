;; sfi: bounds
;; Each access has its check, and the size is read once for a loop.
;; expect-code: leaq\s+0xc\(%rax\)
;; expect-code: cmpq\s
;; expect-code: ja\s
;; expect-code: ud1l\s+0x5
;; refuse-code: %gs:
;; A record: what its last field has been checked for, the others are not checked for again.
;; expect-ir: icmp ugt i64 %[0-9a-z]+, %[0-9a-z]+
;; refuse-ir: add .*i64 .*, 18
(module
  (memory 1 2)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")
  (func (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func (export "record") (param i32) (result i32)
    (i32.add (i32.load offset=20 (local.get 0))
      (i32.add (i32.load offset=0 (local.get 0)) (i32.load16_u offset=16 (local.get 0)))))
  ;; The first access traps, so the second, which would be covered, must not have happened.
  (func (export "order") (param i32) (result i32)
    (i32.store offset=0 (i32.const 0) (i32.const 77))
    (i32.store offset=8 (local.get 0) (i32.const 1))
    (i32.store offset=4 (local.get 0) (i32.const 2))
    (i32.const 0))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0)))
  ;; What one way has checked is no check on the other.
  (func (export "ways") (param $p i32) (param $way i32) (result i32)
    (if (local.get $way) (then (i32.store offset=100 (local.get $p) (i32.const 1))))
    (i32.load8_u offset=50 (local.get $p)))
  ;; A store beyond the end happens only to those elements that the condition admits, none of which is there.
  (func (export "masked") (param $n i32) (param $limit i32) (local $i i32)
    (loop $again
      (if (i32.lt_u (local.get $i) (local.get $limit))
        (then (i32.store offset=65472 (i32.shl (local.get $i) (i32.const 2))
          (i32.add (i32.load offset=65472 (i32.shl (local.get $i) (i32.const 2))) (i32.const 1)))))
      (br_if $again (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))

(assert_return (invoke "load" (i32.const 4)) (i32.const 4))
(assert_trap (invoke "load" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const 65525)) "out of bounds memory access")
(assert_return (invoke "load" (i32.const 65524)) (i32.const 0))
(assert_return (invoke "record" (i32.const 0)) (i32.const 1))
(assert_trap (invoke "record" (i32.const 65513)) "out of bounds memory access")
(assert_return (invoke "ways" (i32.const 65480) (i32.const 0)) (i32.const 0))
(assert_trap (invoke "ways" (i32.const 65480) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "ways" (i32.const 65486) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "order" (i32.const 65528)) "out of bounds memory access")
(assert_return (invoke "at" (i32.const 65532)) (i32.const 0))
(assert_return (invoke "at" (i32.const 0)) (i32.const 77))
(invoke "masked" (i32.const 1000) (i32.const 16))
(assert_return (invoke "at" (i32.const 65472)) (i32.const 1))
(assert_return (invoke "at" (i32.const 65532)) (i32.const 1))
(assert_trap (invoke "masked" (i32.const 1000) (i32.const 17)) "out of bounds memory access")
(assert_return (invoke "grow") (i32.const 1))
(assert_return (invoke "load" (i32.const 65528)) (i32.const 0))
(assert_trap (invoke "load" (i32.const 131064)) "out of bounds memory access")
