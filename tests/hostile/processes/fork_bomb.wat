;; Forks until it is refused, in parent and children; all end then.
(module
  (import "lind" "syscall" (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory 2)
  (func $call (param $number i32) (param $a i64) (param $b i64) (result i64)
    (call $syscall (local.get $number) (local.get $a) (local.get $b)
      (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))
  (func (export "_start")
    (loop $again
      (br_if $again (i64.ge_s (call $call (i32.const 57) (i64.const 0) (i64.const 0)) (i64.const 0))))
    (drop (call $call (i32.const 231) (i64.const 5) (i64.const 0)))))
