;; Every instruction of exception handling, with the tag section and imported and exported tags.
(module
  (type $carried (func (param i32 f64)))
  (import "env" "tag" (tag $imported (param i32)))
  (import "env" "call" (func $import (param i32)))
  (tag $both (export "both") (type $carried))
  (tag $wide (param i64 v128 externref))
  (tag $none)
  (memory 1)
  (global $count (mut i32) (i32.const 0))
  (table 3 funcref)
  (elem (i32.const 0) $throw_none $throw_wide $import_and_throw)
  (func $throw_none (param i32) (throw $none))
  (func $throw_wide (param i32)
    (throw $wide (i64.const 1) (v128.const i64x2 2 3) (ref.null extern)))
  (func $import_and_throw (param i32)
    (call $import (local.get 0))
    (throw $imported (local.get 0)))
  (func $any (export "any") (param i32) (result i32) (local $x i32)
    (try $outer (result i32)
      (do
        (local.set $x (i32.const 1))
        (try $inner (result i32)
          (do
            (call_indirect (param i32) (local.get 0) (local.get 0))
            (local.tee $x (i32.const 2)))
          (catch $none (local.set $x (i32.const 3)) (rethrow $inner))
          (catch $wide drop drop drop (local.get $x))))
      (catch $imported)
      (catch $both drop)
      (catch_all (i32.add (local.get $x) (i32.const 10)))))
  (func (export "delegate") (param i32) (result i32)
    (try $outer (result i32)
      (do
        (try (result i32)
          (do
            (try (result i32)
              (do (throw $both (local.get 0) (f64.const 1)))
              (delegate $outer)))
          (catch_all (i32.const -1))))
      (catch $both drop)))
  (func (export "loop") (param i32) (result i32)
    (loop $again
      (block $done
        (try
          (do
            (br_if $done (i32.gt_u (global.get $count) (i32.const 9)))
            (drop (call $any (i32.rem_u (global.get $count) (i32.const 4)))))
          (catch_all
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (br $again)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (br $again)))
    (global.get $count))
  (func (export "uncaught") (throw $imported (i32.const 1)))
  (func (export "bare") (try (do (call $throw_none (i32.const 0)))))
)
