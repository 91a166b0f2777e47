/** Mean and variance of plain numbers. */

type Numbers = ArrayLike<number>

/** NaN for nothing. */
export function mean(values: Numbers): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** Of a sample, divided by n − 1; NaN for fewer than two values. Exactly 0 for equal ones, whose rounded mean may differ from them. */
export function variance(values: Numbers): number {
  const centre = mean(values)
  let sum = 0
  let isEqual = true
  for (let i = 0; i < values.length; i++) {
    sum += (values[i]! - centre) ** 2
    isEqual &&= values[i] === values[0]
  }
  if (isEqual && values.length > 1) return 0
  return values.length > 1 ? sum / (values.length - 1) : Number.NaN
}
