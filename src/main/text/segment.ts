/**
 * Splits a trajectory into steps (Yu et al. 2025, arXiv 2509.16456, section 4.1: newlines, short steps merged into their neighbour). Works on
 * the text of each token: a step begins and ends between tokens, and the steps joined are the trajectory. Knows nothing about token ids.
 */
import { GpoError } from '@shared/errors'
import type { Segmentation } from '@shared/schemas/plan'
import { shown } from '@shared/shown'
import { withinTime } from './time-limit'

/** Steps are token ranges [start, end) of the completion; together they are the whole of it. */
export interface Step {
  readonly start: number
  readonly end: number
}

const PATTERN_TIMEOUT_MS = 1000
const LINES = /\n+/g
/** Begins only where a run of marks begins: looked for from each of them, a text of dots would take the square of its length. */
const SENTENCES = /(?<![.!?。！？])[.!?。！？]+["')\]]*\s+|\n+/g

/** Character offsets where a step may end, in ascending order. */
const endsOf = (text: string, pattern: RegExp): number[] =>
  Array.from(text.matchAll(pattern), (match) => match.index + match[0].length)

const patternError = (pattern: string, why: string): GpoError =>
  new GpoError(
    'plan',
    `gpo.segmentation.pattern ${shown(pattern)} ${why}; write a simpler pattern or choose another splitter`,
  )

function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'gu')
  } catch (error) {
    throw patternError(pattern, `is not a regular expression (${(error as SyntaxError).message})`)
  }
}

/** A person's regular expression may need exponential time: it runs with a time limit that interrupts it. */
function endsOfUserPattern(text: string, pattern: string): number[] {
  const compiled = compilePattern(pattern)
  const ends = withinTime(PATTERN_TIMEOUT_MS, () => endsOf(text, compiled))
  if (ends === 'timeout') throw patternError(pattern, `took over ${PATTERN_TIMEOUT_MS} ms on ${text.length} characters`)
  return ends.value
}

/** A boundary inside a token moves to the token's end; one before the first character is ignored. */
function cutAt(pieces: readonly string[], boundaries: readonly number[]): Step[] {
  const steps: Step[] = []
  let [start, next, offset] = [0, 0, 0]
  while (boundaries[next] === 0) next++
  pieces.forEach((piece, i) => {
    offset += piece.length
    if (next >= boundaries.length || boundaries[next]! > offset) return
    while (next < boundaries.length && boundaries[next]! <= offset) next++
    steps.push({ start, end: i + 1 })
    start = i + 1
  })
  if (start < pieces.length) steps.push({ start, end: pieces.length })
  return steps
}

function windows(length: number, size: number): Step[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    start: i * size,
    end: Math.min(length, (i + 1) * size),
  }))
}

function split(pieces: readonly string[], { splitter, pattern, windowTokens }: Segmentation): Step[] {
  switch (splitter) {
    case 'lines':
      return cutAt(pieces, endsOf(pieces.join(''), LINES))
    case 'sentences':
      return cutAt(pieces, endsOf(pieces.join(''), SENTENCES))
    case 'regex':
      return cutAt(pieces, endsOfUserPattern(pieces.join(''), pattern))
    case 'window':
      return windows(pieces.length, windowTokens)
  }
}

/** A short step joins the one after it; a short last step joins the one before it. */
function mergeShort(steps: readonly Step[], minTokens: number): Step[] {
  const merged: Step[] = []
  let open: Step | null = null
  for (const step of steps) {
    const current: Step = open ? { start: open.start, end: step.end } : step
    open = current.end - current.start < minTokens ? current : null
    if (!open) merged.push(current)
  }
  if (!open) return merged
  const last = merged.pop()
  return [...merged, last ? { start: last.start, end: open.end } : open]
}

/** At most `max` steps, as even as possible in the number of original steps they join. */
function mergeEvenly(steps: readonly Step[], max: number): Step[] {
  if (steps.length <= max) return [...steps]
  const at = (i: number) => Math.round((i * steps.length) / max)
  return Array.from({ length: max }, (_, i) => ({ start: steps[at(i)]!.start, end: steps[at(i + 1) - 1]!.end }))
}

/**
 * @param pieces the text of each token; joined they are the completion
 * @returns token ranges that cover the completion in order; at least one for at least one token. Each has `minStepTokens` tokens or
 *   more, unless the whole has fewer; there are at most `maxSteps`. A step ends after newlines, after a sentence, after
 *   `windowTokens` tokens, or where a match of `pattern` (flags gu) ends.
 * @throws GpoError('plan') for a regular expression that is invalid or too slow
 */
export function segment(pieces: readonly string[], config: Segmentation): Step[] {
  return mergeEvenly(mergeShort(split(pieces, config), config.minStepTokens), config.maxSteps)
}
