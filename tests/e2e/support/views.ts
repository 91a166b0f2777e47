/** All views: each page with data, and its dialogs and menus. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { gpo, jsonLines } from '../../support/gpo'

export interface View {
  readonly name: string
  /** Its address in the program. */
  readonly path: string
  /** Opens the view. */
  readonly open: (page: Page) => Promise<unknown>
}

/** A file among the datasets that has a bad row, by its name there. */
const DATASET = 'sums.csv'

/** A second run without training: the first one's bundle, imported. */
export async function copyOf(home: string, run: string): Promise<string> {
  const bundle = join(home, 'run.gpo')
  expect((await gpo(home, 'export', run, '--format', 'bundle', '--out', bundle)).code).toBe(0)
  return jsonLines<{ id: string }>(await gpo(home, 'import', bundle, '--json'))[0]!.id
}

export async function addDataset(home: string): Promise<void> {
  const file = join(home, DATASET)
  writeFileSync(file, 'prompt,answer\n1+1=,2\n2+2=,4\n"2+3=",\n')
  expect((await gpo(home, 'data', 'add', file)).code).toBe(0)
}

/** Two evaluations of the bundled model, so that they can be compared. */
export async function addEvaluations(home: string): Promise<void> {
  const asked = ['--data', 'bundled:shuffled-objects/test', '--limit', '5', '--samples', '2', '--save']
  for (const tokens of ['8', '96'])
    expect((await gpo(home, 'eval', '--model', 'bundled:tiny', ...asked, '--max-new-tokens', tokens)).code).toBe(0)
}

const title = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { level: 1, name }).waitFor()
const click = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click()
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name }).waitFor()

/** Of the page of runs. */
async function menuOfFirst(page: Page, item: string): Promise<void> {
  await click(page, /^Actions for/)
  await page.getByRole('menuitem', { name: item }).waitFor()
}

async function tab(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: DATASET }).click()
  await page.getByRole('tab', { name }).click()
  await page.getByRole('tabpanel').getByText(/./).first().waitFor()
}

const RUNS: readonly View[] = [
  { name: 'runs', path: '/', open: (page) => page.getByRole('row').nth(2).waitFor() },
  {
    name: 'palette',
    path: '/',
    async open(page) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find a page, an action, a setting or a run' }).fill('e')
      await page.getByRole('option', { selected: true }).waitFor()
    },
  },
  {
    name: 'deleting runs',
    path: '/',
    async open(page) {
      await page.getByLabel('Select all runs').check()
      await click(page, 'Delete…')
      await dialog(page, /^Delete \d+ runs\?$/)
      await page.getByLabel(/^Also delete the files: \d/).check()
    },
  },
  { name: 'actions of a run', path: '/', open: (page) => menuOfFirst(page, 'Explore trajectories') },
  {
    name: 'tags and notes',
    path: '/',
    async open(page) {
      await menuOfFirst(page, 'Tags and notes')
      await page.getByRole('menuitem', { name: 'Tags and notes' }).click()
      await page.getByRole('dialog').getByRole('textbox').first().waitFor()
    },
  },
  {
    name: 'columns of runs',
    path: '/',
    async open(page) {
      await page.getByLabel('Choose the columns').click()
      await page.getByRole('menuitemcheckbox').first().waitFor()
    },
  },
  {
    name: 'filters of runs',
    path: '/',
    async open(page) {
      await click(page, /^Filter by status/)
      await page.getByRole('menuitemcheckbox').first().waitFor()
    },
  },
]

const NEW_RUN: readonly View[] = [
  {
    name: 'new run',
    path: '/new',
    open: (page) => page.getByRole('heading', { name: 'Ready' }).waitFor(),
  },
  {
    name: 'new run, advanced',
    path: '/new',
    async open(page) {
      await page.getByText('Advanced', { exact: true }).click()
      await page.getByLabel(/^Clip/).first().waitFor()
    },
  },
  {
    name: 'where a new run starts from',
    path: '/new',
    async open(page) {
      await click(page, 'Start from')
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  {
    name: 'a new run as a command',
    path: '/new',
    async open(page) {
      await click(page, 'Command')
      await dialog(page, 'The same run in a terminal')
    },
  },
]

const LIBRARY: readonly View[] = [
  { name: 'models', path: '/models', open: (page) => page.getByRole('heading', { level: 3 }).first().waitFor() },
  {
    name: 'adding a model',
    path: '/models',
    async open(page) {
      await click(page, 'Add a folder or GGUF file')
      await page.getByLabel('Path on this machine').fill('/nowhere')
      await click(page, /^Add$/)
      await page.getByText(/nowhere/).waitFor()
    },
  },
  { name: 'rows of a dataset', path: '/datasets', open: (page) => tab(page, 'Rows and columns') },
  { name: 'verifier of a dataset', path: '/datasets', open: (page) => tab(page, 'Verifier') },
  {
    name: 'tokens of a dataset',
    path: '/datasets',
    async open(page) {
      await tab(page, 'Tokens')
      await page.getByRole('heading', { name: 'Lengths' }).waitFor()
    },
  },
  { name: 'bad rows of a dataset', path: '/datasets', open: (page) => tab(page, /^Bad rows/) },
  { name: 'models of the hub', path: '/hub/models', open: title(/Hub/) },
  {
    name: 'token of the hub',
    path: '/hub/datasets',
    async open(page) {
      await click(page, /^Token/)
      await page.getByRole('dialog').waitFor()
    },
  },
]

const USES: readonly View[] = [
  {
    name: 'playground',
    path: '/playground',
    async open(page) {
      await page.getByLabel('Prompt').fill('Ann,Bob;Ann key;Ann-Bob?')
      await click(page, 'Generate')
      await page.getByLabel(/^Answer of the right model: [1-9]/).waitFor()
      await page.getByRole('button', { name: 'Generate' }).waitFor()
    },
  },
  {
    name: 'rows for the playground',
    path: '/playground',
    async open(page) {
      await click(page, 'Pick a row of the data')
      await dialog(page, 'Pick a row of the data')
      await page.getByRole('button', { name: 'Take row 1', exact: true }).waitFor()
    },
  },
  { name: 'help', path: '/help/undecided', open: title('Help') },
  { name: 'settings', path: '/settings', open: title('Settings') },
  { name: 'no such page', path: '/nowhere', open: title('No such page') },
]

const EVALUATIONS: readonly View[] = [
  { name: 'evaluations', path: '/evaluate', open: (page) => page.getByRole('row').nth(2).waitFor() },
  {
    name: 'evaluation',
    path: '/evaluate',
    async open(page) {
      await page.getByRole('link', { name: 'tiny' }).first().click()
      await page.getByText('majority@2').waitFor()
      await page.getByRole('region', { name: /^Answer of/ }).waitFor()
    },
  },
  {
    name: 'evaluations compared',
    path: '/evaluate',
    async open(page) {
      for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check()
      await click(page, 'Compare')
      await page.getByRole('region', { name: /^Answer of B/ }).waitFor()
    },
  },
  {
    name: 'actions of an evaluation',
    path: '/evaluate',
    async open(page) {
      await click(page, /^Actions for tiny/)
      await page.getByRole('menuitem', { name: 'Remove…' }).waitFor()
    },
  },
]

const experiments = (study: string): View[] => [
  { name: 'experiments', path: '/experiments', open: (page) => page.getByRole('row').nth(1).waitFor() },
  {
    name: 'experiment',
    path: `/experiments/${study}`,
    async open(page) {
      await click(page, 'Details of guided')
      await page.getByText(/^Of \d+ problems, over/).waitFor()
      await click(page, 'Show the numbers')
    },
  },
  {
    name: 'removing an experiment',
    path: `/experiments/${study}`,
    async open(page) {
      await click(page, 'Remove…')
      await dialog(page, /^Remove “/)
    },
  },
  {
    name: 'exports of an experiment',
    path: `/experiments/${study}`,
    async open(page) {
      await click(page, 'Export')
      await page.getByRole('menuitem', { name: /^Figure/ }).waitFor()
    },
  },
  {
    name: 'new experiment',
    path: '/experiments/new',
    open: (page) => page.getByRole('heading', { name: /^(Ready|Not ready)$/ }).waitFor(),
  },
  {
    name: 'new experiment over a setting',
    path: '/experiments/new',
    async open(page) {
      await page.getByText('Which value is best?', { exact: true }).click()
      await page.getByRole('combobox', { name: 'Setting', exact: true }).fill('Learning rate')
      await page.getByRole('option', { name: 'Optimiser: Learning rate', exact: true }).click()
      await page.getByLabel('Values to try').waitFor()
    },
  },
]

/** @param run with trajectories and critical steps; @param other any other; @param study one that is done */
export const viewsOf = (run: string, other: string, study: string): View[] => [
  ...RUNS,
  ...experiments(study),
  {
    name: 'run',
    path: `/runs/${run}`,
    open: (page) => page.getByRole('heading', { name: 'Reward' }).first().waitFor(),
  },
  { name: 'run that is not there', path: '/runs/nothere', open: (page) => page.getByRole('alert').waitFor() },
  {
    name: 'comparison',
    path: `/compare/${run},${other}`,
    open: (page) => page.getByRole('heading', { name: /plan/i }).first().waitFor(),
  },
  {
    name: 'explorer',
    path: `/explorer/${run}`,
    async open(page) {
      await page.getByRole('button', { name: /, the critical step/ }).click()
      await page.getByRole('button', { name: /^Sample \d+ here/ }).waitFor()
    },
  },
  ...NEW_RUN,
  ...LIBRARY,
  ...USES,
  ...EVALUATIONS,
  {
    name: 'export',
    path: `/export/${run}`,
    async open(page) {
      await page.getByRole('radio', { name: 'GGUF file', exact: true }).click()
      await page.getByLabel('Path on this machine').fill('/nowhere/model.gguf')
      await title('Export')(page)
    },
  },
]
