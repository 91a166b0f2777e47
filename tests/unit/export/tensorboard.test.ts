import { scalarsOf } from '@main/export/tensorboard/export'
import { crc32c, readRecords, recordOf, scalarEvent, versionEvent } from '@main/export/tensorboard/records'
import { insertEvaluation } from '@main/store/evaluations'
import { insertMetrics } from '@main/store/metrics'
import { getRun, startRun } from '@main/store/runs'
import { describe, expect, it } from 'vitest'
import { newRun, open } from '../store/fixtures'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('an event file', () => {
  it('has the checksum of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  })

  // By hand from the .proto files; a whole run was read by TensorBoard 2.21's EventAccumulator with the same values.
  it('has events as Protocol Buffers encode them', () => {
    expect(hex(versionEvent(1.5))).toBe(`09${'000000000000f83f'}1a0d${hex(Buffer.from('brain.Event:2'))}`)
    expect(hex(scalarEvent({ seconds: 2, step: 300, values: { a: 0.5 } }))).toBe(
      `09${'0000000000000040'}10ac02${'2a0a'}${'0a08'}${'0a0161'}${'150000003f'}`,
    )
  })

  it('is read back record by record, and damage is noticed', () => {
    const events = [versionEvent(1), scalarEvent({ seconds: 1, step: 1, values: { reward: 0.25 } })]
    const file = Buffer.concat(events.map(recordOf))
    expect([...readRecords(file)].map(hex)).toEqual(events.map(hex))
    for (const at of [0, 9, 20, file.length - 2]) {
      const damaged = Uint8Array.from(file)
      damaged[at]! ^= 1
      expect(() => [...readRecords(damaged)]).toThrow(RangeError)
    }
    expect(() => [...readRecords(file.subarray(0, file.length - 5))]).toThrow(RangeError)
  })
})

it('a run’s metrics and accuracies are scalars at the times at which its iterations ended', () => {
  const store = open()
  const id = newRun(store)
  startRun(store, id, { pid: 1, startedAt: '' }, 10_000)
  insertMetrics(
    store,
    id,
    [1, 2].map((iteration) => ({ iteration, values: { reward: iteration / 4, step_time: 3 } })),
  )
  const statuses = { correct: 1, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
  for (const iteration of [0, 2])
    insertEvaluation(store, id, { iteration, n: 2, correct: 1, accuracy: 0.5, statuses, meanTokens: 1 })
  expect(scalarsOf(store, getRun(store, id))).toEqual([
    { step: 0, seconds: 10, values: { 'eval/accuracy': 0.5 } },
    { step: 1, seconds: 13, values: { reward: 0.25, step_time: 3 } },
    { step: 2, seconds: 16, values: { reward: 0.5, step_time: 3, 'eval/accuracy': 0.5 } },
  ])
})
