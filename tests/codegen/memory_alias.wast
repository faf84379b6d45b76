;; An address as a sum of 32 bits and one with the instruction's offset are told apart, and known to be the same.
;; The one load is that of "partly".
;; refuse-ir: load i64, ptr addrspace\(256\)
;; refuse-ir: store i32 1,
;; expect-ir: load i32, ptr addrspace\(256\)
(module
  (memory 1)
  ;; What is stored at 16 is not at 8.
  (func (export "apart") (param $p i32) (param $value i64) (result i64)
    (i64.store offset=8 (local.get $p) (local.get $value))
    (i64.store (i32.add (local.get $p) (i32.const 16)) (i64.const 7))
    (i64.store (i32.add (local.get $p) (i32.const 0)) (i64.const 9))
    (i64.load offset=8 (local.get $p)))
  ;; The same place: the first store is of no use, the load neither.
  (func (export "same") (param $p i32) (param $value i32) (result i32)
    (i32.store offset=8 (local.get $p) (i32.const 1))
    (i32.store (i32.add (local.get $p) (i32.const 8)) (local.get $value))
    (i32.add (local.get $value) (i32.const 1)))
  (func (export "partly") (param $p i32) (result i32)
    (i32.store offset=8 (local.get $p) (i32.const 0x44332211))
    (i32.store8 (i32.add (local.get $p) (i32.const 10)) (i32.const 0xff))
    (i32.load offset=8 (local.get $p)))
  ;; By a pointer before the memory's beginning.
  (func (export "around") (param $p i32) (result i32)
    (i32.store (i32.add (local.get $p) (i32.const 32)) (i32.const 5))
    (i32.store16 (i32.add (local.get $p) (i32.const 30)) (i32.const 6))
    (i32.load (i32.add (local.get $p) (i32.const 32)))))

(assert_return (invoke "apart" (i32.const 64) (i64.const 123456789012)) (i64.const 123456789012))
(assert_return (invoke "same" (i32.const 64) (i32.const 5)) (i32.const 6))
(assert_return (invoke "partly" (i32.const 64)) (i32.const 0x44ff2211))
(assert_return (invoke "around" (i32.const -16)) (i32.const 5))
(assert_trap (invoke "apart" (i32.const -16) (i64.const 1)) "out of bounds memory access")
