/** Round numbers from 0 to at least `max`. */
export function ticksTo(max: number, count: number): readonly number[] {
  const exact = Math.max(1, max / count)
  const power = 10 ** Math.floor(Math.log10(exact))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= exact - 1e-9) ?? power
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, i) => i * step)
}
