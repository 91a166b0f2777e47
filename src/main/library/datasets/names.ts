/** The usual names of columns, by role. The first name in a list that a dataset has is used. */
import { groupBy } from './read/group-by'

export const PROMPTS = [
  'prompt',
  'question',
  'problem',
  'query',
  'instruction',
  'input',
  'goal',
  'sentence',
  'ctx',
] as const

export const CHATS = ['messages', 'conversations', 'conversation', 'dialogue', 'dialog', 'turns', 'chat'] as const

export const ANSWERS = [
  'answer',
  'final_answer',
  'expected_answer',
  'ground_truth',
  'reward_model.ground_truth',
  'gold_answer',
  'correct_answer',
  'gold',
  'target',
] as const

/** The answer of a multiple-choice question: a letter, a number, or the text of the correct choice. */
export const CHOICE_ANSWERS = [
  'answerKey',
  'answer_key',
  'correct',
  'correct_option',
  'cop',
  ...ANSWERS,
  'answer_idx',
  'label',
] as const

export const CHOICES = ['choices', 'options', 'endings'] as const

export const COMPLETIONS = ['completion', 'output', 'response', 'solution'] as const

export const CHOSEN = ['chosen', 'chosen_response', 'response_chosen', 'chosen_answer', 'chosen_messages'] as const
export const REJECTED = [
  'rejected',
  'rejected_response',
  'response_rejected',
  'rejected_answer',
  'rejected_messages',
] as const

export const SYSTEMS = ['system', 'system_prompt', 'system_message'] as const

/** Texts that a prompt refers to, put before it. */
export const CONTEXTS = [
  'instruction',
  'instructions',
  'context',
  'contexts',
  'passage',
  'passages',
  'paragraph',
  'article',
  'document',
  'documents',
  'background',
  'body',
  'story',
  'premise',
  'evidence',
  'table',
  'schema',
] as const

/** Alpaca's `input`: what an instruction is about, put after it. */
export const INPUTS = ['input', 'inputs'] as const

export const HISTORIES = [
  'history',
  'chat_history',
  'conversation_history',
  'dialog_history',
  'previous_turns',
  'earlier_turns',
] as const

/** Inputs that a text model cannot read; a row with one is refused. */
export const NOT_SHOWN = [
  'tools',
  'functions',
  'available_tools',
  'image',
  'images',
  'audio',
  'video',
  'videos',
] as const

/** Columns that a prompt may need; an unused one is reported by name. */
export const CARRYING: ReadonlySet<string> = new Set([
  ...SYSTEMS,
  ...CONTEXTS,
  ...INPUTS,
  ...HISTORIES,
  ...NOT_SHOWN,
  ...CHOICES,
])

export const CHOICE_COLUMN = /^(option|choice|ending|answer|op|sol)?[ _-]?\(?([A-J]|\d{1,2})\)?$/i

/** A column for one choice: its family, and its letter or number. Null for any other column. */
export function choiceColumn(name: string): { readonly family: string; readonly mark: string } | null {
  const found = CHOICE_COLUMN.exec(name)
  const [, family = '', mark = ''] = found ?? []
  if (!found || (family === '' && !/^[A-Ja-j]$/.test(mark))) return null
  return { family: `${family.toLowerCase()}${/\d/.test(mark) ? '#' : ''}`, mark: mark.toUpperCase() }
}

/** Columns A, B, C … or option1, option2 … in order; empty if there are fewer than two. */
export function choiceColumns(names: readonly string[]): readonly string[] {
  const found = names.flatMap((name) => {
    const choice = choiceColumn(name)
    return choice ? [{ name, ...choice }] : []
  })
  const families = [...groupBy(found, ({ family }) => family).values()]
  return families.map(inOrder).find((columns) => columns.length >= 2) ?? []
}

function inOrder(columns: readonly { readonly name: string; readonly mark: string }[]): readonly string[] {
  const byMark = new Map(columns.map(({ mark, name }) => [mark, name]))
  const first = byMark.has('A') ? 65 : byMark.has('0') ? 0 : 1
  const ordered: string[] = []
  for (let i = first; ; i++) {
    const name = byMark.get(first === 65 ? String.fromCharCode(i) : String(i))
    if (name === undefined) return ordered
    ordered.push(name)
  }
}
