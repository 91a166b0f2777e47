/** Every page in small windows, at 200 % and in a large window: nothing leaves the window, and no field is too narrow to be read. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { trainedOnce } from './support/runs'
import { writeStudy } from './support/studies'
import { addDataset, addEvaluations, copyOf, viewsOf } from './support/views'

/** Pixels of the page; at 200 % a window of 1280 × 800 has half of them. */
const SIZES = [
  [1024, 700],
  [640, 400],
  [1920, 1080],
] as const

/** Pixels that a field needs for a short number, and a list of choices for a word. */
const LEAST = { number: 44, text: 96, choice: 88 } as const

/** What one would be ashamed of, in words. */
const complaints = (page: Page): Promise<string[]> =>
  page.evaluate((least) => {
    const found: string[] = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) found.push(`the window scrolls to ${root.scrollWidth} px`)
    const main = document.querySelector('main > div')
    if (main && main.scrollWidth > main.clientWidth) found.push(`the page is ${main.scrollWidth} px wide`)
    const nameOf = (one: Element) =>
      one.getAttribute('aria-label') ?? document.querySelector(`label[for="${one.id}"]`)?.textContent ?? one.outerHTML
    const fields = document.querySelectorAll<HTMLInputElement>('main :is(input, textarea)')
    for (const field of fields) {
      const { width } = field.getBoundingClientRect()
      if (width < 4 || ['checkbox', 'radio', 'hidden', 'range'].includes(field.type)) continue
      const isChoice = field.readOnly || field.getAttribute('aria-haspopup') !== null
      const isNumber = field.inputMode === 'numeric' || field.inputMode === 'decimal'
      const wanted = least[isChoice ? 'choice' : isNumber ? 'number' : 'text']
      const inside = field.closest('.mantine-MultiSelect-root, .mantine-TagsInput-root')?.getBoundingClientRect().width
      if ((inside ?? width) < wanted) found.push(`${nameOf(field)} is ${Math.round(width)} px wide, wanted ${wanted}`)
    }
    for (const text of document.querySelectorAll<HTMLElement>('main :is(.model-text, h1, h2, td .clip)')) {
      const { width, height } = text.getBoundingClientRect()
      if (height > 0 && width > 0 && width < 40 && (text.textContent ?? '').trim().length > 8)
        found.push(`“${text.textContent?.trim().slice(0, 30)}” has ${Math.round(width)} px`)
    }
    return found
  }, LEAST)

const trained = trainedOnce({ name: 'seen at every size' })
let ids: readonly [run: string, other: string, study: string]

journey(
  'every page fits windows of every size',
  async ({ page, go }) => {
    const found: string[] = []
    let seen = 0
    for (const { name, path, open } of viewsOf(...ids)) {
      await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] })
      await go('/nowhere')
      await go(path)
      await open(page)
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height })
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))))
        found.push(...(await complaints(page)).map((text) => `${name}, ${width} × ${height}: ${text}`))
        seen++
      }
      await page.keyboard.press('Escape')
    }
    expect(seen).toBeGreaterThan(60)
    expect(found.join('\n')).toBe('')
  },
  {
    hosts: ['browser'],
    timeout: 300_000,
    async prepare(home) {
      const [run] = await trained(home)
      ids = [run!, await copyOf(home, run!), writeStudy(home)]
      await addDataset(home)
      await addEvaluations(home)
    },
  },
)
