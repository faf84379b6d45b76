;; The start function forks: the child ends where the start function does, the parent runs on and waits.
(module
  (import "lind" "syscall" (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory 1)
  (global $child (mut i64) (i64.const 0))
  (func $call (param $number i32) (param $a i64) (param $b i64) (result i64)
    (call $syscall (local.get $number) (local.get $a) (local.get $b)
      (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))
  (func $begin
    (global.set $child (call $call (i32.const 57) (i64.const 0) (i64.const 0))))
  (start $begin)
  (func (export "_start")
    (drop (call $call (i32.const 231)
      (i64.extend_i32_u (i64.eq (global.get $child)
        (call $call (i32.const 61) (i64.const -1) (i64.const 0))))
      (i64.const 0)))))
