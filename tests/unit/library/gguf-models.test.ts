/** A GGUF file in the library, in plans and as the beginning of a run. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HubFile, Repository } from '@main/library/hub/client'
import { wantedFiles } from '@main/library/hub/download'
import { choicesOf, suggestedFile } from '@main/library/hub/gguf-files'
import { checksumModel } from '@main/library/models/checksums'
import { inspectModel } from '@main/library/models/details'
import { addModel, findModel, listModels } from '@main/library/models/list'
import { planFacts } from '@main/library/plans/facts'
import { openTokenizer } from '@main/library/tokenizers'
import { checkSameInputs, takeFingerprints } from '@main/runs/fingerprints'
import { loadInputs, newRun } from '@main/runs/prepare'
import { keepFingerprints } from '@main/store/fingerprints'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import type { ChecksumEvent } from '@shared/contract/models'
import { checkFacts } from '@shared/plan/facts'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { writeTinyGguf } from '../../support/gguf-model'
import { errorOf, open, tempFolder } from '../store/fixtures'
import { failureOf } from './files'

function planOf(file: string, more: object = {}) {
  const data = join(dirname(file), 'rows.jsonl')
  writeFileSync(data, '{"prompt":"1+1=","answer":"2"}\n')
  return planSchema.parse({
    model: { path: file },
    data: { train: { path: data } },
    objective: { kind: 'grpo' },
    ...more,
  })
}

describe('a GGUF file', () => {
  it('is listed with what it is, and its folder has no others', () => {
    const store = open()
    const { file } = writeTinyGguf(tempFolder(), 'Q8_0')
    const id = addModel(store, file)
    const item = listModels(store).find((one) => one.id === id)
    expect(item).toMatchObject({
      name: 'small.gguf',
      path: file,
      problem: null,
      architecture: 'LlamaForCausalLM',
      context: 128,
    })
    expect(item?.bytes).toBe(readFileSync(file).length)
    expect(findModel(store, id)).toMatchObject({ folder: file, checkpoint: null })
  })

  it('is described: types, tokenizer and chat template', async () => {
    const store = open()
    const { file } = writeTinyGguf(tempFolder(), 'F16')
    const { facts, checks, files } = await inspectModel(store, addModel(store, file))
    const fact = (label: string) => facts.find((one) => one.label === label)?.value
    expect(fact('Stored as')).toMatch(/^F16 \([\d,]+\), F32 \([\d,]+\)$|^F32 \([\d,]+\), F16/)
    expect(fact('Tokenizer')).toBe('BPE, 324 tokens')
    expect(checks.filter(({ isGood }) => !isGood)).toEqual([])
    expect(files.map(({ name }) => name)).toEqual(['small.gguf'])
  })

  it('has checksums', async () => {
    const store = open()
    const { file } = writeTinyGguf(tempFolder())
    const events: ChecksumEvent[] = []
    for await (const event of checksumModel(store, addModel(store, file), undefined)) events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'done', checksums: { files: [{ name: 'small.gguf' }] } })
  })

  it('gives the tokens that the folder gives', () => {
    const { folder, file } = writeTinyGguf(tempFolder())
    const [own, made] = [loadTokenizer(folder), loadTokenizer(file)]
    for (const text of ['a=24;b=a-3;c=b+40?\n', 'not (true and false)\n\n  x', 'größer 北京 🙂'])
      expect([...made.encode(text)]).toEqual([...own.encode(text)])
    expect(made.eosTokenIds).toEqual(own.eosTokenIds)
    expect(openTokenizer(file)).toBe(openTokenizer(file))
  })

  it('that is in a folder is named where the folder is chosen', () => {
    const { file } = writeTinyGguf(tempFolder())
    const error = errorOf(() => addModel(open(), dirname(file)))
    expect(error.message).toContain('it holds small.gguf: choose such a file itself')
  })

  it('that is not there is said not to be', () => {
    expect(errorOf(() => addModel(open(), '/nowhere/model.gguf')).message).toContain(
      '/nowhere/model.gguf does not exist',
    )
  })

  it('that is damaged is listed with the reason', () => {
    const store = open()
    const file = join(tempFolder(), 'broken.gguf')
    writeFileSync(file, 'GGUF\x03\0\0\0 and no more')
    const id = addModel(store, file)
    expect(listModels(store).find((one) => one.id === id)?.problem).toContain('broken.gguf')
  })
})

describe('a run on a GGUF file', () => {
  it('has its inputs, and is told what becomes wider', async () => {
    const { file } = writeTinyGguf(tempFolder(), 'Q8_0')
    expect(await loadInputs(planOf(file))).toMatchObject({ modelFolder: file })
    const plan = planOf(file, { adaptation: { kind: 'lora' } })
    const facts = await planFacts(plan)
    expect(facts.model.quantised).toEqual(['Q8_0'])
    const messages = checkFacts(plan, facts).filter(({ path }) => path === 'adaptation.base')
    expect(messages[0]?.message).toMatch(/The file keeps its weights as Q8_0; in memory they become 32-bit numbers/)
  })

  it('notices when the file becomes another one', async () => {
    const store = open()
    const { file } = writeTinyGguf(tempFolder())
    const plan = planOf(file)
    const run = newRun(store, plan)
    const prints = await takeFingerprints(store, plan)
    expect(prints.map(({ part }) => part)).toEqual(['training data', 'base weights'])
    keepFingerprints(store, run.id, prints)
    expect(await checkSameInputs(store, run)).toEqual([])
    const bytes = readFileSync(file)
    bytes[bytes.length - 5]! ^= 1
    writeFileSync(file, bytes)
    expect((await failureOf(checkSameInputs(store, run))).message).toContain('small.gguf has other content')
  })

  it('counts all of its parts', async () => {
    const { file } = writeTinyGguf(tempFolder())
    const folder = join(tempFolder(), 'parts')
    mkdirSync(folder)
    const parts = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'].map((name) => join(folder, name))
    for (const part of parts) copyFileSync(file, part)
    const [, weights] = await takeFingerprints(open(), planOf(parts[1]!))
    expect(weights?.files.map(({ name }) => name)).toEqual(['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'])
  })
})

const repository = (...names: string[]): Repository => ({
  ...{ id: 'org/name', kind: 'model', commit: '0'.repeat(40), license: null, isGated: false },
  files: names.map((name): HubFile => ({ name, bytes: 1, checksum: { kind: 'sha256', value: name } })),
})

describe("a repository's GGUF file", () => {
  const namesOf = (files: readonly HubFile[]) => files.map(({ name }) => name)

  it('is taken where it is the only one', () => {
    expect(namesOf(wantedFiles(repository('README.md', 'm.gguf', 'imatrix.dat')))).toEqual(['README.md', 'm.gguf'])
  })
  it('is chosen among several, with its parts', () => {
    const names = ['a-Q4_K_M.gguf', 'a-Q8_0-00001-of-00002.gguf', 'a-Q8_0-00002-of-00002.gguf']
    expect(namesOf(wantedFiles(repository(...names), names[1]))).toEqual(names.slice(1))
    expect(() => wantedFiles(repository(...names))).toThrow(
      'has several GGUF files; there are: a-Q4_K_M.gguf, a-Q8_0-00001',
    )
    expect(() => wantedFiles(repository(...names), 'b.gguf')).toThrow('has no GGUF file "b.gguf"')
  })
  it('is not taken beside safetensors unless it is chosen', () => {
    const both = repository('config.json', 'model.safetensors', 'm.gguf')
    expect(namesOf(wantedFiles(both))).toEqual(['config.json', 'model.safetensors'])
    expect(namesOf(wantedFiles(both, 'm.gguf'))).toEqual(['m.gguf'])
  })
})

describe('the choice among the GGUF files of a repository', () => {
  const typesOf = (...names: string[]) =>
    choicesOf(repository(...names)).map(({ type, isReadable }) => [type, isReadable] as const)

  it('has one line for the parts of a file, and none for a projector or what is in folders', () => {
    const names = ['a-Q4_K_M.gguf', 'a-Q8_0-00001-of-00002.gguf', 'a-Q8_0-00002-of-00002.gguf']
    expect(choicesOf(repository(...names, 'mmproj-F16.gguf', 'old/b-Q8_0.gguf', 'README.md'))).toEqual([
      { file: 'a-Q4_K_M.gguf', type: 'Q4_K_M', parts: 1, bytes: 1, isReadable: true },
      { file: 'a-Q8_0-00001-of-00002.gguf', type: 'Q8_0', parts: 2, bytes: 2, isReadable: true },
    ])
  })

  it('reads the type in the name, and says which are not read here', () => {
    expect(typesOf('m.Q4_1.gguf', 'm-UD-Q4_K_XL.gguf', 'm-IQ4_NL.gguf', 'm-fp16.gguf', 'qwen2.5-0.5b.gguf')).toEqual([
      ['Q4_1', true],
      ['Q4_K_XL', true],
      ['IQ4_NL', true],
      ['F16', true],
      [null, true],
    ])
    expect(typesOf('m-IQ2_XXS.gguf', 'm-TQ1_0.gguf', 'm-MXFP4_MOE.gguf').map(([, isReadable]) => isReadable)).toEqual([
      ...[false, false, false],
    ])
  })

  it('is not asked where one form is there, but where safetensors are beside a file', () => {
    expect(choicesOf(repository('m-Q8_0.gguf'))).toEqual([])
    expect(choicesOf(repository('config.json', 'model.safetensors'))).toEqual([])
    expect(choicesOf(repository('model.safetensors', 'm-Q8_0.gguf')).map(({ file }) => file)).toEqual(['m-Q8_0.gguf'])
  })

  it('suggests the folder, else almost the original in half of its size, else the best that can be read', () => {
    expect(suggestedFile(repository('model.safetensors', 'm-Q8_0.gguf', 'm-F16.gguf'))).toBeUndefined()
    expect(suggestedFile(repository('m-F16.gguf', 'm-Q4_K_M.gguf', 'm-Q8_0.gguf'))).toBe('m-Q8_0.gguf')
    expect(suggestedFile(repository('m-IQ2_XXS.gguf', 'm-Q2_K.gguf', 'm-Q4_K_M.gguf'))).toBe('m-Q4_K_M.gguf')
  })
})
