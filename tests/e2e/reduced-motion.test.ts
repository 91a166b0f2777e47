/** Whoever asks the system for less motion sees none: pages, menus and dialogs are there at once, and nothing turns or blinks. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { writeStudy } from './support/studies'

let study: string

/** Elements, and what is drawn before and after them, whose change or animation takes time. */
const moving = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const longest = (durations: string) =>
      Math.max(...durations.split(',').map((one) => Number.parseFloat(one) * (/ms$/.test(one.trim()) ? 0.001 : 1)))
    const found: string[] = []
    for (const element of document.querySelectorAll('*'))
      for (const part of [undefined, '::before', '::after']) {
        const { animationName, animationDuration, transitionDuration } = getComputedStyle(element, part)
        const isAnimated = animationName !== 'none' && longest(animationDuration) > 0.001
        if (isAnimated || longest(transitionDuration) > 0.001)
          found.push(`${element.tagName}.${element.getAttribute('class')}${part ?? ''}`)
      }
    return found
  })

interface Stop {
  readonly path: string
  readonly open: (page: Page) => Promise<unknown>
}

const click = (page: Page, name: RegExp) => page.getByRole('button', { name }).first().click()

const STOPS = (): readonly Stop[] => [
  { path: '/', open: (page) => page.getByRole('row').nth(2).waitFor() },
  {
    path: '/', // a menu
    async open(page) {
      await click(page, /^Actions for/)
      await page.getByRole('menuitem', { name: 'Tags and notes' }).waitFor()
    },
  },
  {
    path: '/', // a drawer
    async open(page) {
      await click(page, /^Actions for/)
      await page.getByRole('menuitem', { name: 'Tags and notes' }).click()
      await page.getByRole('dialog').getByRole('textbox').first().waitFor()
    },
  },
  {
    path: '/new', // a dialog over a form with switches and folds
    async open(page) {
      await page.getByText('Advanced', { exact: true }).click()
      await click(page, /^Command$/)
      await page.getByRole('dialog', { name: 'The same run in a terminal' }).waitFor()
    },
  },
  {
    path: `/experiments/${study}`,
    open: (page) => page.getByRole('img', { name: /^Mean accuracy of/ }).waitFor(),
  },
  { path: '/settings', open: (page) => page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor() },
]

journey(
  'with reduced motion nothing moves',
  async ({ page, go }) => {
    expect(await moving(page), 'without it, buttons and switches do').not.toEqual([])
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const { path, open } of STOPS()) {
      await go('/nowhere')
      await go(path)
      await open(page)
      expect(await moving(page), path).toEqual([])
      const running = () =>
        page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)
      await expect.poll(running).toBe(0)
      await page.keyboard.press('Escape')
    }
  },
  {
    hosts: ['browser'],
    prepare(home) {
      study = writeStudy(home)
    },
  },
)
