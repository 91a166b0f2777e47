/**
 * Conversations in the forms that datasets use: {role, content}, ShareGPT's {from, value}, content in parts, transcripts of "Human:" and
 * "Assistant:".
 */
import type { ChatMessage } from '@shared/schemas/dataset'
import { shown } from '@shared/shown'
import { parseJson } from './read/parse-json'
import { isObject } from './read/record'
import { asText, BadValue, saysNothing } from './values'

const MAX_MESSAGES = 10_000

/** ShareGPT's names of speakers. */
const SPEAKERS: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  assistant: 'assistant',
  system: 'system',
}

type Turn = Readonly<Record<string, unknown>>

const isTurn = (value: unknown): value is Turn =>
  isObject(value) && (Object.hasOwn(value, 'role') || Object.hasOwn(value, 'from'))

/** A conversation: a list of turns, one turn by itself, or a list written as JSON, which CSV needs. */
export function turnsOf(value: unknown): readonly Turn[] | null {
  if (typeof value === 'string') return /^\s*\[\s*\{/.test(value) ? turnsOf(parsed(value)) : null
  const list = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.length <= MAX_MESSAGES && list.every(isTurn) ? list : null
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

export function asMessages(value: unknown, column: string): readonly ChatMessage[] {
  const turns = turnsOf(value)
  if (!turns) throw new BadValue(`column "${column}" is not a list of {role, content}`)
  return turns.map((turn) => messageOf(turn, column))
}

function messageOf(turn: Turn, column: string): ChatMessage {
  const role = roleOf(turn, column)
  if (['tool_calls', 'function_call', 'tools'].some((key) => !saysNothing(turn[key]))) {
    throw new BadValue(`column "${column}" has tool calls, which are not supported`)
  }
  const content = Object.hasOwn(turn, 'content') ? turn['content'] : turn['value']
  return { role, content: contentOf(content, `${column}.${Object.hasOwn(turn, 'content') ? 'content' : 'value'}`) }
}

function roleOf(turn: Turn, column: string): string {
  if (Object.hasOwn(turn, 'role') && !Object.hasOwn(turn, 'from')) return asText(turn['role'], `${column}.role`)
  const from = asText(turn['from'], `${column}.from`)
  const role = Object.hasOwn(SPEAKERS, from.toLowerCase()) ? SPEAKERS[from.toLowerCase()] : undefined
  if (role !== undefined) return role
  throw new BadValue(`column "${column}" has a turn from "${from.slice(0, 40)}", which is not a known speaker`)
}

/** A text, or OpenAI's list of parts where all of them are texts. */
function contentOf(content: unknown, column: string): string {
  if (!Array.isArray(content)) return asText(content, column)
  return content.map((part) => textOfPart(part, column)).join('')
}

function textOfPart(part: unknown, column: string): string {
  if (typeof part === 'string') return asText(part, column)
  if (!isObject(part)) throw new BadValue(`column "${column}" has a part that is not text`)
  const type = part['type'] ?? 'text'
  if (typeof type === 'string' && /(^|_)text$/.test(type))
    return asText(part['text'] ?? part['value'] ?? part['content'], column)
  throw new BadValue(`column "${column}" has a part of the type ${shown(type, 40)}, which is not text`)
}

/** HH-RLHF's transcript: "\n\nHuman: …\n\nAssistant: …". */
export function isTranscript(value: unknown): value is string {
  return typeof value === 'string' && /^\s*Human:/.test(value) && value.includes('\n\nAssistant:')
}

export function turnsOfTranscript(text: string, column: string): readonly ChatMessage[] {
  const pieces = asText(text, column)
    .trim()
    .split(/(?:^|\n\n)(Human|Assistant):/)
  const turns: ChatMessage[] = []
  for (let i = 1; i < pieces.length; i += 2) {
    const role = pieces[i] === 'Human' ? 'user' : 'assistant'
    turns.push({ role, content: (pieces[i + 1] ?? '').trim() })
  }
  return turns
}

/** Earlier turns: a conversation, or pairs of question and answer (LLaMA-Factory's `history`). */
export function earlierTurns(value: unknown, column: string): readonly ChatMessage[] {
  const read = typeof value === 'string' ? parsed(value) : value
  if (turnsOf(read)) return asMessages(read, column)
  const isPairs = Array.isArray(read) && read.every((pair) => Array.isArray(pair) && pair.length === 2)
  if (!isPairs)
    throw new BadValue(`column "${column}" is neither a list of {role, content} nor one of [question, answer]`)
  return read.flatMap(([asked, answered]: unknown[]) => [
    { role: 'user', content: asText(asked, column) },
    { role: 'assistant', content: asText(answered, column) },
  ])
}

/** A conversation as plain text: a single turn unchanged, several with their roles before them. */
export function renderMessages(messages: readonly ChatMessage[]): string {
  const [first, ...others] = messages
  if (first && others.length === 0) return first.content
  return messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n')
}
