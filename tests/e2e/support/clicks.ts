/** Tasks done with the pointer, and what they cost a person: clicks and seconds. */
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

/** No task of a day takes more. */
const MOST = 8

/** Typing is not a click. */
export type Click = (target: Locator) => Promise<void>

/** Does a task, prints what it cost as one line of JSON, and fails where it took too many clicks. */
export async function countClicks(task: string, act: (click: Click) => Promise<unknown>): Promise<void> {
  let clicks = 0
  const begin = performance.now()
  await act(async (target) => {
    await target.click()
    clicks += 1
  })
  const seconds = Number(((performance.now() - begin) / 1000).toFixed(1))
  console.log(JSON.stringify({ task, clicks, seconds }))
  expect(clicks, `clicks to ${task}`).toBeGreaterThan(0)
  expect(clicks, `clicks to ${task}`).toBeLessThanOrEqual(MOST)
}
