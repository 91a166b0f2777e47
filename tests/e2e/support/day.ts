/** Ten tasks of a user's day: what they need, and what is so when each is done. How they are done is the tests' part. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { metricsOf, show, until } from '../../support/gpo'
import type { Journey } from './journey'
import { computing, descendants, isAlive } from './processes'
import { smallPlan, train } from './runs'
import { reached, startRun } from './start'

/** A file of someone's own, whose columns have names that are not recognised. */
const FILE = 'fragen.csv'
export const COLUMNS = { prompt: 'frage', answer: 'loesung' } as const
/** What the verifier has to find in an answer. */
export const PATTERN = '([A-Z][a-z]+)\\W*$'

const ROWS = [
  'frage,loesung',
  '"Dan,Gus,Eve;Gus coin;Dan-Gus;Eve-Dan;Gus-Eve;Dan-Gus?\n",Dan',
  '"Gus,Hal,Fay,Eve;Eve key;Gus-Eve;Fay-Eve;Gus-Hal;Eve-Gus;Fay-Hal?\n",Fay',
  '"Bob,Cid,Dan;Dan cup;Bob-Cid;Dan-Bob;Cid-Dan;Dan-Bob?\n",Dan',
  '"Ann,Bob;Ann key;Ann-Bob?\n",Bob',
]

/** @returns the path of the file */
export function writeQuestions(home: string): string {
  const path = join(home, FILE)
  writeFileSync(path, ROWS.join('\n'))
  return path
}

/** A run that is there at first, and one that is started, killed and resumed; they differ in their guidance. */
export const GUIDED = 'guided'
export const PLAIN = 'plain'
const ITERATIONS = 6

export const trainGuided = (home: string): Promise<string> =>
  train(home, { name: GUIDED, gpo: { criticalStep: 'maxAbs', samples: 4 } })

/** The first screen, before each task. */
export async function toFirstScreen({ page, go }: Journey): Promise<void> {
  await go('/')
  await page.getByRole('heading', { level: 1, name: 'Runs', exact: true }).waitFor()
}

/** A run that was interrupted because its trainer and the program were killed; the program is started again. */
export async function crash(walk: Journey): Promise<void> {
  const budget = { iterations: ITERATIONS, promptsPerIteration: 4 }
  await startRun(walk, smallPlan({ name: PLAIN, gpo: { criticalStep: 'none' }, budget }))
  await reached(walk, PLAIN, 2) // the checkpoint of an iteration follows its metrics: that of the first is written now
  const own = descendants(walk.pid)
  process.kill(computing(walk.pid)[0]!, 'SIGKILL')
  process.kill(walk.pid, 'SIGKILL')
  await until(() => !own.some(isAlive), 'nothing of the killed program is left')
  await walk.restart()
  walk.problems.length = 0 // of the page that lost its program
  await walk.page.getByRole('row').filter({ hasText: PLAIN }).getByText('interrupted').waitFor()
}

const title = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

/** The file is among the datasets, and cannot be used before its columns have their parts. */
export async function isImported({ page }: Journey): Promise<void> {
  await page.getByRole('region', { name: 'Added' }).getByRole('button', { name: FILE }).waitFor()
  await page.getByText('It cannot be used yet').waitFor()
}

export async function isMapped({ page }: Journey): Promise<void> {
  await page.getByText('The columns were mapped by hand.').waitFor()
  await page.getByText('It cannot be used yet').waitFor({ state: 'detached' })
  await page.getByText(/^read as .* · 4 rows/).waitFor()
}

/** All rows are judged by what was tried, and runs use it from now on. */
export async function isVerified({ page }: Journey): Promise<void> {
  const judged = page.getByRole('region', { name: 'Judged rows' }).getByRole('row')
  await expect
    .poll(async () => (await judged.allInnerTexts()).slice(1).map((row) => /correct/.test(row)))
    .toEqual([true, true, true, true])
  await page.getByRole('button', { name: 'Use this verifier', disabled: true }).waitFor()
}

/** It trains on the file, with the verifier that was chosen for it. */
export async function isStarted({ page, home }: Journey): Promise<void> {
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  const { plan } = await show(home)
  expect(plan.data.train.path).toContain(FILE)
  expect(plan.verifier).toMatchObject({ kind: 'regex', pattern: PATTERN })
}

/** A wrong answer with the step that hurt most, and how the model goes on from the state before it. */
export async function isUnderstood({ page }: Journey): Promise<void> {
  const hurting = page.getByRole('button', { name: /^Step \d+.* hurt most/ })
  await expect.poll(() => hurting.getAttribute('aria-pressed')).toBe('true')
  const step = /^Step (\d+)/.exec((await hurting.getAttribute('aria-label')) ?? '')?.[1]
  await page.getByText(new RegExp(`step ${step} hurt most \\(−`)).waitFor()
  await page.getByText(/^answer .*, reference .*, reward 0$/).waitFor()
  await page.getByText(step === '1' ? 'From the question' : `State before step ${step}`).waitFor()
  await page.getByRole('region', { name: 'Monte Carlo continuations' }).waitFor()
}

export async function isSampled({ page }: Journey): Promise<void> {
  await page.getByText(/^Sampled by hand \(8\)/).waitFor({ timeout: 90_000 })
}

/** A listed trajectory whose value was above zero on the way: in a wrong one, a step lost it. */
export const withHope = (page: Page) =>
  page
    .getByRole('listbox', { name: 'Trajectories' })
    .getByRole('option')
    .filter({ has: page.getByRole('img', { name: /^Values after each step:.*(0\.\d*[1-9]|1\.00)/ }) })
    .first()

/** Only wrong answers are listed, and the selected one is shown. */
export async function areWrong(page: Page): Promise<void> {
  const list = page.getByRole('listbox', { name: 'Trajectories' })
  await list.getByRole('img', { name: 'correct' }).first().waitFor({ state: 'detached' })
  await isSelectedShown(page)
}

/** The trajectory beside the list is the selected one. */
export async function isSelectedShown(page: Page): Promise<void> {
  const selected = page.getByRole('listbox', { name: 'Trajectories' }).getByRole('option', { selected: true })
  await expect
    .poll(async () => {
      const row = /row (\d+)/.exec(await selected.innerText())?.[1]
      return page.getByText(`Question, row ${row} of the data`).isVisible()
    })
    .toBe(true)
}

/** @returns the place of a continuation that differs from the first one, among those that can be chosen for a pair */
export async function otherThanFirst(page: Page): Promise<number> {
  const better = page.getByRole('button', { name: 'Choose as the better one of a pair' })
  await better.first().waitFor()
  const texts = await better.evaluateAll((buttons) =>
    buttons.map((button) => {
      let row = button.parentElement
      while (row && !row.querySelector('.model-text')) row = row.parentElement
      return row?.querySelector('.model-text')?.textContent
    }),
  )
  const at = texts.findIndex((text) => text !== texts[0])
  expect(at, 'two continuations differ').toBeGreaterThan(0)
  return at
}

export async function isPaired({ page, home }: Journey): Promise<void> {
  await page.getByText('The pair was saved').waitFor()
  const db = new Database(join(home, 'runs.db'), { readonly: true })
  try {
    expect(db.prepare('SELECT count(*) FROM saved_pairs').pluck().get()).toBe(1)
  } finally {
    db.close()
  }
}

export async function isCompared({ page }: Journey): Promise<void> {
  await title(page, 'Compare 2 runs')
  const table = page.getByRole('table', { name: 'Runs and their final metrics' })
  for (const name of [GUIDED, PLAIN]) await table.getByRole('row').filter({ hasText: name }).waitFor()
  await page.getByRole('img', { name: 'Reward: from the prompt of 2 runs over iteration', exact: true }).waitFor()
}

export async function isExported({ page }: Journey, path: string): Promise<void> {
  await page.getByRole('region', { name: 'Result' }).getByText(path).first().waitFor({ timeout: 60_000 })
  const pairs = readFileSync(path, 'utf8').trim().split('\n')
  for (const pair of pairs)
    expect(JSON.parse(pair)).toMatchObject({ chosen: expect.any(String), rejected: expect.any(String) })
}

/** It went on from its checkpoint to its end, and recorded each iteration once. */
export async function isResumed({ page, home }: Journey): Promise<void> {
  await page.getByRole('row').filter({ hasText: PLAIN }).getByText('completed').waitFor({ timeout: 120_000 })
  const { id, status } = await show(home)
  expect(status).toBe('completed')
  const recorded = Object.keys(metricsOf(home, id)['reward'] ?? {}).map(Number)
  expect(recorded).toEqual(Array.from({ length: ITERATIONS }, (_, i) => i + 1))
}
