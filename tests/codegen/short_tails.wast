;; What ends the rounds of a loop in many ways is there for each of them, not jumped to.
;; several-code: addl\s+\$0x3039,
(module
  (memory 1)
  (func (export "scan") (param $at i32) (param $end i32) (result i32) (local $sum i32) (local $byte i32)
    (loop $next
      (if (i32.le_s (i32.sub (local.get $end) (local.get $at)) (i32.const 0)) (then (return (local.get $sum))))
      (local.set $byte (i32.load8_u offset=100 (i32.load8_u (local.get $at))))
      (block $tail (block $rest (block $d (block $c (block $b (block $a
        (br_table $a $b $c $d $rest (local.get $byte)))
        (i32.store offset=1000 (local.get $end) (i32.add (i32.const 1) (i32.load offset=1000 (local.get $end))))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $next))
        (i32.store offset=1000 (local.get $end) (i32.add (i32.const 1) (i32.load offset=1000 (local.get $end))))
        (local.set $at (i32.add (local.get $at) (i32.const 3)))
        (br $next))
        (i32.store offset=1004 (local.get $end) (i32.const 0))
        (br $tail))
        (i32.store offset=1008 (local.get $end) (i32.add (i32.const 1) (i32.load offset=1000 (local.get $end))))
        (br $tail))
        (i32.store offset=1000 (local.get $end) (i32.add (i32.const 1) (i32.load offset=1000 (local.get $end)))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 12345)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))
  (data (i32.const 0) "\00\ff\01\ff\ff\02\03\04")
  (data (i32.const 100) "\00\01\02\03\04"))

(assert_return (invoke "scan" (i32.const 0) (i32.const 8)) (i32.const 37035))
(assert_return (invoke "scan" (i32.const 8) (i32.const 8)) (i32.const 0))
