/** Runs the named benchmarks, or all; prints one JSON object. Knows only their names and the machine. */
import { writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { MODEL_NAMES, type ModelName } from './models'

const PARTS = {
  train: () => import('./train/train'),
  profile: () => import('./profile/profile'),
  decode: () => import('./decode/decode'),
  gpo: () => import('./gpo/gpo'),
  guidance: () => import('./guidance/guidance'),
  store: () => import('./store/store'),
  memory: () => import('./memory/memory'),
  ui: () => import('./ui'),
  loop: () => import('./loop/loop'),
} as const
type Part = keyof typeof PARTS

const isPart = (name: string): name is Part => name in PARTS

function machine(): object {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    load: loadavg().map((load) => Number(load.toFixed(2))),
  }
}

function refuse(what: string, value: string, known: readonly string[]): never {
  process.stderr.write(`there is no ${what} ${JSON.stringify(value)}; there are: ${known.join(', ')}\n`)
  process.exit(2)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string', multiple: true, default: [] } },
})
const models = values.model.map((name) =>
  MODEL_NAMES.includes(name as ModelName) ? (name as ModelName) : refuse('model', name, MODEL_NAMES),
)
/** Without names: all but the profile, which explains and does not compare. */
const usual = (Object.keys(PARTS) as Part[]).filter((name) => name !== 'profile')
const wanted = positionals.map((name) => (isPart(name) ? name : refuse('benchmark', name, Object.keys(PARTS))))
const results: Record<string, object> = { machine: machine() }
for (const name of wanted.length > 0 ? wanted : usual) {
  process.stderr.write(`${name}\n`)
  const { run } = await PARTS[name]()
  results[name] = await run(models)
}
writeSync(1, `${JSON.stringify(results, null, 2)}\n`)
process.exit(0) // ONNX Runtime's threads would keep the process
