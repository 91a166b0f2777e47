/** The contents of a dataset file, as plain data: layout, rows, bad rows, lengths, and whether the verifier accepts the dataset's own answers. */

import { GpoError } from '@shared/errors'
import type { RecordKind } from '@shared/method/offline'
import type {
  BadRow,
  Dataset,
  DatasetLayout,
  DatasetPart,
  DatasetRole,
  Delimiter,
  Example,
} from '@shared/schemas/dataset'
import { VERDICT_STATUSES, type Verdict, type VerdictStatus, type VerifierConfig } from '@shared/schemas/verifier'
import { judgedBy } from './judged'
import { type LoadOptions, loadDataset } from './load'
import { evaluationPart } from './read/splits'
import { type SharedRows, sharedRows } from './shared-rows'
import { suggestVerifier } from './suggest-verifier'

/** Judges one completion, as the engine's verifiers do. */
interface AnswerVerifier {
  verify(completion: string, reference: string, isTruncated: boolean): Verdict | Promise<Verdict>
  /** A completion that must be judged correct; without it, the reference after `####`. */
  sample?(reference: string): string
  /** A second reading of an answer; null if it is not ambiguous. */
  noteOn?(completion: string): string | null
}

export interface DescribeOptions {
  readonly columns?: Readonly<Record<string, string>>
  readonly part?: string
  readonly delimiter?: Delimiter
  /** Tokens of a text; without it, lengths are not reported. */
  readonly countTokens?: (text: string) => number
  /** Without it, the reference answers are not judged. A function gets the configuration that is reported. */
  readonly verifier?: AnswerVerifier | ((config: VerifierConfig) => AnswerVerifier)
  /** Configuration of the verifier; without it, the one that fits the set. */
  readonly verifierConfig?: VerifierConfig
}

/** Tokens. p95: 95 % of the texts have at most this many (nearest rank). */
interface LengthSummary {
  readonly min: number
  readonly median: number
  readonly p95: number
  readonly max: number
}

interface FailedAnswer {
  readonly row: number
  readonly status: VerdictStatus
  readonly completion: string
  readonly reference: string
  readonly extracted: string | null
}

interface AnswerNote {
  readonly row: number
  readonly note: string
}

interface VerifierReport {
  /** Number of reference answers judged: the first ones of the dataset. */
  readonly tried: number
  readonly statuses: Readonly<Record<VerdictStatus, number>>
  /** The first five that were not judged correct. */
  readonly failures: readonly FailedAnswer[]
  /** The first five ambiguous answers. */
  readonly notes: readonly AnswerNote[]
}

export interface DatasetReport {
  readonly path: string
  readonly files: readonly string[]
  readonly layout: DatasetLayout
  readonly kind: RecordKind
  /** Records in the file; `usable` of them became examples. */
  readonly rows: number
  readonly usable: number
  readonly badRowCount: number
  readonly badRows: readonly BadRow[]
  readonly columns: readonly string[]
  /** Role to the column or path it was read from. */
  readonly roles: Readonly<Partial<Record<DatasetRole, string>>>
  /** Unused columns, and unused fields beside used ones. */
  readonly unused: readonly string[]
  /** Sentences on how it was read. */
  readonly notes: readonly string[]
  /** The part that was read, and the evaluation part; null if there is none. */
  readonly part: string | null
  readonly evaluationPart: string | null
  readonly parts: readonly DatasetPart[]
  /** Rows of the part that was read that are also in the evaluation part; null if there is none. */
  readonly shared: SharedRows | null
  readonly firstExamples: readonly Example[]
  readonly promptTokens: LengthSummary | null
  /** Lengths of the completion, or of the reference if there is no completion. */
  readonly answerTokens: LengthSummary | null
  /** Null if the dataset has no reference answers. */
  readonly verifierConfig: VerifierConfig | null
  readonly verifier: VerifierReport | null
}

const FIRST_EXAMPLES = 3
const MAX_TRIED = 2000
const MAX_FAILURES = 5

/** Reads the whole dataset. Throws the errors of `loadDataset`. */
export async function describeDataset(path: string, options: DescribeOptions = {}): Promise<DatasetReport> {
  const { columns: mapped, part: wanted, delimiter } = options
  const as = { ...(mapped ? { columns: mapped } : {}), ...(delimiter ? { delimiter } : {}) }
  const dataset = await loadDataset(path, { ...as, ...(wanted === undefined ? {} : { part: wanted }) })
  const { examples, layout, kind, files, rows, badRowCount, badRows, columns } = dataset
  const { roles, unused, notes, part, parts } = dataset
  const held = evaluationPart(parts.map(({ name }) => name))
  const verifierConfig = kind === 'verifiable' ? (options.verifierConfig ?? suggestVerifier(layout, examples)) : null
  const verifier = verifierConfig && verifierOf(options.verifier, verifierConfig)
  return {
    ...{ path, files, layout, kind, rows, usable: examples.length, badRowCount, badRows, columns },
    ...{ roles, unused, notes, part, parts, evaluationPart: held === part ? null : held },
    shared: held === null || held === part ? null : await sharedWith(path, { ...as, part: held }, dataset),
    firstExamples: examples.slice(0, FIRST_EXAMPLES),
    promptTokens: lengths(examples, (example) => example.prompt, options.countTokens),
    answerTokens: lengths(examples, (example) => example.completion ?? example.reference, options.countTokens),
    verifierConfig,
    verifier: verifier && verifierConfig && (await tryVerifier(dataset, verifier, verifierConfig)),
  }
}

/** Null where the other part cannot be read. */
async function sharedWith(path: string, other: LoadOptions, { examples }: Dataset): Promise<SharedRows | null> {
  try {
    return sharedRows(examples, (await loadDataset(path, other)).examples)
  } catch (error) {
    if (error instanceof GpoError) return null
    throw error
  }
}

function verifierOf(given: DescribeOptions['verifier'], config: VerifierConfig): AnswerVerifier | null {
  return typeof given === 'function' ? given(config) : (given ?? null)
}

function lengths(
  examples: readonly Example[],
  textOf: (example: Example) => string,
  count: DescribeOptions['countTokens'],
): LengthSummary | null {
  if (!count || examples.length === 0) return null
  const sorted = Float64Array.from(examples, (example) => count(textOf(example))).sort()
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { min: rank(0), median: rank(0.5), p95: rank(0.95), max: rank(1) }
}

async function tryVerifier(
  { layout, examples }: Dataset,
  verifier: AnswerVerifier,
  config: VerifierConfig,
): Promise<VerifierReport> {
  const statuses = Object.fromEntries(VERDICT_STATUSES.map((status) => [status, 0])) as Record<VerdictStatus, number>
  const failures: FailedAnswer[] = []
  const notes: AnswerNote[] = []
  const tried = examples.slice(0, MAX_TRIED)
  for (const row of tried) {
    const example = judgedBy(config, row)
    const completion = answerOf(layout, example, verifier)
    const { status, extracted } = await verifier.verify(completion, example.reference, false)
    statuses[status]++
    const note = verifier.noteOn?.(completion) ?? verifier.noteOn?.(example.reference)
    if (note && notes.length < MAX_FAILURES) notes.push({ row: example.row, note })
    if (status === 'correct' || failures.length >= MAX_FAILURES) continue
    failures.push({ row: example.row, status, completion, reference: example.reference, extracted })
  }
  return { tried: tried.length, statuses, failures, notes }
}

/** A completion that must be judged correct: the worked solution of MATH, and the bare reference everywhere else. */
function answerOf(layout: DatasetLayout, { reference, completion }: Example, verifier: AnswerVerifier): string {
  if (layout === 'math') return completion ?? `\\boxed{${reference}}`
  return verifier.sample?.(reference) ?? `#### ${reference}`
}
