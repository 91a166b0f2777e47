import { createQueue } from '@engine/devices/ort/queue'
import { expect, test } from 'vitest'

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5))

test('work is done one at a time, in the order it was asked for, also after a failure', async () => {
  const queue = createQueue()
  const seen: string[] = []
  const work = (name: string) => async () => {
    seen.push(`${name} begins`)
    await pause()
    seen.push(`${name} ends`)
    if (name === 'b') throw new Error('b failed')
    return name
  }
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.alone(work(name))))
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('small things are done at once when nothing runs, else between two turns', async () => {
  const queue = createQueue()
  const seen: string[] = []
  queue.soon(() => seen.push('at once'))
  expect(queue.isIdle()).toBe(true)
  const first = queue.alone(async () => {
    await pause()
    seen.push('first')
  })
  expect(queue.isIdle()).toBe(false)
  await Promise.resolve() // it has begun
  queue.soon(() => seen.push('between'))
  await Promise.all([first, queue.alone(async () => void seen.push('second'))])
  queue.soon(() => seen.push('after'))
  expect(seen).toEqual(['at once', 'first', 'between', 'second', 'after'])
})
