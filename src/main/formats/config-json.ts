/** Values of a `config.json`, checked one by one. The file is untrusted. */
import { readFileSync, statSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { beyondLimits, type JsonLimits } from '@shared/json-limits'
import { shown } from '@shared/shown'
import { refuseStrangeFile } from './regular-file'

export type Json = Readonly<Record<string, unknown>>

interface FileLimits extends JsonLimits {
  readonly bytes: number
}

/** The settings of the tokenizers with most added tokens: half of it. Main reads such files itself. */
const CONFIG: FileLimits = { bytes: 64e6, depth: 100, values: 1_000_000 }
/** The largest tokenizers: a quarter of it. Not for main. */
export const TOKENIZER: FileLimits = { bytes: 400e6, depth: 100, values: 8_000_000 }

function refuseLarge(file: string, most: number): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes <= most) return
  throw new GpoError(
    'model',
    `${file} has ${bytes.toLocaleString('en')} bytes; at most ${most.toLocaleString('en')} are read: copy or download it again`,
  )
}

/** Parses a JSON object, naming the file in every error. */
export function readJsonObject(file: string, limits = CONFIG): Json {
  refuseStrangeFile(file, 'model')
  refuseLarge(file, limits.bytes)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new GpoError(
      'model',
      `${file} could not be read (${(error as NodeJS.ErrnoException).code ?? error}): is this the folder of a model?`,
    )
  }
  const beyond = beyondLimits(text, limits)
  if (beyond !== null) throw new GpoError('model', `${file} has ${beyond}: copy or download it again`)
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

/** How files say that there is no such token, besides leaving the key out: as older ones write it, and the same without a sign in GGUF. */
export const NO_TOKEN: readonly unknown[] = [-1, 2 ** 32 - 1]

/** The ids under a key: a number, a list of numbers, or none. @throws GpoError('model') for one that no row of the vocabulary has */
export function tokenIds(file: string, json: Json, key: string, vocabSize: number): number[] {
  const value = json[key] ?? []
  if (NO_TOKEN.includes(value)) return []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0 && (id as number) < vocabSize
  if (list.every(isId)) return list
  throw new GpoError(
    'model',
    `${file}: "${key}" is ${describe(value)}, expected ids of tokens from 0 to ${vocabSize - 1}: correct it, or download the file again`,
  )
}

export function flag(file: string, json: Json, key: string, fallback = false): boolean {
  const value = json[key] ?? fallback
  if (typeof value === 'boolean') return value
  throw new GpoError('model', `${file}: "${key}" is ${describe(value)}, expected true or false`)
}
