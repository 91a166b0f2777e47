/** Weights of tokens that another program sampled, by hand. */
import { effectiveShare, maskedWeights, tokenRatios, truncatedWeights } from '@engine/objectives/importance'
import { expect, test } from 'vitest'

const logp = Float32Array.from([0.5, 0.3, 0.2].map(Math.log))
const sampledLogp = Float32Array.from([0.25, 0.3, 0.05].map(Math.log))
const rounded = (list: Float32Array) => Array.from(list, (x) => Number(x.toFixed(5)))

test('a token counts by how much more likely the trainer finds it, up to the limit', () => {
  expect(rounded(tokenRatios({ logp, sampledLogp }))).toEqual([2, 1, 4])
  expect(rounded(truncatedWeights({ logp, sampledLogp, limit: 3 }))).toEqual([2, 1, 3])
})

test('a rollout counts by the ratio of its whole probability, and not at all beyond the limit', () => {
  expect(rounded(maskedWeights({ logp, sampledLogp, limit: 10 }))).toEqual([8, 8, 8])
  expect(rounded(maskedWeights({ logp, sampledLogp, limit: 7.9 }))).toEqual([0, 0, 0])
})

test('weighting by the ratio gives the expectation under the policy, whatever sampled: E_q[p/q f] = E_p[f]', () => {
  const p = [0.5, 0.3, 0.2]
  const q = [0.2, 0.5, 0.3]
  const f = [3, -1, 2]
  const weights = truncatedWeights({
    logp: Float32Array.from(p, Math.log),
    sampledLogp: Float32Array.from(q, Math.log),
    limit: 100,
  })
  const corrected = q.reduce((sum, share, i) => sum + share * weights[i]! * f[i]!, 0)
  expect(corrected).toBeCloseTo(
    p.reduce((sum, share, i) => sum + share * f[i]!, 0),
    5,
  )
})

test('equal weights are worth all tokens, one large one is worth one of them, none of them nothing', () => {
  expect(effectiveShare([Float32Array.of(2, 2), Float32Array.of(2, 2)])).toBe(1)
  expect(effectiveShare([Float32Array.of(1, 0, 0, 0)])).toBe(0.25)
  expect(effectiveShare([Float32Array.of(0, 0)])).toBe(0)
  expect(effectiveShare([])).toBe(1)
})

test('probabilities that are far apart do not overflow', () => {
  const far = { logp: Float32Array.of(-1), sampledLogp: Float32Array.of(-500), limit: 2 }
  expect(truncatedWeights(far)).toEqual(Float32Array.of(2))
  expect(Number.isFinite(tokenRatios(far)[0])).toBe(true)
})
