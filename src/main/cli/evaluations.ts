/** Evaluations: `gpo eval` makes one, `gpo evaluations` lists those that were kept and compares two. */
import { compareEvaluations } from '@main/evaluations/compare'
import { type EvaluateJob, withQuestions } from '@main/evaluations/manager'
import { evaluationTable } from '@main/evaluations/table'
import { writeAtomically } from '@main/formats/atomic'
import { databaseFile } from '@main/paths'
import { thisProcess } from '@main/runs/process'
import { createModelEvaluation, finishEvaluation, listModelEvaluations } from '@main/store/model-evaluations'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { askedOf } from '@main/workers/job'
import type { RowAnswer } from '@main/workers/results'
import { GpoError } from '@shared/errors'
import { comparisonSentence } from '@shared/evaluation-words'
import type { EvaluationResult } from '@shared/schemas/evaluation'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { shown } from '@shared/shown'
import { type JobFlags, perform, promptOf, question } from './jobs'
import { formatPercent, formatTable, type Output } from './output'

function saveEvaluation(
  flags: EvaluateFlags,
  label: string,
  job: EvaluateJob,
  result: EvaluationResult,
  answers: readonly RowAnswer[],
): string {
  const { verifier, template, chatTemplate, samples, temperature, maxNewTokens, seed } = job
  const settings = {
    verifier,
    template,
    chatTemplate,
    limit: flags.limit ?? null,
    samples,
    temperature,
    maxNewTokens,
    seed,
  }
  return withStore(flags.db, (store) => {
    const record = { model: label, data: flags.data.replace(/^bundled:/, ''), settings, request: null }
    const id = createModelEvaluation(store, record, thisProcess())
    finishEvaluation(store, id, result, withQuestions(job, answers))
    return id
  })
}

function withStore<T>(db: string | undefined, work: (store: Store) => T): T {
  const store = openStore(databaseFile(db))
  try {
    return work(store)
  } finally {
    store.close()
  }
}

export interface EvaluateFlags extends JobFlags {
  readonly samples: number
  /** Keep the answers in the database. */
  readonly save?: boolean
}

/** `gpo eval` */
export async function evaluate(flags: EvaluateFlags, output: Output): Promise<number> {
  const { found, examples, verifier } = await question(flags, output)
  const { backend, seed, temperature, maxNewTokens, samples } = flags
  const job: EvaluateJob = {
    kind: 'evaluate',
    model: found.source,
    backend,
    ...promptOf(found),
    examples: examples.map(askedOf),
    verifier,
    samples,
    temperature,
    maxNewTokens,
    seed,
  }
  const answers: RowAnswer[] = []
  const result = await perform(flags, job, (answer) => answers.push(answer))
  const id = flags.save ? saveEvaluation(flags, found.label, job, result, answers) : undefined
  output.json({ ...(id === undefined ? {} : { id }), model: flags.model, data: flags.data, verifier, ...result })
  const { greedy, sampled, n } = result
  output.line(
    `greedy accuracy  ${formatPercent(greedy.accuracy)} (${greedy.correct} of ${n}, verifier ${verifier.kind})`,
  )
  if (sampled) {
    for (const [k, share] of Object.entries(sampled.passAtK))
      output.line(`pass@${k.padEnd(11)} ${formatPercent(share)}`)
    output.line(`majority@${String(sampled.samples).padEnd(7)} ${formatPercent(sampled.majorityAtK)}`)
  }
  const header = ['status', 'greedy', ...(sampled ? ['samples'] : [])]
  output.line()
  output.line(
    formatTable([
      header,
      ...VERDICT_STATUSES.map((status) => [
        status,
        String(greedy.statuses[status]),
        ...(sampled ? [String(sampled.statuses[status])] : []),
      ]),
    ]),
  )
  if (id !== undefined) output.line(`\nsaved as ${id}: \`gpo evaluations\` and the page Evaluate show it`)
  return 0
}

export interface EvaluationsFlags {
  readonly compare?: boolean
  readonly csv?: string
  readonly db?: string
}

/** `gpo evaluations [ID…]` */
export function evaluations(ids: readonly string[], flags: EvaluationsFlags, output: Output): number {
  const [first, second] = ids
  if (ids.length > 2) throw new GpoError('usage', `${ids.length} evaluations were named: name one, or two to compare`)
  if (first === undefined && flags.csv !== undefined)
    throw new GpoError('usage', '--csv needs an evaluation: name one, or two to have them side by side')
  return withStore(flags.db, (store) => {
    if (second !== undefined) compare(store, first!, second, output)
    else list(store, first, output)
    if (flags.csv !== undefined && first !== undefined) {
      const { text } = evaluationTable(store, first, second ?? null)
      writeAtomically(flags.csv, [Buffer.from(text)])
      output.note(`rows written to ${flags.csv}`)
    }
    return 0
  })
}

/** @param id null: all */
function list(store: Store, id: string | undefined, output: Output): void {
  const found = listModelEvaluations(store).filter((one) => id === undefined || one.id === id)
  if (id !== undefined && found.length === 0)
    throw new GpoError('notFound', `there is no evaluation ${shown(id)}: \`gpo evaluations\` lists them`)
  for (const one of found) output.json({ ...one })
  if (found.length === 0) output.line('none yet: `gpo eval … --save` and the page Evaluate make them')
  const rows = found.map(({ id, state, model, data, result }) => [
    ...[id, model, data],
    ...[result ? formatPercent(result.greedy.accuracy) : state, result ? String(result.n) : ''],
  ])
  if (found.length > 0) output.line(formatTable([['id', 'model', 'data', 'greedy', 'rows'], ...rows]))
}

function compare(store: Store, first: string, second: string, output: Output): void {
  const comparison = compareEvaluations(store, first, second)
  const { counts, warnings } = comparison
  output.json({ ...comparison })
  output.line(comparisonSentence(comparison))
  output.line(
    `\n${formatTable([
      ['rows', 'second right', 'second not right'],
      ['first right', String(counts.both), String(counts.onlyFirst)],
      ['first not right', String(counts.onlySecond), String(counts.neither)],
    ])}`,
  )
  for (const warning of warnings) output.note(`warning: ${warning}`)
}
