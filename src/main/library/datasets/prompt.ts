/** Builds a row's prompt with everything that belongs to it: system text, earlier turns, context, choices. */
import type { ChatMessage, Example } from '@shared/schemas/dataset'
import { asMessages, earlierTurns, renderMessages, turnsOf } from './turns'
import { asText, BadValue, isEmpty, type RowView, requireFilled, saysNothing } from './values'

export type Prompt = Pick<Example, 'prompt' | 'messages'>

/** @param extra lines that follow the prompt's text, such as its choices */
export function readPrompt(view: RowView, extra = ''): Prompt {
  const value = view.get('prompt')
  if (turnsOf(value)) return promptOf(view, openEnded(asMessages(value, 'prompt')), extra)
  return complete(view, null, requireFilled(view, 'prompt'), extra)
}

/** The prompt of a conversation without the turn that answers it. */
export function promptOf(view: RowView, messages: readonly ChatMessage[], extra = ''): Prompt {
  const last = messages[messages.length - 1]
  if (!last) throw new BadValue('no prompt comes before the last turn')
  return complete(view, messages.slice(0, -1), last.content, extra, last.role)
}

/** A prompt must not end with an assistant turn. */
function openEnded(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (messages[messages.length - 1]?.role !== 'assistant') return messages
  throw new BadValue('column "prompt" ends with an assistant turn, which would be the answer')
}

function complete(
  view: RowView,
  before: readonly ChatMessage[] | null,
  asked: string,
  extra: string,
  role = 'user',
): Prompt {
  refuseNotShown(view)
  const text = [...contextsOf(view, asked), asked, ...inputsOf(view, asked), extra]
    .filter((part) => part !== '')
    .join('\n\n')
  const tight = extra === '' ? text : text.replace(`\n\n${extra}`, `\n${extra}`)
  const earlier = withEarlier(view, before ?? [])
  const messages = [...earlier, { role, content: tight }]
  const isPlain = before === null && earlier.length === 0
  const prompt = isPlain ? tight : renderMessages(messages)
  if (prompt.trim() === '') throw new BadValue('the prompt is empty')
  return isPlain ? { prompt } : { prompt, messages }
}

function refuseNotShown(view: RowView): void {
  const found = view.each('notShown').find(({ value }) => !saysNothing(value))
  if (found) throw new BadValue(`column "${found.column}" is not empty, and a text model cannot read it`)
}

/** Texts of the columns of a role, without those already in the prompt. */
function textsOf(view: RowView, name: string, asked: string): string[] {
  return view.each(name).flatMap(({ column, value }) => {
    if (isEmpty(value)) return []
    const texts = Array.isArray(value) ? value.map((item) => asText(item, column)) : [asText(value, column)]
    const text = texts.join('\n\n')
    return asked.includes(text.trim()) ? [] : [text]
  })
}

const contextsOf = (view: RowView, asked: string) => textsOf(view, 'context', asked)
const inputsOf = (view: RowView, asked: string) => textsOf(view, 'input', asked)

/** System text first, then earlier turns, then those of the prompt itself. */
function withEarlier(view: RowView, before: readonly ChatMessage[]): readonly ChatMessage[] {
  const [history] = view.each('history')
  const turns = !history || saysNothing(history.value) ? [] : earlierTurns(history.value, history.column)
  const hasTurns = turns.every(({ content }, i) => before.some((turn) => turn.content === content) && i < before.length)
  const all = hasTurns ? before : [...turns, ...before]
  const system = textsOf(view, 'system', '').join('\n\n')
  const [first, ...rest] = all
  if (system === '' || (first?.role === 'system' && first.content.includes(system.trim()))) return all
  // Templates accept one system turn, so the column's text and the conversation's own are merged.
  if (first?.role === 'system') return [{ role: 'system', content: `${system}\n\n${first.content}` }, ...rest]
  return [{ role: 'system', content: system }, ...all]
}
