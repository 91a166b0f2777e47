/** A JSON file: an array of objects, or an object whose `examples` is one (BIG-Bench Hard). Knows no layout. */
import { readFile, stat } from 'node:fs/promises'
import { GpoError } from '@shared/errors'
import { jsonProblem, parseJson } from './parse-json'
import { decodeUtf8, readJsonLines } from './read-jsonl'
import { nameOfType, type RawRecord, recordOf } from './record'

/** A JSON file is held in memory as a whole, and a JavaScript string ends at half a gigabyte. */
const MAX_JSON_BYTES = 400_000_000

export async function* readJson(path: string): AsyncGenerator<RawRecord> {
  const text = await readText(path)
  const value = tryParse(path, text)
  if (value === undefined) yield* readJsonLines(path)
  else {
    let line = 0
    for (const item of listOf(path, value)) yield recordOf(++line, item)
  }
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > MAX_JSON_BYTES) {
    const limit = `a JSON file may have ${MAX_JSON_BYTES / 1e6} MB`
    throw new GpoError('data', `${path} is ${Math.round(size / 1e6)} MB long: ${limit}; convert it to JSON Lines`)
  }
  const text = decodeUtf8(await readFile(path))
  if (text === null) throw new GpoError('data', `${path} is not valid UTF-8; save it as UTF-8`)
  return text
}

/** The value; undefined where the file holds one object per line, as many sets do under the name .json. */
function tryParse(path: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (isJsonLines(text)) return undefined
    throw new GpoError('data', `${path} ${jsonProblem(error)}; repair it, or save it as JSON Lines (.jsonl)`)
  }
}

function isJsonLines(text: string): boolean {
  const end = text.indexOf('\n')
  if (end < 0) return false
  try {
    const first = JSON.parse(text.slice(0, end))
    return typeof first === 'object' && first !== null && !Array.isArray(first)
  } catch {
    return false
  }
}

function listOf(path: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && value !== null) {
    if (Object.hasOwn(value, 'examples') && 'examples' in value && Array.isArray(value.examples)) return value.examples
    return [value]
  }
  throw new GpoError('data', `${path} holds ${nameOfType(value)}; it must hold a list of objects, or {"examples": […]}`)
}
