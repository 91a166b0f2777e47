/**
 * The verifier of every written line: the reference is a whole worked solution (library/datasets/judged.ts), and each line of the completion has to be its line. An answer that is
 * right by luck, after a wrong step, is wrong. White space and blank lines do not count.
 */
import type { Found, Kind } from './kind'

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')

/** The first line that differs, else the last one: what a person wants to see. */
function decisiveLine(lines: readonly string[], reference: readonly string[] | null): string {
  const wrong = lines.find((line, i) => line !== reference?.[i])
  return wrong ?? lines.at(-1) ?? ''
}

export function stepsKind(): Kind<readonly string[]> {
  return {
    find(completion, reference): Found<readonly string[]> | null {
      const lines = linesOf(completion)
      if (lines.length === 0) return null
      // With its last newline, a completion of as many lines could not have become right or wrong by more text.
      const isComplete = completion.endsWith('\n') && lines.length === reference?.length
      return { text: decisiveLine(lines, reference), answer: lines, isComplete }
    },
    read(reference) {
      const lines = linesOf(reference)
      return lines.length > 1 ? lines : null // an answer alone is no solution
    },
    compare: (lines, reference) =>
      lines.length === reference.length && lines.every((line, i) => line === reference[i]) ? 'equal' : 'different',
    isLost(beginning, reference) {
      const lines = linesOf(beginning.slice(0, beginning.lastIndexOf('\n') + 1)) // what is not ended by a newline may still change
      return lines.length > reference.length || lines.some((line, i) => line !== reference[i])
    },
    expects: 'a worked solution of two lines or more (columns solution, completion, or an answer as in GSM8K)',
    sample: (reference) => reference,
  }
}
