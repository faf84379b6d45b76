;; Memory grown to its limits, and touched at both ends.
(module
  (memory 1)
  (func (export "grow") (param $pages i32) (result i32)
    (local $old i32)
    (local.set $old (memory.grow (local.get $pages)))
    (if (i32.ne (local.get $old) (i32.const -1))
      (then
        (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (i32.const 7))
        (i32.store (i32.const 0) (i32.load (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4))))))
    (local.get $old))
  ;; One page at a time to the end; each is touched. Returns how many there are.
  (func (export "grow_all") (param $limit i32) (result i32)
    (loop $again
      (if (i32.and (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
                   (i32.lt_u (memory.size) (local.get $limit)))
        (then
          (i32.store8 (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1)) (i32.const 1))
          (br $again))))
    (memory.size))
  (func (export "grow_then_beyond") (param i32)
    (drop (memory.grow (local.get 0)))
    (i32.store (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
