/** Values of untrusted records to the strings the trainer uses. A value that cannot be used throws BadValue, whose message is the reason. */
import type { ChatMessage } from '@shared/schemas/dataset'
import { type Fields, nameOfType } from './record'

/** The reason why a row is bad. Caught where the row is read; never leaves this folder. */
export class BadValue extends Error {}

const UNUSABLE = /\0|\p{Surrogate}/u
const MAX_MESSAGES = 10_000

/** A text, or a number or boolean as one. Integers are exact. */
export function asText(value: unknown, column: string): string {
  if (typeof value === 'string') return checkText(value, column)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isInteger(value) ? BigInt(value).toString() : String(value)
  }
  if (value instanceof Uint8Array) throw new BadValue(`column "${column}" is not valid UTF-8`)
  throw new BadValue(`column "${column}" is ${describeValue(value)}, not a text`)
}

function describeValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : nameOfType(value)
}

function checkText(text: string, column: string): string {
  if (!UNUSABLE.test(text)) return text
  throw new BadValue(`column "${column}" has a NUL character or half a surrogate pair`)
}

export function requireText(fields: Fields, column: string): string {
  if (!fields.has(column)) throw new BadValue(`column "${column}" is missing`)
  return asText(fields.get(column), column)
}

/** A text with something in it. */
export function requireFilled(fields: Fields, column: string): string {
  const text = requireText(fields, column)
  if (text.trim() === '') throw new BadValue(`column "${column}" is empty`)
  return text
}

/** True or false, in the ways sets write it. */
export function requireLabel(fields: Fields, column: string): boolean {
  if (!fields.has(column)) throw new BadValue(`column "${column}" is missing`)
  const text = asText(fields.get(column), column).trim().toLowerCase()
  if (['true', '1', 'yes'].includes(text)) return true
  if (['false', '0', '-1', 'no'].includes(text)) return false
  throw new BadValue(`column "${column}" is "${text.slice(0, 40)}", neither true nor false`)
}

export function isMessageList(value: unknown): value is readonly object[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_MESSAGES) return false
  return value.every((item) => typeof item === 'object' && item !== null && Object.hasOwn(item, 'role'))
}

/** A conversation: a list of {role, content}. */
export function asMessages(value: unknown, column: string): readonly ChatMessage[] {
  if (!isMessageList(value)) throw new BadValue(`column "${column}" is no list of {role, content}`)
  return value.map((item) => {
    const fields = new Map(Object.entries(item))
    const role = asText(fields.get('role'), `${column}.role`)
    return { role, content: asText(fields.get('content'), `${column}.content`) }
  })
}

/** A conversation as plain text: one turn as it is, several with their roles before them. */
export function renderMessages(messages: readonly ChatMessage[]): string {
  const [first, ...others] = messages
  if (first && others.length === 0) return first.content
  return messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n')
}
