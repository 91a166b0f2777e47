/** The README of an exported model: what was measured and how it was made, and untrusted texts stay escaped. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cardBase, licenseOfReadme, repositoryOf } from '@main/export/card-base'
import { type CardSource, modelCard } from '@main/export/model-card'
import { planSchema } from '@shared/schemas/plan'
import { afterAll, describe, expect, it } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'gpo-card-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const statuses = { correct: 1, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 } as never
const evaluation = (iteration: number, correct: number) => ({
  ...{ iteration, n: 50, correct, accuracy: correct / 50, statuses, meanTokens: 10 },
})

const sourceOf = (changes: Partial<CardSource> = {}, name = 'my run'): CardSource => ({
  run: {
    ...{ id: 'abc', name, iterations: 30 },
    plan: planSchema.parse({
      model: { path: '/models/base' },
      data: {
        train: { path: '/data/a|b`c.jsonl' },
        eval: { path: '/data/test.jsonl' },
        template: '{prompt}\n```\n# x',
      },
      objective: { kind: 'dpo' },
      adaptation: { kind: 'lora', r: 4, alpha: 8, rslora: true, base: 'int8' },
    }),
  },
  environment: { backend: 'onnx' },
  evaluations: [evaluation(0, 10), evaluation(10, 20), evaluation(20, 30)],
  iteration: 10,
  dtype: 'BF16',
  base: {
    repository: 'org/name',
    path: '/models/base',
    license: { name: 'apache-2.0', source: 'according to its README' },
  },
  version: '1.2.3',
  ...changes,
})

describe('a card', () => {
  it('says base, licence, results up to the checkpoint, and the making', () => {
    const card = modelCard(sourceOf())
    expect(card).toMatch(/^---\nbase_model: "org\/name"\nlibrary_name: "transformers"\n(.*\n)*license: "apache-2.0"\n/)
    expect(card).toContain('# my run')
    expect(card).toContain('GPO-DPO on org/name: the weights after iteration 10.')
    const lines = [
      '| 0, before training | 50 | 10 | 20.0 % | 12.3 to 30.7 % |',
      '| 10 | 50 | 20 | 40.0 % | 29.4 to 51.6 % |',
    ]
    expect(card).toContain(`${lines.join('\n')}\n`)
    expect(card).not.toContain('| 20 | 50')
    expect(card).toMatch(/LoRA of rank 4, scale 8 \/ √4, on q_proj.*on a base in 8 bits; merged/)
    expect(card).toContain('10 of 30 iterations')
    expect(planSchema.parse(JSON.parse(/````json\n([\s\S]*)\n````/.exec(card)?.[1] ?? ''))).toEqual(sourceOf().run.plan)
  })

  it('names a dataset of the Hub, which the Hub links, and no other', () => {
    const source = sourceOf()
    const hub = '/home/me/.cache/huggingface/hub/datasets--openai--gsm8k/snapshots/e53f/main/train.parquet'
    const plan = { ...source.run.plan, data: { ...source.run.plan.data, train: { path: hub } } }
    expect(modelCard({ ...source, run: { ...source.run, plan } })).toMatch(/^datasets:.*openai\/gsm8k/ms)
    expect(modelCard(source)).not.toMatch(/^datasets:/m)
  })

  it('says what is not known', () => {
    const card = modelCard(
      sourceOf({ evaluations: [], base: { repository: null, path: 'bundled:tiny', license: null } }),
    )
    expect(card).toContain('Accuracy on held-out rows was not measured.')
    expect(card).toMatch(/licences of the base model and of the data are unknown/)
    expect(card).not.toMatch(/^base_model|^license:/m)
  })

  it('keeps names and prompts in their places', () => {
    const card = modelCard(sourceOf({}, '<img src=x> [a](b)\n---\n# two'))
    expect(card).toContain('# \\<img src=x\\> \\[a\\](b) --- \\# two')
    expect(card).toContain('| Training data | `` /data/a\\|b`c.jsonl `` |')
    expect(card).toContain('| Prompt | ```` {prompt} ``` # x ```` |')
  })
})

describe('a base', () => {
  it('has the licence its README states', () => {
    expect(licenseOfReadme('---\nlanguage: en\nlicense: "apache-2.0"\n---\n# x')).toBe('apache-2.0')
    expect(licenseOfReadme('# x\nlicense: mit')).toBeNull()
    expect(licenseOfReadme('---\nlicense: <b>\n---')).toBeNull()
  })

  it('is known by its place in the cache of the Hub', () => {
    const folder = join(home, 'models--Qwen--Qwen2.5-0.5B', 'snapshots', 'abc123')
    expect(repositoryOf(folder)).toBe('Qwen/Qwen2.5-0.5B')
    mkdirSync(folder, { recursive: true })
    expect(cardBase(folder)).toEqual({ repository: 'Qwen/Qwen2.5-0.5B', path: folder, license: null })
    writeFileSync(join(folder, 'LICENSE'), 'x')
    expect(cardBase(folder).license).toEqual({ name: 'other', source: 'see LICENSE in abc123' })
    writeFileSync(join(folder, 'README.md'), '---\nlicense: mit\n---\n')
    expect(cardBase(folder).license).toEqual({ name: 'mit', source: 'according to its README' })
  })
})
