/** Values of a `config.json`, checked one by one. The file is untrusted. */
import { readFileSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'

export type Json = Readonly<Record<string, unknown>>

/** Parses a JSON object, naming the file in every error. */
export function readJsonObject(file: string): Json {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new GpoError(
      'model',
      `${file} could not be read (${(error as NodeJS.ErrnoException).code ?? error}): is this the folder of a model?`,
    )
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // said below
  }
  throw new GpoError('model', `${file} is not a JSON object: copy or download it again`)
}

export const describe = (value: unknown): string => shown(value)

interface NumberRange {
  readonly min: number
  readonly max: number
  readonly fallback?: number | undefined
}

export function number(file: string, json: Json, key: string, { min, max, fallback }: NumberRange): number {
  const value = json[key] ?? fallback
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value
  throw new GpoError('model', `${file}: "${key}" is ${describe(json[key])}, expected a number from ${min} to ${max}`)
}

export function integer(file: string, json: Json, key: string, range: NumberRange): number {
  const value = number(file, json, key, range)
  if (Number.isInteger(value)) return value
  throw new GpoError('model', `${file}: "${key}" is ${value}, expected a whole number`)
}

/** The ids under a key: a number, a list of numbers, or none (absent, null, or -1, which older files write). */
export function tokenIds(file: string, json: Json, key: string, vocabSize: number): number[] {
  const value = json[key] ?? []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  for (const id of list) {
    if (Number.isInteger(id) && (id as number) < vocabSize) continue
    throw new GpoError(
      'model',
      `${file}: "${key}" is ${describe(value)}, expected whole numbers below "vocab_size" ${vocabSize}`,
    )
  }
  return (list as number[]).filter((id) => id >= 0)
}

export function flag(file: string, json: Json, key: string, fallback = false): boolean {
  const value = json[key] ?? fallback
  if (typeof value === 'boolean') return value
  throw new GpoError('model', `${file}: "${key}" is ${describe(value)}, expected true or false`)
}
