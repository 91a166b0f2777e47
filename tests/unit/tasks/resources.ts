/** The committed datasets and the tiny tokenizer, as the tests of this folder read them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import type { Task } from '../../../scripts/tasks/corpus'

const RESOURCES = join(import.meta.dirname, '../../../resources')
const TINY = join(RESOURCES, 'models/tiny')

export function readTiny(name: string): string {
  return readFileSync(join(TINY, name), 'utf8')
}

export function loadTinyTokenizer(): Tokenizer {
  return new Tokenizer(JSON.parse(readTiny('tokenizer.json')), JSON.parse(readTiny('tokenizer_config.json')))
}

export function readDataset(family: string, split: 'train' | 'test'): string {
  return readFileSync(join(RESOURCES, 'datasets', family, `${split}.jsonl`), 'utf8')
}

export function parseTasks(text: string): Task[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Both splits of the family, as committed. */
export function readTasks(family: string): Task[] {
  return [...parseTasks(readDataset(family, 'train')), ...parseTasks(readDataset(family, 'test'))]
}
