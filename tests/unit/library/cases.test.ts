/** Files from bug reports of similar tools (`cases/`), each with the right result. */
import { join } from 'node:path'
import { describeDataset } from '@main/library/datasets/describe'
import { loadDataset } from '@main/library/datasets/load'
import { describe, expect, it } from 'vitest'

const cases = join(import.meta.dirname, 'cases')
const load = (name: string, columns?: Record<string, string>, part?: string) =>
  loadDataset(join(cases, name), { ...(columns ? { columns } : {}), ...(part ? { part } : {}) })

describe('columns beside the prompt', () => {
  it('b01a: a system column is the first turn of the prompt', async () => {
    const set = await load('b01a-system-column.jsonl')
    expect(set.examples[0]).toMatchObject({
      prompt: 'system: You are a careful adder.\n\nuser: What is 2+3?',
      messages: [
        { role: 'system', content: 'You are a careful adder.' },
        { role: 'user', content: 'What is 2+3?' },
      ],
      chosen: '5',
      rejected: '6',
    })
    expect(set).toMatchObject({ unused: [], roles: { system: 'system', prompt: 'question' } })
  })

  it('b01c: Alpaca’s input follows its instruction; where others were mapped, it is reported as unused', async () => {
    const set = await load('b01c-alpaca-input.jsonl')
    expect(set.examples).toMatchObject([
      { prompt: 'Add the numbers.\n\n2 and 3', completion: '5' },
      { prompt: 'Name a colour.', completion: 'red' },
    ])
    expect(set.unused).toEqual([])
    const mapped = await load('b01c-alpaca-input.jsonl', { prompt: 'instruction', completion: 'output' })
    expect(mapped.unused).toEqual(['input'])
    expect(mapped.notes).toEqual([expect.stringMatching(/column "input" is not used, though .*: map context=input/)])
  })

  it('b01d: options in columns are choices', async () => {
    const set = await load('b01d-options-in-columns.csv')
    expect(set).toMatchObject({ layout: 'mmlu', unused: [], roles: { choices: 'A,B,C,D' } })
    expect(set.examples).toMatchObject([
      { prompt: 'What is 2+3?\nA. 4\nB. 5\nC. 6\nD. 7', reference: 'B' },
      { prompt: 'What is 4+4?\nA. 6\nB. 7\nC. 8\nD. 9', reference: 'C' },
    ])
  })

  it('b01f: earlier turns of a conversation are in the prompt, though its last question stands beside it', async () => {
    const { examples } = await load('b01f-earlier-turns.jsonl')
    expect(examples[0]).toMatchObject({ chosen: '8', rejected: '9' })
    expect(examples[0]?.messages?.map(({ content }) => content)).toEqual(['Be brief.', 'What is 2+3?', '5', 'And 4+4?'])
  })
})

describe('layouts', () => {
  it('b02a: ShareGPT', async () => {
    const set = await load('b02a-sharegpt.jsonl')
    expect(set).toMatchObject({ layout: 'messages', unused: ['id'] })
    expect(set.examples).toMatchObject([
      { prompt: 'system: Be brief.\n\nuser: What is 2+3?', completion: '5' },
      { prompt: 'What is 4+4?', completion: '8' },
    ])
  })

  it('b02c: verl’s nested answer, found by itself and mapped by path', async () => {
    const set = await load('b02c-verl-nested-answer.jsonl')
    expect(set.examples).toMatchObject([{ prompt: 'What is 2+3?', reference: '5' }])
    expect(set.unused).toEqual(['data_source', 'ability', 'reward_model.style', 'extra_info'])
    const mapped = await load('b02c-verl-nested-answer.jsonl', { answer: 'reward_model.ground_truth' })
    expect(mapped.examples[0]?.reference).toBe('5')
  })

  it('b02d: HH-RLHF is split at the last assistant turn', async () => {
    const { examples } = await load('b02d-hh-rlhf.jsonl')
    expect(examples).toMatchObject([
      { prompt: 'What is 2+3?', chosen: 'It is 5.', rejected: 'It is 6.' },
      { prompt: 'user: Hi\n\nassistant: Hello!\n\nuser: Name a colour', chosen: 'Red.', rejected: 'Seven.' },
    ])
  })
})

describe('containers', () => {
  it.each([
    ['b03a-nan.jsonl', 3, ['score']],
    ['b05a-array.jsonl', 2, []],
    ['b05c-data-field.json', 2, []],
    ['b07a-unused-duplicate.csv', 1, ['note', 'note.1']],
    ['b10-stray-quote.csv', 2, []],
  ])('%s is read', async (name, rows, unused) => {
    const set = await load(name)
    expect(set.examples).toHaveLength(rows)
    expect(set).toMatchObject({ badRowCount: 0, unused })
  })

  it('b10: stray quotes stay where they are', async () => {
    expect((await load('b10-stray-quote.csv')).examples[0]?.prompt).toBe('A 5" pipe plus a 3" pipe?')
  })

  it('b12: parts in one folder are kept apart', async () => {
    const report = await describeDataset(join(cases, 'b12-train-and-test-in-one-folder'))
    expect(report).toMatchObject({ part: 'train', evaluationPart: 'test', rows: 6, shared: { count: 0 } })
    expect(report.parts.map(({ name }) => name)).toEqual(['test', 'train'])
    expect(report.files).toHaveLength(1)
    const test = await load('b12-train-and-test-in-one-folder', undefined, 'evaluation')
    expect(test.examples.map(({ prompt }) => prompt)).toEqual(['test question 0', 'test question 1', 'test question 2'])
  })
})

it('decimals of 38 digits and 4-byte floats inside lists and structs, as pyarrow writes them', async () => {
  const answers = async (answer: string) =>
    (await load('decimals.parquet', { prompt: 'prompt', answer })).examples.map(({ reference }) => reference)
  expect(await answers('answer')).toEqual(['12345678901234567890123.45', '-0.05', '7.00'])
  expect(await answers('s[0]')).toEqual(['0.1', '2.5'])
  expect(await answers('d.x')).toEqual(['0.3', '0.1'])
})
