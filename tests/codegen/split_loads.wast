;; What was just stored in words is loaded in words, not as the vector that it is copied by: the processor hands the
;; words on, but not what is made of several. Far from the stores a vector is loaded as one.
;; expect-code: vpinsrd
;; expect-code: vmovups\s+%gs:.*%xmm
(module
  (memory 1)
  (func (export "copy") (param $p i32) (param $q i32) (param $v i32)
    (i32.store (local.get $p) (local.get $v))
    (i32.store offset=4 (local.get $p) (i32.add (local.get $v) (i32.const 1)))
    (i32.store offset=8 (local.get $p) (i32.add (local.get $v) (i32.const 2)))
    (i32.store offset=12 (local.get $p) (i32.add (local.get $v) (i32.const 3)))
    (v128.store (local.get $q) (v128.load (local.get $p))))
  ;; An element of an array: which is not known.
  (func (export "element") (param $p i32) (param $q i32) (param $i i32)
    (local $e i32)
    (local.set $e (i32.add (i32.add (local.get $p) (i32.const 16)) (i32.shl (local.get $i) (i32.const 2))))
    (i32.store (local.get $e) (i32.add (i32.load (local.get $e)) (i32.const 100)))
    (v128.store (local.get $q) (v128.load offset=16 (local.get $p))))
  (func (export "whole") (param $p i32) (param $q i32)
    (v128.store (local.get $q) (v128.load (local.get $p))))
  (func (export "get") (param i32) (result i32) (i32.load (local.get 0))))

(invoke "copy" (i32.const 64) (i32.const 128) (i32.const 7))
(assert_return (invoke "get" (i32.const 128)) (i32.const 7))
(assert_return (invoke "get" (i32.const 132)) (i32.const 8))
(assert_return (invoke "get" (i32.const 136)) (i32.const 9))
(assert_return (invoke "get" (i32.const 140)) (i32.const 10))
(invoke "element" (i32.const 48) (i32.const 256) (i32.const 2))
(assert_return (invoke "get" (i32.const 260)) (i32.const 8))
(assert_return (invoke "get" (i32.const 264)) (i32.const 109))
(invoke "copy" (i32.const 512) (i32.const 514) (i32.const -1))
(assert_return (invoke "get" (i32.const 514)) (i32.const -1))
(assert_return (invoke "get" (i32.const 526)) (i32.const 2))
(invoke "whole" (i32.const 128) (i32.const 300))
(assert_return (invoke "get" (i32.const 308)) (i32.const 9))
(assert_trap (invoke "copy" (i32.const 65528) (i32.const 0) (i32.const 0)) "out of bounds memory access")
