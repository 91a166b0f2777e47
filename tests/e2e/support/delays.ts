/** How long a person waits for the window, measured inside it. */
import type { Page } from 'playwright-core'

export interface Delays {
  /** From a click in the left rail until the page it opens is painted; milliseconds, the fastest first. */
  readonly clicks: readonly { readonly title: string; readonly ms: number }[]
  /** The longest time between two frames. */
  readonly longestFrame: number
}

/** Goes through pages by clicks. @param titles of pages in the left rail, one click each */
export const clickThrough = (page: Page, titles: readonly string[]): Promise<Delays> =>
  page.evaluate(async (pages) => {
    let longestFrame = 0
    let last = performance.now()
    let isWatching = true
    const watch = () => {
      const now = performance.now()
      longestFrame = Math.max(longestFrame, now - last)
      last = now
      if (isWatching) requestAnimationFrame(watch)
    }
    requestAnimationFrame(watch)
    // A task after a frame's callbacks runs when the frame has been painted.
    const painted = () =>
      new Promise<void>((done) => {
        requestAnimationFrame(() => setTimeout(done))
      })
    const clicks: { title: string; ms: number }[] = []
    for (const title of pages) {
      const link = [...document.querySelectorAll<HTMLElement>('nav a')].find((one) => one.textContent?.trim() === title)
      if (!link) throw new Error(`the left rail has no ${title}`)
      const begin = performance.now()
      link.click()
      do await painted()
      while (document.querySelector('h1')?.textContent?.trim() !== title && performance.now() - begin < 20_000)
      clicks.push({ title, ms: performance.now() - begin })
      await new Promise((done) => setTimeout(done, 120))
    }
    isWatching = false
    return { clicks: clicks.sort((a, b) => a.ms - b.ms), longestFrame }
  }, titles)
