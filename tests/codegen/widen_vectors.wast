;; linden-widen-vectors. Every shape is a function that does one iteration. A loop that it is inlined into
;; must do to memory, and return, what a loop does that calls it through the table, and which therefore
;; stays as it is: for every count of iterations up to 40, with source and destination apart and at every
;; distance up to 64 bytes either way.
;; expect-ir: fmul <8 x float>
;; expect-ir: llvm.sqrt.v4f64
;; expect-ir: llvm.uadd.sat.v32i8
;; expect-ir: zext <32 x i8> .* to <32 x i16>
;; expect-ir: fmul <4 x double>
;; expect-ir: icmp eq <32 x i8>
;; expect-ir: mul <16 x i16>
;; expect-ir: llvm.umin.v8i32
;; expect-ir: llvm.smax.v16i16
(module
  (type $one (func (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)))
  (type $all (func (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128)))
  (memory (export "memory") 1 1)
  (table 72 funcref)
  (elem (i32.const 0) $multiply_add $square_root $saturate $lengthen $narrow $halves $two_each $two_different $reverse_lanes $blend $choose $splat_lane $number $bytes $small_lanes $from_above $from_far_above $from_below $two_stores $before_after $recurrence $i32x4_add $i8x16_sub $i16x8_mul $v128_and $v128_or $v128_xor $i32x4_min_u $i16x8_max_s $i8x16_min_s $i32x4_max_u $add_two $add_some $float_sum $add_and_store $not_reduction)
  (elem (i32.const 36) $all_multiply_add $all_square_root $all_saturate $all_lengthen $all_narrow $all_halves $all_two_each $all_two_different $all_reverse_lanes $all_blend $all_choose $all_splat_lane $all_number $all_bytes $all_small_lanes $all_from_above $all_from_far_above $all_from_below $all_two_stores $all_before_after $all_recurrence $all_i32x4_add $all_i8x16_sub $all_i16x8_mul $all_v128_and $all_v128_or $all_v128_xor $all_i32x4_min_u $all_i16x8_max_s $all_i8x16_min_s $all_i32x4_max_u $all_add_two $all_add_some $all_float_sum $all_add_and_store $all_not_reduction)

  (func $multiply_add (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (f32x4.add (f32x4.mul (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (v128.const f32x4 1.5 2 -1 0.25)) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_multiply_add (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $multiply_add (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $square_root (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (f64x2.sqrt (f64x2.abs (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))))
    (local.get $acc))
  (func $all_square_root (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $square_root (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $saturate (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i8x16.sub_sat_u (i8x16.add_sat_u (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))) (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)))
    (local.get $acc))
  (func $all_saturate (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $saturate (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $lengthen (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i16x8.mul (v128.load8x8_u (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 3)))) (i16x8.splat (i32.const 3))))
    (local.get $acc))
  (func $all_lengthen (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $lengthen (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $narrow (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i64.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 3))) (i64x2.extract_lane 0 (i8x16.narrow_i16x8_u (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))))
    (local.get $acc))
  (func $all_narrow (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $narrow (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $halves (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i8x16.narrow_i16x8_u (i16x8.shr_u (i16x8.extend_low_i8x16_u (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))) (i32.const 1))
        (i16x8.shr_u (i16x8.extend_high_i8x16_u (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))) (i32.const 1))))
    (local.get $acc))
  (func $all_halves (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $halves (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $two_each (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5)))
      (f64x2.mul (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5)))) (v128.const f64x2 0.5 2)))
    (v128.store offset=16 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5)))
      (f64x2.mul (v128.load offset=16 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5)))) (v128.const f64x2 0.5 2)))
    (local.get $acc))
  (func $all_two_each (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $two_each (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $two_different (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5)))
      (i32x4.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5)))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5))))))
    (v128.store offset=16 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5)))
      (i32x4.sub (v128.load offset=16 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5)))) (v128.load offset=16 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 5))))))
    (local.get $acc))
  (func $all_two_different (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $two_different (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $reverse_lanes (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i8x16.add (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_reverse_lanes (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $reverse_lanes (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $blend (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i8x16.shuffle 0 17 2 19 4 21 6 23 24 9 26 11 28 13 30 15 (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_blend (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $blend (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $choose (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (v128.bitselect (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (i32x4.gt_s (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))))))
    (local.get $acc))
  (func $all_choose (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $choose (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $splat_lane (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (i32x4.splat (i32x4.extract_lane 2 (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))) (i32x4.replace_lane 1 (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (i32.const 77))))
    (local.get $acc))
  (func $all_splat_lane (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $splat_lane (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $number (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i32x4.splat (i32.mul (local.get $i) (i32.const 3)))))
    (local.get $acc))
  (func $all_number (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $number (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $bytes (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 2))) (i32.xor (i32.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 2)))) (i32.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 2))))))
    (i32x4.sub (local.get $acc) (i32x4.extend_low_i16x8_s (i16x8.extend_low_i8x16_s (i8x16.eq (i32x4.splat (i32.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 2))))) (i8x16.splat (i32.const 7)))))))
  (func $all_bytes (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $bytes (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $small_lanes (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.or (local.get $acc) (i32x4.extend_low_i16x8_u (i16x8.min_s (i32x4.splat (i32.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 2))))) (i16x8.splat (i32.const 16000))))))
  (func $all_small_lanes (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $small_lanes (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $from_above (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (v128.load offset=16 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_from_above (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $from_above (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $from_far_above (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (v128.load offset=128 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (v128.load offset=8 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_from_far_above (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $from_far_above (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $from_below (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store offset=16 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_from_below (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $from_below (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $two_stores (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i32x4.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load offset=4 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (v128.store offset=1024 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (v128.not (v128.load offset=8 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_two_stores (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $two_stores (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $before_after (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (v128.not (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (v128.store offset=16384 (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i16x8.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (v128.load (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4))))))
    (local.get $acc))
  (func $all_before_after (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $before_after (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $recurrence (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $acc) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))
  (func $all_recurrence (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $recurrence (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i32x4_add (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32x4.add (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i32x4_add (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i32x4_add (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i8x16_sub (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i8x16.sub (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i8x16_sub (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i8x16_sub (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i16x8_mul (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i16x8.mul (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i16x8_mul (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i16x8_mul (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $v128_and (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.and (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_v128_and (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $v128_and (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $v128_or (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.or (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_v128_or (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $v128_or (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $v128_xor (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.xor (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_v128_xor (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $v128_xor (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i32x4_min_u (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32x4.min_u (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i32x4_min_u (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i32x4_min_u (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i16x8_max_s (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i16x8.max_s (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i16x8_max_s (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i16x8_max_s (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i8x16_min_s (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i8x16.min_s (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i8x16_min_s (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i8x16_min_s (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $i32x4_max_u (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32x4.max_u (local.get $acc) (i8x16.add (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))) (i8x16.splat (i32.const 1)))))
  (func $all_i32x4_max_u (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $i32x4_max_u (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $add_two (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32x4.add (i32x4.add (local.get $acc) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5))))) (v128.load offset=16 (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5))))))
  (func $all_add_two (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $add_two (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $add_some (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (i32x4.add (local.get $acc) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 5))))))
  (func $all_add_some (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $add_some (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $float_sum (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (f32x4.add (local.get $acc) (f32x4.convert_i32x4_s (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))))
  (func $all_float_sum (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $float_sum (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $add_and_store (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (i16x8.abs (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
    (i64x2.add (local.get $acc) (i64x2.neg (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4)))))))
  (func $all_add_and_store (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $add_and_store (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  (func $not_reduction (param $d i32) (param $s i32) (param $i i32) (param $acc v128) (result v128)
    (v128.store (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 4)))
      (local.get $acc))
    (i32x4.add (local.get $acc) (v128.load (i32.add (local.get $s) (i32.shl (local.get $i) (i32.const 4))))))
  (func $all_not_reduction (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128) (local $i i32)
    (if (local.get $n) (then (loop $next
      (local.set $acc (call $not_reduction (local.get $d) (local.get $s) (local.get $i) (local.get $acc)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))
    (local.get $acc))

  ;; the loop as it is
  (func $plain (param $shape i32) (param $d i32) (param $s i32) (param $n i32) (param $acc v128) (result v128)
    (local $i i32)
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $acc (call_indirect (type $one) (local.get $d) (local.get $s) (local.get $i) (local.get $acc)
                                     (local.get $shape)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))
    (local.get $acc))

  ;; Numbers, not NaNs, whatever they are read as: bytes 7 and 0x3a to 0x42.
  (func $fill (local $i i32) (local $state i32)
    (loop $next
      (local.set $state (i32.add (i32.mul (local.get $state) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store8 (local.get $i)
        (select (i32.const 7) (i32.add (i32.const 0x3a) (i32.and (i32.shr_u (local.get $state) (i32.const 20)) (i32.const 7)))
                (i32.eqz (i32.and (local.get $state) (i32.const 0x700000)))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 36864)))))

  (func $hash (param $acc v128) (result i64) (local $i i32) (local $hash i64)
    (local.set $hash (i64.mul (i64.add (i64x2.extract_lane 0 (local.get $acc)) (i64.const 0x123456789abcdef1))
                              (i64.or (i64.const 1) (i64x2.extract_lane 1 (local.get $acc)))))
    (loop $next
      (local.set $hash (i64.add (i64.mul (local.get $hash) (i64.const 6364136223846793005))
                                (i64.load (local.get $i))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 36864))))
    (local.get $hash))

  ;; Whether both loops do the same.
  (func $same (param $shape i32) (param $d i32) (param $s i32) (param $n i32) (result i32)
    (local $expected i64) (local $acc v128)
    (local.set $acc (v128.const i32x4 5 -6 0x7ffffff0 123456789))
    (call $fill)
    (local.set $expected
      (call $hash (call $plain (local.get $shape) (local.get $d) (local.get $s) (local.get $n) (local.get $acc))))
    (call $fill)
    (i64.eq (local.get $expected)
      (call $hash (call_indirect (type $all) (local.get $d) (local.get $s) (local.get $n) (local.get $acc)
                                 (i32.add (local.get $shape) (i32.const 36))))))

  ;; How often they do not, in all of the above.
  (func (export "differences") (param $shape i32) (result i32)
    (local $n i32) (local $distance i32) (local $differences i32)
    (loop $next_count
      (local.set $differences (i32.add (local.get $differences) (i32.eqz
        (call $same (local.get $shape) (i32.const 4096) (i32.const 10000) (local.get $n)))))
      (br_if $next_count (i32.le_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40))))
    (local.set $distance (i32.const -64))
    (loop $next_distance
      (local.set $n (i32.const 21))
      (loop $next_length
        (local.set $differences (i32.add (local.get $differences) (i32.eqz
          (call $same (local.get $shape) (i32.const 4096) (i32.add (i32.const 4096) (local.get $distance)) (local.get $n)))))
        (br_if $next_length (i32.le_u (local.tee $n (i32.add (local.get $n) (i32.const 15))) (i32.const 36))))
      (br_if $next_distance
        (i32.le_s (local.tee $distance (i32.add (local.get $distance) (i32.const 1))) (i32.const 64))))
    (local.get $differences))

  ;; d[i] = d[i] * constants + s[i], where memory may end
  (func (export "run") (param $d i32) (param $s i32) (param $n i32)
    (drop (call $all_multiply_add (local.get $d) (local.get $s) (local.get $n) (v128.const i32x4 0 0 0 0))))
  (func (export "sum") (param $s i32) (param $n i32) (result i32)
    (i32x4.extract_lane 0 (call $all_i32x4_add (i32.const 0) (local.get $s) (local.get $n) (v128.const i32x4 0 0 0 0)))))

(assert_return (invoke "differences" (i32.const 0)) (i32.const 0))  ;; multiply_add
(assert_return (invoke "differences" (i32.const 1)) (i32.const 0))  ;; square_root
(assert_return (invoke "differences" (i32.const 2)) (i32.const 0))  ;; saturate
(assert_return (invoke "differences" (i32.const 3)) (i32.const 0))  ;; lengthen
(assert_return (invoke "differences" (i32.const 4)) (i32.const 0))  ;; narrow
(assert_return (invoke "differences" (i32.const 5)) (i32.const 0))  ;; halves
(assert_return (invoke "differences" (i32.const 6)) (i32.const 0))  ;; two_each
(assert_return (invoke "differences" (i32.const 7)) (i32.const 0))  ;; two_different
(assert_return (invoke "differences" (i32.const 8)) (i32.const 0))  ;; reverse_lanes
(assert_return (invoke "differences" (i32.const 9)) (i32.const 0))  ;; blend
(assert_return (invoke "differences" (i32.const 10)) (i32.const 0))  ;; choose
(assert_return (invoke "differences" (i32.const 11)) (i32.const 0))  ;; splat_lane
(assert_return (invoke "differences" (i32.const 12)) (i32.const 0))  ;; number
(assert_return (invoke "differences" (i32.const 13)) (i32.const 0))  ;; bytes
(assert_return (invoke "differences" (i32.const 14)) (i32.const 0))  ;; small_lanes
(assert_return (invoke "differences" (i32.const 15)) (i32.const 0))  ;; from_above
(assert_return (invoke "differences" (i32.const 16)) (i32.const 0))  ;; from_far_above
(assert_return (invoke "differences" (i32.const 17)) (i32.const 0))  ;; from_below
(assert_return (invoke "differences" (i32.const 18)) (i32.const 0))  ;; two_stores
(assert_return (invoke "differences" (i32.const 19)) (i32.const 0))  ;; before_after
(assert_return (invoke "differences" (i32.const 20)) (i32.const 0))  ;; recurrence
(assert_return (invoke "differences" (i32.const 21)) (i32.const 0))  ;; i32x4_add
(assert_return (invoke "differences" (i32.const 22)) (i32.const 0))  ;; i8x16_sub
(assert_return (invoke "differences" (i32.const 23)) (i32.const 0))  ;; i16x8_mul
(assert_return (invoke "differences" (i32.const 24)) (i32.const 0))  ;; v128_and
(assert_return (invoke "differences" (i32.const 25)) (i32.const 0))  ;; v128_or
(assert_return (invoke "differences" (i32.const 26)) (i32.const 0))  ;; v128_xor
(assert_return (invoke "differences" (i32.const 27)) (i32.const 0))  ;; i32x4_min_u
(assert_return (invoke "differences" (i32.const 28)) (i32.const 0))  ;; i16x8_max_s
(assert_return (invoke "differences" (i32.const 29)) (i32.const 0))  ;; i8x16_min_s
(assert_return (invoke "differences" (i32.const 30)) (i32.const 0))  ;; i32x4_max_u
(assert_return (invoke "differences" (i32.const 31)) (i32.const 0))  ;; add_two
(assert_return (invoke "differences" (i32.const 32)) (i32.const 0))  ;; add_some
(assert_return (invoke "differences" (i32.const 33)) (i32.const 0))  ;; float_sum
(assert_return (invoke "differences" (i32.const 34)) (i32.const 0))  ;; add_and_store
(assert_return (invoke "differences" (i32.const 35)) (i32.const 0))  ;; not_reduction

;; exactly to the end of memory, and beyond
(assert_return (invoke "run" (i32.const 64896) (i32.const 0) (i32.const 40)))
(assert_return (invoke "run" (i32.const 0) (i32.const 64896) (i32.const 40)))
(assert_trap (invoke "run" (i32.const 64897) (i32.const 0) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "run" (i32.const 0) (i32.const 64912) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "run" (i32.const 60000) (i32.const 0) (i32.const 10000)) "out of bounds memory access")
(assert_trap (invoke "run" (i32.const 0) (i32.const -1) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "sum" (i32.const 64912) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "sum" (i32.const 0xffffff00) (i32.const 40)) "out of bounds memory access")
(assert_trap (invoke "sum" (i32.const 0) (i32.const -1)) "out of bounds memory access")

;; 4 GiB: a loop that goes round the end of the address space
(module
  (memory 65536)
  (func (export "copy") (param $d i32) (param $s i32) (param $n i32) (local $end i32)
    (local.set $end (i32.add (local.get $s) (i32.shl (local.get $n) (i32.const 4))))
    (loop $next
      (v128.store (local.get $d) (i32x4.add (v128.load (local.get $s)) (v128.const i32x4 1 1 1 1)))
      (local.set $d (i32.add (local.get $d) (i32.const 16)))
      (br_if $next (i32.ne (local.tee $s (i32.add (local.get $s) (i32.const 16))) (local.get $end)))))
  (func (export "get") (param $at i32) (result i32) (i32.load (local.get $at))))
(invoke "copy" (i32.const 0xfffffe00) (i32.const 4096) (i32.const 64))
(assert_return (invoke "get" (i32.const 0xfffffffc)) (i32.const 1))
(assert_return (invoke "get" (i32.const 0)) (i32.const 1))
(assert_return (invoke "get" (i32.const 508)) (i32.const 1))
(assert_return (invoke "get" (i32.const 512)) (i32.const 0))
(invoke "copy" (i32.const 8192) (i32.const 0xfffffe00) (i32.const 64))
(assert_return (invoke "get" (i32.const 8192)) (i32.const 2))
(assert_return (invoke "get" (i32.const 8704)) (i32.const 2))
(assert_return (invoke "get" (i32.const 9212)) (i32.const 2))
