;; Libraries look for a zero byte in words by arithmetic. Where a loop does, the bytes of vectors are compared.
;; several-code: vpcmpeqb
;; refuse-ir: sub <8 x i32>
;; refuse-ir: add <8 x i32>
(module
  (memory 1)
  (data (i32.const 0x1000) "\01\80\ff\7f\01\01\01\01\80\80\80\80\ff\ff\ff\ff\81\01\80\01ab\00\01")
  (data (i32.const 0x1100) "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\7b\7az\01\00\01")

  ;; ((0x01010100 - w) | w) & 0x80808080 == 0x80808080
  (func $subtract (export "subtract") (param $p i32) (result i32) (local $w i32)
    (loop $again
      (local.set $w (i32.load (local.get $p)))
      (if (i32.eq (i32.const 0x80808080)
            (i32.and (i32.or (i32.sub (i32.const 0x01010100) (local.get $w)) (local.get $w)) (i32.const 0x80808080)))
        (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $again))))
    (local.get $p))

  ;; (w - 0x01010101) & ~w & 0x80808080 == 0
  (func $borrow (export "borrow") (param $p i32) (result i32) (local $w i32)
    (loop $again
      (local.set $w (i32.load (local.get $p)))
      (if (i32.eqz (i32.and (i32.and (i32.sub (local.get $w) (i32.const 0x01010101))
            (i32.xor (local.get $w) (i32.const -1))) (i32.const 0x80808080)))
        (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $again))))
    (local.get $p))

  ;; The end, or a byte that is `z`, or the one that `pattern` has four of.
  (func $find_z (export "find_z") (param $p i32) (result i32) (local $w i32) (local $x i32)
    (loop $again
      (local.set $w (i32.load (local.get $p)))
      (local.set $x (i32.xor (local.get $w) (i32.const 0x7a7a7a7a)))
      (if (i32.eq (i32.const 0x80808080)
            (i32.and (i32.and (i32.or (i32.sub (i32.const 0x01010100) (local.get $w)) (local.get $w))
              (i32.or (i32.sub (i32.const 0x01010100) (local.get $x)) (local.get $x))) (i32.const 0x80808080)))
        (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $again))))
    (local.get $p))
  (func $find (export "find") (param $p i32) (param $end i32) (param $pattern i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (i32.xor (i32.load (local.get $p)) (local.get $pattern)))
      (if (i32.eq (i32.const 0x80808080)
            (i32.and (i32.or (i32.sub (i32.const 0x01010100) (local.get $x)) (local.get $x)) (i32.const 0x80808080)))
        (then
          (local.set $p (i32.add (local.get $p) (i32.const 4)))
          (br_if $again (i32.ne (local.get $p) (local.get $end))))))
    (local.get $p)))

(assert_return (invoke "subtract" (i32.const 0x1000)) (i32.const 0x1014))
(assert_return (invoke "borrow" (i32.const 0x1000)) (i32.const 0x1014))
(assert_return (invoke "subtract" (i32.const 0x1100)) (i32.const 0x1154))
(assert_return (invoke "borrow" (i32.const 0x1100)) (i32.const 0x1154))
(assert_return (invoke "subtract" (i32.const 0x1101)) (i32.const 0x1155))
(assert_return (invoke "borrow" (i32.const 0x1103)) (i32.const 0x1157))
(assert_return (invoke "find_z" (i32.const 0x1100)) (i32.const 0x1154))
(assert_return (invoke "find_z" (i32.const 0x1101)) (i32.const 0x1151))
(assert_return (invoke "find_z" (i32.const 0x1000)) (i32.const 0x1014))
(assert_return (invoke "find" (i32.const 0x1000) (i32.const 0x1100) (i32.const 0x80808080)) (i32.const 0x1000))
(assert_return (invoke "find" (i32.const 0x1004) (i32.const 0x1100) (i32.const 0x80808080)) (i32.const 0x1008))
(assert_return (invoke "find" (i32.const 0x1004) (i32.const 0x1100) (i32.const 0x81818181)) (i32.const 0x1010))
(assert_return (invoke "find" (i32.const 0x1100) (i32.const 0x1120) (i32.const 0x7b7b7b7b)) (i32.const 0x1120))
(assert_return (invoke "find" (i32.const 0x1100) (i32.const 0x1160) (i32.const 0x7b7b7b7b)) (i32.const 0x1150))
(assert_return (invoke "find" (i32.const 0x2000) (i32.const 0x10000) (i32.const 0x7b7b7b7b)) (i32.const 0x10000))
(assert_trap (invoke "find" (i32.const 0x2000) (i32.const 0x10002) (i32.const 0x7b7b7b7b)) "out of bounds memory access")
