import { startSchema, toldSchema } from '@main/workers/protocol'
import { unreadable } from '@main/workers/wire-error'
import { ValidationError } from '@orpc/contract'
import { GpoError } from '@shared/errors'
import type { PreferenceExample } from '@shared/schemas/dataset'
import type { TrainerEvent } from '@shared/schemas/events'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { startOf } from '../../support/start-message'

/** Parses a message as both sides of the contract do. */
function parse<T>(schema: z.ZodType<T>, raw: unknown, whose: string): T {
  const { success, data, error } = schema.safeParse(raw)
  if (success) return data
  throw unreadable(new ValidationError({ message: 'refused', issues: error.issues, data: raw }), whose)
}
const parseTrainerEvent = (raw: unknown) => parse(toldSchema, raw, 'the trainer')
const parseStart = (raw: unknown) => parse(startSchema, raw, 'the main process')

/** The error of a message that must be refused. */
function refusal(parse: () => unknown): GpoError {
  try {
    parse()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('the message was accepted')
}

const EVENTS: readonly TrainerEvent[] = [
  { type: 'phase', iteration: 1, iterations: 3, phase: 'rollouts', done: 4, total: 8, tokens: 120, seconds: 0.5 },
  { type: 'metrics', iteration: 1, values: { 'reward/mean': 0.25 } },
  {
    type: 'trajectories',
    trajectories: [
      {
        iteration: 1,
        index: 0,
        row: 7,
        prompt: '1+1=',
        reference: '2',
        text: 'a\n2',
        tokens: 3,
        reward: 1,
        status: 'correct',
        extracted: '2',
        steps: [
          { start: 0, end: 2, text: 'a\n' },
          { start: 2, end: 3, text: '2' },
        ],
        states: [
          { successes: 1, samples: 4, value: 0.25 },
          { successes: 3, samples: 4, value: 0.75 },
          { successes: 1, samples: 0, value: 1 },
        ],
        critical: { rule: 'max', step: 0, advantage: 0.5, confidence: 0.8 },
        continuations: [
          { state: 0, purpose: 'reset', trained: true, tokens: 2, text: '3', reward: 0, status: 'wrong' },
        ],
      },
    ],
  },
  {
    type: 'evaluation',
    iteration: 0,
    n: 2,
    correct: 1,
    accuracy: 0.5,
    statuses: { correct: 1, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 },
    meanTokens: 12.5,
    problems: { rows: '3,5', right: '10' },
  },
  {
    type: 'checkpoint',
    iteration: 1,
    path: 'checkpoint-00000001',
    bytes: 2 ** 40,
    sha256: 'ab',
    removed: ['checkpoint-00000000'],
  },
  { type: 'environment', environment: { backend: 'onnx', threads: 2 } },
  { type: 'finished', outcome: 'completed', iteration: 3 },
]

describe('an event', () => {
  it.each(EVENTS)('of type $type passes unchanged', (event) => {
    expect(parseTrainerEvent(structuredClone(event))).toEqual(event)
  })

  it('that is malformed is refused with the place of the first error', () => {
    const trajectories = structuredClone(EVENTS[2]) as unknown as { trajectories: { steps: { end: unknown }[] }[] }
    trajectories.trajectories[0]!.steps[1]!.end = 'three'
    const error = refusal(() => parseTrainerEvent(trajectories))
    expect(error.code).toBe('training')
    expect(error.message).toBe(
      'the trainer sent a message that cannot be read: trajectories.0.steps.1.end: Invalid input: expected number, received string',
    )
  })

  it('with a number that is not finite is refused', () => {
    expect(
      refusal(() => parseTrainerEvent({ type: 'metrics', iteration: 1, values: { loss: Number.NaN } })).message,
    ).toMatch(/values\.loss/)
    expect(
      refusal(() => parseTrainerEvent({ type: 'metrics', iteration: 1, values: { loss: Infinity } })).message,
    ).toMatch(/values\.loss/)
  })

  it('of a type nobody knows is refused with the types there are', () => {
    expect(refusal(() => parseTrainerEvent({ type: 'gossip' })).message).toMatch(
      /type: .*'phase' \| 'obeyed' \| 'held' \| 'metrics'/,
    )
    expect(refusal(() => parseTrainerEvent({})).message).toMatch(/type: .*'phase' \| 'obeyed' \| 'held' \| 'metrics'/)
  })

  it.each([undefined, null, 7, 'metrics', [], new Map()])('that is %o is refused', (raw) => {
    expect(refusal(() => parseTrainerEvent(raw)).code).toBe('training')
  })

  it('with a field too many is refused', () => {
    expect(refusal(() => parseTrainerEvent({ ...EVENTS[6], extra: 1 })).message).toMatch(/extra/)
  })

  it('lacking one of the five statuses is refused', () => {
    const statuses = { correct: 1, wrong: 1, unparseable: 0, truncated: 0 }
    expect(refusal(() => parseTrainerEvent({ ...EVENTS[3], statuses })).message).toMatch(/statuses\.timeout/)
  })
})

describe('a command to train', () => {
  it('passes with its plan unchanged', () => {
    const start = startOf('run', { resumeFrom: '/runs/1/checkpoint-00000002' })
    expect(parseStart(structuredClone(start))).toEqual(start)
  })

  it('brings rows of every kind to the trainer: conversations, completions and pairs', () => {
    const messages = [{ role: 'user', content: '1+1=' }]
    const row: PreferenceExample = {
      row: 4,
      prompt: 'p',
      reference: '',
      completion: 'good',
      messages,
      chosen: 'good',
      rejected: 'bad',
    }
    expect(parseStart(startOf('run', { train: [row] })).train).toEqual([row])
  })

  it('of another version is refused', () => {
    const error = refusal(() => parseStart({ ...startOf('run'), version: 2 }))
    expect(error.message).toBe(
      'the main process sent a message that cannot be read: version: Invalid input: expected 1',
    )
  })

  it('with a plan that has an unknown key is refused', () => {
    const start = startOf('run')
    const error = refusal(() => parseStart({ ...start, plan: { ...start.plan, learningRate: 1 } }))
    expect(error.message).toMatch(/plan: .*learningRate/)
  })

  it('with a malformed row is refused with the row', () => {
    const train = [
      { row: 0, prompt: 'p', reference: '1' },
      { row: 1, prompt: 'q' },
    ]
    expect(refusal(() => parseStart({ ...startOf('run'), train })).message).toMatch(/train\.1\.reference/)
  })
})
