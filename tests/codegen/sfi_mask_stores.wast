;; sfi: mask-stores
;; Loads are as with the back-end base, stores as with mask.
;; expect-code: movl\s+0x8\(%r[a-z0-9]+,%r[a-z0-9]+\)
;; expect-code: andq\s+%fs:-0x[0-9a-f]+, %r
(module
  (memory 1)
  (func (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func (export "store") (param i32) (i32.store offset=8 (local.get 0) (i32.const 5))))

(invoke "store" (i32.const 4))
(assert_return (invoke "load" (i32.const 4)) (i32.const 5))
(assert_trap (invoke "store" (i32.const 65528)) "out of bounds memory access")
