/** The README of a merged model: what it is, what was measured, how it was made. It states only known facts. Pure. */

import { wilsonInterval } from '@shared/interval'
import { isGuided } from '@shared/method/guided'
import type { EvaluationRecord } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import { yamlOf } from './commented-yaml'

export interface CardBase {
  /** `organisation/name` if it was downloaded from the Hub, else null. */
  readonly repository: string | null
  /** A folder, a GGUF file, or `bundled:NAME`. */
  readonly path: string
  /** Of a GGUF file: the model's name in it, and the type that most of its numbers are stored in. */
  readonly gguf?: { readonly name: string | null; readonly type: string }
  readonly license: { readonly name: string; readonly source: string } | null
}

export interface CardSource {
  readonly run: { readonly id: string; readonly name: string; readonly plan: Plan; readonly iterations: number }
  readonly environment: Readonly<Record<string, string | number>> | null
  readonly evaluations: readonly EvaluationRecord[]
  /** Iteration of the exported checkpoint. */
  readonly iteration: number
  readonly dtype: string
  readonly base: CardBase
  /** Of this program. */
  readonly version: string
}

/** An untrusted text as inline code, escaped so that it cannot end the code. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const padding = longest > 0 ? ' ' : ''
  return `${fence}${padding}${line.replaceAll('|', '\\|') || ' '}${padding}${fence}`
}

/** A heading in plain characters. */
const plain = (text: string) =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|!~&]/g, (sign) => `\\${sign}`)
    .trim()

/** What was trained on, as a reader can look it up. */
function baseOf({ repository, path, gguf }: CardBase): string {
  if (!gguf) return repository ?? code(path)
  const file = repository === null ? path : (path.split(/[\\/]/).at(-1) ?? path)
  const from = repository === null ? '' : ` of ${repository}`
  const name = gguf.name === null ? '' : `${code(gguf.name)}, `
  return `${name}the GGUF file ${code(file)}${from} (${gguf.type}; its numbers as float32)`
}

const methodOf = (plan: Plan): string => `${isGuided(plan) ? 'GPO-' : ''}${plan.objective.kind.toUpperCase()}`

function adaptationOf({ adaptation }: Plan): string {
  if (adaptation.kind === 'full') return 'all parameters'
  const { r, alpha, rslora, dropout, targets, base } = adaptation
  const parts = [
    `LoRA of rank ${r}, scale ${alpha} / ${rslora ? '√' : ''}${r}`,
    ...(dropout > 0 ? [`dropout ${dropout}`] : []),
    `on ${targets.join(', ')}`,
    ...(base === 'float32' ? [] : [`on a base in ${base === 'float16' ? '16' : '8'} bits`]),
  ]
  return `${parts.join(', ')}; merged into the weights`
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
]

function results({ evaluations, iteration, run }: CardSource): string[] {
  const shown = evaluations.filter((one) => one.iteration <= iteration)
  const data = run.plan.data.eval
  if (shown.length === 0 || !data) return ['Accuracy on held-out rows was not measured.']
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = shown.map(({ iteration, n, correct, accuracy }) => [
    iteration === 0 ? '0, before training' : String(iteration),
    String(n),
    String(correct),
    `${percent(accuracy)} %`,
    `${wilsonInterval(correct, n).map(percent).join(' to ')} %`,
  ])
  return [
    `Greedy answers on rows of ${code(data.path)}, judged by the verifier below. Nothing else was measured.`,
    '',
    ...table(['Iteration', 'Rows', 'Correct', 'Accuracy', '90 % interval (Wilson)'], rows),
  ]
}

function making({ run, environment, base, iteration, dtype, version }: CardSource): string[] {
  const { plan } = run
  const { optimiser, budget, data, rollout } = plan
  const facts: [string, string][] = [
    ['Method', methodOf(plan)],
    ['Base model', baseOf(base)],
    ['Trained', adaptationOf(plan)],
    ['Training data', code(data.train.path)],
    [
      'Prompt',
      code(data.template) +
        (data.chatTemplate
          ? `, in the chat template${data.chatTemplateName ? ` “${data.chatTemplateName}”` : ''}`
          : ''),
    ],
    ['Verifier', code(JSON.stringify(plan.verifier))],
    ['Sampling', `temperature ${rollout.temperature}, at most ${rollout.maxNewTokens} new tokens`],
    ['Optimiser', `AdamW, learning rate ${optimiser.learningRate}, ${optimiser.schedule}`],
    ['Length', `${iteration} of ${run.iterations} iterations, ${budget.promptsPerIteration} prompts each`],
    ['Seed', String(plan.seed)],
    ['Computed with', environment ? code(JSON.stringify(environment)) : code(plan.backend)],
    ['Weights', dtype],
    ['Written by', `GPO Studio ${version}, run ${code(run.id)}`],
  ]
  return table(
    ['', ''],
    facts.map(([name, value]) => [name, value]),
  )
}

function licence({ base }: CardSource): string[] {
  const { license } = base
  if (!license) return ['The licences of the base model and of the data are unknown: look them up at their sources.']
  return [`The base model: ${code(license.name)} (${license.source}). The data’s licence applies too.`]
}

function planBlock(plan: Plan): string[] {
  const text = JSON.stringify(plan, null, 2)
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}json`, text, fence]
}

/** Datasets of the Hub that it was trained on; undefined where there is none, because the Hub links what is named here. */
function datasetsOf({ data }: Plan): readonly string[] | undefined {
  const [, organisation, name] = /datasets--([^/\\]+?)--([^/\\]+)[/\\]snapshots[/\\]/.exec(data.train.path) ?? []
  return organisation !== undefined && name !== undefined ? [`${organisation}/${name}`] : undefined
}

export function modelCard(source: CardSource): string {
  const { run, base } = source
  const { plan } = run
  const front = yamlOf([
    {
      base_model: base.repository ?? undefined,
      datasets: datasetsOf(plan),
      library_name: 'transformers',
      pipeline_tag: 'text-generation',
      license: base.license?.name,
      tags: ['gpo-studio', plan.objective.kind, ...(isGuided(plan) ? ['gpo'] : [])],
    },
  ])
  return [
    `---\n${front}---`,
    '',
    `# ${plain(run.name) || 'Model'}`,
    '',
    `${methodOf(plan)} on ${baseOf(base)}: the weights after iteration ${source.iteration}.`,
    '',
    '## Results',
    '',
    ...results(source),
    '',
    '## How it was made',
    '',
    ...making(source),
    '',
    '## Licence',
    '',
    ...licence(source),
    '',
    '## Plan',
    '',
    'The run can be repeated with `gpo train plan.json`.',
    '',
    ...planBlock(plan),
    '',
  ].join('\n')
}
