/**
 * The folder that trains in TRL. With GPO_PYTHON, a Python that has trl, it is trained for five steps, TRL's token ids are compared with ours, and the
 * adapter that it wrote scores here as in PEFT.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeAnswer, encodePrompt } from '@main/text/tokenizer/prompt'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import type { ScoreResult } from '@main/workers/results'
import { beforeAll, describe, expect, it } from 'vitest'
import { gpo, jsonLines, planOf, show, temporaryFolder, writePlan, writeRows } from '../../support/gpo'
import { writeTinyModel } from '../../support/model-folder'

const SCRIPT = join(import.meta.dirname, '../../parity/trl_folder.py')
const candidate = process.env['GPO_PYTHON']
const python =
  candidate && spawnSync(candidate, ['-c', 'import trl'], { timeout: 60_000 }).status === 0 ? candidate : ''
const skipped = python ? '' : ' (skipped: no GPO_PYTHON with trl)'

const home = temporaryFolder()
const folder = join(home, 'trl')
const adapter = join(home, 'trained')
let run: string

/** A chat model: its template writes special tokens. */
const model = writeTinyModel(join(home, 'model'))
const tokenizerConfig = join(model, 'tokenizer_config.json')
const chat_template = '{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}'
const own = JSON.parse(readFileSync(tokenizerConfig, 'utf8'))
writeFileSync(tokenizerConfig, JSON.stringify({ ...own, chat_template }))

beforeAll(async () => {
  const rows = writeRows(home)
  const plan = planOf(rows, {
    model: { path: model },
    data: { train: { path: rows }, chatTemplate: true },
    objective: { kind: 'dpo' },
    adaptation: { kind: 'lora', r: 2, alpha: 8 },
    gpo: { samples: 4, segmentation: { minStepTokens: 3, splitter: 'window', windowTokens: 4 } },
    optimiser: { learningRate: 1e-2 },
  })
  const ended = await gpo(home, 'train', writePlan(home, plan), '--json')
  expect(ended.code).toBe(0)
  run = (await show(home)).id
})

interface Pair {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}
const pairs = (): Pair[] => jsonLines<Pair>({ stdout: readFileSync(join(folder, 'pairs.jsonl'), 'utf8') })

describe('gpo export --format trl', () => {
  it('writes pairs, settings, script, versions and a page of explanation, of the size that it says', async () => {
    const ended = await gpo(home, 'export', 'last', '--format', 'trl', '--states', 'all', '--out', folder, '--json')
    expect(ended.stderr).toBe('')
    const [{ count, unit, bytes }] = jsonLines<{ count: number; unit: string; bytes: number }>(ended) as [never]
    const names = ['README.md', 'dpo.yaml', 'pairs.jsonl', 'requirements.txt', 'train.py']
    expect(readdirSync(folder).sort()).toEqual(names)
    expect(bytes).toBe(names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0))
    expect(unit).toBe('pairs')
    expect(pairs()).toHaveLength(count)
    const text = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect(text('dpo.yaml')).toContain('data_files: "pairs.jsonl"')
    expect(text('dpo.yaml')).toContain(JSON.stringify(model))
    for (const line of text('requirements.txt').split('\n')) expect(line).toMatch(/^(|#.*|[a-z]+==[\d.]+)$/)
    expect(text('README.md')).toContain(run)
    expect(text('README.md').split('\n').length).toBeLessThan(40)
  })

  /** A prompt's last letters and an answer's first that are one token in a text. */
  function sharingPair(): Pair {
    const { merges } = JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8')).model
    const [left, right] = merges.find((pair: string[]) => /^[a-z]+ [a-z]+$/.test(pair.join(' ')))
    const tokenizer = loadTokenizer(model)
    expect(tokenizer.encode(left + right).length).toBeLessThan(
      tokenizer.encode(left).length + tokenizer.encode(right).length,
    )
    return { prompt: `1 ${left}`, chosen: `${right} 2`, rejected: `${right}${right}` }
  }

  it('has prompts that are the tokens the run asked with', () => {
    const tokenizer = loadTokenizer(model)
    const [start, end] = [tokenizer.bosTokenId!, tokenizer.eosTokenIds[0]!]
    for (const { prompt } of pairs()) {
      const [, question] = /^<\|bos\|>(\d\+\d=)<\|eos\|>/.exec(prompt)!
      const asked = [start, ...tokenizer.encode(question!), end]
      const ids = encodePrompt({ template: '{prompt}', chatTemplate: false }, tokenizer, { row: 0, prompt })
      expect([...ids].slice(0, asked.length)).toEqual(asked)
    }
  })

  it('touches no folder that has something in it', async () => {
    const ended = await gpo(home, 'export', 'last', '--format', 'trl', '--out', folder)
    expect(ended.stderr).toMatch(/is not empty/)
    expect(ended.code).toBe(2)
  })

  it.skipIf(!python)(
    `trains; tokens are ours, and its adapter scores here as in PEFT${skipped}`,
    async () => {
      appendFileSync(join(folder, 'pairs.jsonl'), `${JSON.stringify(sharingPair())}\n`)
      const options = { encoding: 'utf8', maxBuffer: 1 << 26 } as const
      const settings = ['--max_steps', '5', '--output_dir', adapter, '--report_to', 'none']
      const trained = spawnSync(python, [join(folder, 'train.py'), ...settings], options)
      expect(trained.stderr).not.toMatch(/Traceback/)
      expect(trained.status).toBe(0)

      const input = JSON.stringify({ folder, arguments: settings, adapter, count: 1000 })
      const asked = spawnSync(python, [SCRIPT], { ...options, input })
      if (asked.status !== 0) throw new Error(`trl_folder.py failed: ${asked.stderr}`)
      const there = JSON.parse(asked.stdout) // our own script's
      expect(there.base).toBe(model)

      const tokenizer = loadTokenizer(model)
      const plain = { template: '{prompt}', chatTemplate: false }
      const ids = pairs().map(({ prompt, chosen, rejected }, row) => {
        const answer = (text: string) => [
          ...encodeAnswer(plain, tokenizer, { row, prompt }, text),
          tokenizer.eosTokenIds[0]!,
        ]
        const prompt_ids = [...encodePrompt(plain, tokenizer, { row, prompt })]
        return { prompt_ids, chosen_ids: answer(chosen), rejected_ids: answer(rejected) }
      })
      expect(there.pairs).toEqual(ids)

      expect((await gpo(home, 'models', 'add', adapter)).code).toBe(0)
      let moved = 0
      for (const [i, { prompt, chosen }] of [
        ...pairs().slice(0, 3).entries(),
        [pairs().length - 1, sharingPair()] as const,
      ]) {
        const asked = ['--prompt', prompt, '--completion', chosen, '--json', '--backend', 'onnx']
        const [own] = jsonLines<ScoreResult>(await gpo(home, 'score', '--model', adapter, ...asked))
        expect(own!.logprobs).toHaveLength(there.adapter[i].length)
        for (const [t, logp] of own!.logprobs.entries()) expect(Math.abs(logp - there.adapter[i][t])).toBeLessThan(1e-4)
        moved = Math.max(moved, ...own!.logprobs.map((logp, t) => Math.abs(logp - there.plain[i][t])))
      }
      expect(moved).toBeGreaterThan(1e-3)
    },
    300_000,
  )
})
