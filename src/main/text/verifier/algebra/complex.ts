/** Complex numbers of decimals, at any precision, with principal values. Undefined results are thrown. */
import { Decimal } from 'decimal.js'

export interface Complex {
  readonly re: Decimal
  readonly im: Decimal
}

/** A value that does not exist: a division by zero, an overflow, an underflow, a function outside its domain. */
export class Undefined extends Error {}

export type Field = ReturnType<typeof complexField>

/** Beyond this, powers and exponentials count as over- or underflow, because no digit would be right. */
const MAX_EXPONENT = 1e12
const MAX_COMPLEX_POWER = 10_000

function finite(value: Decimal): Decimal {
  if (!value.isFinite() || Math.abs(value.e) > MAX_EXPONENT) throw new Undefined()
  return value
}

/** Arithmetic with `precision` significant digits. `lost.isLost` is set if a sum is so much larger than one of its terms that the term is lost. */
export function complexField(precision: number) {
  const D = Decimal.clone({
    precision,
    rounding: Decimal.ROUND_HALF_EVEN,
    minE: -9e15,
    maxE: 9e15,
    toExpNeg: -7,
    toExpPos: 21,
  })
  const ZERO = new D(0)
  const ONE = new D(1)
  const PI = D.acos(-1)
  const complex = (re: Decimal, im: Decimal = ZERO): Complex => ({ re: finite(re), im: finite(im) })
  const isReal = ({ im }: Complex): boolean => im.isZero()
  const isZero = ({ re, im }: Complex): boolean => re.isZero() && im.isZero()

  const lost = { isLost: false }
  /** True if a term is so much smaller than the other that it is lost. */
  const isLostIn = (a: Decimal, b: Decimal): boolean =>
    !a.isZero() && !b.isZero() && Math.abs(a.e - b.e) > 2 * precision

  /** A result smaller than the last digits of its terms is rounding error and counts as zero. */
  const ROUNDING = new D(10).pow(8 - precision)
  const cleared = (value: Decimal, size: Decimal): Decimal => (value.abs().lt(size.mul(ROUNDING)) ? ZERO : value)
  const sum = (a: Decimal, b: Decimal): Decimal => cleared(a.add(b), D.max(a.abs(), b.abs()))

  function add(a: Complex, b: Complex): Complex {
    if (isLostIn(a.re, b.re) || isLostIn(a.im, b.im)) lost.isLost = true
    return complex(sum(a.re, b.re), sum(a.im, b.im))
  }
  const negate = (a: Complex): Complex => complex(a.re.neg(), a.im.neg())
  const subtract = (a: Complex, b: Complex): Complex => add(a, negate(b))

  function multiply(a: Complex, b: Complex): Complex {
    if (isReal(a) && isReal(b)) return complex(a.re.mul(b.re))
    return complex(a.re.mul(b.re).sub(a.im.mul(b.im)), a.re.mul(b.im).add(a.im.mul(b.re)))
  }

  function divide(a: Complex, b: Complex): Complex {
    if (isZero(b)) throw new Undefined()
    if (isReal(a) && isReal(b)) return complex(a.re.div(b.re))
    const size = b.re.mul(b.re).add(b.im.mul(b.im))
    const { re, im } = multiply(a, complex(b.re, b.im.neg()))
    return complex(re.div(size), im.div(size))
  }

  const absolute = (a: Complex): Decimal => (isReal(a) ? a.re.abs() : D.sqrt(a.re.mul(a.re).add(a.im.mul(a.im))))

  function exp(a: Complex): Complex {
    if (a.re.abs().gt(MAX_EXPONENT)) throw new Undefined()
    const size = a.re.exp()
    return isReal(a) ? complex(size) : complex(size.mul(a.im.cos()), size.mul(a.im.sin()))
  }

  function ln(a: Complex): Complex {
    if (isZero(a)) throw new Undefined()
    return isReal(a) && a.re.gt(0) ? complex(a.re.ln()) : complex(absolute(a).ln(), D.atan2(a.im, a.re))
  }

  function integerPower(base: Complex, exponent: number): Complex {
    let [result, factor] = [complex(ONE), base]
    for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
      if (left % 2) result = multiply(result, factor)
      factor = multiply(factor, factor)
    }
    return exponent < 0 ? divide(complex(ONE), result) : result
  }

  function power(base: Complex, exponent: Complex): Complex {
    if (isZero(base)) {
      if (!isReal(exponent) || exponent.re.lte(0)) throw new Undefined()
      return complex(ZERO)
    }
    const isInteger = isReal(exponent) && exponent.re.isInteger()
    if (isReal(base) && isReal(exponent) && (isInteger || base.re.gt(0)))
      return complex(nonZero(base.re.pow(exponent.re)))
    if (isInteger && exponent.re.abs().lte(MAX_COMPLEX_POWER)) return integerPower(base, exponent.re.toNumber())
    return exp(multiply(exponent, ln(base)))
  }

  function nonZero(value: Decimal): Decimal {
    if (value.isZero()) throw new Undefined() // an underflow
    return value
  }

  /** Zeros of sine and cosine, where the argument is not a small number itself. */
  const wave = (x: Decimal, value: Decimal): Decimal => (x.abs().lt(0.1) ? value : cleared(value, x.abs().add(1)))
  const sinh = (x: Decimal): Decimal => x.sinh()
  function sin({ re, im }: Complex): Complex {
    return im.isZero() ? complex(wave(re, re.sin())) : complex(re.sin().mul(im.cosh()), re.cos().mul(sinh(im)))
  }
  function cos({ re, im }: Complex): Complex {
    return im.isZero() ? complex(wave(re, re.cos())) : complex(re.cos().mul(im.cosh()), re.sin().mul(sinh(im)).neg())
  }

  return {
    lost,
    D,
    PI,
    complex,
    isReal,
    isZero,
    add,
    subtract,
    negate,
    multiply,
    divide,
    absolute,
    exp,
    ln,
    power,
    sin,
    cos,
  }
}
