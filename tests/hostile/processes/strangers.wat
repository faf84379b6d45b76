;; Calls that name other processes, which there are none of, and memory that is not there.
(module
  (import "lind" "syscall" (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory 2)
  (func $must (param $number i32) (param $a i64) (param $b i64) (param $c i64) (param $expected i64)
    (if (i64.ne (local.get $expected)
          (call $syscall (local.get $number) (local.get $a) (local.get $b) (local.get $c)
            (i64.const 0) (i64.const 0) (i64.const 0)))
      (then unreachable)))
  (func (export "_start")
    (call $must (i32.const 61) (i64.const -1) (i64.const 0) (i64.const 0) (i64.const -10))          ;; wait4: ECHILD
    (call $must (i32.const 61) (i64.const -2147483648) (i64.const 0) (i64.const 0) (i64.const -3))  ;; ESRCH
    (call $must (i32.const 62) (i64.const 30000) (i64.const 9) (i64.const 0) (i64.const -3))        ;; kill
    (call $must (i32.const 62) (i64.const -2147483648) (i64.const 9) (i64.const 0) (i64.const -3))
    (call $must (i32.const 62) (i64.const -1) (i64.const 9) (i64.const 0) (i64.const -3))
    (call $must (i32.const 62) (i64.const 1) (i64.const 9) (i64.const 0) (i64.const -3))
    (call $must (i32.const 109) (i64.const 1) (i64.const 0) (i64.const 0) (i64.const -3))           ;; setpgid
    (call $must (i32.const 109) (i64.const 0) (i64.const 30000) (i64.const 0) (i64.const -1))
    (call $must (i32.const 59) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const -14))           ;; execve
    (call $must (i32.const 59) (i64.const 0xfffff000) (i64.const 8) (i64.const 8) (i64.const -14))
    (call $must (i32.const 56) (i64.const 0x100) (i64.const 0) (i64.const 0) (i64.const -22))       ;; clone
    (call $must (i32.const 56) (i64.const 0x7fffffff) (i64.const 0) (i64.const 0) (i64.const -22))
    (call $must (i32.const 247) (i64.const 3) (i64.const 0) (i64.const 0) (i64.const -22))          ;; waitid
    (drop (call $syscall (i32.const 231) (i64.const 7) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))))
