/** One record to one example, for each layout. Knows no files. A record that does not fit throws BadValue with the reason. */
import type { ChatMessage, DatasetLayout, Example, PreferenceExample, UnpairedExample } from '@shared/schemas/dataset'
import { parseJson } from './parse-json'
import type { Fields } from './record'
import {
  asMessages,
  asText,
  BadValue,
  isMessageList,
  renderMessages,
  requireFilled,
  requireLabel,
  requireText,
} from './values'

type Convert = (fields: Fields, row: number) => Example
type Prompt = Pick<Example, 'prompt' | 'messages'>

const CONVERTERS: Readonly<Record<DatasetLayout, Convert>> = {
  gsm8k: readGsm8k,
  math: readMath,
  bbh: (fields, row) => ({
    row,
    prompt: requireFilled(fields, 'input'),
    reference: requireFilled(fields, 'target').trim(),
  }),
  mmlu: readChoices,
  'prompt-answer': readAnswer,
  'question-answer': readAnswer,
  preference: readPreference,
  unpaired: readUnpaired,
  'prompt-completion': (fields, row) => ({ row, ...readPrompt(fields), reference: '', ...readCompletion(fields) }),
  messages: readConversation,
}

export function convertRecord(layout: DatasetLayout, fields: Fields, row: number): Example {
  return CONVERTERS[layout](fields, row)
}

/** GSM8K (arXiv 2110.14168): the worked solution, then `#### 18`. */
function readGsm8k(fields: Fields, row: number): Example {
  const solution = requireFilled(fields, 'answer')
  const at = solution.lastIndexOf('####')
  const reference = at < 0 ? '' : solution.slice(at + 4).trim()
  if (reference === '') throw new BadValue('column "answer" has no "####" with the final answer after it')
  return { row, ...readPrompt(fields), reference, completion: solution }
}

/** MATH (arXiv 2103.03874): the reference is the column `answer`, or else what the solution's last \boxed{} holds. */
function readMath(fields: Fields, row: number): Example {
  const prompt = requireFilled(fields, 'problem')
  const completion = isPresent(fields, 'solution') ? requireFilled(fields, 'solution') : undefined
  const answer = isPresent(fields, 'answer') ? asText(fields.get('answer'), 'answer').trim() : ''
  const reference = answer || lastBoxed(completion ?? '')
  if (!reference) throw new BadValue('there is neither an "answer" nor a \\boxed{} in the "solution"')
  return completion === undefined ? { row, prompt, reference } : { row, prompt, reference, completion }
}

function isPresent(fields: Fields, column: string): boolean {
  const value = fields.get(column)
  return value !== undefined && value !== null && value !== ''
}

/** What stands in the last `\boxed{…}` (or `\fbox{…}`) whose braces are balanced; empty where there is none. */
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

/** MMLU (arXiv 2009.03300): the answer is a letter or an index from 0. */
function readChoices(fields: Fields, row: number): Example {
  const { prompt } = readPrompt(fields)
  const choices = readChoiceList(fields)
  const lines = choices.map((choice, i) => `${letterOf(i)}. ${choice}`)
  const index = choiceIndex(requireFilled(fields, 'answer').trim(), choices)
  return { row, prompt: [prompt, ...lines].join('\n'), reference: letterOf(index) }
}

function readChoiceList(fields: Fields): readonly string[] {
  const column = fields.has('choices') ? 'choices' : 'options'
  const value = fields.get(column)
  const list = typeof value === 'string' ? parseList(value) : value
  if (!Array.isArray(list) || list.length < 2 || list.length > 26) {
    throw new BadValue(`column "${column}" is no list of 2 to 26 choices`)
  }
  return list.map((choice) => asText(choice, column))
}

/** CSV has no lists: there a list is written as JSON. */
function parseList(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

function choiceIndex(answer: string, choices: readonly string[]): number {
  const letter = /^\(?([A-Za-z])\)?\.?$/.exec(answer)?.[1]
  const index = letter ? letter.toUpperCase().charCodeAt(0) - 65 : /^\d{1,2}$/.test(answer) ? Number(answer) : -1
  if (index >= 0 && index < choices.length) return index
  const allowed = `neither a letter A to ${letterOf(choices.length - 1)} nor an index 0 to ${choices.length - 1}`
  throw new BadValue(`column "answer" is "${answer.slice(0, 40)}", ${allowed}`)
}

function letterOf(index: number): string {
  return String.fromCharCode(65 + index)
}

function readAnswer(fields: Fields, row: number): Example {
  const reference = requireFilled(fields, 'answer').trim()
  const completion = isPresent(fields, 'completion') ? readCompletion(fields) : {}
  return { row, ...readPrompt(fields), reference, ...completion }
}

function readPrompt(fields: Fields): Prompt {
  const column = fields.has('prompt') ? 'prompt' : 'question'
  const value = fields.get(column)
  if (isMessageList(value)) return promptOf(asMessages(value, column))
  return { prompt: requireFilled(fields, column) }
}

function promptOf(messages: readonly ChatMessage[]): Prompt {
  const prompt = renderMessages(messages)
  if (prompt.trim() === '') throw new BadValue('the prompt is empty')
  return { prompt, messages }
}

function readCompletion(fields: Fields): { readonly completion: string } {
  return { completion: readReply(fields, 'completion').text }
}

/** A text, or the last turn of a conversation together with the turns before it. */
function readReply(fields: Fields, column: string): { readonly text: string; readonly before: readonly ChatMessage[] } {
  const value = fields.get(column)
  if (!isMessageList(value)) return { text: requireText(fields, column), before: [] }
  const messages = asMessages(value, column)
  const last = messages[messages.length - 1]
  if (last?.role !== 'assistant') throw new BadValue(`column "${column}" does not end with a turn of the assistant`)
  return { text: last.content, before: messages.slice(0, -1) }
}

/** Conversations without a prompt column carry it as the turns before the last; the two must then share them. */
function readPreference(fields: Fields, row: number): PreferenceExample {
  const chosen = readReply(fields, 'chosen')
  const rejected = readReply(fields, 'rejected')
  const texts = { reference: '', completion: chosen.text, chosen: chosen.text, rejected: rejected.text }
  if (chosen.text === rejected.text) throw new BadValue('columns "chosen" and "rejected" are the same')
  if (fields.has('prompt') || fields.has('question')) return { row, ...readPrompt(fields), ...texts }
  if (chosen.before.length === 0) throw new BadValue('there is no prompt before the last turn of "chosen"')
  if (renderMessages(chosen.before) !== renderMessages(rejected.before)) {
    throw new BadValue('"chosen" and "rejected" answer different prompts')
  }
  return { row, ...promptOf(chosen.before), ...texts }
}

function readUnpaired(fields: Fields, row: number): UnpairedExample {
  const label = requireLabel(fields, 'label')
  if (fields.has('completion')) return { row, ...readPrompt(fields), reference: '', ...readCompletion(fields), label }
  const { text, before } = readReply(fields, 'messages')
  return { row, ...promptOf(before), reference: '', completion: text, label }
}

/** `messages`: what stands before the assistant's last turn is the prompt. With an `answer`, that last turn may be missing. */
function readConversation(fields: Fields, row: number): Example {
  if (!fields.has('messages')) throw new BadValue('column "messages" is missing')
  const messages = asMessages(fields.get('messages'), 'messages')
  const isAnswered = messages[messages.length - 1]?.role === 'assistant'
  if (fields.has('answer')) {
    const reference = requireFilled(fields, 'answer').trim()
    if (!isAnswered) return { row, ...promptOf(messages), reference }
    const { text, before } = readReply(fields, 'messages')
    return { row, ...promptOf(before), reference, completion: text }
  }
  const { text, before } = readReply(fields, 'messages')
  return { row, ...promptOf(before), reference: '', completion: text }
}
