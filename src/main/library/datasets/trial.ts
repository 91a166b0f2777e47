/** Tries a verifier on a dataset: it judges the rows' own answers as if a model had written them. */
import { createVerifier, type Verifier } from '@main/text/verifier/index'
import type { JudgedRow, VerifierTrial } from '@shared/contract/datasets'
import type { Dataset, DatasetLayout, Example } from '@shared/schemas/dataset'
import { VERDICT_STATUSES, type Verdict, type VerdictStatus, type VerifierConfig } from '@shared/schemas/verifier'
import { startWork } from '../pause'
import { judgedBy } from './judged'

const MAX_TRIED = 5000
const MAX_TIME = 2000
const MAX_FAILED = 100
const MAX_CORRECT = 50
const MAX_TEXT = 4000

/** A row's own completion if it has one; else its reference, written as an answer. */
export function answerOf(layout: DatasetLayout, { reference, completion }: Example, verifier: Verifier): string {
  if (completion !== undefined) return completion
  if (layout === 'math') return `\\boxed{${reference}}`
  return verifier.sample(reference)
}

const short = (text: string) => (text.length > MAX_TEXT ? `…${text.slice(-MAX_TEXT)}` : text)

function judgeRow(verifier: Verifier, layout: DatasetLayout, example: Example): JudgedRow {
  const completion = answerOf(layout, example, verifier)
  const { status, extracted } = verifier.verify(completion, example.reference, false)
  const problem = status === 'correct' ? null : verifier.checkReference(example.reference)
  const { row, reference } = example
  const note = verifier.noteOn(completion) ?? verifier.noteOn(reference)
  return { row, completion: short(completion), reference: short(reference), extracted, status, problem, note }
}

/** @throws {GpoError} 'plan' for a regular expression that is invalid */
export async function tryVerifier({ layout, examples }: Dataset, config: VerifierConfig): Promise<VerifierTrial> {
  const verifier = createVerifier(config)
  const statuses = Object.fromEntries(VERDICT_STATUSES.map((status) => [status, 0])) as Record<VerdictStatus, number>
  const [failed, correct]: [JudgedRow[], JudgedRow[]] = [[], []]
  const work = startWork(MAX_TIME)
  let tried = 0
  for (const row of examples.slice(0, MAX_TRIED)) {
    const example = judgedBy(config, row)
    const judged = judgeRow(verifier, layout, example)
    statuses[judged.status]++
    tried++
    if (judged.status !== 'correct' && failed.length < MAX_FAILED) failed.push(judged)
    if (judged.status === 'correct' && correct.length < MAX_CORRECT) correct.push(judged)
    await work.breathe()
    if (work.isOver()) break
  }
  return { verifier: config, tried, total: examples.length, statuses, rows: [...failed, ...correct] }
}

export interface Answer {
  readonly verifier: VerifierConfig
  readonly completion: string
  readonly reference: string
  readonly isTruncated: boolean
}

/** @throws {GpoError} 'plan' for a regular expression that is invalid */
export function judge({ verifier: config, completion, reference, isTruncated }: Answer): Verdict & {
  readonly problem: string | null
} {
  const verifier = createVerifier(config)
  return { ...verifier.verify(completion, reference, isTruncated), problem: verifier.checkReference(reference) }
}
