/** Which layout a set has, told from its columns and first rows (method.md, section 4). Knows no files. */
import { GpoError } from '@shared/errors'
import { DATASET_ROLES, type DatasetLayout, type DatasetRole, type RecordKind } from '@shared/schemas/dataset'
import type { Fields } from './record'
import { isMessageList } from './values'

/** What a column can be mapped to. */
const ROLES = DATASET_ROLES
type Role = DatasetRole

/** Columns that hold the prompt, where none is mapped. */
const PROMPT_COLUMNS = ['prompt', 'question', 'problem', 'input'] as const

/** Every column some layout reads. */
const KNOWN_COLUMNS: readonly string[] = [...ROLES, ...PROMPT_COLUMNS, 'messages', 'solution', 'options', 'target']

export type ColumnMap = ReadonlyMap<Role, string>

/** The columns to read of a file that holds more. */
export function wantedColumns(map: ColumnMap): readonly string[] {
  return [...new Set([...KNOWN_COLUMNS, ...map.values()])]
}

/** Checks the roles a person wrote. Throws GpoError('data') at a role that does not exist. */
export function parseColumnMap(columns: Readonly<Record<string, string>> | undefined): ColumnMap {
  const map = new Map<Role, string>()
  for (const [name, column] of Object.entries(columns ?? {})) {
    const role = ROLES.find((candidate) => candidate === name)
    if (role === undefined) {
      throw new GpoError('data', `columns: "${name.slice(0, 100)}" is no role; the roles are ${ROLES.join(', ')}`)
    }
    map.set(role, column)
  }
  return map
}

/** The record under the names of the roles: what is mapped, and the prompt where it is not. Without a map, the record itself. */
export function applyColumnMap(fields: Fields, map: ColumnMap): Fields {
  if (map.size === 0) return fields
  const view = new Map<string, unknown>()
  if (!map.has('prompt')) {
    copyField(fields, PROMPT_COLUMNS.find((name) => fields.has(name)) ?? 'prompt', view, 'prompt')
    copyField(fields, 'messages', view, 'messages')
  }
  for (const [role, column] of map) copyField(fields, column, view, role)
  return view
}

/** The reason why a row is bad, under the name its column has in the file. Reasons begin with the column, before any value. */
export function withOwnName(reason: string, map: ColumnMap): string {
  return reason.replace(/^column "([a-z]+)"/, (begin, role) => {
    // A row without its prompt is said to have no question.
    const column = map.get(role === 'question' ? 'prompt' : (role as Role))
    return column === undefined ? begin : `column "${column.slice(0, 100)}"`
  })
}

function copyField(from: Fields, name: string, to: Map<string, unknown>, as: string): void {
  if (from.has(name)) to.set(as, from.get(name))
}

/** The layout; null where no known one fits. `sample`: the first records, at least one. */
export function recogniseLayout(sample: readonly Fields[]): DatasetLayout | null {
  const names = new Set(sample.flatMap((fields) => [...fields.keys()]))
  const has = (...columns: string[]) => columns.every((column) => names.has(column))
  const hasPrompt = has('prompt') || has('question')
  if (has('chosen', 'rejected') && (hasPrompt || holdsChats(sample, 'chosen'))) return 'preference'
  if (has('label') && ((hasPrompt && has('completion')) || has('messages'))) return 'unpaired'
  if (hasPrompt && has('answer')) return layoutOfQuestions(sample, has)
  if (has('problem') && (has('solution') || has('answer'))) return 'math'
  if (has('input', 'target')) return 'bbh'
  if (hasPrompt && has('completion')) return 'prompt-completion'
  return has('messages') ? 'messages' : null
}

function layoutOfQuestions(sample: readonly Fields[], has: (...columns: string[]) => boolean): DatasetLayout {
  if (has('choices') || has('options')) return 'mmlu'
  const marked = sample.filter((fields) => /####[^\n]*\S\s*$/.test(String(textOrEmpty(fields.get('answer')))))
  if (marked.length * 2 >= sample.length) return 'gsm8k'
  return has('prompt') ? 'prompt-answer' : 'question-answer'
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function holdsChats(sample: readonly Fields[], column: string): boolean {
  return sample.some((fields) => isMessageList(fields.get(column)))
}

export function kindOf(layout: DatasetLayout, sample: readonly Fields[]): RecordKind {
  if (layout === 'preference' || layout === 'unpaired') return layout
  if (layout === 'prompt-completion') return 'completion'
  if (layout !== 'messages') return 'verifiable'
  return sample.some((fields) => fields.has('answer')) ? 'verifiable' : 'completion'
}

/** Which column plays which part: what was mapped, and what the layout reads by itself. */
export function rolesOf(
  layout: DatasetLayout,
  columns: readonly string[],
  map: ColumnMap,
): Partial<Record<Role, string>> {
  const roles: Partial<Record<Role, string>> = Object.fromEntries(map)
  const found = (...names: string[]) => names.find((name) => columns.includes(name))
  const take = (role: Role, ...names: string[]) => {
    const column = map.size > 0 ? undefined : found(...names)
    if (column !== undefined) roles[role] ??= column
  }
  if (!map.has('prompt')) {
    const prompt = found(...PROMPT_COLUMNS, 'messages')
    if (prompt !== undefined) roles.prompt = prompt
  }
  if (layout === 'preference') {
    take('chosen', 'chosen')
    take('rejected', 'rejected')
  } else if (layout === 'math') {
    take('answer', 'answer')
    take('completion', 'solution')
  } else if (layout === 'bbh') take('answer', 'target')
  else take('answer', 'answer')
  if (layout === 'mmlu') take('choices', 'choices', 'options')
  if (layout === 'unpaired') take('label', 'label')
  if (layout !== 'preference' && layout !== 'math') take('completion', 'completion')
  return roles
}
