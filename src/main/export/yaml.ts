/** Writes YAML: plain keys, values as JSON, which YAML is a superset of; comments where they belong. Pure. */

export interface Comment {
  readonly comment: string
}

export type Scalar = string | number | boolean | null

/** A map, a list of maps and comments that together are one map, a list of scalars or maps. */
export type Value = Scalar | readonly Scalar[] | readonly Entry[] | Block

export interface Block {
  /** Undefined: left out. */
  readonly [key: string]: Value | undefined
}
export type Entry = Comment | Block

export const comment = (text: string): Comment => ({ comment: text })

const isComment = (entry: Entry): entry is Comment =>
  Object.keys(entry).length === 1 && typeof entry['comment'] === 'string'
const isList = (value: Value): value is readonly Scalar[] | readonly Entry[] => Array.isArray(value)
const isMap = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lines without their indentation; a text of several lines stays a comment. */
const commentLines = ({ comment }: Comment) => comment.split(/[\r\n\u0085\u2028\u2029]+/).map((line) => `# ${line}`)

/** Readers of YAML 1.1 take 1e-7 for a text: it needs a point. */
const scalarOf = (value: Scalar | readonly Scalar[]): string =>
  typeof value === 'number' ? String(value).replace(/^(-?\d+)e/, '$1.0e') : JSON.stringify(value)

/** A list of maps is written as items, or as one map where comments stand between. */
const ITEMS = ['datasets']

const nested = (key: string, lines: readonly string[]) => [`${key}:`, ...lines.map((line) => `  ${line}`)]

const itemLines = (item: Block): string[] => blockLines(item).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`)

function valueLines(key: string, value: Value): string[] {
  if (!isList(value)) return isMap(value) ? nested(key, blockLines(value)) : [`${key}: ${scalarOf(value)}`]
  if (!value.some(isMap)) return [`${key}: ${JSON.stringify(value)}`]
  const entries = value as readonly Entry[] // as just seen
  return nested(key, ITEMS.includes(key) ? entries.flatMap((entry) => itemLines(entry as Block)) : entryLines(entries))
}

const blockLines = (block: Block): string[] =>
  Object.entries(block).flatMap(([key, value]) => (value === undefined ? [] : valueLines(key, value)))
const entryLines = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (isComment(entry) ? commentLines(entry) : blockLines(entry)))

export const yamlOf = (entries: readonly Entry[]): string => `${entryLines(entries).join('\n')}\n`
