/**
 * A place in a record, as a person writes it: a column (`answer`), a field in it (`reward_model.ground_truth`), an item of a list
 * (`messages[-1].content`), or a field of every item (`choices.text`). A column whose name looks like a path is a column first.
 */
import { parseJson } from './read/parse-json'
import { type Fields, isObject } from './read/record'

type Step = string | number

/** `a.b[0].c` as a list of steps; null if it is not a path. */
function stepsOf(path: string): readonly Step[] | null {
  const steps: Step[] = []
  const pattern = /([^.[\]]+)|\[(-?\d{1,9})\]|\./y
  while (pattern.lastIndex < path.length) {
    const found = pattern.exec(path)
    if (!found) return null
    if (found[1] !== undefined) steps.push(found[1])
    if (found[2] !== undefined) steps.push(Number(found[2]))
  }
  return steps
}

/** CSV has no lists and objects, so they are written as JSON in it. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

function stepInto(found: unknown, step: Step): unknown {
  const value = opened(found)
  if (Array.isArray(value)) {
    if (typeof step === 'number') return value.at(step)
    const items = value.map((item) => stepInto(item, step))
    return items.some((item) => item === undefined) ? undefined : items
  }
  return isObject(value) && typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : undefined
}

/** The column at the start of a path, if the record has it. */
export function columnOf(path: string, has: (name: string) => boolean): string {
  if (has(path)) return path
  // A column's name may contain dots, so the longest matching name is used.
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const name = path.slice(0, end)
    if (has(name)) return name
  }
  return path.split(/[.[]/, 1)[0] ?? path
}

const isPlain = (path: string) => !path.includes('.') && !path.includes('[')

/** The value at a path; undefined if there is none. */
export function valueAt(fields: Fields, path: string): unknown {
  if (isPlain(path)) return fields.get(path)
  const column = columnOf(path, (name) => fields.has(name))
  if (column === path) return fields.get(path)
  const steps = stepsOf(path.slice(column.length).replace(/^\./, ''))
  return steps?.reduce<unknown>(stepInto, fields.get(column))
}

/** Fields below the columns of a record, as paths that can be mapped; for a message. */
export function pathsBelow(fields: Fields, limit: number): string[] {
  const paths = [...fields.keys()].flatMap((column) => {
    const value = fields.get(column)
    const [first] = Array.isArray(value) ? value : []
    const inner = isObject(value) ? value : isObject(first) ? first : {}
    const at = Array.isArray(value) ? `${column}[-1]` : column
    return Object.keys(inner).map((key) => `${at}.${key}`)
  })
  return paths.slice(0, limit)
}
