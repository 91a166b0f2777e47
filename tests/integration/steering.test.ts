/** What a person asks of a run while it trains, with a real trainer in this process: the order of what it does, and that nothing is lost. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { modelPath } from '@main/paths'
import { type Control, createControl } from '@main/trainer/control'
import { runTraining } from '@main/trainer/training'
import { startMessage, type ToldEvent } from '@main/workers/protocol'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { expect, onTestFinished, test } from 'vitest'

const ITERATIONS = 3

interface Row {
  readonly prompt: string
  readonly answer: string
}

const rows = (from: number, count: number) =>
  readFileSync(resolve('resources/datasets/chain-arithmetic/train.jsonl'), 'utf8')
    .split('\n')
    .slice(from, from + count)
    .map((line, i) => {
      const { prompt, answer } = JSON.parse(line) as Row
      return { row: from + i, prompt, reference: answer }
    })

const plan = planSchema.parse({
  seed: 5,
  backend: 'onnx',
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'rows' }, eval: { path: 'rows' } },
  objective: { kind: 'ppo' },
  gpo: { criticalStep: 'none' },
  budget: { iterations: ITERATIONS, promptsPerIteration: 4, trainedPerPrompt: 4 },
  rollout: { maxNewTokens: 32, lanes: 16 },
  evaluation: { everyIterations: 0, probes: 0 },
  checkpoint: { everyIterations: ITERATIONS, keepBest: false, keepLast: 9 },
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gpo-steering-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Trains to its end. @param react to each event @returns the events, without progress and trajectories */
async function trained(
  runFolder: string,
  react: (event: ToldEvent, control: Control) => void = () => {},
  resumeFrom: string | null = null,
  changes: Partial<Plan> = {},
): Promise<readonly ToldEvent[]> {
  const start = startMessage({
    servers: [],
    plan: { ...plan, ...changes },
    runFolder,
    modelFolder: modelPath('bundled:tiny'),
    resumeFrom,
    train: rows(0, 16),
    evaluation: rows(20, 4),
  })
  const control = createControl()
  const told: ToldEvent[] = []
  await runTraining(start, control, (event) => {
    if (!['phase', 'trajectories', 'environment'].includes(event.type)) told.push(event)
    react(event, control)
  })
  return told
}

const inWords = (events: readonly ToldEvent[]) =>
  events.map((event) => {
    if (event.type === 'obeyed') return `obeyed ${event.request}`
    if (event.type === 'finished') return `${event.outcome} ${event.iteration}`
    return 'iteration' in event ? `${event.type} ${event.iteration}` : event.type
  })

const weightsOf = (events: readonly ToldEvent[]) => {
  const last = events.findLast((event) => event.type === 'checkpoint')
  return { iteration: last?.iteration, sha256: last?.sha256 }
}

test('requests are obeyed in the order asked, also while paused, and nothing is done twice', {
  timeout: 120_000,
}, async () => {
  const events = await trained(folder(), (event, control) => {
    if (event.type === 'metrics' && event.iteration === 1) {
      control.evaluate()
      control.pause()
      control.evaluate()
    }
    if (event.type !== 'obeyed') return
    if (event.request === 'pause') setTimeout(control.checkpoint, 50)
    if (event.request === 'checkpoint') setTimeout(control.continue, 50)
  })
  expect(inWords(events)).toEqual([
    'evaluation 0',
    'metrics 1',
    'evaluation 1',
    'obeyed evaluation',
    'obeyed pause',
    'checkpoint 1',
    'obeyed checkpoint',
    'obeyed continue',
    'metrics 2',
    'metrics 3',
    'evaluation 3',
    'checkpoint 3',
    'completed 3',
  ])
})

test('a paused run that is asked for an evaluation and then to stop does both', { timeout: 120_000 }, async () => {
  const events = await trained(folder(), (event, control) => {
    if (event.type === 'metrics' && event.iteration === 1) control.pause()
    if (event.type !== 'obeyed' || event.request !== 'pause') return
    control.evaluate()
    control.stop()
  })
  expect(inWords(events).slice(2)).toEqual([
    'obeyed pause',
    'evaluation 1',
    'obeyed evaluation',
    'checkpoint 1',
    'stopped 1',
  ])
})

test('stopping now drops what the iteration has sampled; resumed, the run ends with the same weights', {
  timeout: 120_000,
}, async () => {
  const whole = await trained(folder())
  const runFolder = folder()
  const stopped = await trained(runFolder, (event, control) => {
    if (event.type === 'phase' && event.phase === 'rollouts' && event.iteration === 2) control.stopNow()
  })
  expect(inWords(stopped)).toEqual(['evaluation 0', 'metrics 1', 'checkpoint 1', 'stopped 1'])
  const checkpoint = stopped.find((event) => event.type === 'checkpoint')!
  const resumed = await trained(runFolder, undefined, join(runFolder, checkpoint.path))
  expect(weightsOf(resumed)).toEqual(weightsOf(whole))
})

test('an update that has begun is finished before the run stops', { timeout: 120_000 }, async () => {
  const stopped = await trained(folder(), (event, control) => {
    if (event.type === 'phase' && event.phase === 'update' && event.iteration === 2) control.stopNow()
  })
  expect(inWords(stopped).slice(-3)).toEqual(['metrics 2', 'checkpoint 2', 'stopped 2'])
})

test('stopping now before the first iteration is done leaves nothing behind', { timeout: 120_000 }, async () => {
  const stopped = await trained(folder(), (event, control) => {
    if (event.type === 'phase' && event.phase === 'rollouts') control.stopNow()
  })
  expect(inWords(stopped)).toEqual(['evaluation 0', 'stopped 0'])
})

test('a run whose accuracy does not rise stops early, at the same iteration when it is resumed in between', {
  timeout: 120_000,
}, async () => {
  const patient: Partial<Plan> = {
    budget: { ...plan.budget, iterations: 9 },
    // So small that nothing changes: the first evaluation stays the best.
    optimiser: { ...plan.optimiser, learningRate: 1e-12 },
    evaluation: { ...plan.evaluation, everyIterations: 2, patience: 2 },
  }
  const whole = await trained(folder(), undefined, null, patient)
  expect(inWords(whole).slice(-4)).toEqual(['metrics 6', 'evaluation 6', 'checkpoint 6', 'completed 6'])
  const runFolder = folder()
  const stopped = await trained(
    runFolder,
    (event, control) => event.type === 'metrics' && event.iteration === 3 && control.stop(),
    null,
    patient,
  )
  const { path } = stopped.find((event) => event.type === 'checkpoint')!
  const resumed = await trained(runFolder, undefined, join(runFolder, path), patient)
  expect(inWords(resumed).at(-1)).toBe('completed 6')
})

test('a checkpoint is written when the last one is too old', { timeout: 120_000 }, async () => {
  const often: Partial<Plan> = { checkpoint: { ...plan.checkpoint, everyMinutes: 1e-6 } }
  expect(
    inWords(await trained(folder(), undefined, null, often)).filter((word) => word.startsWith('checkpoint')),
  ).toEqual(['checkpoint 1', 'checkpoint 2', 'checkpoint 3'])
})

test('an evaluation after an update is not dropped: the run ends after it', { timeout: 120_000 }, async () => {
  const often: Partial<Plan> = { evaluation: { ...plan.evaluation, everyIterations: 1 } }
  const stopped = await trained(
    folder(),
    (event, control) => event.type === 'metrics' && event.iteration === 2 && control.stopNow(),
    null,
    often,
  )
  expect(inWords(stopped).slice(-4)).toEqual(['metrics 2', 'evaluation 2', 'checkpoint 2', 'stopped 2'])
})

test('an evaluation that was asked for may be the best, and its weights are kept', { timeout: 120_000 }, async () => {
  const keeping: Partial<Plan> = { checkpoint: { ...plan.checkpoint, keepBest: true, keepLast: 1 } }
  const events = await trained(
    folder(),
    (event, control) => event.type === 'metrics' && event.iteration === 1 && control.evaluate(),
    null,
    keeping,
  )
  expect(inWords(events).slice(0, 5)).toEqual([
    'evaluation 0',
    'metrics 1',
    'evaluation 1',
    'checkpoint 1',
    'obeyed evaluation',
  ])
})
