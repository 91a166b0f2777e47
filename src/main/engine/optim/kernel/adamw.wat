;; AdamW and the sum of squares over a block of numbers, four at a time. host-adamw.ts copies blocks in and out; `npm run make-kernels` makes
;; module.ts of this file.
(module
  ;; A block's values, gradients, m and v begin at 0, 64, 128 and 192 KiB.
  (memory (export "memory") 4)

  ;; $bytes of each, rounded up to 16. See host-adamw.ts for the formula.
  (func (export "update")
    (param $bytes i32)
    (param $clip f32) (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32)
    (param $pace f32) (param $root f32) (param $epsilon f32) (param $kept f32)
    (local $i i32) (local $g v128) (local $mean v128) (local $square v128)
    (loop $next
      ;; g = gradient · clip
      (local.set $g (f32x4.mul (v128.load offset=65536 (local.get $i)) (f32x4.splat (local.get $clip))))
      ;; mean = β₁ m + (1 − β₁) g
      (local.set $mean (f32x4.add
        (f32x4.mul (v128.load offset=131072 (local.get $i)) (f32x4.splat (local.get $beta1)))
        (f32x4.mul (local.get $g) (f32x4.splat (local.get $rest1)))))
      ;; square = β₂ v + (1 − β₂) g²
      (local.set $square (f32x4.add
        (f32x4.mul (v128.load offset=196608 (local.get $i)) (f32x4.splat (local.get $beta2)))
        (f32x4.mul (f32x4.mul (local.get $g) (local.get $g)) (f32x4.splat (local.get $rest2)))))
      (v128.store offset=131072 (local.get $i) (local.get $mean))
      (v128.store offset=196608 (local.get $i) (local.get $square))
      ;; value = kept · value − pace · mean / (√square · root + ε)
      (v128.store (local.get $i) (f32x4.sub
        (f32x4.mul (v128.load (local.get $i)) (f32x4.splat (local.get $kept)))
        (f32x4.div
          (f32x4.mul (local.get $mean) (f32x4.splat (local.get $pace)))
          (f32x4.add
            (f32x4.mul (f32x4.sqrt (local.get $square)) (f32x4.splat (local.get $root)))
            (f32x4.splat (local.get $epsilon))))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  ;; Σ x² of the numbers at 0, in float64.
  (func (export "sumOfSquares") (param $bytes i32) (result f64)
    (local $i i32) (local $x v128) (local $low v128) (local $high v128)
    (loop $next
      (local.set $x (v128.load (local.get $i)))
      (local.set $low (f64x2.add (local.get $low)
        (f64x2.mul (f64x2.promote_low_f32x4 (local.get $x)) (f64x2.promote_low_f32x4 (local.get $x)))))
      (local.set $x (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x)))
      (local.set $high (f64x2.add (local.get $high)
        (f64x2.mul (f64x2.promote_low_f32x4 (local.get $x)) (f64x2.promote_low_f32x4 (local.get $x)))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes))))
    (f64.add
      (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low)))
      (f64.add (f64x2.extract_lane 0 (local.get $high)) (f64x2.extract_lane 1 (local.get $high))))))
