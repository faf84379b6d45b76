;; What every round of a small loop waits for is addressed by the base of memory in a register, and a counter too;
;; other accesses are by the segment, and no base is kept across a call.
;; expect-code: movl\s+0x4\(%r[a-z0-9]+,%r[a-z0-9]+\)
;; expect-code: movl\s+%[a-z0-9]+, 0x20\(%r[a-z0-9]+\)
;; expect-code: %gs:0x8\(%r
;; expect-code: %gs:\(%r[a-z0-9]+\)
;; refuse-code: %gs:0x4
;; The search of a tree chooses an address, and adds nothing to it.
;; expect-code: movl\s+0x18\(%r[a-z0-9]+,%r[a-z0-9]+\)
;; refuse-code: %gs:\(%[a-z0-9]+,%[a-z0-9]+,4\)
;; refuse-code: movl\s+%e([a-d]x|[sd]i), %e\1$
;; refuse-code: %gs:0x20
(module
  (memory 1)
  ;; Nodes: what comes next is at 4.
  (data (i32.const 64) "\01\00\00\00\50\00\00\00" "\00\00\00\00\00\00\00\00" "\02\00\00\00\48\01\00\00")
  (data (i32.const 104) "\60")
  (data (i32.const 328) "\03\00\00\00\00\00\00\00")
  (func $chase (export "chase") (param $node i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load (local.get $node))))
      (br_if $again (local.tee $node (i32.load offset=4 (local.get $node)))))
    (local.get $sum))
  ;; A loop with a call: no base could be kept.
  (func (export "chases") (param $node i32) (param $times i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $node (i32.load offset=8 (local.get $node)))
      (local.set $sum (i32.add (i32.add (local.get $sum) (local.get $node)) (call $count (local.get $times))))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $sum))
  ;; Nodes: their key at 24, the children at 0 and 4.
  (data (i32.const 400) "\c0\01\00\00\e0\01\00\00")
  (data (i32.const 424) "\07")
  (data (i32.const 472) "\05")
  (data (i32.const 504) "\09")
  (func (export "find") (param $node i32) (param $key i32) (result i32) (local $other i32)
    (loop $again
      (if (i32.eq (local.tee $other (i32.load offset=24 (local.get $node))) (local.get $key))
        (then (return (local.get $node))))
      (br_if $again
        (local.tee $node
          (i32.load
            (i32.add
              (local.get $node)
              (select (i32.const 0) (i32.const 4) (i32.lt_u (local.get $key) (local.get $other))))))))
    (i32.const 0))
  (func $count (export "count") (param $depth i32) (result i32)
    (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1)))
    (if (local.get $depth)
      (then
        (drop (call $count (i32.sub (local.get $depth) (i32.const 1))))
        (drop (call $count (i32.sub (local.get $depth) (i32.const 1))))))
    (i32.load (i32.const 32))))

(assert_return (invoke "chase" (i32.const 64)) (i32.const 123))
(assert_trap (invoke "chase" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "chase" (i32.const -4)) "out of bounds memory access")
(assert_return (invoke "find" (i32.const 400) (i32.const 7)) (i32.const 400))
(assert_return (invoke "find" (i32.const 400) (i32.const 5)) (i32.const 448))
(assert_return (invoke "find" (i32.const 400) (i32.const 9)) (i32.const 480))
(assert_return (invoke "find" (i32.const 400) (i32.const 8)) (i32.const 0))
(assert_trap (invoke "find" (i32.const 65532) (i32.const 8)) "out of bounds memory access")
;; Neither key nor child: the address of the child wraps, that of the key does not.
(assert_trap (invoke "find" (i32.const -4) (i32.const 8)) "out of bounds memory access")
(assert_return (invoke "count" (i32.const 3)) (i32.const 15))
(assert_return (invoke "count" (i32.const 4)) (i32.const 46))
(assert_return (invoke "chases" (i32.const 96) (i32.const 3)) (i32.const 488))
