/** How a developer finds a bug: the program is built with a bug in the engine, and the trainer's log is read in every possible way. */
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { router } from '@main/api/router'
import { createProgram } from '@main/host/create'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planOf, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const root = resolve(import.meta.dirname, '../../..')
const planted = join(root, 'out/planted')
const evaluate = 'src/main/engine/recipes/evaluate.ts'

interface Ended {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The program with a print and a TypeError where an evaluation begins. @returns the line of the TypeError */
function plant(): number {
  rmSync(planted, { recursive: true, force: true })
  mkdirSync(planted, { recursive: true })
  for (const part of [
    'src',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'electron.vite.config.ts',
    'LICENSE',
    'CHANGELOG.md',
  ])
    cpSync(join(root, part), join(planted, part), { recursive: true })
  for (const part of ['node_modules', 'resources']) symlinkSync(join(root, part), join(planted, part))
  writeFileSync(
    join(planted, 'main-only.config.ts'),
    "import all from './electron.vite.config'\nexport default { main: (all as { main: object }).main }\n",
  )
  const source = readFileSync(join(planted, evaluate), 'utf8').split('\n')
  const opening = source.findIndex((line) => line.startsWith('export async function'))
  const body = source.findIndex((line, i) => i >= opening && line.endsWith('{'))
  source.splice(body + 1, 0, "  console.log('planted print')", '  Object(undefined).x.y')
  writeFileSync(join(planted, evaluate), source.join('\n'))
  const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const args = [builder, 'build', '--logLevel', 'error', '--config', 'main-only.config.ts']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: planted, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the program could not be built: ${stderr}`)
  return body + 3
}

function run(home: string, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, GPO_STUDIO_HOME: home }
  return new Promise((done) => {
    execFile(process.execPath, [join(planted, 'out/main/headless.cjs'), ...args], { env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

let line = 0
beforeAll(() => {
  line = plant()
}, 180_000)
afterAll(() => rmSync(planted, { recursive: true, force: true }))

it('a bug and a print in the engine are in the log with TypeScript lines, in `gpo show --log`, on the run page and in the diagnostics', async () => {
  const home = temporaryFolder()
  const rows = writeRows(home)
  const plan = planOf(rows, { objective: { kind: 'grpo' }, data: { train: { path: rows }, eval: { path: rows } } })
  const trained = await run(home, 'train', writePlan(home, plan))
  expect(trained.code).toBe(1)
  const [shown] = (await run(home, 'show', 'last', '--json')).stdout.split('\n')
  const { id, folder, error } = JSON.parse(shown ?? '')
  const file = join(folder, 'trainer.log')
  expect(error).toEqual({
    code: 'internal',
    message: `Cannot read properties of undefined (reading 'y'). The log has more: ${file}`,
  })
  expect(trained.stderr).toContain(`The log has more: ${file}`)
  expect(trained.stderr).not.toMatch(/^\s+at /m)

  const log = readFileSync(file, 'utf8')
  expect(log).toContain('planted print')
  expect(log).toMatch(new RegExp(`TypeError: Cannot read .*\\n +at evaluate \\(.*/recipes/evaluate\\.ts:${line}:`))
  expect(log).toMatch(/at .*runTraining.*\/trainer\/training\.ts:\d+/)
  expect(log.split('\n').filter((text) => text.includes('/src/'))).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/\.cjs:/)]),
  )

  expect((await run(home, 'show', 'last', '--log')).stdout).toBe(log)
  expect(JSON.parse((await run(home, 'show', 'last', '--log', '--json')).stdout)).toEqual({
    run: id,
    file,
    text: log,
    isCut: false,
  })

  const program = createProgram({
    host: { kind: 'browser' },
    database: join(home, 'runs.db'),
    workerPath: 'none',
    jobWorkerPath: 'none',
    onBug: (bug) => {
      throw bug
    },
  })
  try {
    const page = createRouterClient(router, { context: program.services })
    expect(await page.runs.log({ id })).toEqual({ file, text: log, isCut: false })
    expect(await page.system.diagnostics()).toMatch(new RegExp(`recipes/evaluate\\.ts:${line}:`))
  } finally {
    await program.close()
  }
})

it('an error of a job is in the log of its kind', async () => {
  const home = temporaryFolder()
  const ended = await run(home, 'score', '--model', 'bundled:tiny', '--prompt', '1', '--completion', '')
  expect(ended.code).toBe(2)
  const log = readFileSync(join(home, 'logs/score.log'), 'utf8')
  expect(log).toMatch(/GpoError: the completion is empty.*\n +at scoreText \(.*\/trainer\/jobs\/score\.ts:\d+:/)
})
