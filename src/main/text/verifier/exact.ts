/**
 * The exact-text verifier: a filled box, the line after the last marker, a stated answer, or the last line that is not blank. Runs of white space
 * count as one space; emphasis, quotation marks and a full stop around an answer do not count.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import { answersIn, type Piece } from './answer'
import type { Found, Kind } from './kind'

type ExactConfig = Extract<VerifierConfig, { kind: 'exact' }>

const AROUND = /^[\s*_`"'“”„‘’«»「」]+|[\s*_`"'“”‘’«»「」]+$/g
const STOP = /(?<=[^.\s])[.。!]$/
const WRAPPED = /^\\(?:text|textbf|mathrm|boxed)\s?\{([^{}]*)\}$|^\$([^$]+)\$$/

/** Removes wrappers around an answer, layer by layer. */
function bare(text: string): string {
  let inner = text.trim()
  for (let before = ''; before !== inner; ) {
    before = inner
    inner = inner.replace(AROUND, '').replace(STOP, '').trim()
    const wrapped = WRAPPED.exec(inner)
    inner = wrapped ? (wrapped[1] ?? wrapped[2] ?? '').trim() : inner
  }
  return inner === '' ? text.trim() : inner
}

/** After trimming white space at the end, the last line begins after the last newline. */
function lastLine(text: string): Piece {
  const trimmed = text.trimEnd()
  const start = trimmed.lastIndexOf('\n') + 1
  return { text: trimmed.slice(start), start, end: trimmed.length, isComplete: false }
}

/** In order of priority; a marked line takes precedence over text at the end. */
function candidates(completion: string, marker: string): readonly Piece[] {
  const { boxes, marked, stated, text } = answersIn(completion, marker)
  const explicit = boxes.at(-1) ?? marked.at(-1)
  if (explicit) return [explicit]
  const sentence = stated.at(-1)
  return sentence ? [lastLine(text), sentence] : [lastLine(text)]
}

export function exactKind({ marker, ignoreCase }: ExactConfig): Kind<string> {
  const normalise = (text: string): string => {
    const collapsed = bare(text).replace(/\s+/g, ' ')
    return ignoreCase ? collapsed.toLowerCase() : collapsed
  }
  const found = ({ text, isComplete }: Piece): Found<string> | null =>
    text.trim() ? { text: text.trim(), answer: normalise(text), isComplete } : null
  return {
    find(completion, reference) {
      const all = candidates(completion, marker)
        .map(found)
        .filter((one) => one !== null)
      return all.find(({ answer }) => answer === reference) ?? all.at(-1) ?? null
    },
    read(reference) {
      const { boxes, marked } = answersIn(reference, marker)
      return normalise((boxes.at(-1) ?? marked.at(-1))?.text ?? reference) || null
    },
    compare: (answer, reference) => (answer === reference ? 'equal' : 'different'),
    expects: 'a text that is not empty',
    sample: (reference) => (marker === '' ? reference : `${marker} ${reference}`),
  }
}
