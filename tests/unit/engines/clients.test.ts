/** What is asked of each kind of server, and what is believed of its answers. */
import type { SampleRequest } from '@main/engines/engine'
import { httpOf } from '@main/engines/http'
import { openEngine } from '@main/engines/open'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Answer, type Asked, scriptedServer } from '../../support/scripted-server'

const VOCABULARY = 100
const STOP = 2
const soon = () => AbortSignal.timeout(5000)

const request = (change: Partial<SampleRequest> = {}): SampleRequest => ({
  prefix: Int32Array.of(1, 5, 9),
  seeds: [7, 11],
  limits: { maxNewTokens: 4, temperature: 1, topP: 1, topK: 0, stopTokens: [STOP] },
  policy: { name: 'gpo-a-v3', version: 3 },
  ...change,
})

const notFound: Answer = { status: 404, text: '{"detail":"Not Found"}' }

interface Choice {
  readonly token_ids?: readonly number[] | null
  readonly logprobs?: readonly (number | null)[]
  readonly finish_reason?: string
  readonly prompt_token_ids?: readonly number[]
}

/** vLLM as far as it is asked. */
const vllm =
  (choices: readonly Choice[], loaded: readonly string[] = []) =>
  ({ path }: Asked): Answer => {
    if (path === '/version') return { json: { version: '0.11.0' } }
    if (path === '/v1/models')
      return { json: { data: [{ id: 'base' }, ...loaded.map((id) => ({ id, parent: 'base' }))] } }
    if (path === '/health') return { text: '' }
    if (path !== '/v1/completions') return notFound
    const whole = choices.map(
      ({ token_ids = [4, STOP], logprobs, finish_reason = 'stop', prompt_token_ids }, index) => ({
        ...{ index, token_ids, finish_reason, text: 'ignored' },
        ...(prompt_token_ids && { prompt_token_ids }),
        logprobs: { token_logprobs: logprobs ?? (token_ids ?? []).map(() => -0.5) },
      }),
    )
    return { json: { choices: whole.toReversed() } }
  }

async function openVllm(choices: readonly Choice[], loaded: readonly string[] = []) {
  const { address, asked } = await scriptedServer(vllm(choices, loaded))
  return { engine: await openEngine({ address, key: 'secret' }, VOCABULARY), asked }
}

describe('vLLM', () => {
  test('gets token ids, one request for all continuations of a prefix, and a new name as salt', async () => {
    const { engine, asked } = await openVllm([
      { logprobs: [-0.25, -1] },
      { token_ids: [6, 7, 8, 9], finish_reason: 'length' },
    ])
    expect(engine.capabilities).toMatchObject({ kind: 'vllm', version: '0.11.0', model: 'base', loadsAdapters: true })
    const [first, second] = await engine.sample(request(), soon())
    expect(first).toEqual({ tokens: Int32Array.of(4, STOP), logprobs: Float32Array.of(-0.25, -1), ended: 'stop' })
    expect(second?.ended).toBe('length')
    const sent = asked.filter(({ path }) => path === '/v1/completions')
    expect(sent).toHaveLength(1)
    expect(sent[0]?.key).toBe('Bearer secret')
    expect(sent[0]?.body).toEqual({
      ...{ model: 'gpo-a-v3', prompt: [1, 5, 9], n: 2, max_tokens: 4, temperature: 1, top_p: 1, top_k: -1, min_p: 0 },
      ...{ repetition_penalty: 1, seed: 7, logprobs: 0, return_token_ids: true, stop_token_ids: [STOP] },
      cache_salt: 'gpo-a-v3',
    })
  })

  const good = {}
  test.each<[string, readonly Choice[], RegExp]>([
    ['text only', [{ token_ids: null }, good], /text only/],
    ['too few continuations', [good], /1 continuations, although 2/],
    ['a token of another vocabulary', [{ token_ids: [100, STOP] }, good], /token 100, .*vocabulary of 100/],
    ['a token that is no whole number', [{ token_ids: [1.5, STOP] }, good], /token 1.5/],
    ['a missing log-probability', [{ logprobs: [-1] }, good], /1 log-probabilities for 2 tokens/],
    ['no log-probability', [{ logprobs: [null, -1] }, good], /log-probability null/],
    ['a probability above 1', [{ logprobs: [0.5, -1] }, good], /log-probability 0.5/],
    ['too many tokens', [{ token_ids: [4, 4, 4, 4, STOP] }, good], /5 tokens, although at most 4/],
    [
      'an unknown end',
      [{ token_ids: [4, 9], finish_reason: 'stop' }, good],
      /ended with the token 9, which ends no text/,
    ],
    ['a cut that was not asked for', [{ token_ids: [4], finish_reason: 'length' }, good], /cut off after 1 of 4/],
    ['nothing', [{ token_ids: [] }, good], /empty continuation/],
    ['another prompt', [{ prompt_token_ids: [5, 9] }, good], /continued other tokens/],
    ['an unknown reason', [{ finish_reason: 'abort' }, good], /finish_reason/],
  ])('%s is refused', async (_, choices, message) => {
    const { engine } = await openVllm(choices)
    await expect(engine.sample(request(), soon())).rejects.toThrow(message)
  })

  test('an adapter that is not listed after loading is an error; one that is listed is not loaded again', async () => {
    const policy = { name: 'gpo-a-v3', version: 3 }
    const place = { folder: '/adapters/3', gguf: null }
    const without = await openVllm([])
    await expect(without.engine.loadPolicy(place, policy, soon())).rejects.toThrow(/VLLM_ALLOW_RUNTIME_LORA_UPDATING/)
    const listed = await openVllm([], ['gpo-a-v3'])
    await listed.engine.loadPolicy(place, policy, soon())
    expect(listed.asked.map(({ path }) => path)).not.toContain('/v1/load_lora_adapter')
  })
})

describe('llama.cpp', () => {
  const llama =
    (change: { tokens?: readonly number[] | null; stop_type?: string; ids?: readonly number[]; props?: object } = {}) =>
    ({ path }: Asked): Answer => {
      const { tokens = [4, STOP], stop_type = 'eos', ids } = change
      if (path === '/props')
        return { json: { default_generation_settings: {}, build_info: 'b6000', model_path: 'm.gguf', ...change.props } }
      if (path === '/lora-adapters/load') return { json: { id: 5 } }
      if (path === '/lora-adapters') return { json: [{ id: 5, path: '/a/adapter.gguf', scale: 0 }] }
      if (path !== '/completion') return notFound
      const probs = (ids ?? tokens ?? []).map((id) => ({ id, logprob: -0.5, token: 'x' }))
      return { json: { content: 'x', stop_type, completion_probabilities: probs, ...(tokens && { tokens }) } }
    }

  test('is asked once for each seed, with all of its samplers that truncate switched off', async () => {
    const { address, asked } = await scriptedServer(llama({ props: { loads_lora_adapters: true } }))
    const engine = await openEngine({ address, key: null }, VOCABULARY)
    expect(engine.capabilities).toMatchObject({ kind: 'llama.cpp', loadsAdapters: true, hasTemperedLogprobs: false })
    const policy = { name: 'gpo-a-v3', version: 3 }
    await engine.loadPolicy({ folder: '/a', gguf: '/a/adapter.gguf' }, policy, soon())
    await engine.loadPolicy({ folder: '/a', gguf: '/a/adapter.gguf' }, policy, soon()) // listed: not loaded again
    expect(asked.filter(({ path }) => path === '/lora-adapters/load')).toHaveLength(1)
    const continuations = await engine.sample(request(), soon())
    expect(continuations.map(({ ended }) => ended)).toEqual(['stop', 'stop'])
    const sent = asked.filter(({ path }) => path === '/completion').map(({ body }) => body as Record<string, unknown>)
    expect(sent.map(({ seed }) => seed).toSorted()).toEqual([11, 7])
    expect(sent[0]).toMatchObject({
      prompt: [1, 5, 9],
      top_k: 0,
      top_p: 1,
      min_p: 0,
      temperature: 1,
      lora: [{ id: 5, scale: 1 }],
    })
  })

  test('cannot follow a policy by itself', async () => {
    const { address } = await scriptedServer(llama())
    const engine = await openEngine({ address, key: null }, VOCABULARY)
    expect(engine.capabilities.loadsAdapters).toBe(false)
  })

  test('a text that goes on after a token that ends texts here is cut there', async () => {
    const { address } = await scriptedServer(llama({ tokens: [4, STOP, 7, 8], stop_type: 'limit' }))
    const engine = await openEngine({ address, key: null }, VOCABULARY)
    const [one] = await engine.sample(request({ policy: null, seeds: [1] }), soon())
    expect(one).toMatchObject({ tokens: Int32Array.of(4, STOP), ended: 'stop' })
  })

  test('text only and log-probabilities of other tokens are refused', async () => {
    const textOnly = await scriptedServer(llama({ tokens: null }))
    const engine = await openEngine({ address: textOnly.address, key: null }, VOCABULARY)
    await expect(engine.sample(request({ policy: null }), soon())).rejects.toThrow(/text only/)
    const other = await scriptedServer(llama({ ids: [4, 3] }))
    const second = await openEngine({ address: other.address, key: null }, VOCABULARY)
    await expect(second.sample(request({ policy: null }), soon())).rejects.toThrow(/another token at 1/)
  })
})

describe('SGLang', () => {
  test('gets one batch with a seed for each continuation', async () => {
    const generated = {
      text: 'x',
      meta_info: {
        finish_reason: { type: 'stop', matched: STOP },
        output_token_logprobs: [
          [-0.5, 4, null],
          [-0.1, STOP, null],
        ],
      },
    }
    const { address, asked } = await scriptedServer(({ path }) => {
      if (path === '/get_model_info') return { json: { model_path: 'base', is_generation: true } }
      return path === '/generate' ? { json: [generated, generated] } : notFound
    })
    const engine = await openEngine({ address, key: null }, VOCABULARY)
    const continuations = await engine.sample(request(), soon())
    expect(continuations[0]).toEqual({
      tokens: Int32Array.of(4, STOP),
      logprobs: Float32Array.of(-0.5, -0.1),
      ended: 'stop',
    })
    const body = asked.find(({ path }) => path === '/generate')?.body as {
      sampling_params: { sampling_seed: number }[]
    }
    expect(body).toMatchObject({
      input_ids: [
        [1, 5, 9],
        [1, 5, 9],
      ],
      lora_path: ['gpo-a-v3', 'gpo-a-v3'],
    })
    expect(body.sampling_params.map(({ sampling_seed }) => sampling_seed)).toEqual([7, 11])
  })
})

describe('what is no such server', () => {
  test('is refused with the reason', async () => {
    const { address } = await scriptedServer(({ path }) =>
      path === '/v1/models' ? { json: { data: [{ id: 'm' }] } } : notFound,
    )
    await expect(openEngine({ address, key: null }, VOCABULARY)).rejects.toThrow(
      /no server of vLLM, llama.cpp or SGLang/,
    )
  })

  test('an address where nothing listens is named', async () => {
    await expect(openEngine({ address: 'http://127.0.0.1:9', key: null }, VOCABULARY)).rejects.toThrow(
      /no sampling server answers at http:\/\/127.0.0.1:9/,
    )
  })

  test('a redirection, an answer that is no JSON, a status and silence are failures that name the address', async () => {
    const answers: (Answer | null)[] = [
      { status: 307, text: '' },
      { text: '<html>' },
      { status: 503, text: 'busy' },
      null,
    ]
    let next = 0
    const { address } = await scriptedServer((asked) =>
      asked.path === '/v1/completions' ? answers[next++]! : vllm([])(asked),
    )
    const engine = await openEngine({ address, key: null }, VOCABULARY)
    const sample = (ms = 5000) => engine.sample(request(), AbortSignal.timeout(ms))
    await expect(sample()).rejects.toThrow(/cannot be reached: .*redirect/)
    await expect(sample()).rejects.toThrow(/"<html>", which is not JSON/)
    await expect(sample()).rejects.toThrow(/status 503: "busy"/)
    await expect(sample(200)).rejects.toThrow(/did not answer in time/)
  })
})

test('what a server says about itself is not parsed where it is mostly brackets', async () => {
  const { address } = await scriptedServer(() => ({ text: `{"data":[${'[],'.repeat(150_000)}[]]}` }))
  await expect(httpOf(address, null).get('/v1/models', z.unknown(), AbortSignal.timeout(5000))).rejects.toThrow(
    'answered with more than 200,000 values',
  )
})
