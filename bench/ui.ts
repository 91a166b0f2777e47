/**
 * The window at its stated size: 1,000 runs, one with 1,000,000 metric points and 100,000 trajectories, in Chromium over `gpo serve`. Times from
 * the request to the frame that shows its result, and of frames while scrolling. Needs a Chromium; CHROMIUM gives its path.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Page } from 'playwright-core'
import { median, rounded } from './statistics'
import { fillStore, RUNS } from './ui-data'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const REPEATS = 5
const STEPS = 60

const chromiumPath = (): string | undefined => [process.env.CHROMIUM ?? '', ...PLACES].find(existsSync)

async function serve(built: string, database: string): Promise<{ child: ChildProcess; url: string }> {
  const args = [join(built, 'main/headless.cjs'), 'serve', '--json', '--db', database]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const line = await new Promise<string>((found, failed) => {
    createInterface(child.stdout).once('line', found)
    child.once('exit', () => failed(new Error('gpo serve ended')))
  })
  return { child, url: (JSON.parse(line) as { url: string }).url }
}

/** Runs in the page: performs an action and returns the time until a selector appears on the screen or disappears. */
const IN_PAGE = `
  globalThis.bench = {
    frame: () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    async until(isThere) {
      while (!isThere()) await new Promise(requestAnimationFrame)
      await new Promise(requestAnimationFrame)
    },
    async timed(work, isThere) {
      const begin = performance.now()
      work()
      await bench.until(isThere)
      return performance.now() - begin
    },
    type(input, text) {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, text)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    },
    async scroll(element, steps, pixels) {
      const times = []
      for (let i = 0; i < steps; i++) {
        const begin = performance.now()
        element.scrollTop += pixels
        await new Promise(requestAnimationFrame)
        times.push(performance.now() - begin)
      }
      return times
    },
  }`

const evaluate = <T>(page: Page, script: string): Promise<T> => page.evaluate(`(async () => (${script}))()`)

/** Median and longest of a few, milliseconds. */
async function repeated(work: () => Promise<number>): Promise<object> {
  const times: number[] = []
  for (let i = 0; i < REPEATS; i++) times.push(await work())
  return { median: rounded(median(times), 1), max: rounded(Math.max(...times), 1) }
}

const GRID = `document.querySelector('[role=grid]')`
const goTo = (page: Page, hash: string, isThere: string) =>
  evaluate<number>(page, `bench.timed(() => { location.hash = '${hash}' }, () => ${isThere})`)

async function list(page: Page): Promise<object> {
  const home = () => goTo(page, '#/', `${GRID}?.querySelector('tbody tr[id]')`)
  const away = () => goTo(page, '#/settings', `!${GRID}`)
  const count = (rows: string) => `Number(${GRID}?.getAttribute('aria-rowcount')) ${rows}`
  const search = `document.querySelector('[role=search] input')`
  const frames = await evaluate<number[]>(page, `bench.scroll(${GRID}.parentElement, ${STEPS}, 480)`)
  await evaluate(page, `(${GRID}.parentElement.scrollTop = 0, bench.frame())`)
  const filter = await repeated(async () => {
    const time = await evaluate<number>(
      page,
      `bench.timed(() => bench.type(${search}, 'ppo 77'), () => ${count(`< ${RUNS / 2}`)})`,
    )
    await evaluate(page, `bench.timed(() => bench.type(${search}, ''), () => ${count(`> ${RUNS - 1}`)})`)
    return time
  })
  const sort = await repeated(() =>
    evaluate<number>(
      page,
      `(() => { const before = ${GRID}.querySelector('tbody tr[id]').id; const header = [...${GRID}.querySelectorAll('th button')]
        .find((button) => button.textContent === 'Name'); return bench.timed(() => header.click(),
        () => ${GRID}.querySelector('tbody tr[id]').id !== before) })()`,
    ),
  )
  const select = await repeated(() =>
    evaluate<number>(
      page,
      `(() => { const row = ${GRID}.querySelector('tbody tr[id]'); const before = row.getAttribute('aria-selected')
        return bench.timed(() => row.querySelector('input').click(), () => row.getAttribute('aria-selected') !== before) })()`,
    ),
  )
  const back = await repeated(async () => {
    await away()
    return home()
  })
  return { scrollFrame: framesOf(frames), filter, sort, select, back }
}

const framesOf = (frames: readonly number[]) => ({
  median: rounded(median(frames), 1),
  max: rounded(Math.max(...frames), 1),
})

const LIST = `document.querySelector('[role=listbox][aria-label=Trajectories]')`

/** Types into the field with this name, and waits for the list that fits. */
const filtered = (page: Page, field: string, text: string, isThere: string) =>
  evaluate<number>(
    page,
    `bench.timed(() => bench.type(document.querySelector('input[aria-label^="${field}"]'), '${text}'), () => ${isThere})`,
  )

/** Searches are typed, so they contain the time after the last key in which the window waits for another. */
async function explorer(page: Page, run: string): Promise<object> {
  const open = await goTo(page, `#/explorer/${run}`, `${LIST}?.querySelector('[role=option]')`)
  const frames = await evaluate<number[]>(page, `bench.scroll(${LIST}, ${STEPS}, 400)`)
  const rows = `[...${LIST}?.querySelectorAll('[role=option]') ?? []]`
  const words = 'Words to look for'
  const all = `${rows}.length > 5 && !${LIST}.querySelector('mark')`
  const search = async (text: string) => {
    const time = await filtered(page, words, text, `${LIST}?.querySelector('mark')`)
    await filtered(page, words, '', all)
    return time
  }
  const rareWords = await repeated(() => search('a = 17 + 17 = 34'))
  const commonWords = await repeated(() => search('remains after'))
  const filter = await repeated(async () => {
    const isOne = `${rows}.length > 0 && ${rows}.every((row) => row.textContent.includes('it. 25000 '))`
    const time = await filtered(page, 'Iteration', '25000', isOne)
    await filtered(page, 'Iteration', '', `${rows}.length > 5`)
    return time
  })
  const pressed = `[...document.querySelectorAll('button[aria-pressed=true]')].map((one) => one.getAttribute('aria-label')).join()`
  const press = (key: string) =>
    `document.documentElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', code: 'Key${key.toUpperCase()}', bubbles: true }))`
  const step = await repeated(() =>
    evaluate<number>(
      page,
      `(() => { const before = ${pressed}; const back = before.includes('Step 1')
        return bench.timed(() => back ? ${press('j')} : ${press('k')}, () => ${pressed} !== before) })()`,
    ),
  )
  const view = (name: string) =>
    `[...document.querySelectorAll('[role=radiogroup] label')].find((one) => one.textContent === '${name}')`
  const tree = await repeated(async () => {
    const time = await evaluate<number>(
      page,
      `bench.timed(() => ${view('Tree')}.click(), () => ${view('Tree')}.dataset.active === 'true')`,
    )
    await evaluate(page, `bench.timed(() => ${view('List')}.click(), () => ${view('List')}.dataset.active === 'true')`)
    return time
  })
  return { open: rounded(open, 1), scrollFrame: framesOf(frames), rareWords, commonWords, filter, step, tree }
}

async function measure(browser: Browser, url: string, run: string): Promise<object> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(60_000)
  await page.addInitScript(IN_PAGE)
  await page.goto(url)
  // The page's clock begins with the navigation.
  const since = `(async () => { await bench.until(() => ${GRID}?.querySelector('tbody tr[id]')); return performance.now() })()`
  const firstList = await evaluate<number>(page, `await ${since}`)
  await page.reload()
  const secondList = await evaluate<number>(page, `await ${since}`)
  const runs = await list(page)
  const canvas = `document.querySelectorAll('canvas').length > 0`
  const openRun = await repeated(async () => {
    await goTo(page, '#/', `${GRID}?.querySelector('tbody tr[id]')`)
    return goTo(page, `#/runs/${run}`, canvas)
  })
  const others = await evaluate<string[]>(
    page,
    `(location.hash = '#/', await bench.until(() => ${GRID}?.querySelector('tbody tr[id]')),
      [...${GRID}.querySelectorAll('tbody tr[id]')].slice(0, 7).map((row) => row.id.replace('run-row-', '')))`,
  )
  const compare = await goTo(page, `#/compare/${[run, ...others.filter((id) => id !== run)].join()}`, canvas)
  const heap = await evaluate<number>(page, 'performance.memory?.usedJSHeapSize ?? 0')
  return {
    firstList: rounded(firstList, 1),
    secondList: rounded(secondList, 1),
    runs,
    openRun,
    compareEight: rounded(compare, 1),
    explorer: await explorer(page, run),
    heapMiB: rounded(heap / 2 ** 20, 1),
  }
}

/** All times in milliseconds. */
export async function run(): Promise<object> {
  const executablePath = chromiumPath()
  if (!executablePath) return { skipped: `no Chromium at ${PLACES.join(', ')}; CHROMIUM names another place` }
  const folder = mkdtempSync(join(tmpdir(), 'gpo-bench-ui-'))
  const database = join(folder, 'runs.db')
  const begin = performance.now()
  const id = fillStore(database)
  const fillSeconds = rounded((performance.now() - begin) / 1000, 1)
  const { child, url } = await serve(resolve(process.env.BENCH_BUILT ?? 'out'), database)
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  try {
    return { fillSeconds, ...(await measure(browser, url, id)) }
  } finally {
    await browser.close()
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
