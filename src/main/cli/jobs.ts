/** The commands that use a model without training it: critical, score, export, doctor; what they share with `gpo eval`. */

import { judgedBy } from '@main/library/datasets/judged'
import { loadDataset } from '@main/library/datasets/load'
import { suggestVerifier } from '@main/library/datasets/suggest-verifier'
import { datasetPath } from '@main/paths'
import { askedOf, type JobKind, type JobOf } from '@main/workers/job'
import { runJob } from '@main/workers/job-client'
import type { Answers } from '@main/workers/results'
import { GpoError } from '@shared/errors'
import type { CriticalRule } from '@shared/method/critical-step'
import type { Search } from '@shared/method/search'
import type { Example } from '@shared/schemas/dataset'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { type VerifierConfig, verifierSchema } from '@shared/schemas/verifier'
import { type FoundModel, findModel } from './model'
import { formatBytes, formatTable, type Output } from './output'
import { createProgress } from './progress'
import { trajectoryLines } from './trajectory-text'
import { forkOf, type InspectFlags, JOB_WORKER } from './workers'

export interface JobFlags extends InspectFlags {
  readonly model: string
  readonly data: string
  readonly db?: string
  readonly verifier?: string
  readonly limit?: number
  readonly backend: Plan['backend']
  readonly seed: number
  readonly temperature: number
  readonly maxNewTokens: number
}

/** `number`, `exact` … or a JSON object with the verifier's options. */
export function parseVerifier(text: string): VerifierConfig {
  let raw: unknown = { kind: text }
  if (text.trim().startsWith('{')) {
    try {
      raw = JSON.parse(text)
    } catch {
      throw new GpoError(
        'usage',
        `--verifier ${text} is not JSON: write a name (number, exact, choice, latex, steps, countdown) or {"kind": …}`,
      )
    }
  }
  const parsed = verifierSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  throw new GpoError(
    'usage',
    `--verifier ${text}: ${parsed.error.issues[0]?.message}; the kinds are number, exact, choice, regex, latex`,
  )
}

/** Progress on standard error, Ctrl-C ends the job. */
export async function perform<K extends JobKind>(
  flags: InspectFlags,
  job: JobOf<K> & { readonly kind: K },
  onItem?: (item: Answers[K]['item']) => void,
): Promise<Answers[K]['result']> {
  const progress = createProgress()
  const abort = new AbortController()
  const onSignal = () => abort.abort()
  process.on('SIGINT', onSignal)
  try {
    return await runJob<K>({
      workerPath: JOB_WORKER,
      fork: forkOf(flags, progress.note),
      job,
      signal: abort.signal,
      onProgress: ({ label, done, total, tokens, seconds }) =>
        progress.show(label, done, total, tokens, seconds, done > 0 ? (seconds / done) * (total - done) : undefined),
      ...(onItem ? { onItem } : {}),
    })
  } finally {
    process.off('SIGINT', onSignal)
    progress.end()
  }
}

interface Question {
  readonly found: FoundModel
  readonly examples: readonly Example[]
  readonly verifier: VerifierConfig
}

/** Model, rows and verifier of a command; a run's plan gives what the flags leave out. */
export async function question({ model, data, db, verifier, limit }: JobFlags, output: Output): Promise<Question> {
  const found = findModel(model, db)
  const path = datasetPath(data)
  const dataset = await loadDataset(path, { part: 'evaluation', ...(limit === undefined ? {} : { limit }) })
  if (dataset.badRowCount > 0)
    output.note(
      `warning: ${dataset.badRowCount} of ${dataset.rows} rows cannot be used; \`gpo data ${data}\` lists them`,
    )
  const chosen = verifier ? parseVerifier(verifier) : suggestVerifier(dataset.layout, dataset.examples)
  return { found, examples: dataset.examples.map((example) => judgedBy(chosen, example)), verifier: chosen }
}

export const promptOf = ({ plan }: FoundModel) => ({
  template: plan?.data.template ?? '{prompt}',
  chatTemplate: plan?.data.chatTemplate ?? false,
  chatTemplateName: plan?.data.chatTemplateName,
})

export async function critical(
  flags: JobFlags & { mc: number; rule: CriticalRule; search: Search },
  output: Output,
): Promise<number> {
  const { found, examples, verifier } = await question(flags, output)
  const { backend, seed, temperature, maxNewTokens, mc, rule, search } = flags
  const base = found.plan?.gpo ?? planSchema.shape.gpo.parse({})
  const job: JobOf<'critical'> = {
    kind: 'critical',
    model: found.source,
    backend,
    ...promptOf(found),
    examples: examples.map(askedOf),
    verifier,
    gpo: { ...base, samples: mc, criticalStep: rule, search },
    temperature,
    maxNewTokens,
    seed,
  }
  await perform(flags, job, (trajectory) => {
    output.json(trajectory)
    for (const line of trajectoryLines(trajectory)) output.line(line)
    output.line()
  })
  return 0
}

export async function score(
  flags: InspectFlags & { model: string; db?: string; prompt: string; completion: string; backend: Plan['backend'] },
  output: Output,
): Promise<number> {
  const { source } = findModel(flags.model, flags.db)
  const result = await perform(flags, {
    kind: 'score',
    model: source,
    backend: flags.backend,
    prompt: flags.prompt,
    completion: flags.completion,
  })
  output.json(result)
  output.line(
    formatTable([
      ['token', 'log-probability'],
      ...result.text.map((text, i) => [JSON.stringify(text), result.logprobs[i]!.toFixed(4)]),
    ]),
  )
  const sum = result.logprobs.reduce((total, value) => total + value, 0)
  output.line(
    `sum ${sum.toFixed(4)}, mean ${(sum / result.logprobs.length).toFixed(4)} over ${result.logprobs.length} tokens`,
  )
  return 0
}

export async function doctor(output: Output): Promise<number> {
  const result = await perform({}, { kind: 'doctor' })
  output.json(result)
  const rows = result.candidates.map((one) => [
    one.name === result.chosen ? `* ${one.name}` : `  ${one.name}`,
    one.isAvailable ? 'available' : 'no',
    one.device ?? '',
    one.memory === null ? '' : formatBytes(one.memory),
    one.selfTest === null ? '' : one.selfTest.toExponential(1),
    one.gflops === null ? '' : one.gflops.toPrecision(3),
    one.reason ?? '',
  ])
  output.line(formatTable([['  backend', 'usable', 'device', 'memory', 'self-test', 'GFLOP/s', 'why not'], ...rows]))
  output.line(result.chosen ? `chosen: ${result.chosen}` : 'no backend can be used')
  return result.chosen ? 0 : 5
}
