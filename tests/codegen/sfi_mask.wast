;; sfi: mask
;; The offset is added first, and the sum is masked by what is in the Context.
;; expect-code: addq\s+\$0x8, %rax
;; expect-code: andq\s+%fs:-0x[0-9a-f]+, %rax
;; refuse-code: %gs:
;; refuse-code: movl\s+0x8\(
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")
  (func (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0))))

(assert_return (invoke "load" (i32.const 4)) (i32.const 4))
(assert_trap (invoke "load" (i32.const -8)) "out of bounds memory access")
(assert_trap (invoke "load" (i32.const 65528)) "out of bounds memory access")
