/** Names of datasets, layouts and roles on the screen. */

import { plural } from '@renderer/lib/format'
import type { DatasetDetails, DatasetItem } from '@shared/contract/datasets'
import type { RecordKind } from '@shared/method/offline'
import type { DatasetLayout, DatasetRole, Delimiter } from '@shared/schemas/dataset'

export const ROLE_NAMES: Readonly<Record<DatasetRole, string>> = {
  prompt: 'Prompt',
  answer: 'Answer',
  completion: 'Completion',
  chosen: 'Chosen',
  rejected: 'Rejected',
  label: 'Label',
  choices: 'Choices',
  system: 'System text',
  context: 'Context',
  history: 'Earlier turns',
  group: 'Group',
}

export const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'vertical bar',
}

const LAYOUTS: Readonly<Record<DatasetLayout, string>> = {
  gsm8k: 'GSM8K',
  math: 'MATH',
  bbh: 'BIG-Bench Hard',
  mmlu: 'MMLU',
  'prompt-answer': 'prompt and answer',
  'question-answer': 'question and answer',
  preference: 'preference pairs',
  unpaired: 'completions with labels',
  'prompt-completion': 'prompt and completion',
  messages: 'conversations',
}

export const layoutName = (layout: DatasetLayout): string => LAYOUTS[layout]

const KINDS: Readonly<Record<RecordKind, string>> = {
  verifiable: 'Prompts with reference answers: a verifier judges what the model writes.',
  preference: 'A chosen and a rejected completion for each prompt. Supervised fine-tuning imitates the chosen one.',
  unpaired: 'Completions, each labelled desirable or not.',
  completion: 'Prompts with completions to imitate: for supervised fine-tuning.',
}

export const kindSentence = (kind: RecordKind): string => KINDS[kind]

/** The state of a dataset in a word or two; empty if all is well. */
export function standing({ problem, rows, usable }: DatasetItem): string {
  if (problem !== null) return 'cannot be used'
  return rows !== null && usable !== null && usable < rows ? plural(rows - usable, 'bad row') : ''
}

/** What locates a row in its file: text files have lines, other formats have numbered records. */
export const placeWord = ({ files }: DatasetDetails): 'Line' | 'Record' =>
  files.some((file) => /\.(jsonl|ndjson|csv|tsv)(\.gz|\.zst)?$/i.test(file)) ? 'Line' : 'Record'

export const isCsv = (file: string): boolean => /\.(csv|tsv)(\.gz|\.zst)?$/i.test(file)
