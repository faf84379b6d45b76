;; Tables are shared by parent and child, so neither may change them.
(module
  (import "lind" "syscall" (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory 2)
  (table $functions 4 funcref)
  (elem declare func $nothing)
  (func $nothing)
  (func $call (param $number i32) (param $a i64) (param $b i64) (result i64)
    (call $syscall (local.get $number) (local.get $a) (local.get $b)
      (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))
  (func (export "_start")
    (table.set $functions (i32.const 0) (ref.func $nothing))
    (if (i64.eqz (call $call (i32.const 57) (i64.const 0) (i64.const 0)))
      (then
        (table.set $functions (i32.const 1) (ref.func $nothing))
        (drop (call $call (i32.const 231) (i64.const 0) (i64.const 0)))))
    ;; The status, a signal's number, at 65536.
    (drop (call $call (i32.const 61) (i64.const -1) (i64.const 65536)))
    (drop (call $call (i32.const 231) (i64.load32_u (i32.const 65536)) (i64.const 0)))))
