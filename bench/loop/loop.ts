/**
 * The developer's loop: from the moment a file is saved to the moment its new code is on the screen, in a trainer, in the server. In Chromium over
 * `npm run dev:serve`, on a copy of the project. Needs a Chromium; CHROMIUM names one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { demoPlan } from '@shared/demo-plan'
import { type Browser, chromium, type Page } from 'playwright-core'
import { milliseconds } from '../statistics'
import { type Project, startProject } from './project'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const REPEATS = 5

const chromiumPath = (): string | undefined => [process.env.CHROMIUM ?? '', ...PLACES].find(existsSync)

const summary = (times: readonly number[]) => milliseconds(times.map((time) => time / 1000))

/** When the frame that shows something was drawn, milliseconds since 1970. */
const shownAt = (page: Page, isThere: string) =>
  page.evaluate<number>(`(async () => {
    while (!(${isThere})) await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    return Date.now()
  })()`)

const TITLE = 'src/renderer/src/features/settings/settings-page.tsx'
const heading = (text: string) => `document.querySelector('h1')?.textContent === ${JSON.stringify(text)}`

/** Edits of a page's title, one after the other; the page is not loaded again. */
async function editPage(project: Project, page: Page): Promise<object> {
  await page.evaluate(`location.hash = '#/settings'`)
  await shownAt(page, heading('Settings'))
  await page.evaluate('globalThis.isSamePage = true')
  const times: number[] = []
  for (let i = 0, title = 'Settings'; i < REPEATS; i++) {
    const next = `Settings ${i}`
    const saved = project.edit(TITLE, `title="${title}"`, `title="${next}"`)
    times.push((await shownAt(page, heading(next))) - saved)
    title = next
    await wait(500)
  }
  if (!(await page.evaluate('globalThis.isSamePage'))) throw new Error('the page was loaded again')
  return summary(times)
}

/** Asks the server's API in the page's name. */
function ask(page: Page, procedure: string, input: unknown): Promise<unknown> {
  const message = JSON.stringify({ i: '1', p: { u: procedure, b: { json: input } } })
  return page.evaluate(`new Promise((answered, failed) => {
    const socket = new WebSocket('ws://' + location.host + '/api')
    socket.onopen = () => socket.send(${JSON.stringify(message)})
    socket.onerror = () => failed(new Error('refused'))
    socket.onmessage = async ({ data }) => {
      answered(JSON.parse(typeof data === 'string' ? data : await data.text()).p.b.json)
      socket.close()
    }
  })`)
}

/** A run that goes on until it is stopped; a trainer's iteration takes a fraction of a second. */
const longPlan = () => ({
  ...demoPlan(1),
  budget: { iterations: 1_000_000, promptsPerIteration: 4, trainedPerPrompt: 2 },
  evaluation: { everyIterations: 0, limit: 10 },
})

async function startRun(page: Page): Promise<string> {
  const { id } = (await ask(page, '/runs/start', { plan: longPlan() })) as { id: string }
  const { run } = (await ask(page, '/runs/get', { id })) as { run: { folder: string } }
  return `${run.folder}/trainer.log`
}

/** When a trainer printed a word, as it wrote behind it. */
async function printedAt(log: string, word: string): Promise<number> {
  for (;;) {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
    const time = new RegExp(`^${word} (\\d+)$`, 'm').exec(text)?.[1]
    if (time) return Number(time)
    await wait(20)
  }
}

const ENGINE = 'src/main/engine/recipes/train.ts'
const LOOP = 'const { budget, evaluation, checkpoint } = run.plan'

/** Edits of the training loop while a run is in progress: built, and run by the trainer that goes on with it. */
async function editEngine(project: Project, page: Page): Promise<object> {
  const log = await startRun(page)
  const builds: number[] = []
  const runs: number[] = []
  for (let i = 0, before = LOOP; i < REPEATS; i++) {
    await wait(4000)
    const after = `console.log('edit-${i}', Date.now());${LOOP}`
    const built = project.line('trainers that start from now on')
    const saved = project.edit(ENGINE, before, after)
    await built
    builds.push(Date.now() - saved)
    runs.push((await printedAt(log, `edit-${i}`)) - saved)
    before = after
  }
  return { built: summary(builds), runs: summary(runs) }
}

const SERVER = 'src/main/api/system.ts'
const INFO = '  info: api.system.info.handler('

/** Edits of main while a run is in progress: the server's new code runs, and the open page talks to it without a new link. */
async function editServer(project: Project, page: Page): Promise<object> {
  const times: number[] = []
  for (let i = 0, before = INFO; i < REPEATS; i++) {
    await wait(4000)
    const after = `  ...(console.error('edit-${i}', Date.now()), {}),\n${INFO}`
    const started = project.line(`edit-${i}`)
    const saved = project.edit(SERVER, before, after)
    times.push(Number((await started).split(' ')[1]) - saved)
    await shownAt(page, `!document.querySelector('[role=alert]')`)
    await ask(page, '/system/info', {})
    before = after
  }
  return summary(times)
}

export async function run(): Promise<object> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) return { skipped: `no Chromium at ${PLACES.join(', ')}; CHROMIUM names another` }
  const project = await startProject()
  let browser: Browser | null = null
  try {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    const page = await browser.newPage()
    const begin = Date.now()
    await page.goto(project.url)
    await page.locator('h1').waitFor()
    const firstPage = Date.now() - begin
    return {
      startup: project.startup,
      firstPage,
      page: await editPage(project, page),
      engine: await editEngine(project, page),
      server: await editServer(project, page),
    }
  } finally {
    await browser?.close()
    await project.close()
  }
}
