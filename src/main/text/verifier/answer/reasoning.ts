/**
 * Separates the answer of a completion from its reasoning. Blocks as models write them: `<think>` (DeepSeek-R1, Qwen3), `<thinking>`,
 * `<reasoning>`, `<thought>`, `<scratchpad>`, `[THINK]` (Magistral), `◁think▷` (Kimi), `<|begin_of_thought|>` (Sky-T1), channels (gpt-oss). A
 * block may lack its beginning (the prompt has it) or its end.
 */
export interface Visible {
  readonly text: string
  /** Where `text` begins in the completion. */
  readonly offset: number
  /** It is inside a reasoning block with no text after it, so marked answers in it are only drafts. */
  readonly isDraft: boolean
}

const NAMES = 'think|thinking|thought|thoughts|reasoning|reason|scratchpad|reflection|analysis|seed:think|antThinking'
const OPEN = String.raw`<(?:${NAMES})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>(?:analysis|commentary)<\|message\|>`
const CLOSE = String.raw`<\/(?:${NAMES})>|\[\/THINK\]|◁\/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>`
const BOUNDARY = new RegExp(`(?<open>${OPEN})|(?<close>${CLOSE})`, 'gi')

interface Part {
  readonly start: number
  readonly end: number
  readonly isDraft: boolean
}

/** A block without its beginning turns everything before its end into reasoning. */
function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let [start, isDraft] = [0, false]
  for (const match of text.matchAll(BOUNDARY)) {
    const isClose = match.groups?.['close'] !== undefined
    parts.push({ start, end: match.index, isDraft: isDraft || isClose })
    start = match.index + match[0].length
    isDraft = !isClose
  }
  return [...parts, { start, end: text.length, isDraft }]
}

/** The last non-blank text outside all blocks; if there is none, the last block. */
export function visiblePart(completion: string): Visible {
  const parts = partsOf(completion).filter(({ start, end }) => completion.slice(start, end).trim() !== '')
  const part = parts.findLast(({ isDraft }) => !isDraft) ?? parts.at(-1)
  if (!part) return { text: '', offset: 0, isDraft: false }
  return { text: completion.slice(part.start, part.end), offset: part.start, isDraft: part.isDraft }
}
