/** Stated answers: “The answer is …”, `#### …`, **Answer:** …, `<answer>…</answer>`, “… is the answer”. */
import { ANSWER_WORDS, CONDITIONS, COPULAS, FILLERS, JOINED_COPULAS, NEGATIONS, OPTION_WORDS } from './languages'
import type { Piece } from './piece'

const MAX_STATED = 600
const MAX_LINE = 2000
/** Most answers kept; the last ones count. */
const MAX_MARKED = 50

/** Headings that are not answers. */
const HEADING =
  /^(?:\**(?:step|explanation|notes?|solution|reasoning|check|verification|summary|conclusion|analysis|proof|details|work|working|calculation|part|case|approach|method|problem|question|given|hint|example|review|sources?|references?|schritt|erklärung|rechnung|étape|explication|paso|explicación|solución|шаг|решение|объяснение|步骤|解析|解答过程|说明)(?![\p{L}])|\**(?:final\s)?(?:answer|antwort|réponse|respuesta|risposta|resposta|ответ|答案)\**:?\**$)/iu

const word = (words: string): string => String.raw`(?<![\p{L}])(?:${words})`
const LABEL = String.raw`${word(`${ANSWER_WORDS}|(?:correct|right|best) (?:${OPTION_WORDS})|(?:richtige|bonne|correcta|corretta|correta|正确)s?(?:${OPTION_WORDS})`)}(?![\p{L}]*ing)`
/** The verb may come a few words later: “the answer to question 2 is”. */
const IS = String.raw`(?:[^\n.:=!?：\uFFFC]{0,60}?(?<=[\s*_)])(?:${COPULAS})(?=[\s:*_$(\\"'“\uFFFC])|(?:${JOINED_COPULAS})|[^\n.:=!?：\uFFFC]{0,40}?[*_]{0,3}\s?(?:[:：]|=(?!=)|→|⇒|—)|[*_]{2,3}(?=\s*\n)|[’']s\s)`
const STATED = new RegExp(`${LABEL}${IS}`, 'giu')
const REVERSED =
  /(?<=[\s)*_\uFFFC])(?:is|are|ist|est|es|è|é)[ \t](?:the|our|my|your|die|la|le|el)[ \t](?:(?:final|correct|right|richtige|bonne|correcte|correcta)[ \t])?(?:answer|solution|result|antwort|lösung|réponse|respuesta|risposta|resposta)\b/giu

const LEADING = /^[\s*_:："“”'`~>=→]+/
const trimmed = (text: string): string => text.replace(LEADING, '')

/** Where the sentence that begins at `start` ends in the text without formulas. */
function sentenceEnd(hidden: string, start: number): number {
  const end = /\n|[.!?](?=[*_"'”’)\]]{0,3}(?:\s|$))|[。！？]/.exec(hidden.slice(start, start + MAX_STATED))
  return end ? start + end.index : Math.min(hidden.length, start + MAX_STATED)
}

/** From `start` to the end of the sentence, without fillers; on the next line with text if this one has none. Null if it is denied. */
function contentAt(text: string, hidden: string, from: number, isComplete: (end: number) => boolean): Piece | null {
  let start = from
  for (;;) {
    const rest = hidden.slice(start, start + MAX_STATED)
    const skipped = rest.length - trimmed(rest).length
    const filler = FILLERS.exec(rest.slice(skipped))?.[0].length ?? 0
    if (skipped + filler === 0) break
    start += skipped + filler
  }
  if (NEGATIONS.test(hidden.slice(start, start + 40))) return null
  const end = sentenceEnd(hidden, start)
  const content = text.slice(start, end).trim()
  return content ? { text: content, start: from, end, isComplete: isComplete(end) } : null
}

/** “If the answer is 5” and “is the answer 5?” do not state an answer. */
function isStatement(hidden: string, start: number, end: number): boolean {
  const before = hidden.slice(Math.max(0, start - 40), start)
  return (
    !CONDITIONS.test(before) &&
    !/\b(?:is|was|ist|est) (?:the|die|la) (?:\p{L}+ )?$/iu.test(before) &&
    hidden[end] !== '?'
  )
}

/** Where the last sentence of `before` begins. */
function sentenceStart(before: string): number {
  const stop = before.lastIndexOf('. ')
  return Math.max(before.lastIndexOf('\n') + 1, stop < 0 ? 0 : stop + 2)
}

function sentences(text: string, hidden: string): Piece[] {
  const pieces: Piece[] = []
  for (const match of hidden.matchAll(STATED)) {
    const after = match.index + match[0].length
    const piece = contentAt(text, hidden, after, () => false)
    if (piece && isStatement(hidden, match.index, piece.end)) pieces.push({ ...piece, start: match.index })
  }
  for (const match of hidden.matchAll(REVERSED)) {
    const before = hidden.slice(Math.max(0, match.index - 200), match.index)
    const start = match.index - before.length + sentenceStart(before)
    const content = text
      .slice(start, match.index)
      .trim()
      .replace(/^(?:so|thus|hence|therefore|then),?\s/i, '')
    if (content) pieces.push({ text: trimmed(content), start, end: match.index + match[0].length, isComplete: false })
  }
  return pieces
}

/** Lines after a marker. A heading does not count, and a label before the answer is removed. */
export function markedLines(text: string, marker: string): Piece[] {
  const pieces: Piece[] = []
  if (!marker) return pieces
  let newline = -1
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length)) {
    const start = at + marker.length
    if (newline < start && newline !== text.length) newline = lineEnd(text, start)
    if (text[start] === '#') continue
    const line = text.slice(start, Math.min(newline, start + MAX_LINE)).trim()
    if (HEADING.test(line.slice(0, 80))) continue
    pieces.push({ text: withoutLabel(line), start: at, end: newline, isComplete: newline < text.length })
    if (pieces.length > 2 * MAX_MARKED) pieces.splice(0, MAX_MARKED)
  }
  return pieces
}

function lineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start)
  return newline < 0 ? text.length : newline
}

const LABELLED = new RegExp(
  String.raw`^[*_]*(?:the |die |la )?(?:(?:final|correct) )?(?:${ANSWER_WORDS})[*_]*\s?(?:[:：=]|(?:is|ist|est|es)\s)`,
  'iu',
)
const withoutLabel = (line: string): string => trimmed(line.replace(LABELLED, ''))

/** `<answer>18</answer>`, which need not be closed. */
function tagged(text: string): Piece[] {
  return Array.from(text.matchAll(/<(answer|final_answer|response)>/gi), (match) => {
    const start = match.index + match[0].length
    const close = text.indexOf(`</${match[1]}>`, start)
    const end = close < 0 ? text.length : close
    return { text: text.slice(start, end).trim(), start: match.index, end, isComplete: close >= 0 }
  }).filter((piece) => piece.text !== '' && piece.text.length <= MAX_STATED)
}

/** In order of position; `hidden` is the text with its formulas hidden. */
export function statedAnswers(text: string, hidden: string): Piece[] {
  return [...sentences(text, hidden), ...tagged(text)].sort((a, b) => a.start - b.start)
}
