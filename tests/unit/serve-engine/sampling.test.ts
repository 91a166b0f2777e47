/** Lanes, drawing and one continuation, with a model of four tokens that a person can check. */
import { continued } from '@main/serve-engine/continuation'
import { draw } from '@main/serve-engine/draw'
import { commonLength, createLanes } from '@main/serve-engine/lanes'
import type { Input, Sequence } from '@main/serve-engine/library'
import { completionRequest } from '@main/serve-engine/requests'
import { expect, test } from 'vitest'

const never = new AbortController().signal
const lane = (...contextTokens: number[]) => ({ contextTokens })

test('the lane with most of the prompt is taken; who finds none waits, in order', async () => {
  const [a, b] = [lane(1, 2, 3), lane(1, 2, 9)]
  expect(commonLength(a.contextTokens, [1, 2, 9, 9])).toBe(2)
  const lanes = createLanes([a, b])
  expect(await lanes.take([1, 2, 9, 9], never)).toBe(b)
  expect(await lanes.take([1, 2, 9, 9], never)).toBe(a)
  const order: string[] = []
  const third = lanes.take([5], never).then((got) => order.push(got === a ? 'third a' : 'third b'))
  const fourth = lanes.take([6], never).then((got) => order.push(got === a ? 'fourth a' : 'fourth b'))
  lanes.give(b)
  lanes.give(a)
  await Promise.all([third, fourth])
  expect(order).toEqual(['third b', 'fourth a'])
})

test('who gives up leaves the line, and too many may not wait', async () => {
  const only = lane()
  const lanes = createLanes([only], 1)
  await lanes.take([1], never)
  const stopping = new AbortController()
  const waiting = lanes.take([1], stopping.signal)
  await expect(lanes.take([1], never)).rejects.toThrow(/1 requests are waiting already/)
  stopping.abort()
  await expect(waiting).rejects.toThrow(/given up/)
  await expect(lanes.take([1], stopping.signal)).rejects.toThrow(/given up/)
  lanes.give(only)
  await lanes.idle()
})

/** Probabilities 0.5, 0.25, 0.125, 0.125. */
const LOGITS = new Map([
  [7, Math.log(8)],
  [3, Math.log(4)],
  [4, Math.log(2)],
  [5, Math.log(2)],
])
const at = (share: number) => Math.floor(share * 2 ** 32)
const plain = { temperature: 1, topK: 0, topP: 1 }

test('draws by probability, and gives the log-probability of the whole distribution whatever was cut', () => {
  expect(draw(LOGITS, plain, at(0.49)).token).toBe(7)
  expect(draw(LOGITS, plain, at(0.51))).toEqual({ token: 3, logprob: expect.closeTo(Math.log(0.25), 12) })
  expect(draw(LOGITS, plain, 2 ** 32 - 1).token).toBe(5)
  expect(draw(LOGITS, { ...plain, topK: 2 }, at(0.9))).toEqual({
    token: 3,
    logprob: expect.closeTo(Math.log(0.25), 12),
  })
  expect(draw(LOGITS, { ...plain, topP: 0.5 }, at(0.99)).token).toBe(7)
  // Squared: 64, 16, 4, 4 of 88.
  expect(draw(LOGITS, { ...plain, temperature: 0.5 }, at(0.72)).token).toBe(7)
  expect(draw(LOGITS, { ...plain, temperature: 0.5 }, at(0.74)).token).toBe(3)
})

/** Its next token is one more than the last, with probability 0.5. */
function counting(contextTokens: number[]) {
  const seen: { input: readonly Input[]; seeds: number[] } = { input: [], seeds: [] }
  const sequence: Sequence = {
    contextTokens,
    adaptStateToTokens: async (tokens) => void contextTokens.splice(commonLength(contextTokens, tokens)),
    clearHistory: async () => void contextTokens.splice(0),
    async controlledEvaluate(input) {
      seen.input = [...seen.input, ...input]
      contextTokens.push(...input.map((one) => (typeof one === 'number' ? one : one[0])))
      const last = input.at(-1) as Exclude<Input, number>
      seen.seeds.push(last[1].generateNext.options.seed)
      return [{ next: { token: last[0] + 1, confidence: 0.5 } }]
    },
  }
  return { sequence, seen }
}

const request = completionRequest.parse({
  ...{ prompt: [1, 2, 3], n_predict: 3, seed: 7, temperature: 1, top_k: 0, top_p: 1, n_probs: 1, return_tokens: true },
})

test('computes only what its cache lacks, every token with a seed of its own', async () => {
  const { sequence, seen } = counting([1, 2, 3, 9, 9])
  const found = await continued(sequence, request, () => false, never)
  expect(found).toEqual({ tokens: [4, 5, 6], logprobs: Array(3).fill(Math.log(0.5)), ended: 'limit', cached: 2 })
  expect(seen.input).toHaveLength(3) // the prompt's last token, then two of the three new ones
  expect(new Set(seen.seeds).size).toBe(3)
  const again = counting([])
  expect(await continued(again.sequence, request, () => false, never)).toMatchObject({ tokens: [4, 5, 6], cached: 0 })
  expect(again.seen.seeds).toEqual(seen.seeds)
})

test('ends with the token that ends a text, and when nobody waits', async () => {
  const { sequence } = counting([])
  const found = await continued(sequence, request, (token) => token === 5, never)
  expect(found).toMatchObject({ tokens: [4, 5], ended: 'eos' })
  await expect(continued(sequence, request, () => false, AbortSignal.abort())).rejects.toThrow(/given up/)
})
