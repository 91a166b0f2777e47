/**
 * `npm run screenshots -- [--home FOLDER] [--out FOLDER] [--only PAGES] [--keep]`: pictures of every page with real runs, light and dark, at 1280×800,
 * 1920×1080, 1024×700, and 1280×800 at 200 %. FOLDER is a data folder; a new one is filled by training, which takes some minutes. `--only` names pages,
 * with commas. `--keep` also renews docs/screenshots (one per page). Needs a Chromium; CHROMIUM gives its path.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { ensureBuilt } from './build.mjs'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    home: { type: 'string', default: join(root, 'out/screenshots-home') },
    out: { type: 'string', default: join(root, 'out/screenshots') },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})
const home = resolve(values.home)
const out = resolve(values.out)
const SIZES = [
  { size: '1280', width: 1280, height: 800 },
  { size: '1920', width: 1920, height: 1080 },
  { size: '1024', width: 1024, height: 700 },
  { size: '200-percent', width: 640, height: 400, scale: 2 },
]
const LOOKS = SIZES.flatMap((size) => ['light', 'dark'].map((theme) => ({ ...size, theme })))
/** Largest picture kept in the repository, in bytes. */
const LIMIT = 150_000
/** Milliseconds for a page to settle, because curves are drawn after their data has loaded. */
const SETTLE = 1500

const program = join(root, 'out/main/headless.cjs')
const env = { ...process.env, GPO_STUDIO_HOME: home }

const gpo = (...args) => {
  const { status } = spawnSync(process.execPath, [program, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`gpo ${args.join(' ')} ended with ${status}`)
}

/** The example with GPO and without, as an experiment, and a run with preferences and an adapter. */
function train() {
  mkdirSync(home, { recursive: true })
  gpo('demo', '--compare')
  const lora = '{"kind":"lora","r":8,"alpha":16}'
  const asked = [
    '--data',
    'bundled:shuffled-objects/test',
    '--limit',
    '200',
    '--samples',
    '4',
    '--max-new-tokens',
    '96',
    '--save',
  ]
  for (const model of ['bundled:tiny', 'last']) gpo('eval', '--model', model, ...asked)
  gpo('demo', '--set', 'objective={"kind":"dpo"}', '--set', `adaptation=${lora}`, '--set', 'name=preferences, LoRA')
}

async function serve() {
  const child = spawn(process.execPath, [program, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise((found, failed) => {
    createInterface(child.stdout).once('line', found)
    child.once('exit', () => failed(new Error('gpo serve ended')))
  })
  return { child, url: JSON.parse(line).url }
}

/** The newest finished runs. */
function runs() {
  const listed = spawnSync(process.execPath, [program, 'runs', '--json'], { env, encoding: 'utf8' }).stdout
  const all = listed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const finished = all.filter(({ status }) => status === 'completed')
  if (finished.length === 0) throw new Error(`${home} has no finished run`)
  return finished
}

const askPlayground = async (page) => {
  await page.getByLabel('Prompt').fill('Ann,Bob,Cid;Ann key;Ann-Bob;Bob-Cid;Ann-Bob?')
  await page.getByRole('button', { name: /^Generate/ }).click()
  await page.waitForTimeout(6000)
}

const openDataset = async (page) => {
  await page.getByText('shuffled-objects').first().click()
  await page.waitForTimeout(1500)
}

const openExperiment = async (page) => {
  const first = page.getByRole('link', { name: /example/ }).first()
  if ((await first.count()) === 0) return
  await first.click()
  await page.waitForTimeout(SETTLE)
}

const openEvaluation = async (page) => {
  await page.getByRole('table', { name: 'Evaluations' }).getByRole('link').first().click()
  await page.waitForTimeout(SETTLE)
}

const compareEvaluations = async (page) => {
  for (const box of (await page.getByRole('table', { name: 'Evaluations' }).getByRole('checkbox').all()).slice(0, 2))
    await box.check()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.waitForTimeout(SETTLE)
}

/** Name, address, and the actions before the picture. */
const pagesOf = (shown, compared) => [
  ['runs', '/'],
  ['run', `/runs/${shown}`],
  ['compare', `/compare/${compared.join(',')}`],
  ['explorer', `/explorer/${shown}`],
  ['new-run', '/new'],
  ['experiments', '/experiments'],
  ['experiment', '/experiments', openExperiment],
  ['models', '/models'],
  ['datasets', '/datasets', openDataset],
  ['playground', '/playground', askPlayground],
  ['evaluate', '/evaluate'],
  ['evaluation', '/evaluate', openEvaluation],
  ['evaluations-compared', '/evaluate', compareEvaluations],
  ['export', `/export/${shown}`],
  ['help', '/help/undecided'],
  ['settings', '/settings'],
]

/** Lowers the quality until the picture is small enough for the repository. */
async function keep(page, name) {
  const client = await page.context().newCDPSession(page)
  for (const quality of [95, 85, 70, 50]) {
    const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality })
    const picture = Buffer.from(data, 'base64')
    if (picture.length > LIMIT) continue
    writeFileSync(join(root, 'docs/screenshots', `${name}.webp`), picture)
    return
  }
  throw new Error(`${name}: over ${LIMIT} bytes at every quality`)
}

async function look(browser, url, pages, { theme, size, width, height, scale = 1 }) {
  const viewport = { width, height }
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale, colorScheme: theme })
  const page = await context.newPage()
  page.on('pageerror', (error) => process.stderr.write(`${theme} ${size}: ${error.message}\n`))
  await page.goto(url)
  for (const [name, path, first] of pages) {
    await page.evaluate((to) => {
      window.location.hash = `#${to}`
    }, path)
    await page.waitForTimeout(SETTLE)
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached', timeout: 20_000 })
    await first?.(page)
    await page.screenshot({ path: join(out, `${name}-${theme}-${size}.png`) })
    if (values.keep && theme === 'light' && width === 1280) await keep(page, name)
  }
  await context.close()
}

ensureBuilt('screenshots')
if (!existsSync(join(home, 'runs.db'))) train()
for (const folder of [out, join(root, 'docs/screenshots')]) mkdirSync(folder, { recursive: true })
const finished = runs()
const shown = finished.find(({ name }) => name.includes('gpo-') || name.includes('guided')) ?? finished[0]
const only = values.only.split(',').filter(Boolean)
const pages = pagesOf(
  shown.id,
  finished.slice(0, 3).map(({ id }) => id),
).filter(([name]) => only.length === 0 || only.includes(name))
const executablePath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const one of LOOKS) {
    // A one-time link opens one browser, and each look needs its own.
    const { child, url } = await serve()
    await look(browser, url, pages, one)
    child.kill('SIGTERM')
    await new Promise((ended) => child.once('exit', ended))
  }
} finally {
  await browser.close()
}
process.stdout.write(`${pages.length * LOOKS.length} pictures in ${out}\n`)
