import { type KindStep, shapeOf, stepKinds } from '@shared/statistics/step-kinds'
import { expect, it } from 'vitest'

it('makes numbers and names alike', () => {
  expect(shapeOf(' Bob-Eve: Eve apple -> Bob apple\n', null)).toBe('◦-◦: ◦ apple -> ◦ apple')
  expect(shapeOf('17 + 4.5 = 21.5, so 1,000', null)).toBe('# + # = #, so #')
  expect(shapeOf('Then we carry the one', 2)).toBe('◦ we …')
  expect(shapeOf('short', 3)).toBe('short')
  expect(shapeOf('McCarthy übt', null)).toBe('◦ übt')
})

const step = (text: string, isCritical: boolean, advantage: number | null = 0.5): KindStep => ({
  text,
  isCritical,
  advantage,
})

it('counts kinds among critical steps and among all', () => {
  const steps = [
    ...[step('1 + 2 = 3', true, 0.25), step('4 + 5 = 9', true, 0.75), step('so 9', false), step('so 3', true, null)],
    ...[step('6 + 7 = 13', false), step('so 13', false), step('so 1', false), step('so 2', false)],
  ]
  const { kinds, critical, words } = stepKinds(steps)
  expect([critical, words]).toEqual([3, null])
  expect(kinds.map(({ shape, critical, share, shareOfAll }) => [shape, critical, share, shareOfAll])).toEqual([
    ['# + # = #', 2, 2 / 3, 3 / 8],
    ['so #', 1, 1 / 3, 5 / 8],
  ])
  expect(kinds[0]!.advantage?.mean).toBeCloseTo(0.5)
  expect(kinds[0]!.interval[0]).toBeLessThan(2 / 3)
  expect(kinds[1]!.advantage).toBeNull()
})

it('takes coarser shapes where every step is of its own kind', () => {
  const words =
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon'.split(
      ' ',
    )
  const steps = words.flatMap((one) =>
    words.map((other) => step(`therefore the ${one} of the ${other} is here`, one < other)),
  )
  const { kinds, words: counted } = stepKinds(steps)
  expect([counted, kinds.length, kinds[0]!.shape]).toEqual([3, 15, 'therefore the alpha …'])
})

it('says nothing of nothing', () => {
  expect(stepKinds([])).toEqual({ kinds: [], critical: 0, steps: 0, words: 1 })
})
