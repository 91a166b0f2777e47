/** Using the program without a pointer. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

interface Focused {
  /** What a person hears: name or text. */
  readonly name: string
  /** A ring or another sign of the focus. */
  readonly isVisible: boolean
}

const focused = (page: Page): Promise<Focused | null> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    if (!element || element === document.body) return null
    const label = (element as HTMLInputElement).labels?.[0]?.innerText
    const name = element.getAttribute('aria-label') ?? label ?? element.innerText
    // Mantine draws the ring of a checkbox or switch on what stands for it.
    const drawn = [element, ...(element.parentElement?.querySelectorAll('*') ?? [])]
    const hasRing = (one: Element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    }
    const isField = element.matches('input, textarea') // shown by the border and the caret
    return { name: name.trim(), isVisible: element.matches(':focus-visible') && (isField || drawn.some(hasRing)) }
  })

const LIMIT = 200

/** Tab until the focus is on what has this name; everything on the way there shows that it has the focus. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < LIMIT; i++) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    if (now) expect(now.isVisible, `the focus is to be seen on ${now.name}`).toBe(true)
    if (now && name.test(now.name)) return
    seen.push(now?.name.slice(0, 40) ?? '(page)')
  }
  throw new Error(`Tab does not reach ${name}: ${seen.join(' · ')}`)
}

/** Tab goes through the whole page and comes back to where it began. @returns how many stops there are */
export async function expectNoTrap(page: Page): Promise<number> {
  await page.keyboard.press('Tab')
  await page.evaluate(() => document.activeElement?.setAttribute('data-first', ''))
  for (let i = 1; i < LIMIT; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(() => document.activeElement?.hasAttribute('data-first'))) return i
  }
  throw new Error(`after ${LIMIT} times Tab the focus is at ${(await focused(page))?.name}`)
}

/** Opens the list of the field that has the focus and takes an option. */
export async function chooseOption(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ArrowDown')
  const wanted = page.getByRole('option', { name, exact: true })
  await wanted.waitFor()
  const isReached = async () => (await wanted.getAttribute('data-combobox-selected')) !== null
  for (let i = 0; i < LIMIT && !(await isReached()); i++) await page.keyboard.press('ArrowDown')
  expect(await isReached(), `the arrows reach ${name}`).toBe(true)
  await page.keyboard.press('Enter')
}

/** Goes with an arrow until the focus is on what has this name, as in menus and groups of radio buttons. */
export async function arrowTo(page: Page, key: 'ArrowDown' | 'ArrowRight', name: RegExp): Promise<void> {
  for (let i = 0; i < LIMIT; i++) {
    await page.keyboard.press(key)
    if (name.test((await focused(page))?.name ?? '')) return
  }
  throw new Error(`${key} does not reach ${name}; the focus is at ${(await focused(page))?.name}`)
}

/** Types over what a field has. */
export async function typeOver(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}
