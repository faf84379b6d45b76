;; What goes through an array before it is an address is prefetched where it is stored.
;; expect-code: prefetcht0\s+%gs:
;; expect-ir: prefetch.*%[0-9]+, i32 0
(module
  (memory 1)
  (data (i32.const 8192) "\01\02\03\04\05\06\07\08")
  ;; A ring of eight hashes, each of which is looked up eight rounds later.
  (func (export "ring") (param $rounds i32) (result i32) (local $i i32) (local $sum i32) (local $slot i32) (local $old i32)
    (loop $next
      (local.set $slot (i32.add (i32.const 64) (i32.shl (i32.and (local.get $i) (i32.const 7)) (i32.const 2))))
      (local.set $old (i32.load (local.get $slot)))
      (i32.store (local.get $slot)
        (i32.shr_u (i32.mul (i32.load offset=4096 (i32.shl (local.get $i) (i32.const 2))) (i32.const 0x9e3779b1)) (i32.const 29)))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=8192 (local.get $old))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $rounds))))
    (local.get $sum))
  ;; First collects where to look, as far as that is not 0, and then looks there.
  (func (export "collect") (param $from i32) (param $base i32) (result i32)
    (local $count i32) (local $at i32) (local $to i32) (local $i i32) (local $sum i32)
    (local.set $to (i32.const 256))
    (block $end
      (loop $next
        (local.set $at (i32.load (local.get $from)))
        (br_if $end (i32.eqz (local.get $at)))
        (i32.store (local.get $to) (local.get $at))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (i32.const 12)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $count)))
        (local.set $at (i32.load (i32.add (i32.const 256) (i32.shl (local.get $i) (i32.const 2)))))
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $at) (local.get $base)))))
        (br_if $done (i32.gt_u (local.get $sum) (i32.const 1000)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (data (i32.const 4096) "\05\00\00\00\07\00\00\00\63\00\00\00\15\00\00\00")
  (data (i32.const 16384) "\01\00\00\00........\03\00\00\00........\f4\ff\ff\ff........\00\00\00\00"))

(assert_return (invoke "ring" (i32.const 8)) (i32.const 8))
(assert_return (invoke "ring" (i32.const 8)) (i32.const 18))
(assert_return (invoke "collect" (i32.const 16384) (i32.const 8191)) (i32.const 4))
(assert_trap (invoke "collect" (i32.const 16384) (i32.const 65533)) "out of bounds memory access")
