/**
 * The folder that goes on with a run on a cluster. With GPO_PYTHON, a Python that has mini-racer, its reward judges the run's own completions as the run
 * did; one that has trl as well trains for a step of GRPO with it.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVerifier } from '@main/text/verifier'
import { planSchema } from '@shared/schemas/plan'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { gpo, jsonLines, planOf, show, temporaryFolder, writePlan, writeRows } from '../../support/gpo'
import verlKeys from '../../unit/export/fixtures/verl-0.9.1-keys.json'

const candidate = process.env['GPO_PYTHON'] ?? ''
const has = (module: string) =>
  candidate !== '' && spawnSync(candidate, ['-c', `import ${module}`], { timeout: 60_000 }).status === 0
const why = (module: string) => (has(module) ? '' : ` (skipped: no GPO_PYTHON with ${module})`)

const home = temporaryFolder()
const folder = join(home, 'cluster')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')
const lines = (name: string) => jsonLines<never>({ stdout: text(name) })

beforeAll(async () => {
  const rows = writeRows(home)
  const plan = planOf(rows, { objective: { kind: 'grpo' }, gpo: { samples: 4 } })
  expect((await gpo(home, 'train', writePlan(home, plan), '--json')).code).toBe(0)
  const ended = await gpo(home, 'export', 'last', '--format', 'cluster', '--states', 'all', '--out', folder, '--json')
  expect(ended.stderr).toBe('')
  expect(ended.code).toBe(0)
})

/** Names of settings, nested ones with dots. */
function* namesIn(settings: object, path = ''): Generator<string> {
  for (const [key, value] of Object.entries(settings)) {
    yield path + key
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield* namesIn(value, `${path}${key}.`)
  }
}

/** Verl has no default for them, so they are not among its names. */
const MANDATORY = ['actor_rollout_ref', 'actor_rollout_ref.rollout.name']

/** Those of free form in verl. */
const OPEN = /override_optimizer_config\.|^hydra|^defaults/

describe('gpo export --format cluster', () => {
  it('writes a folder that is whole, with a page of explanation', async () => {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const sums = text('SHA256SUMS').trimEnd().split('\n')
    expect(sums).toHaveLength(names.length - 1)
    for (const line of sums) {
      const [sum, name] = line.split('  ') as [string, string]
      expect(
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
        name,
      ).toBe(sum)
    }
    expect(text('README.md').split('\n').length).toBeLessThan(50)
    expect(text('README.md')).toContain((await show(home)).id)
    for (const line of text('requirements.txt').split('\n')) expect(line).toMatch(/^(|#.*|[a-z-]+==[\d.]+)$/)
    expect(JSON.parse(text('ray-job.json'))).toMatchObject({ entrypoint: 'python train_grpo.py' })
    expect(parse(text('sky.yaml'))).toMatchObject({ run: 'python train_grpo.py' })
    const [row] = lines('data/train.jsonl')
    expect(row).toMatchObject({
      prompt: [{ role: 'user' }],
      reward_model: { style: 'rule', ground_truth: 'e' },
    })
  })

  it('names every setting of verl as verl 0.9 does', () => {
    const names = [...namesIn(parse(text('verl.yaml')) as object)].filter((name) => !OPEN.test(name))
    expect(names.length).toBeGreaterThan(30)
    expect(names.filter((name) => !verlKeys.includes(name) && !MANDATORY.includes(name))).toEqual([])
    expect(text('verl.yaml')).not.toContain('???')
  })

  it.skipIf(!has('py_mini_racer'))(`judges as the run did${why('py_mini_racer')}`, () => {
    const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
from reward import compute_score, verdict
rows = [json.loads(line) for line in sys.stdin]
print(json.dumps([[verdict(*row)["status"], compute_score("", row[0], row[1])] for row in rows]))`
    const verifier = createVerifier(planSchema.parse(JSON.parse(text('plan.json'))).verifier)
    const given = ['e', '1e', 'no letter but é', 'be e', '17'].flatMap((one): [string, string, boolean][] => [
      [one, 'e', false],
      [one, 'e', true],
    ])
    const input = given.map((row) => `${JSON.stringify(row)}\n`).join('')
    const ran = spawnSync(candidate, ['-c', script], { input, encoding: 'utf8', timeout: 120_000 })
    expect(ran.stderr).toBe('')
    const ours = given.map((row) => [verifier.verify(...row).status, verifier.verify(row[0], row[1], false).reward])
    expect(new Set(ours.map(([status]) => status)).size).toBeGreaterThan(1)
    expect(JSON.parse(ran.stdout)).toEqual(ours)
  })

  it.skipIf(!has('trl'))(
    `trains with GRPO in TRL, judged by its reward${why('trl')}`,
    () => {
      const given = [
        'train_grpo.py',
        '--max_steps',
        '1',
        '--gradient_accumulation_steps',
        '1',
        '--max_completion_length',
        '8',
      ]
      const ran = spawnSync(
        candidate,
        [...given, '--output_dir', join(home, 'out'), '--report_to', 'none', '--use_cpu'],
        {
          cwd: folder,
          encoding: 'utf8',
          timeout: 170_000,
        },
      )
      expect(ran.status, ran.stderr).toBe(0)
      expect(ran.stdout).toContain('Written:')
      expect(readdirSync(join(home, 'out'))).toContain('model.safetensors')
    },
    180_000,
  )
})
