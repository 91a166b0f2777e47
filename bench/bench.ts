/** Runs the named benchmarks, or all; prints one JSON object. Knows only their names and the machine. */
import { writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

const PARTS = {
  train: () => import('./train/train'),
  decode: () => import('./decode/decode'),
  gpo: () => import('./gpo/gpo'),
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

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !isPart(name))
if (unknown !== undefined) {
  process.stderr.write(
    `there is no benchmark ${JSON.stringify(unknown)}; there are: ${Object.keys(PARTS).join(', ')}\n`,
  )
  process.exit(2)
}
const results: Record<string, object> = { machine: machine() }
for (const name of wanted.length > 0 ? wanted.filter(isPart) : (Object.keys(PARTS) as Part[])) {
  process.stderr.write(`${name}\n`)
  const { run } = await PARTS[name]()
  results[name] = await run()
}
writeSync(1, `${JSON.stringify(results, null, 2)}\n`)
process.exit(0) // ONNX Runtime's threads would keep the process
