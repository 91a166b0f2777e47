import { spawn } from 'node:child_process'
import { describe, expect, inject, it } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  filesOf,
  gpo,
  jsonLines,
  planOf,
  show,
  start,
  type TrainLine,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'

const folder = temporaryFolder()
const plan = writePlan(
  folder,
  planOf(writeRows(folder), {
    objective: { kind: 'grpo' },
    budget: { iterations: 100_000 },
    checkpoint: { everyIterations: 50_000 },
  }),
)

/** A run that would take hours, in its second iteration or later. */
async function startLong(home: string) {
  const started = start(home, ['train', plan, '--json'])
  await until(() => started.said().stdout.includes('"type":"metrics","iteration":2'), 'the second iteration')
  return started
}

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('stops a run at a safe point, which is a checkpoint, and says how to resume it', async () => {
    const home = temporaryFolder()
    const { child, ended } = await startLong(home)
    child.kill('SIGINT')
    const { code, signal, stdout, stderr } = await ended
    expect(stderr).toMatch(/stopping at the next safe point/)
    const told = /run (\w+) stopped after iteration (\d+) of 100000; resume it with: gpo resume (\w+)/.exec(stderr)
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    const run = await show(home)
    expect(told?.slice(1)).toEqual([run.id, String(run.iteration), run.id])
    expect(run).toMatchObject({ status: 'stopped', error: null, owner: null })
    expect(run.checkpoints).toEqual([expect.objectContaining({ iteration: run.iteration })])
    expect(filesOf(run.folder)).toEqual(run.checkpoints.map(({ path }) => path))
    expect(jsonLines<TrainLine>({ stdout }).at(-1)).toMatchObject({ type: 'finished', outcome: 'stopped' })
    expectSoundDatabase(home)
  })

  it('pressed twice ends a run at once, as interrupted', async () => {
    const home = temporaryFolder()
    const { child, said, ended } = await startLong(home)
    child.kill('SIGSTOP')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    child.kill('SIGCONT')
    const { code } = await ended
    expect(said().stderr).toMatch(/was interrupted.*resume it with: gpo resume/)
    expect(code).toBe(130)
    expect((await show(home)).status).toBe('interrupted')
    expectSoundDatabase(home)
  })

  it('while a run is driven, another process may look at it but not drive it too', async () => {
    const home = temporaryFolder()
    const { child, ended } = await startLong(home)
    const run = await show(home)
    expect(run).toMatchObject({ status: 'running', owner: { pid: child.pid } })
    expectFailure(
      await gpo(home, 'resume', run.id),
      2,
      new RegExp(`is running, in process ${child.pid}: stop it there first`),
    )
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect((await show(home)).status).toBe('stopped')
  })

  it('ends a question, and nothing was changed', async () => {
    const home = temporaryFolder()
    const args = ['eval', '--model', inject('model'), '--data', 'bundled:chain-arithmetic', '--max-new-tokens', '64']
    const { child, ended } = start(home, [...args, '--samples', '1024', '--backend', 'onnx', '--json'])
    await new Promise((resolve) => setTimeout(resolve, 3000))
    child.kill('SIGINT')
    const stopped = await ended
    expectFailure(stopped, 130, /gpo: stopped; nothing was changed/)
    expect(stopped.stdout).toBe('')
  })
})

describe.skipIf(process.platform === 'win32')('a reader that goes away', () => {
  it('costs the output, not the run', async () => {
    const home = temporaryFolder()
    const short = ['--set', 'budget.iterations=2', '--json']
    const child = spawn(process.execPath, [inject('program'), 'train', plan, ...short], {
      env: { ...process.env, GPO_STUDIO_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.once('data', () => child.stdout.destroy())
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(stderr).toMatch(/completed/)
    expect(stderr).not.toMatch(/EPIPE/)
    expect(code).toBe(0)
    expect((await show(home)).status).toBe('completed')
  })
})
