/** Recognises a dataset's layout and the roles of its columns from its first rows (method.md, section 4). Knows no files. */
import type { RecordKind } from '@shared/method/offline'
import type { DatasetLayout, DatasetRole } from '@shared/schemas/dataset'
import { firstNumber } from './choices'
import type { ColumnMap } from './column-map'
import { valueAt } from './column-path'
import * as names from './names'
import type { Fields } from './read/record'
import { isTranscript, turnsOf } from './turns'
import { isEmpty, labelOf } from './values'
import { statedAtEnd } from './worked-solution'

/** Roles of columns: those that a person can assign, and those that are only recognised. */
export type Part = DatasetRole | 'messages' | 'input' | 'notShown'

export interface Arrangement {
  readonly layout: DatasetLayout
  readonly kind: RecordKind
  /** Role to the columns or paths it is read from; several only for choices and for texts beside the prompt. */
  readonly sources: ReadonlyMap<Part, readonly string[]>
  /** The first number of the numbering of choices. */
  readonly firstChoice: number
}

/** Additional roles: if only these are mapped, the others are recognised. */
const BESIDE: readonly Part[] = ['system', 'context', 'history', 'group']
/** Roles that several columns can have. */
const JOINED: readonly Part[] = ['system', 'context', 'input', 'choices', 'notShown']

/** The first rows, with questions about them. */
interface Sample {
  readonly rows: readonly Fields[]
  readonly columns: readonly string[]
  /** True if some row has a value at the path. */
  readonly has: (path: string) => boolean
  readonly find: (paths: readonly string[]) => string | undefined
}

function sampleOf(rows: readonly Fields[], isThere: (value: unknown) => boolean): Sample {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  const has = (path: string) => rows.some((row) => isThere(valueAt(row, path)))
  return { rows, columns, has, find: (paths) => withOwnCase(columns, paths).find(has) }
}

/** Known names, each followed by columns that differ only in upper and lower case. */
const withOwnCase = (columns: readonly string[], known: readonly string[]): readonly string[] =>
  known.flatMap((name) => [
    name,
    ...columns.filter((column) => column !== name && column.toLowerCase() === name.toLowerCase()),
  ])

/** Null if no known layout fits. `rows`: the first records, at least one. */
export function recognise(rows: readonly Fields[], map: ColumnMap): Arrangement | null {
  // Columns with values decide; if they form no layout, empty columns count too.
  const filled = sampleOf(rows, (value) => !isEmpty(value))
  const present = sampleOf(rows, (value) => value !== undefined)
  const isMapped = [...map.keys()].some((role) => !BESIDE.includes(role))
  const arrange = isMapped ? arrangeMapped : arrangeKnown
  const found = arrange(filled, map) ?? arrange(present, map)
  return found && withFirstChoice(rows, found)
}

type Draft = Omit<Arrangement, 'firstChoice'>
type Sources = Partial<Record<Part, string | readonly string[] | undefined>>

function draft(layout: DatasetLayout, kind: RecordKind, sources: Sources): Draft {
  const entries = Object.entries(sources).flatMap(([part, paths]) => {
    const list = typeof paths === 'string' ? [paths] : (paths ?? [])
    return list.length > 0 ? [[part as Part, list] as const] : []
  })
  return { layout, kind, sources: new Map(entries) }
}

/** By the columns' own names. */
function arrangeKnown(sample: Sample, map: ColumnMap): Draft | null {
  const found =
    arrangePairs(sample) ??
    arrangeQuestions(sample) ??
    arrangeLabels(sample) ??
    arrangeAnswers(sample) ??
    arrangeRest(sample)
  return found && withBeside(sample, found, map)
}

const chatOf = ({ rows, has }: Sample): string | undefined =>
  names.CHATS.find((name) => rows.some((row) => turnsOf(row.get(name)))) ?? (has('messages') ? 'messages' : undefined)

function arrangePairs(sample: Sample): Draft | null {
  const chosen = sample.find(names.CHOSEN)
  const rejected = sample.find(names.REJECTED)
  if (chosen === undefined || rejected === undefined) return null
  const prompt = sample.find(names.PROMPTS)
  const isWhole = sample.rows.some((row) => turnsOf(row.get(chosen)) || isTranscript(row.get(chosen)))
  const messages = prompt === undefined ? chatOf(sample) : undefined
  if (prompt === undefined && messages === undefined && !isWhole) return null
  return draft('preference', 'preference', { chosen, rejected, prompt, messages })
}

function choicesOf(sample: Sample): readonly string[] {
  const list = sample.find(names.CHOICES)
  return list === undefined ? names.choiceColumns(sample.columns.filter(sample.has)) : [list]
}

function arrangeQuestions(sample: Sample): Draft | null {
  const prompt = sample.find(names.PROMPTS)
  const choices = choicesOf(sample)
  const answer = sample.find(names.CHOICE_ANSWERS.filter((name) => name !== prompt?.toLowerCase()))
  if (prompt === undefined || choices.length === 0 || answer === undefined) return null
  return draft('mmlu', 'verifiable', { prompt, choices, answer })
}

function arrangeLabels(sample: Sample): Draft | null {
  if (!sample.rows.some((row) => labelOf(row.get('label')) !== undefined)) return null
  const prompt = sample.find(names.PROMPTS)
  const completion = sample.find(names.COMPLETIONS)
  if (prompt !== undefined && completion !== undefined) {
    return draft('unpaired', 'unpaired', { label: 'label', prompt, completion })
  }
  const messages = chatOf(sample)
  return messages === undefined ? null : draft('unpaired', 'unpaired', { label: 'label', messages })
}

function arrangeAnswers(sample: Sample): Draft | null {
  const prompt = sample.find(names.PROMPTS)
  const answer = sample.find(names.ANSWERS)
  const solution = sample.find(['solution'])
  if (prompt === undefined) return null
  if (prompt.toLowerCase() === 'problem' && (solution ?? answer) !== undefined) {
    return draft('math', 'verifiable', { prompt, answer, completion: solution })
  }
  if (answer === undefined) return null
  const completion = sample.find(names.COMPLETIONS)
  return draft(layoutOfAnswers(sample, prompt, answer), 'verifiable', {
    prompt,
    answer,
    completion,
    choices: choicesOf(sample),
  })
}

function layoutOfAnswers({ rows }: Sample, prompt: string, answer: string): DatasetLayout {
  if (prompt === 'input' && answer === 'target') return 'bbh'
  const marked = rows.filter((row) => statedAtEnd(String(valueAt(row, answer) ?? '')) !== null)
  if (marked.length * 2 >= rows.length) return 'gsm8k'
  return prompt.toLowerCase() === 'prompt' ? 'prompt-answer' : 'question-answer'
}

function arrangeRest(sample: Sample): Draft | null {
  const prompt = sample.find(names.PROMPTS)
  const completion = sample.find(names.COMPLETIONS)
  if (prompt !== undefined && completion !== undefined) {
    return draft('prompt-completion', 'completion', { prompt, completion, choices: choicesOf(sample) })
  }
  const messages = chatOf(sample)
  const answer = sample.find(names.ANSWERS)
  return messages === undefined ? null : draft('messages', answer ? 'verifiable' : 'completion', { messages, answer })
}

/** Parts of the prompt in separate columns, from any row of the sample. */
function withBeside(sample: Sample, found: Draft, map: ColumnMap): Draft {
  const used = new Set([...found.sources.values()].flat())
  const unused = (known: readonly string[]) => withOwnCase(sample.columns, known).filter((name) => !used.has(name))
  const sources = new Map(found.sources)
  sources.set('system', unused(names.SYSTEMS))
  sources.set('context', unused(names.CONTEXTS))
  sources.set('input', unused(names.INPUTS))
  sources.set('history', unused(names.HISTORIES))
  sources.set('notShown', unused(names.NOT_SHOWN))
  for (const [part, paths] of Object.entries(mappedSources(sample, map)))
    sources.set(part as Part, [paths ?? []].flat())
  return { ...found, sources }
}

/** A column or path, or several with commas between them for a role that can have several. */
function pathsOf({ rows }: Sample, part: Part, path: string): readonly string[] {
  const isOne = rows.some((row) => valueAt(row, path) !== undefined)
  return isOne || !JOINED.includes(part) ? [path] : path.split(',').map((one) => one.trim())
}

/** The mapped fields by role. A text put after the prompt may also have the role `context`. */
function mappedSources(sample: Sample, map: ColumnMap): Sources {
  const sources: Sources = Object.fromEntries([...map].map(([role, path]) => [role, pathsOf(sample, role, path)]))
  const isInput = (path: string) => names.INPUTS.some((name) => path === name || path.endsWith(`.${name}`))
  const context = [sources.context ?? []].flat()
  if (!map.has('context')) return sources
  return {
    ...sources,
    context: context.filter((path) => !isInput(path)),
    input: context.filter(isInput),
  }
}

/** The layout that a person mapped; only the prompt is recognised if it is not mapped. */
function arrangeMapped(sample: Sample, map: ColumnMap): Draft | null {
  const mapped = mappedSources(sample, map)
  const found = map.has('prompt') ? {} : { prompt: sample.find(names.PROMPTS), messages: chatOf(sample) }
  const sources = withoutReply(sample, { ...found, ...mapped })
  const has = (...parts: Part[]) => parts.every((part) => [sources[part] ?? []].flat().some(sample.has))
  const isAsked = has('prompt') || has('messages')
  if (has('chosen', 'rejected') && (isAsked || has('chosen'))) return draft('preference', 'preference', sources)
  if (has('choices', 'answer') && has('prompt')) return draft('mmlu', 'verifiable', { ...sources, messages: undefined })
  if (has('label') && isAsked && (has('completion') || has('messages'))) return draft('unpaired', 'unpaired', sources)
  if (has('prompt', 'answer')) {
    const layout = layoutOfAnswers(sample, 'prompt', map.get('answer') ?? '')
    return draft(layout, 'verifiable', { ...sources, messages: undefined })
  }
  if (has('prompt', 'completion')) return draft('prompt-completion', 'completion', { ...sources, messages: undefined })
  return has('messages') ? draft('messages', has('answer') ? 'verifiable' : 'completion', sources) : null
}

/** A prompt that is a whole conversation including the answer is read as a conversation. */
function withoutReply({ rows }: Sample, sources: Sources): Sources {
  const [path] = [sources.prompt ?? []].flat()
  if (path === undefined || sources.completion !== undefined || sources.chosen !== undefined) return sources
  const isAnswered = rows.some((row) => {
    const last = turnsOf(valueAt(row, path))?.at(-1)
    return ['assistant', 'gpt'].includes(String(last?.['role'] ?? last?.['from']))
  })
  return isAnswered ? { ...sources, prompt: undefined, messages: path } : sources
}

function withFirstChoice(rows: readonly Fields[], found: Draft): Arrangement {
  const [answer = ''] = found.sources.get('answer') ?? []
  const paths = found.sources.get('choices') ?? []
  if (found.layout !== 'mmlu') return { ...found, firstChoice: 0 }
  const answers = rows.map((row) => ({ answer: valueAt(row, answer), count: countChoices(row, paths) }))
  return { ...found, firstChoice: firstNumber(answers) }
}

function countChoices(row: Fields, paths: readonly string[]): number {
  const [path = ''] = paths
  if (paths.length > 1) return paths.filter((one) => !isEmpty(valueAt(row, one))).length
  const value = valueAt(row, path)
  return Array.isArray(value) ? value.length : 0
}
