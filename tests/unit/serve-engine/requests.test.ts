/** What the server accepts, and what it says to the rest. */
import { completionRequest, loadRequest, parsed, Refused, refuseUnfit } from '@main/serve-engine/requests'
import { expect, test } from 'vitest'

const whole = {
  ...{ prompt: [1, 5, 9], n_predict: 4, seed: 7, temperature: 1, top_k: 0, top_p: 1, n_probs: 1, return_tokens: true },
}
const read = (change: object) => parsed(JSON.stringify({ ...whole, ...change }), completionRequest)

test('a request of our own client is understood, with what it leaves out', () => {
  const request = read({ lora: [{ id: 3, scale: 1 }], samplers: ['top_k', 'top_p', 'temperature'], min_p: 0 })
  expect(request).toMatchObject({ prompt: [1, 5, 9], lora: [{ id: 3, scale: 1 }], cache_prompt: true })
  expect(read({})).toMatchObject({ lora: [], post_sampling_probs: false })
})

test.each([
  ['text', { prompt: 'Hello' }, /at "prompt": the ids of the tokens are expected, not text/],
  ['an empty prompt', { prompt: [] }, /at "prompt"/],
  ['a token that is no number', { prompt: [1, 'a'] }, /at "prompt.1"/],
  ['half a token', { prompt: [1.5] }, /at "prompt.0"/],
  ['a negative seed', { seed: -1 }, /at "seed"/],
  ['more than one adapter', { lora: [1, 2].map((id) => ({ id, scale: 1 })) }, /at "lora"/],
  ['an adapter at half its strength', { lora: [{ id: 1, scale: 0.5 }] }, /at "lora.0.scale"/],
  ['log-probabilities after the samplers', { post_sampling_probs: true }, /at "post_sampling_probs"/],
  ['samplers in another order', { samplers: ['temperature', 'top_k', 'top_p'] }, /at "samplers.0"/],
  ['what it does not know', { mirostat: 2 }, /mirostat/],
  ['no new tokens', { n_predict: 0 }, /at "n_predict"/],
  ['top_p of 0', { top_p: 0 }, /at "top_p"/],
])('refuses %s', (_, change, message) => {
  expect(() => read(change)).toThrow(message)
})

test('what is no JSON, or too deep, or too long is refused before it is read', () => {
  expect(() => parsed('{"path"', loadRequest)).toThrow(/which is not JSON/)
  expect(() => parsed('['.repeat(100), loadRequest)).toThrow(/more than 8 deep/)
  expect(() => read({ prompt: new Array(200_000).fill(1) })).toThrow(/more than [\d,]+ values/)
  expect(() => parsed('{"path":"/a","name":"n","more":1}', loadRequest)).toThrow(Refused)
})

test('tokens of another model and texts beyond the context are refused', () => {
  expect(() => refuseUnfit(read({}), 9, 100)).toThrow("The token 9 is not in this model's vocabulary of 9.")
  expect(() => refuseUnfit(read({}), 10, 6)).toThrow(/3 tokens and 4 new ones are 7, beyond the context of 6/)
  expect(() => refuseUnfit(read({}), 10, 7)).not.toThrow()
})
