/**
 * Where a training step's and a decoding step's time goes: ONNX Runtime's own profile of each program, summed by kind of operator. The longest
 * single nodes come with their shapes. Slower than without the profiler: shares matter, not milliseconds.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOnnxBackend } from '@engine/devices/onnx'
import { decodingWork } from '../decode/work'
import { benchModel, type ModelName, modelNames } from '../models'
import { rounded } from '../statistics'
import { type Adaptation, LEARNING_RATE, makeBatch, trainingWork } from '../train/work'

/** The first runs touch new memory and are left out. */
const WARMUP = 2
const RUNS = WARMUP + 4
const LONGEST = 12

interface Event {
  readonly cat: string
  readonly name: string
  /** Microseconds. */
  readonly ts: number
  readonly dur: number
  readonly args?: {
    readonly op_name?: string
    readonly output_type_shape?: unknown
    readonly input_type_shape?: unknown
  }
}

const total = (events: readonly Event[]) => events.reduce((sum, { dur }) => sum + dur, 0)

function grouped(events: readonly Event[], keyOf: (event: Event) => string): Map<string, Event[]> {
  const groups = new Map<string, Event[]>()
  for (const event of events) groups.set(keyOf(event), [...(groups.get(keyOf(event)) ?? []), event])
  return groups
}

/** Of one program, its runs after the first ones. */
function summary(events: readonly Event[]) {
  const whole = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run')
  const warm = whole.slice(Math.min(WARMUP, whole.length - 1))
  const runs = warm.length
  const begin = warm[0]?.ts ?? 0
  const isNode = ({ cat, name, ts }: Event) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= begin
  const nodes = events.filter(isNode)
  const milliseconds = (list: readonly Event[]) => rounded(total(list) / 1000 / runs, 2)
  const all = total(nodes)
  const byOperator = grouped(nodes, ({ args }) => args?.op_name ?? '')
  const operators = [...byOperator]
    .toSorted(([, a], [, b]) => total(b) - total(a))
    .map(([op, list]) => [op, list.length / runs, milliseconds(list), `${rounded((100 * total(list)) / all, 1)} %`])
  const longest = [...grouped(nodes, ({ name }) => name).values()]
    .toSorted((a, b) => total(b) - total(a))
    .slice(0, LONGEST)
    .map((list) => [list[0]!.args?.op_name, milliseconds(list), JSON.stringify(list[0]!.args?.input_type_shape)])
  return { runs, milliseconds: milliseconds(nodes), operators, longest }
}

/** Runs `work` on a profiled backend → the summaries of its programs by their name and number. */
async function profiled(work: (backend: ReturnType<typeof createOnnxBackend>) => Promise<void>): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-bench-profile-'))
  const backend = createOnnxBackend({ profileTo: join(folder, 'p') })
  await work(backend)
  await backend.close()
  const found = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Event[])
  rmSync(folder, { recursive: true })
  return found
    .map(summary)
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, 3)
}

async function training(name: ModelName, kind: Adaptation): Promise<object> {
  const model = benchModel(name)
  return profiled(async (backend) => {
    const batch = makeBatch(model.config.vocabSize, model.isLarge ? 4 : 16)
    const work = trainingWork(backend, model, kind, batch)
    for (let i = 0; i < RUNS; i++) await work.learner.step([work.batch], LEARNING_RATE)
  })
}

async function decoding(name: ModelName): Promise<object> {
  const model = benchModel(name)
  return profiled(async (backend) => {
    const decode = await decodingWork(backend, model, { lanes: model.isLarge ? 32 : 128, steps: 16 })
    await decode(false, 1)
  })
}

export async function run(models: readonly ModelName[]): Promise<object> {
  const results: Record<string, object> = {}
  for (const name of modelNames(models)) {
    for (const kind of ['full', 'lora'] as const) results[`${name}, training, ${kind}`] = await training(name, kind)
    results[`${name}, decoding`] = await decoding(name)
  }
  return results
}
