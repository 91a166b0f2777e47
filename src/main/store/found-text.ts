/** Where a trajectory has what was looked for, with a little of the text around it. */
import type { FoundText } from '@shared/schemas/run'
import { first, type Store } from './query'
import { decodeBody } from './trajectory-body'
import { searchParts, wordsOf } from './word-query'

/** Characters around what was found. */
const BEFORE = 24
const AFTER = 120

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const isWord = (word: string) => /[\p{L}\p{N}]/u.test(word)

/** The words of a part in their order, with spaces between them or not. */
function expressionOf(part: string): RegExp {
  const words = wordsOf(part)
  const source = words.map((word, i) => {
    const space = i === 0 ? '' : isWord(word) && isWord(words[i - 1]!) ? '\\s+' : '\\s*'
    return space + escaped(word)
  })
  const begin = isWord(words[0] ?? '') ? '(?<![\\p{L}\\p{N}])' : ''
  return new RegExp(begin + source.join(''), 'iu')
}

function around(text: string, expression: RegExp): Omit<FoundText, 'where'> | null {
  const found = expression.exec(text)
  if (!found) return null
  const end = found.index + found[0].length
  return {
    before: text.slice(Math.max(0, found.index - BEFORE), found.index),
    match: found[0],
    after: text.slice(end, end + AFTER),
  }
}

interface Texts {
  readonly prompt: string
  readonly text: string
  readonly body: Uint8Array
}

/** The first part that is found, in the completion before the continuations before the prompt; null where it cannot be shown. */
export function foundText(store: Store, id: number, wanted: string): FoundText | null {
  const sql = `SELECT x.prompt, x.text, b.body FROM trajectory_texts AS x JOIN trajectory_bodies AS b ON b.id = x.id WHERE x.id = ?`
  const texts = first<Texts>(store, sql, id)
  if (!texts) return null
  for (const expression of searchParts(wanted).map(expressionOf)) {
    const inText = around(texts.text, expression)
    if (inText) return { where: 'completion', ...inText }
    for (const { text } of decodeBody(id, texts.body).continuations) {
      const inContinuation = around(text, expression)
      if (inContinuation) return { where: 'continuation', ...inContinuation }
    }
    const inPrompt = around(texts.prompt, expression)
    if (inPrompt) return { where: 'prompt', ...inPrompt }
  }
  return null
}
