/**
 * The variants of guidance on a policy that is known exactly: the signal of their gradients, and how well the searches choose. No model, no clock: the
 * numbers are the same on every machine.
 */
import { rounded } from '../statistics'
import { selectionOf } from './selection'
import { signalOf, VARIANTS } from './signal'
import type { SwapsOptions } from './swaps'

const SHORT: SwapsOptions = { steps: 5, hard: 0.35, rightIfHard: 0.35, seed: 5 }
const LONG: SwapsOptions = { steps: 12, hard: 0.4, rightIfHard: 0.65, isStrict: true, seed: 5 }
const PROMPTS = 6000
const TRAJECTORIES = 1024
const SAMPLES = [2, 3, 4, 6, 8, 12]

const roundedAll = <T extends object>(numbers: T) =>
  Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, typeof x === 'number' ? rounded(x) : x]))

async function signals(options: SwapsOptions): Promise<object> {
  const found: Record<string, object> = {}
  for (const variant of VARIANTS) {
    found[variant.name] = roundedAll(await signalOf(options, variant, PROMPTS))
    process.stderr.write(`  ${options.steps} steps, ${variant.name}\n`)
  }
  return found
}

async function selections(options: SwapsOptions): Promise<object[]> {
  const found: object[] = []
  for (const samples of SAMPLES)
    for (const search of ['exhaustive', 'adaptive', 'bisect'] as const)
      found.push(roundedAll(await selectionOf(options, search, samples, TRAJECTORIES)))
  return found
}

export async function run(): Promise<object> {
  return {
    signal: { short: { ...SHORT, variants: await signals(SHORT) }, long: { ...LONG, variants: await signals(LONG) } },
    selection: { short: await selections(SHORT), long: await selections(LONG) },
  }
}
