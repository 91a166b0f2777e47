/** Points at which formulas are evaluated: fixed random fractions of several sizes and both signs, then whole numbers. */

export type Sample = ReadonlyMap<string, { readonly n: number; readonly d: number }>

const DENOMINATOR = 9973
const POINTS = 40

/** Magnitudes of the values of a point, one after the other; first all negative, then mixed signs. */
const SCALES = [1, 0.5, 3, 1, 20, 2, 0.9, 100]

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function realPoints(names: readonly string[]): Sample[] {
  const random = generator(20_240_229)
  return Array.from({ length: POINTS }, (_, point) => {
    const scale = SCALES[point % SCALES.length] ?? 1
    const drawn = () => {
      const size = Math.max(1, Math.round((0.03 + random()) * scale * DENOMINATOR))
      const isNegative = point % 3 === 1 || (point % 3 === 2 && random() < 0.5)
      return { n: isNegative ? -size : size, d: DENOMINATOR }
    }
    return new Map(names.map((name) => [name, drawn()]))
  })
}

/** For formulas defined only for whole numbers, such as `n!`. */
function wholePoints(names: readonly string[]): Sample[] {
  const random = generator(7)
  return Array.from(
    { length: POINTS },
    (_, point) =>
      new Map(
        names.map((name, i) => [name, { n: i === 0 ? point + 1 : 1 + Math.floor(random() * (point + 3)), d: 1 }]),
      ),
  )
}

/** In the order in which they are tried; without variables there is one point. */
export const samplesOf = (names: readonly string[]): readonly (readonly Sample[])[] =>
  names.length === 0 ? [[new Map()]] : [realPoints(names), wholePoints(names)]
