/** Ten tasks of a user's day with the keyboard alone, each from the first screen. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import {
  areWrong,
  COLUMNS,
  crash,
  GUIDED,
  isCompared,
  isExported,
  isImported,
  isMapped,
  isPaired,
  isResumed,
  isSampled,
  isSelectedShown,
  isStarted,
  isUnderstood,
  isVerified,
  otherThanFirst,
  PATTERN,
  toFirstScreen,
  trainGuided,
  withHope,
  writeQuestions,
} from './support/day'
import { type Journey, journey } from './support/journey'
import { arrowTo, chooseOption, tabTo, typeOver } from './support/keyboard'

/** To a page of the rail, from the first screen. */
async function toPage(walk: Journey, key: string, name: string): Promise<void> {
  await toFirstScreen(walk)
  await walk.page.keyboard.press(key)
  await walk.page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  await expect.poll(() => walk.page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
}

async function isReady(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

journey(
  'own data by keyboard: import, map, try the verifier, start',
  async (walk) => {
    const { page, home } = walk
    const file = writeQuestions(home)

    await toPage(walk, 'Alt+6', 'Datasets')
    await page.getByRole('button', { name: 'Add a dataset' }).waitFor()
    await tabTo(page, /^Add a dataset$/)
    await press(page, 'Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
    await page.keyboard.type(file)
    await press(page, 'Enter')
    await isImported(walk)

    await toPage(walk, 'Alt+6', 'Datasets')
    for (const [column, role] of [
      [COLUMNS.prompt, 'Prompt'],
      [COLUMNS.answer, 'Answer'],
    ] as const) {
      await page.getByRole('combobox', { name: `Role of the column ${column}` }).waitFor()
      await tabTo(page, new RegExp(`^Role of the column ${column}$`))
      await chooseOption(page, role)
    }
    await isMapped(walk)

    await toPage(walk, 'Alt+6', 'Datasets')
    await page.getByRole('tab', { name: 'Verifier', disabled: false }).waitFor()
    await tabTo(page, /^Rows and columns$/)
    await press(page, 'ArrowRight')
    await tabTo(page, /^Verifier$/)
    await chooseOption(page, 'Regular expression')
    await tabTo(page, /^Pattern/)
    await typeOver(page, PATTERN)
    await tabTo(page, /^Use this verifier$/)
    await press(page, 'Enter')
    await isVerified(walk)

    await toPage(walk, 'Alt+6', 'Datasets')
    await page.getByRole('button', { name: 'Use in a new run', disabled: false }).waitFor()
    await tabTo(page, /^Use in a new run$/)
    await press(page, 'Enter')
    await isReady(page)
    await tabTo(page, /^Prompts per iteration/)
    await typeOver(page, '4')
    await tabTo(page, /^Start$/)
    await isReady(page)
    await press(page, 'Enter')
    await isStarted(walk)
  },
  { hosts: ['browser'] },
)

/** To the table of runs, on the first screen. */
async function toTable(page: Page): Promise<void> {
  await page.getByRole('row').nth(1).waitFor()
  await tabTo(page, /^Choose the columns$/)
  await tabTo(page, /^Runs$/)
  await press(page, 'Home')
}

/** The menu of the row that the table is at. */
async function chooseInMenu(page: Page, item: RegExp): Promise<void> {
  await press(page, 'Shift+F10')
  await page.getByRole('menuitem', { name: item }).waitFor()
  await arrowTo(page, 'ArrowDown', item)
  await press(page, 'Enter')
}

/** Trajectory by trajectory, then step by step, to the one that hurt most. */
async function toHurtingStep(page: Page): Promise<void> {
  const list = page.getByRole('listbox', { name: 'Trajectories' })
  const wanted = await withHope(page).innerText()
  for (let i = 0; i < 20; i++) {
    await isSelectedShown(page)
    const selected = list.getByRole('option', { selected: true })
    if ((await selected.innerText()) === wanted) break
    // The arrows go through the list as the letter does; the focus goes along.
    await press(page, i % 2 === 0 ? 'l' : 'ArrowDown')
  }
  await tabTo(page, /^Step \d+/)
  const steps = page.getByRole('button', { name: /^Step \d+/ })
  await press(page, ...Array.from({ length: await steps.count() }, () => 'k'))
  await expect.poll(() => steps.first().getAttribute('aria-pressed')).toBe('true')
  // The focus went along; the arrows do the same as the letters.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  for (let i = 1; i < (await steps.count()) && !/hurt most/.test((await focused()) ?? ''); i++) {
    await press(page, 'ArrowDown')
    await expect.poll(focused).toMatch(new RegExp(`^Step ${i + 1}\\b`))
  }
}

journey(
  'own runs by keyboard: resume, understand, reset, save a pair, compare, export',
  async (walk) => {
    await crash(walk)
    const { page, home } = walk

    await toTable(page)
    await chooseInMenu(page, /^Resume after iteration/)
    await isResumed(walk)

    await toPage(walk, 'Alt+4', 'Explorer')
    await withHope(page).waitFor() // Tab leaves a page on which there is nothing yet
    await tabTo(page, /^Status of the answer$/)
    await chooseOption(page, 'wrong')
    await press(page, 'Escape')
    await areWrong(page)
    await tabTo(page, /row \d+/)
    await toHurtingStep(page)
    await isUnderstood(walk)

    await toPage(walk, 'Alt+4', 'Explorer')
    await page.getByRole('button', { name: /^Sample \d+ here/ }).waitFor()
    await tabTo(page, /^Sample \d+ here/)
    await press(page, 'Enter')
    await isSampled(walk)

    await toPage(walk, 'Alt+4', 'Explorer')
    const other = await otherThanFirst(page)
    await tabTo(page, /^Choose as the better one/)
    await press(page, 'Enter')
    for (let i = 0; i <= other; i++) await tabTo(page, /^Choose as the worse one/)
    await press(page, 'Enter')
    await tabTo(page, /^Save as pair$/)
    await press(page, 'Enter')
    await isPaired(walk)

    await toFirstScreen(walk)
    await toTable(page)
    await press(page, 'Space', 'ArrowDown', 'Space', 'c')
    await isCompared(walk)

    await toFirstScreen(walk)
    await toTable(page)
    const row = page.getByRole('row').filter({ hasText: GUIDED })
    await press(page, ...((await row.getAttribute('data-active')) === null ? ['ArrowDown'] : []))
    await expect.poll(() => row.getAttribute('data-active')).not.toBe(null)
    await chooseInMenu(page, /^Export/)
    await page.getByRole('radio', { name: 'Preference pairs' }).waitFor()
    await tabTo(page, /^Merged model$/)
    await arrowTo(page, 'ArrowRight', /^Preference pairs$/)
    await expect
      .poll(() => page.getByRole('radio', { name: 'Preference pairs' }).getAttribute('aria-checked'))
      .toBe('true')
    const pairs = join(home, 'pairs.jsonl')
    await tabTo(page, /^Path on this machine/)
    await typeOver(page, pairs)
    await isReady(page)
    await tabTo(page, /^Export$/)
    await press(page, 'Enter')
    await isExported(walk, pairs)
  },
  {
    hosts: ['browser'],
    timeout: 300_000,
    async prepare(home) {
      await trainGuided(home)
    },
  },
)
