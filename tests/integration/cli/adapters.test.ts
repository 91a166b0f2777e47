/** Adapters in: one that was exported here is where another run begins, is scored over its base, and dropout is the same when a run is resumed. */
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSafetensors } from '@main/formats/safetensors'
import type { ScoreResult } from '@main/workers/results'
import type { PlanInput } from '@shared/schemas/plan'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  expectFailure,
  gpo,
  jsonLines,
  metricsOf,
  planOf,
  show,
  temporaryFolder,
  writePlan,
  writeRows,
} from '../../support/gpo'
import { writeTinyModel } from '../../support/model-folder'

const home = temporaryFolder()
const rows = writeRows(home)
const model = writeTinyModel(join(home, 'base'))
const adapter = join(home, 'adapter')
const TEXT = ['--prompt', '1 + 2 =', '--completion', ' 3, 4']

const planFrom = (changes: Partial<PlanInput>) =>
  planOf(rows, { model: { path: model }, objective: { kind: 'dpo' }, budget: { iterations: 1 }, ...changes })

async function train(changes: Partial<PlanInput>, ...args: string[]) {
  const ended = await gpo(home, 'train', writePlan(home, planFrom(changes)), '--json', ...args)
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  expect(ended.code).toBe(0)
  return show(home)
}

const score = async (wanted: string) => {
  const ended = await gpo(home, 'score', '--model', wanted, ...TEXT, '--json')
  expect(ended.stderr).toBe('')
  return jsonLines<ScoreResult>(ended)[0]!.logprobs
}

function tensorsOf(file: string): Record<string, number[]> {
  const open = openSafetensors(file)
  const tensors = Object.fromEntries(open.names.map((name) => [name, [...open.read(name)]]))
  open.close()
  return tensors
}

const exportAdapter = async (out: string) => {
  const ended = await gpo(home, 'export', 'last', '--format', 'adapter', '--dtype', 'F32', '--out', out)
  expect(ended.stderr).toBe('')
}

beforeAll(async () => {
  const adaptation: PlanInput['adaptation'] = {
    kind: 'lora',
    r: 3,
    alpha: 9,
    rslora: true,
    dropout: 0.1,
    targets: ['q_proj', 'up_proj'],
  }
  await train({ adaptation, optimiser: { learningRate: 0.02 }, budget: { iterations: 3 } })
  await exportAdapter(adapter)
})

describe('an exported adapter', () => {
  it('says rank, scale, dropout and root as PEFT does', () => {
    expect(JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8'))).toMatchObject({
      ...{ r: 3, lora_alpha: 9, lora_dropout: 0.1, use_rslora: true },
      target_modules: ['q_proj', 'up_proj'],
    })
  })

  it('is scored over its base as the run is, and not as the base', async () => {
    const [own, run, base] = [await score(adapter), await score('last'), await score(model)]
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(run[i]!, 5)
    })
    expect(own).not.toEqual(base)
  })

  it('is where another run begins: its settings, the same log-probabilities at first, itself as the reference', async () => {
    const run = await train({
      adaptation: { kind: 'lora', from: adapter },
      optimiser: { learningRate: 0 },
      objective: { kind: 'ppo', kl: 0.1, epochs: 1 },
    })
    expect(run.plan.adaptation).toMatchObject({
      from: adapter,
      r: 3,
      alpha: 9,
      rslora: true,
      targets: ['q_proj', 'up_proj'],
    })
    // KL of rollouts to the reference before the first update: zero, except for rounding.
    const kl = Object.values(metricsOf(home, run.id)['objective/kl'] ?? {})
    expect(kl).toHaveLength(1)
    expect(Math.abs(kl[0]!)).toBeLessThan(1e-3)
    const again = join(home, 'again')
    await exportAdapter(again)
    expect(tensorsOf(join(again, 'adapter_model.safetensors'))).toEqual(
      tensorsOf(join(adapter, 'adapter_model.safetensors')),
    )
    expect(await score('last')).toEqual(await score(adapter))
  })

  it('is trained further', async () => {
    await train({ adaptation: { kind: 'lora', from: adapter, dropout: 0 }, optimiser: { learningRate: 0.02 } })
    expect(await score('last')).not.toEqual(await score(adapter))
  })
})

describe('refused before a run is made:', () => {
  const refused = async (from: string, changes: object, message: RegExp) => {
    const plan = planFrom({ adaptation: { kind: 'lora', from, ...changes } })
    const ended = await gpo(home, 'train', writePlan(home, plan))
    expectFailure(ended, 4, message)
  }

  it('an adapter of another model', async () => {
    const wider = writeTinyModel(join(home, 'wider'), { intermediateSize: 48, config: { intermediate_size: 48 } })
    const plan = { ...planFrom({ adaptation: { kind: 'lora', from: adapter } }), model: { path: wider } }
    expectFailure(
      await gpo(home, 'train', writePlan(home, plan)),
      4,
      /up_proj\.lora_B\.weight is \[\d+, 3\].*\[48, 3\]/,
    )
  })

  it('but over weights of the same shape that it was not trained on, a warning', async () => {
    const twin = writeTinyModel(join(home, 'twin'))
    const plan = { ...planFrom({ adaptation: { kind: 'lora', from: adapter } }), model: { path: twin } }
    const ended = await gpo(home, 'train', writePlan(home, plan))
    expect(ended.code).toBe(0)
    expect(ended.stderr).toMatch(/warning: The adapter in .* was trained on .*base; it does not fit other weights/)
  })

  it('settings that are not the adapter’s', async () => {
    const plan = planFrom({ adaptation: { kind: 'lora', from: adapter, r: 8 } })
    expectFailure(await gpo(home, 'train', writePlan(home, plan)), 2, /adaptation\.r is 8, the adapter in .* has 3/)
  })

  it('what is not an adapter, and DoRA', async () => {
    await refused(model, {}, /has no adapter_config\.json/)
    const dora = join(home, 'dora')
    cpSync(adapter, dora, { recursive: true })
    const file = join(dora, 'adapter_config.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), use_dora: true }))
    await refused(dora, {}, /"use_dora" is true/)
  })
})

describe('names', () => {
  it('a plan and a command take what the library calls a model', async () => {
    expect((await gpo(home, 'models', 'add', model)).code).toBe(0)
    expect(await score('base')).toEqual(await score(model))
    const run = await train({ model: { path: 'base' }, adaptation: { kind: 'lora', r: 2 } })
    expect(run.plan.model.path).toBe(model)
    expectFailure(await gpo(home, 'score', '--model', 'nothing-of-that-name', ...TEXT), 8, /nothing-of-that-name/)
  })

  it('settings may have the names that PEFT gives them', async () => {
    const adaptation = { kind: 'lora', r: 2, lora_alpha: 5, lora_dropout: 0.2, target_modules: ['q_proj'] }
    const plan = { ...planFrom({}), adaptation } as unknown as PlanInput
    const ended = await gpo(home, 'train', writePlan(home, plan), '--set', 'adaptation.use_rslora=true')
    expect(ended.code).toBe(0)
    expect((await show(home)).plan.adaptation).toMatchObject({
      r: 2,
      alpha: 5,
      dropout: 0.2,
      rslora: true,
      targets: ['q_proj'],
    })
    expectFailure(
      await gpo(home, 'train', writePlan(home, plan), '--set', 'adaptation.alpha=3'),
      2,
      /both lora_alpha and alpha/,
    )
  })

  it('a base that is not here is named', async () => {
    const elsewhere = join(home, 'elsewhere')
    renameSync(model, elsewhere)
    expectFailure(
      await gpo(home, 'score', '--model', adapter, ...TEXT),
      4,
      /is an adapter for .*base, which is not in the list/,
    )
    renameSync(elsewhere, model)
  })
})

describe('a run that begins with what another has trained', () => {
  it.each([{ kind: 'lora', r: 2 }, { kind: 'full' }] as const)('$kind', async (adaptation) => {
    const first = await train({ adaptation, optimiser: { learningRate: 0.02 } })
    const trained = await score(first.id)
    expect(trained).not.toEqual(await score(model))
    const second = await train({ model: { path: `run:${first.id}` }, optimiser: { learningRate: 0 } })
    expect(second.plan.model.path).toMatch(new RegExp(`${first.id}-1$`))
    const own = await score(second.plan.model.path)
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(trained[i]!, 5)
    })
    expect(await score(second.id)).toEqual(own)
    // Its starting model is now a separate model, which a third run uses unchanged.
    const third = await train({ model: { path: `run:${first.id.slice(0, 12)}` }, optimiser: { learningRate: 0 } })
    expect(third.plan.model.path).toBe(second.plan.model.path)
    const listed = await gpo(home, 'models', 'list', '--json')
    expect(jsonLines<{ path: string }>(listed).map(({ path }) => path)).toContain(second.plan.model.path)
  })

  it('is refused where there is no such run', async () => {
    const plan = planFrom({ model: { path: 'run:nobody' } })
    expectFailure(await gpo(home, 'train', writePlan(home, plan)), 8, /no run "nobody"/)
  })
})
