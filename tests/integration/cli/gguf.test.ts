/** A GGUF file from the terminal: added, scored, trained on, and what was trained exported whole, as an adapter and as GGUF. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readGgufAdapter } from '@main/formats/gguf/adapter'
import { openGguf } from '@main/formats/gguf/model'
import { readModelConfig } from '@main/formats/model-config'
import type { ScoreResult } from '@main/workers/results'
import { expect, test } from 'vitest'
import { writeTinyGguf } from '../../support/gguf-model'
import { expectFailure, gpo, jsonLines, planOf, show, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const home = temporaryFolder()
const rows = writeRows(home)
const { folder, file } = writeTinyGguf(home, 'F32')

async function succeeds(...args: readonly string[]) {
  const ended = await gpo(home, ...args)
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  expect(ended.code).toBe(0)
  return ended
}

async function scoreOf(model: string): Promise<readonly number[]> {
  const asked = ['score', '--model', model, '--prompt', '1+1=', '--completion', 'eateat', '--json', '--backend', 'onnx']
  return jsonLines<ScoreResult>(await succeeds(...asked))[0]!.logprobs
}

const near = (a: readonly number[], b: readonly number[]) =>
  expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-4)

test('a GGUF file scores as the folder it was made of', async () => {
  near(await scoreOf(file), await scoreOf(folder))
  await succeeds('models', 'add', file)
  near(await scoreOf('small.gguf'), await scoreOf(folder))
})

test('an adapter trained on a GGUF file is exported in every way', async () => {
  const adaptation = { kind: 'lora', r: 2, alpha: 8, base: 'float16' } as const
  const plan = planOf(rows, { objective: { kind: 'grpo' }, model: { path: file }, adaptation })
  await succeeds('train', writePlan(home, plan, 'gguf.json'), '--json')
  expect((await show(home)).status).toBe('completed')
  const out = (name: string) => join(home, name)
  await succeeds('export', 'last', '--out', out('merged'))
  await succeeds('export', 'last', '--out', out('adapter'), '--format', 'adapter')
  await succeeds('export', 'last', '--out', out('again.gguf'), '--format', 'gguf', '--dtype', 'F32')
  const [run] = jsonLines<{ verified: string; next: readonly { code: string }[] }>(
    await succeeds('export', 'last', '--out', out('lora.gguf'), '--format', 'gguf-adapter', '--json'),
  )
  expect(run!.verified).toMatch(/^Read back: 28 tensors; the largest difference .* is 0\. Merged .* is 0\.$/)
  expect(run!.next[0]!.code).toBe(`llama-cli -m ${file} --lora ${out('lora.gguf')}`)
  const before = readFileSync(file)
  for (const format of ['gguf', 'gguf-adapter']) {
    const refused = await gpo(home, 'export', 'last', '--out', file, '--format', format)
    expectFailure(refused, 2, /small\.gguf belongs to the base model: choose another name/)
  }
  expect(readFileSync(file).equals(before)).toBe(true)
  const trained = await scoreOf('last')
  expect(trained).not.toEqual(await scoreOf(file))
  near(await scoreOf(out('merged')), trained)
  near(await scoreOf(out('again.gguf')), trained)
  expect(await scoreOf(out('adapter'))).toHaveLength(trained.length)

  // What PEFT saved is made into the same file without the run.
  await succeeds('export', out('adapter'), '--out', out('lora-2.gguf'), '--format', 'gguf-adapter')
  const tensors = (name: string) => readGgufAdapter(out(name), readModelConfig(file))
  expect(tensors('lora-2.gguf')).toEqual(tensors('lora.gguf'))
  const refused = await gpo(home, 'export', file, '--out', out('none.gguf'), '--format', 'gguf-adapter')
  expectFailure(refused, 2, /There is no adapter/)
})

test('a model without a run is exported as GGUF', async () => {
  const again = join(home, 'f16.gguf')
  await succeeds('export', folder, '--out', again, '--format', 'gguf', '--dtype', 'F16')
  expect(openGguf(again).tensors.get('blk.0.attn_q.weight')!.type.name).toBe('F16')
})

test('a folder with GGUF files says to choose one', async () => {
  const refused = await gpo(home, 'eval', '--model', dirname(file), '--data', rows)
  expectFailure(refused, 4, /it holds small\.gguf: choose such a file itself/)
})
