/** How a run ends for each behaviour of its trainer, and what is stored then. The trainer is a real process that follows a script. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newRun } from '@main/runs/prepare'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import { listTrajectories } from '@main/store/trajectories'
import type { Trainer } from '@main/workers/client'
import type { TrainerEvent } from '@shared/schemas/events'
import { describe, expect, it } from 'vitest'
import {
  checkpointOf,
  type Deed,
  drive,
  iterationOf,
  open,
  plan,
  play,
  sends,
  temporaryHome,
} from '../support/scripted-run'

const statuses = { correct: 3, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
const evaluation = { iteration: 2, n: 4, correct: 3, accuracy: 0.75, statuses, meanTokens: 12.5 }
const finished = { type: 'finished', outcome: 'completed', iteration: 8 } as const

const losses = (store: Store, run: string) => readSeries(store, run, 'loss').iterations

function expectSound(store: Store): void {
  expect(store.db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(store.db.pragma('foreign_key_check')).toEqual([])
}

describe('a run', () => {
  it('that is reported as finished is completed, with all its events', async () => {
    const store = open()
    const environment = { type: 'environment', environment: { backend: 'onnx', threads: 2 } }
    const told = [environment, ...iterationOf(1), ...iterationOf(2), { type: 'evaluation', ...evaluation }, finished]
    const heard: TrainerEvent[] = []
    const run = await play(store, sends(...told), { onEvent: (event) => heard.push(event) })
    expect(run).toMatchObject({ status: 'completed', iteration: 2, error: null, owner: null })
    expect(run.environment).toEqual({ backend: 'onnx', threads: 2 })
    expect(run.endedAt).toBeGreaterThanOrEqual(run.startedAt!)
    expect(readSeries(store, run.id, 'loss')).toEqual({ iterations: [1, 2], values: [0.125, 0.25] })
    expect(listTrajectories(store, run.id).rows).toHaveLength(4)
    expect(listEvaluations(store, run.id)).toEqual([evaluation])
    expect(heard).toEqual(told)
  })

  it('that is asked to stop is stopped, and running until then', async () => {
    const store = open()
    const stopped = { type: 'finished', outcome: 'stopped', iteration: 1 }
    let whileRunning = ''
    const run = await play(store, [...sends(...iterationOf(1)), { do: 'obey' }, ...sends(stopped)], {
      onStart: (trainer) => {
        whileRunning = store.db.prepare('SELECT status FROM runs').pluck().get() as string
        setTimeout(() => trainer.stop(), 200)
      },
    })
    expect(whileRunning).toBe('running')
    expect(run).toMatchObject({ status: 'stopped', error: null, owner: null })
  })

  it('that fails has the code and the message of its failure', async () => {
    const store = open()
    const failed = { type: 'failed', code: 'training', message: 'loss is NaN in iteration 2' }
    const run = await play(store, sends(...iterationOf(1), failed))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'training', message: 'loss is NaN in iteration 2' } })
    expect(losses(store, run.id)).toEqual([1])
  })

  it('whose trainer says what nobody understands fails with the place of the error, and keeps what was told before', async () => {
    const store = open()
    const malformed = { type: 'metrics', iteration: 2, values: { loss: 'low' } }
    const run = await play(store, sends(...iterationOf(1), malformed, ...iterationOf(3)))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'training' }, owner: null })
    expect(run.error?.message).toMatch(
      /the trainer sent a message that cannot be read: values\.loss: .*expected number/,
    )
    expect(losses(store, run.id)).toEqual([1])
  })

  it.each(['../../documents', '/etc', 'checkpoint-00000001/..', '.'])(
    'whose trainer tells of a checkpoint at %s fails',
    async (path) => {
      const store = open()
      const checkpoint = { type: 'checkpoint', iteration: 1, path, bytes: 1, sha256: 'ab', removed: [] }
      expect((await play(store, sends(checkpoint))).error?.message).toMatch(/cannot be read: path: /)
      const removing = { ...checkpoint, path: 'checkpoint-00000001', removed: [path] }
      const run = await play(store, sends(removing))
      expect(run.error?.message).toMatch(/cannot be read: removed\.0: /)
      expect(listCheckpoints(store, run.id)).toEqual([])
    },
  )

  it('whose trainer ends without a word is interrupted, and quotes its last words', async () => {
    const run = await play(open(), [...sends(...iterationOf(1)), { do: 'exit', code: 7, says: 'kernel 7 is missing' }])
    expect(run).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' } })
    const log = join(run.folder, 'trainer.log')
    expect(run.error?.message).toBe(
      `The trainer ended with code 7. Its last output: kernel 7 is missing. The log has more: ${log}`,
    )
    expect(readFileSync(log, 'utf8')).toContain('kernel 7 is missing')
  })

  it.each([0, 1, 3, 5, 6])(
    'whose trainer is killed after %i messages is interrupted, with all of them',
    async (count) => {
      const store = open()
      const run = newRun(store, plan)
      const told = [...iterationOf(1), ...iterationOf(2), checkpointOf(run, 2), ...iterationOf(3)].slice(0, count)
      const ended = await drive(store, run, [...sends(...told), { do: 'kill' }])
      expect(ended).toMatchObject({ status: 'interrupted', owner: null })
      expect(ended.error?.message).toMatch(/killed \(SIGKILL\)/)
      const metrics = told.filter(({ type }) => type === 'metrics').length
      expect(losses(store, run.id)).toEqual([1, 2, 3].slice(0, metrics))
      expect(metricSummaries(store, run.id).map(({ count }) => count)).toEqual(metrics ? [metrics, metrics] : [])
      expect(listCheckpoints(store, run.id).length).toBe(told.some(({ type }) => type === 'checkpoint') ? 1 : 0)
      expectSound(store)
    },
  )

  it('stores a checkpoint at once, together with everything before it, for others to see', async () => {
    const file = join(temporaryHome(), 'runs.db')
    const [store, other] = [open(file), open(file)]
    const run = newRun(store, plan)
    const seen: object[] = []
    await drive(store, run, sends(...iterationOf(1), ...iterationOf(2), checkpointOf(run, 2), finished), {
      onEvent: ({ type }) => {
        if (type !== 'checkpoint') return
        const checkpoints = listCheckpoints(other, run.id).map(({ iteration }) => iteration)
        seen.push({ losses: losses(other, run.id), rows: listTrajectories(other, run.id).rows.length, checkpoints })
      },
    })
    expect(seen).toEqual([{ losses: [1, 2], rows: 4, checkpoints: [2] }])
  })

  it('can be followed by others while it goes on, without a checkpoint', async () => {
    const file = join(temporaryHome(), 'runs.db')
    const [store, other] = [open(file), open(file)]
    const run = newRun(store, plan)
    let seen: readonly number[] = []
    const look: Deed[] = [...sends(...iterationOf(1)), { do: 'wait', ms: 1500 }, ...sends(finished)]
    await drive(store, run, look, {
      onStart: () => {
        const timer = setInterval(() => {
          seen = losses(other, run.id)
          if (seen.length > 0 && getRun(other, run.id).status === 'running') clearInterval(timer)
        }, 20)
        setTimeout(() => clearInterval(timer), 5000).unref()
      },
    })
    expect(seen).toEqual([1])
  })
})

describe('when what a run tells cannot be stored', () => {
  /** From now on the database cannot grow. */
  function fill({ db }: Store): void {
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`)
  }
  const many = Array.from({ length: 200 }, (_, i) => iterationOf(i + 3)).flat()

  /** A person ends the run instead of making room. */
  const ends = (onEvent: (event: TrainerEvent) => void = () => {}) => {
    let trainer: Trainer | undefined
    return {
      onStart: (started: Trainer) => {
        trainer = started
      },
      onEvent: (event: TrainerEvent) => {
        onEvent(event)
        if (event.type === 'held') trainer!.kill()
      },
    }
  }

  it('it fails when a person ends it, names the checkpoint that is kept, and that one is whole', async () => {
    const store = open()
    const run = newRun(store, plan)
    const told = [...iterationOf(1), ...iterationOf(2), checkpointOf(run, 2)]
    const ended = await drive(
      store,
      run,
      [...sends(...told, ...many), { do: 'obey' }],
      ends(({ type }) => type === 'checkpoint' && fill(store)),
    )
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'storage' }, owner: null })
    expect(ended.error?.message).toContain('cannot grow because the disk is full: free some space')
    expect(ended.error?.message).toContain('The checkpoint of iteration 2 is kept.')
    expect(losses(store, run.id).slice(0, 2)).toEqual([1, 2])
    expect(listCheckpoints(store, run.id).map(({ iteration }) => iteration)).toEqual([2])
    expectSound(store)
  })

  it('reports it if there was no checkpoint yet', async () => {
    const store = open()
    const run = newRun(store, plan)
    fill(store)
    const ended = await drive(store, run, [...sends(...many), { do: 'obey' }], ends())
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'storage' } })
    expect(ended.error?.message).toContain('There was no checkpoint yet')
  })

  it('fails if its folder cannot be created, and does not count as running', async () => {
    const home = temporaryHome()
    const store = open(join(home, 'runs.db'))
    writeFileSync(join(home, 'runs'), 'in the way')
    const ended = await play(store, sends(finished))
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'storage' }, owner: null })
    expect(ended.error?.message).toMatch(/The run's folder .* cannot be created: check .* \(/)
    expect(readFileSync(join(home, 'runs'), 'utf8')).toBe('in the way')
  })
})

describe('when whoever follows a run throws', () => {
  it('in an event, the run is interrupted, what was told until then is stored, and the error comes out', async () => {
    const store = open()
    const run = newRun(store, plan)
    const driven = drive(store, run, [...sends(...iterationOf(1), ...iterationOf(2)), { do: 'obey' }], {
      onEvent: (event) => {
        if (event.type === 'metrics' && event.iteration === 2) throw new TypeError('no such chart')
      },
    })
    await expect(driven).rejects.toThrow('no such chart')
    expect(getRun(store, run.id)).toMatchObject({
      status: 'interrupted',
      error: { message: 'no such chart' },
      owner: null,
    })
    expect(losses(store, run.id)).toEqual([1, 2])
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(losses(store, run.id)).toEqual([1, 2])
  })

  it('at the start, the run is interrupted and no trainer is left', async () => {
    const store = open()
    const run = newRun(store, plan)
    let pid = 0
    const driven = drive(store, run, [{ do: 'obey' }], {
      onStart: (trainer) => {
        pid = trainer.pid!
        throw new TypeError('no such button')
      },
    })
    await expect(driven).rejects.toThrow('no such button')
    expect(getRun(store, run.id)).toMatchObject({ status: 'interrupted', owner: null })
    expect(() => process.kill(pid, 0)).toThrow()
    expect(existsSync(run.folder)).toBe(true)
  })
})
