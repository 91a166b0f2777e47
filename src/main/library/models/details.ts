/** Details of one model: facts, checks, and the files of its folder. Loads its tokenizer, but no tensor. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '@main/formats/manifest'
import type { ModelConfig } from '@main/formats/model-config'
import type { Store } from '@main/store/query'
import { chatTemplatesAt } from '@main/text/tokenizer/files'
import type { ModelCheck, ModelDetails, ModelFile } from '@shared/contract/models'
import { getEntry } from '../entries'
import type { TokenizerFacts } from '../text-work/look'
import { runTextTask } from '../text-work/run'
import { inspectAdapter } from './adapter-details'
import { notedChecksums } from './checksums'
import { findModel } from './list'
import { lookAtModel, type ModelLook, noteProblem, sentenceOf } from './look'

const MAX_TEMPLATE = 100_000

const count = (value: number) => value.toLocaleString('en')
const check = (label: string, problem: string | null, good: string): ModelCheck => ({
  label,
  isGood: problem === null,
  finding: problem ?? good,
})

interface Fact {
  readonly label: string
  readonly value: string
}

const windowOf = ({ window, layers }: ModelConfig) =>
  window ? `; ${window.layers.length} of ${layers} layers see the last ${count(window.size)} tokens` : ''

function shapeFacts(config: ModelConfig): Fact[] {
  const { layers, hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize, maxPositions, ropeTheta } = config
  return [
    { label: 'Context', value: `${count(maxPositions)} tokens` },
    { label: 'Layers', value: count(layers) },
    { label: 'Width', value: `${count(hiddenSize)}, inside the feed-forward part ${count(intermediateSize)}` },
    { label: 'Attention', value: `${heads} heads of ${headDim}, ${kvHeads} for keys and values${windowOf(config)}` },
    { label: 'Rotary positions', value: `base ${count(ropeTheta)}${config.ropeScaling ? ', scaled' : ''}` },
    {
      label: 'Embedding',
      value: `${count(vocabSize)} rows${config.tieWordEmbeddings ? ', shared with the head' : ''}`,
    },
  ]
}

function weightFacts({ weights, architecture }: ModelLook): Fact[] {
  const dtypes = weights
    ? [...weights.dtypes].map(([dtype, n]) => (weights.dtypes.size > 1 ? `${dtype} (${count(n)})` : dtype))
    : []
  return [
    { label: 'Architecture', value: architecture ?? 'not given' },
    ...(weights
      ? [{ label: 'Parameters', value: `${count(weights.parameters)} in ${count(weights.tensors)} tensors` }]
      : []),
    ...(weights ? [{ label: 'Stored as', value: dtypes.join(', ') }] : []),
  ]
}

function chatTemplateFact({ chatTemplates, hasChatTemplate }: TokenizerFacts): string {
  if (chatTemplates.length === 0) return 'none'
  return hasChatTemplate && chatTemplates.length === 1 ? 'present' : chatTemplates.join(', ').slice(0, 300)
}

interface TokenizerLook {
  readonly facts: readonly Fact[]
  readonly checks: readonly ModelCheck[]
}

async function lookAtTokenizer(folder: string, config: ModelConfig | null): Promise<TokenizerLook> {
  const embedding = config && { rows: config.vocabSize, stopIds: config.eosTokenIds }
  const looked = await runTextTask('tokenizer', folder, embedding).then(
    (facts) => () => facts,
    (error: unknown) => () => {
      throw error
    },
  )
  const { value: tokenizer, problem } = sentenceOf(looked)
  if (!tokenizer) {
    noteProblem(folder, problem)
    return { facts: [], checks: [check('Tokenizer', problem, '')] }
  }
  const noStop =
    tokenizer.stops.length > 0
      ? null
      : `${folder} does not name an end-of-text token: add "eos_token_id" to its generation_config.json`
  if (noStop) noteProblem(folder, noStop)
  return {
    facts: [
      { label: 'Tokenizer', value: `${tokenizer.kind}, ${count(tokenizer.vocabSize)} tokens` },
      { label: 'Chat template', value: chatTemplateFact(tokenizer) },
    ],
    checks: [
      check('Tokenizer', null, config ? 'can be used; every token has a row in the embedding' : 'can be used'),
      check('End of text', noStop, tokenizer.stops.join(', ')),
    ],
  }
}

/** The default template; where there are several, each under its name. */
function templateOf(folder: string): string | null {
  const templates = sentenceOf(() => chatTemplatesAt(folder)).value ?? new Map<string, string>()
  const [only] = templates.size === 1 ? templates.values() : []
  const all = only ?? [...templates].map(([name, source]) => `{# ${name} #}\n${source}`).join('\n\n')
  return all === '' ? null : all.slice(0, MAX_TEMPLATE)
}

/** Checks a run's checkpoint by its manifest; checking the contents of its files takes a full read. */
function lookAtCheckpoint(folder: string): { readonly check: ModelCheck; readonly files: readonly ModelFile[] } {
  const { value, problem } = sentenceOf(() => readManifest(folder).manifest)
  if (!value) return { check: check('Checkpoint', problem, ''), files: [] }
  const files = Object.entries(value.files).map(([name, { bytes }]) => ({ name, bytes }))
  const wrong = files.find(({ name, bytes }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size !== bytes)
  const damage = wrong
    ? `${wrong.name} is missing or not ${count(wrong.bytes)} bytes long: an older checkpoint may be intact`
    : null
  return { check: check('Checkpoint', damage, `complete, written after iteration ${count(value.iteration)}`), files }
}

/** @throws {GpoError} 'notFound' */
export async function inspectModel(store: Store, id: string): Promise<ModelDetails> {
  const { folder, checkpoint, item } = findModel(store, id)
  if (item.kind === 'adapter') return inspectAdapter(item, notedChecksums(getEntry(store, 'model', id).options))
  const look = lookAtModel(folder)
  const tokenizer = await lookAtTokenizer(folder, look.config)
  const written = checkpoint === null ? null : lookAtCheckpoint(checkpoint)
  const configProblem = look.config ? null : (look.problem ?? 'config.json could not be read')
  const weightsProblem = look.weights
    ? null
    : look.config
      ? look.problem
      : 'not checked, because the config says what they must contain'
  return {
    folder: checkpoint ?? folder,
    facts: [...weightFacts(look), ...(look.config ? shapeFacts(look.config) : []), ...tokenizer.facts],
    checks: [
      ...(written ? [written.check] : []),
      check('Config', configProblem, 'every value can be read and is supported'),
      check('Weights', weightsProblem, 'headers are intact, every tensor has the shape that the config requires'),
      ...tokenizer.checks,
    ],
    files: written?.files ?? look.files,
    chatTemplate: templateOf(folder),
    checksums: item.kind === 'folder' ? notedChecksums(getEntry(store, 'model', id).options) : null,
  }
}
