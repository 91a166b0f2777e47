import { createOnnxBackend } from '@engine/devices/onnx'
import { LaneCache } from '@engine/rollout/lane-cache'
import type { HostArray } from '@engine/tensor/backend'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'

const backend = createOnnxBackend({ threads: 1 })
afterAll(() => backend.close())
const shape = { layers: 2, kvHeads: 3, headDim: 2, hiddenSize: 4 }

/** A cache whose lane `n` holds `lengths[n]` tokens, every number another one. */
function filled(lengths: readonly number[], capacity: number, reserve: number): LaneCache {
  const cache = new LaneCache(backend, shape, lengths.length, capacity, reserve)
  lengths.forEach((length, lane) => {
    const block = (kind: number) =>
      Array.from({ length: shape.layers }, (_, layer) =>
        Float32Array.from(
          { length: shape.kvHeads * length * shape.headDim },
          (_, i) => 1000 * (10 * lane + 2 * layer + kind) + i,
        ),
      )
    cache.fork({ length, keys: block(0), values: block(1), hidden: new Float32Array() }, length, lane)
  })
  return cache
}

test('a cache rearranged in place holds what a new one holds that took the sequences over', () => {
  const scene = fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
    isKept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    before: fc.integer({ min: 4, max: 8 }),
    after: fc.integer({ min: 4, max: 12 }),
  })
  fc.assert(
    fc.property(scene, ({ lengths, isKept, before, after }) => {
      const moves = lengths
        .map((length, from) => ({ from, length }))
        .filter(({ from }) => isKept[from])
        .map((move, to) => ({ ...move, to }))
      const lanes = Math.max(moves.length, 1)
      const cache = filled(lengths, before, 12)
      const expected = new LaneCache(backend, shape, lanes, after, after)
      for (const { from, to, length } of moves) expected.takeOver(cache, from, to, length)
      expect(cache.hasRoomFor(lanes, after)).toBe(true)
      cache.rearrange(lanes, after, moves)
      const nothing = new Float32Array()
      for (const { to, length } of moves)
        expect(cache.save(to, length, nothing)).toEqual(expected.save(to, length, nothing))
      expect(cache.inputs().keys[1]!.shape).toEqual([lanes, shape.kvHeads, after, shape.headDim])
    }),
  )
})

test('the tensors a program reads are the rearranged memory', async () => {
  const cache = filled([2, 3], 4, 8)
  cache.rearrange(1, 6, [{ from: 1, to: 0, length: 3 }])
  const values = (await backend.read(cache.inputs().keys[0]!)) as HostArray
  expect([...values.subarray(0, 6)]).toEqual([10000, 10001, 10002, 10003, 10004, 10005])
  expect([...values.subarray(12, 18)]).toEqual([10006, 10007, 10008, 10009, 10010, 10011])
  expect(values).toHaveLength(3 * 6 * 2)
})

test('a cache has room for as many positions as it was made with, however they are divided', () => {
  const cache = new LaneCache(backend, shape, 4, 8, 16)
  expect([cache.hasRoomFor(4, 16), cache.hasRoomFor(2, 32), cache.hasRoomFor(4, 17)]).toEqual([true, true, false])
})
