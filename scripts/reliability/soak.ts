/**
 * A long run: how the memory of the trainer and of the program that follows it grow, and the time per iteration. Slopes are of a straight line through the
 * second half, in units per 100 iterations; the first half is warm-up.
 *
 * `node scripts/run.mjs scripts/reliability/soak.ts --iterations 2000`; Linux. Prints JSON.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { buildFrozen, childrenOf, numbersOf, prepareWork, startGpo } from './program'

const { iterations } = numbersOf({ iterations: 2000 })
const entry = buildFrozen('soak')
const { folder, plan } = prepareWork(iterations, { checkpoint: { everyIterations: 50, keepLast: 2 } })

interface Sample {
  readonly seconds: number
  readonly program: number
  readonly trainer: number
}

/** Resident and, of that, anonymous memory of a process in MB. */
function memoryOf(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024
  } catch {
    return null
  }
}

/** Slope of the least-squares line. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(([at]) => at), mean(([, value]) => value)]
  const [above, below] = [mean(([at, value]) => (at - x) * (value - y)), mean(([at]) => (at - x) ** 2)]
  return above / below
}

const samples: Sample[] = []
const begin = performance.now()
const { child, ended } = startGpo(entry, join(folder, 'home'), 'train', plan)
const timer = setInterval(() => {
  const [program, trainer] = [memoryOf(child.pid), memoryOf(childrenOf(child.pid!)[0])]
  if (program !== null && trainer !== null)
    samples.push({ seconds: (performance.now() - begin) / 1000, program, trainer })
}, 1000)
const { code, said } = await ended
clearInterval(timer)
if (code !== 0) throw new Error(`the run ended with code ${code}: ${said}`)

const db = new Database(join(folder, 'home/runs.db'), { readonly: true })
const series = (name: string) =>
  db
    .prepare(
      'SELECT m.iteration, m.value FROM metrics m JOIN metric_names n ON n.id = m.name WHERE n.name = ? ORDER BY m.iteration',
    )
    .raw()
    .all(name) as [number, number][]
const half = <T>(all: readonly T[]) => all.slice(Math.floor(all.length / 2))
const perHundred = 100 / iterations
const seconds = (performance.now() - begin) / 1000
/** Samples are taken by the second; iterations are taken as evenly spaced. */
const memory = (of: (sample: Sample) => number) => {
  const points = half(samples).map((sample) => [sample.seconds, of(sample)] as const)
  return { mbPer100: slopeOf(points) * seconds * perHundred, first: points[0]?.[1], last: points.at(-1)?.[1] }
}
const times = series('step_time')
const resident = series('system/rss_bytes').map(([at, bytes]) => [at, bytes / 2 ** 20] as const)
process.stdout.write(
  `${JSON.stringify(
    {
      iterations,
      seconds,
      trainerAnonymous: memory(({ trainer }) => trainer),
      programAnonymous: memory(({ program }) => program),
      trainerResidentMbPer100: 100 * slopeOf(half(resident)),
      trainerResidentByQuarter: [0.25, 0.5, 0.75, 1].map((at) => resident[Math.floor(at * (resident.length - 1))]?.[1]),
      stepTimeMsPer100: 100_000 * slopeOf(half(times)),
      stepTimeMedianMsByQuarter: [0, 1, 2, 3].map((quarter) => {
        const part = times
          .slice((quarter * times.length) / 4, ((quarter + 1) * times.length) / 4)
          .map(([, value]) => value)
        return 1000 * (part.toSorted((a, b) => a - b)[Math.floor(part.length / 2)] ?? Number.NaN)
      }),
    },
    null,
    2,
  )}\n`,
)
db.close()
rmSync(folder, { recursive: true, force: true })
