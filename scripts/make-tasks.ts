/**
 * Writes the bundled datasets, or a supervised corpus for the tiny base model.
 *
 *   node scripts/make-tasks.ts                                     resources/datasets/<family>/{train,test}.jsonl
 *   node scripts/make-tasks.ts --sft N --seed S --out FILE         N rows of {"prompt", "completion"}
 *        [--noise P | --noise family=P,…]                          probability per line of a wrong result (0)
 *        [--mix family=W,…]                                        relative number of rows (1 each)
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDatasets, makeSftCorpus } from './tasks/corpus.ts'
import { CORPUS_FAMILIES, type CorpusFamily } from './tasks/family.ts'

const DATASETS = join(import.meta.dirname, '../resources/datasets')

const { values } = parseArgs({
  options: {
    sft: { type: 'string' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    noise: { type: 'string', default: '0' },
    mix: { type: 'string', default: '1' },
  },
})

if (values.sft === undefined) writeDatasets()
else writeSftCorpus(values.sft, values.out)

function writeDatasets(): void {
  for (const { family, train, test } of makeDatasets()) {
    writeRows(join(DATASETS, family, 'train.jsonl'), train)
    writeRows(join(DATASETS, family, 'test.jsonl'), test)
  }
}

function writeSftCorpus(rows: string, out: string | undefined): void {
  if (out === undefined) throw new Error('--sft needs --out FILE: the file to write.')
  const noise = perFamily('--noise', values.noise, 0)
  for (const p of Object.values(noise))
    if (p > 1) throw new Error(`--noise ${p} is not a probability; give a number from 0 to 1.`)
  const mix = perFamily('--mix', values.mix, 1)
  if (Object.values(mix).every((weight) => weight === 0))
    throw new Error('--mix leaves no family; give one a weight above 0.')
  writeRows(
    out,
    makeSftCorpus({ rows: wholeNumber('--sft', rows), seed: wholeNumber('--seed', values.seed), noise, mix }),
  )
}

/** `0.1` for all families, or `chain-arithmetic=0.1,shuffled-objects=0.2`, the others keeping `fallback`. */
function perFamily(option: string, text: string, fallback: number): Record<CorpusFamily, number> {
  const all = text.includes('=') ? fallback : notNegative(option, text)
  const result = Object.fromEntries(CORPUS_FAMILIES.map((family) => [family, all])) as Record<CorpusFamily, number>
  for (const part of text.includes('=') ? text.split(',') : []) {
    const [name = '', value = ''] = part.split('=')
    const family = CORPUS_FAMILIES.find((known) => known === name)
    if (family === undefined)
      throw new Error(`${option} names "${name}"; the families are ${CORPUS_FAMILIES.join(', ')}.`)
    result[family] = notNegative(option, value)
  }
  return result
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${option} is "${text}"; give a whole number.`)
  return Number(text)
}

function notNegative(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0))
    throw new Error(`${option} has "${text}"; give a number that is not negative.`)
  return value
}

function writeRows(path: string, rows: readonly object[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  console.log(`${path}: ${rows.length} rows`)
}
