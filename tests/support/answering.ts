/** Whether the program goes on answering while it works on something. */
import { expect } from 'vitest'

/** Milliseconds: where main did the work itself, it did not answer for many seconds. */
const LONGEST = 1500

/** Asks again and again until `work` has ended; every answer must come soon, and there must be many. @returns what `work` gives */
export async function whileAnswering<T>(work: Promise<T>, ask: () => Promise<unknown>): Promise<T> {
  let isOver = false
  const ended = work.finally(() => {
    isOver = true
  })
  const waits: number[] = []
  while (!isOver) {
    const begin = performance.now()
    await ask()
    waits.push(performance.now() - begin)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(waits.length, 'it took a while').toBeGreaterThan(20)
  expect(Math.max(...waits)).toBeLessThan(LONGEST)
  return ended
}
