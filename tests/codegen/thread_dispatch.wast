;; Handlers of an interpreter's loop jump to the next one themselves.
;; several-code: jmpq\s+\*%r
(module
  (memory 1)
  ;; 0: end; 1: double; 2: add 1; 3: square; 4: add 100; 5: jump to 1 unless the value is above 1000
  (data (i32.const 0) "\02\01\03\04\05\00")
  (func (export "run") (param $value i32) (result i32) (local $at i32) (local $code i32)
    (loop $next
      (local.set $code (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (block $jump (block $hundred (block $square (block $increment (block $double (block $end
        (br_table $end $double $increment $square $hundred $jump (local.get $code)))
        (return (local.get $value)))
        (local.set $value (i32.shl (local.get $value) (i32.const 1)))
        (i32.store offset=100 (local.get $at) (local.get $value))
        (br $next))
        (local.set $value (i32.add (local.get $value) (i32.const 1)))
        (i32.store8 offset=200 (local.get $at) (local.get $value))
        (br $next))
        (local.set $value (i32.mul (local.get $value) (local.get $value)))
        (i32.store16 offset=300 (local.get $at) (local.get $value))
        (br $next))
        (local.set $value (i32.add (local.get $value) (i32.const 100)))
        (i64.store offset=400 (local.get $at) (i64.extend_i32_u (local.get $value)))
        (br $next))
      (if (i32.le_u (local.get $value) (i32.const 1000)) (then (local.set $at (i32.const 1))))
      (br $next))
    (unreachable)))

(assert_return (invoke "run" (i32.const 0)) (i32.const 43364))
(assert_return (invoke "run" (i32.const 9)) (i32.const 1000100))
