;; The exchange of a hash chain, and of a sort, is of what has been looked at, or will be much later.
;; refuse-code: prefetcht
(module
  (memory 1)
  (func (export "chain") (param $end i32) (result i32) (local $at i32) (local $slot i32) (local $before i32) (local $sum i32)
    (loop $next
      (local.set $slot
        (i32.add (i32.const 1024)
          (i32.shl (i32.shr_u (i32.mul (i32.load (local.get $at)) (i32.const 0x9e3779b1)) (i32.const 24)) (i32.const 2))))
      (local.set $before (i32.load (local.get $slot)))
      (i32.store (local.get $slot) (local.get $at))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $before))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (local.get $sum))
  ;; Copies pointers to what is above a limit, then sums up.
  (func (export "above") (param $end i32) (param $limit i32) (result i32)
    (local $at i32) (local $to i32) (local $one i32) (local $sum i32) (local $from i32)
    (local.set $to (i32.const 1024))
    (local.set $from (i32.const 1024))
    (loop $next
      (local.set $one (i32.load (local.get $at)))
      (i32.store (local.get $to) (local.get $one))
      (if (i32.gt_u (i32.load (local.get $one)) (local.get $limit))
        (then (local.set $to (i32.add (local.get $to) (i32.const 4)))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.load (local.get $from)))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br $next)))
    (local.get $sum))
  (data (i32.const 0) "\10\00\00\00\14\00\00\00\18\00\00\00\00\00\00\00\05\00\00\00\07\00\00\00\09"))

(assert_return (invoke "chain" (i32.const 32)) (i32.const 336))
(assert_return (invoke "above" (i32.const 12) (i32.const 6)) (i32.const 16))
