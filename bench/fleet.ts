/**
 * The scheduler of sampling servers with 1,000 servers that are simulated: their answers take a time drawn from a stated distribution, some fail, some are
 * stragglers, and some are down for a while. Prints how busy the servers were, how long the tail was, and what scheduling cost this process.
 *
 * usage: node scripts/run.mjs bench/fleet.ts [SERVERS ITEMS]
 */
import { uniform } from '@engine/core/rng'
import { createFleet } from '@main/engines/fleet'
import type { Member } from '@main/engines/places'
import type { Item } from '@main/engines/work-list'

const [servers = 1000, count = 40_000] = process.argv.slice(2).map(Number)

/** Milliseconds: log-normal with this median and spread, one request in a hundred ten times as long. */
const MEDIAN = 1000
const SPREAD = 0.4
const STRAGGLERS = 0.01
const FAILURES = 0.002
/** Share of the servers that never answer from the third second on. */
const HANGING = 0.005
const LIMITS = { inFlight: 8, attemptMs: 15_000, totalMs: 60_000 }

function normal(seed: number): number {
  const [u, v] = [1 - uniform(seed, 1, 0), uniform(seed, 1, 1)]
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
}

interface Simulated extends Member {
  readonly isHanging: boolean
}

const begin = performance.now()
const isUp = ({ isHanging }: Simulated) => !isHanging || performance.now() - begin < 3000

const members = Array.from({ length: servers }, (_, i): Simulated => {
  const isHanging = uniform(i, 2, 0) < HANGING
  return {
    name: `http://server-${i}:8000`,
    isHanging,
    revive: () => (isHanging ? new Promise(() => {}) : Promise.resolve()),
  }
})

let busy = 0
let failed = 0
let attempts = 0

function work(member: Simulated, _: Item, signal: AbortSignal): Promise<number> {
  const seed = attempts++ // so that a second attempt may take another time
  const long = uniform(seed, 3, 0) < STRAGGLERS ? 10 : 1
  const milliseconds = MEDIAN * Math.exp(SPREAD * normal(seed)) * long
  return new Promise((resolve, reject) => {
    if (!isUp(member)) return // the fleet takes it away
    const timer = setTimeout(() => {
      busy += milliseconds
      if (uniform(seed, 4, 0) >= FAILURES) return resolve(milliseconds)
      failed++
      reject(new Error('status 503'))
    }, milliseconds)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
}

const items = Array.from({ length: count }, (_, i): Item => ({ key: String(i), affinity: Math.floor(i / 16) * 7919 }))
const ends: number[] = []
const cpu = process.cpuUsage()
const fleet = createFleet(members, LIMITS)
const results = await fleet.run(items, work, () => ends.push(performance.now() - begin))
const used = process.cpuUsage(cpu)
fleet.close()
const seconds = (performance.now() - begin) / 1000
ends.sort((a, b) => a - b)
const at = (share: number) => ends[Math.min(ends.length - 1, Math.floor(share * ends.length))]! / 1000
console.log(
  JSON.stringify({
    ...{ servers, items: count, done: results.length, attempts, seconds, failed },
    paused: fleet.status().filter(({ state }) => state === 'paused').length,
    /** Of all places for requests, until 90 % of the work was done. */
    utilisation: busy / 1000 / (servers * LIMITS.inFlight * seconds),
    secondsTo: { half: at(0.5), most: at(0.9), nearlyAll: at(0.99), all: at(1) },
    /** Of this process, the simulation included. */
    cpuMicrosecondsPerItem: (used.user + used.system) / count,
    itemsPerCpuSecond: (1e6 * count) / (used.user + used.system),
  }),
)
process.exit(0)
