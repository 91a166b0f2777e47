/** One record to one example, for each layout. Knows no files. A record that cannot be used throws BadValue with the reason. */
import type { ChatMessage, DatasetLayout, Example, PreferenceExample, UnpairedExample } from '@shared/schemas/dataset'
import { choiceIndex, choiceLines, letterOf, readChoices } from './choices'
import { type Prompt, promptOf, readPrompt } from './prompt'
import { asMessages, isTranscript, renderMessages, turnsOf, turnsOfTranscript } from './turns'
import { asText, BadValue, isEmpty, type RowView, requireFilled, requireLabel, requireText } from './values'
import { statedAtEnd } from './worked-solution'

/** @param first the first number of the numbering of choices, 0 or 1 */
type Convert = (view: RowView, row: number, first: number) => Example

const CONVERTERS: Readonly<Record<DatasetLayout, Convert>> = {
  gsm8k: readGsm8k,
  math: readMath,
  bbh: readAnswer,
  mmlu: readQuestion,
  'prompt-answer': readAnswer,
  'question-answer': readAnswer,
  preference: readPreference,
  unpaired: readUnpaired,
  'prompt-completion': (view, row) => ({ row, ...readPromptWithChoices(view), reference: '', ...readCompletion(view) }),
  messages: readConversation,
}

export function convertRecord(layout: DatasetLayout, view: RowView, row: number, first = 0): Example {
  const example = CONVERTERS[layout](view, row, first)
  const [group] = view.each('group')
  return group && !isEmpty(group.value) ? { ...example, group: asText(group.value, group.column) } : example
}

/** GSM8K (arXiv 2110.14168) and its kin: the worked solution, then `#### 18`. */
function readGsm8k(view: RowView, row: number): Example {
  const solution = requireFilled(view, 'answer')
  const reference = statedAtEnd(solution)
  if (reference === null)
    throw new BadValue('column "answer" has no last line "#### …" or "Answer: …" with the final answer')
  return { row, ...readPrompt(view), reference, completion: solution }
}

/** MATH (arXiv 2103.03874): the reference is the column `answer`, or else the content of the solution's last \boxed{}. */
function readMath(view: RowView, row: number): Example {
  const prompt = readPrompt(view)
  const completion = isPresent(view, 'completion') ? requireFilled(view, 'completion') : undefined
  const answer = isPresent(view, 'answer') ? asText(view.get('answer'), 'answer').trim() : ''
  const reference = answer || lastBoxed(completion ?? '')
  if (!reference) throw new BadValue('there is neither an "answer" nor a \\boxed{} in the "solution"')
  return completion === undefined ? { row, ...prompt, reference } : { row, ...prompt, reference, completion }
}

const isPresent = (view: RowView, name: string) => !isEmpty(view.get(name))

/** The content of the last `\boxed{…}` (or `\fbox{…}`) with balanced braces; empty if there is none. */
function lastBoxed(text: string): string {
  const start = Math.max(text.lastIndexOf('\\boxed{'), text.lastIndexOf('\\fbox{'))
  if (start < 0) return ''
  const open = text.indexOf('{', start)
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return text.slice(open + 1, i).trim()
  }
  return ''
}

/** MMLU (arXiv 2009.03300) and similar datasets: the reference is the letter of the correct choice. */
function readQuestion(view: RowView, row: number, first: number): Example {
  const choices = readChoices(view)
  requireFilled(view, 'answer')
  const index = choiceIndex(view.get('answer'), choices, first)
  return { row, ...readPrompt(view, choiceLines(choices)), reference: letterOf(index) }
}

function readAnswer(view: RowView, row: number): Example {
  const reference = requireFilled(view, 'answer').trim()
  const completion = isPresent(view, 'completion') ? readCompletion(view) : {}
  return { row, ...readPromptWithChoices(view), reference, ...completion }
}

/** Choices without an answer are still part of the question. */
const readPromptWithChoices = (view: RowView): Prompt =>
  readPrompt(view, isPresent(view, 'choices') ? choiceLines(readChoices(view)) : '')

function readCompletion(view: RowView): { readonly completion: string } {
  const value = view.get('completion')
  if (!turnsOf(value)) return { completion: requireFilled(view, 'completion') }
  const { text, before } = replyOf(asMessages(value, 'completion'), 'completion')
  if (before.some(({ role }) => role === 'assistant')) {
    throw new BadValue('column "completion" has several assistant turns: only one can be trained on')
  }
  if (before.length > 0) throw new BadValue('column "completion" has turns before the assistant turn')
  return { completion: text }
}

interface Reply {
  readonly text: string
  readonly before: readonly ChatMessage[]
}

function replyOf(messages: readonly ChatMessage[], column: string): Reply {
  const last = messages[messages.length - 1]
  if (last?.role !== 'assistant') throw new BadValue(`column "${column}" does not end with an assistant turn`)
  return { text: last.content, before: messages.slice(0, -1) }
}

/** A text, a transcript, or a conversation: its last turn, and those before it. */
function readReply(view: RowView, column: string): Reply {
  const value = view.get(column)
  if (turnsOf(value)) return replyOf(asMessages(value, column), column)
  const isWhole = !view.has('prompt') && !view.has('messages') && isTranscript(value)
  if (isWhole) return replyOf(turnsOfTranscript(value, column), column)
  return { text: requireText(view, column), before: [] }
}

/** Without a prompt column, the prompt is the turns before the last one, which chosen and rejected must share. */
function readPreference(view: RowView, row: number): PreferenceExample {
  const chosen = readReply(view, 'chosen')
  const rejected = readReply(view, 'rejected')
  const texts = { reference: '', completion: chosen.text, chosen: chosen.text, rejected: rejected.text }
  if (chosen.text === rejected.text) throw new BadValue('columns "chosen" and "rejected" are the same')
  if (renderMessages(chosen.before) !== renderMessages(rejected.before)) {
    throw new BadValue('"chosen" and "rejected" answer different prompts')
  }
  return { row, ...promptOfPair(view, chosen.before), ...texts }
}

function promptOfPair(view: RowView, before: readonly ChatMessage[]): Prompt {
  const asked = view.get('prompt')
  if (before.length === 0 && view.has('messages')) return promptOf(view, asMessages(view.get('messages'), 'messages'))
  if (before.length === 0) return readPrompt(view)
  if (!view.has('prompt')) return promptOf(view, before)
  const wanted = turnsOf(asked)
    ? asMessages(asked, 'prompt')
    : [{ role: 'user', content: requireFilled(view, 'prompt') }]
  const isThere = wanted.every(({ content }) => before.some((turn) => turn.content.trim() === content.trim()))
  if (isThere) return promptOf(view, before)
  throw new BadValue('"prompt" is not among the turns before the last one of "chosen"')
}

function readUnpaired(view: RowView, row: number): UnpairedExample {
  const label = requireLabel(view, 'label')
  if (view.has('completion')) return { row, ...readPrompt(view), reference: '', ...readCompletion(view), label }
  const { text, before } = readReply(view, 'messages')
  return { row, ...promptOf(view, before), reference: '', completion: text, label }
}

/** `messages`: the turns before the assistant's last one are the prompt. With an `answer`, that last turn may be missing. */
function readConversation(view: RowView, row: number): Example {
  if (!view.has('messages')) throw new BadValue('column "messages" is missing')
  const messages = asMessages(view.get('messages'), 'messages')
  const isAnswered = messages[messages.length - 1]?.role === 'assistant'
  const reference = view.has('answer') ? requireFilled(view, 'answer').trim() : ''
  if (view.has('answer') && !isAnswered) return { row, ...promptOf(view, messages), reference }
  const { text, before } = replyOf(messages, 'messages')
  return { row, ...promptOf(view, before), reference, completion: text }
}
