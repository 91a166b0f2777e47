/** The most recently used tokenizers, in memory; a tokenizer is loaded again when its file changes. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isGgufPath } from '@main/formats/gguf/model'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'

const MAX_OPEN = 2
const open = new Map<string, Tokenizer>()

/** @throws {GpoError} 'model' naming the file that cannot be used */
export function openTokenizer(folder: string): Tokenizer {
  const file = isGgufPath(folder) ? folder : join(folder, 'tokenizer.json')
  const info = statSync(file, { throwIfNoEntry: false })
  const key = `${folder}\n${info?.mtimeMs}\n${info?.size}`
  const tokenizer = open.get(key) ?? loadTokenizer(folder)
  open.delete(key)
  open.set(key, tokenizer)
  const oldest = open.keys().next().value
  if (open.size > MAX_OPEN && oldest !== undefined) open.delete(oldest)
  return tokenizer
}
