/** The texts of each format, and the export request made from the choices. Pure. */
import type {
  ExportCheckpoint,
  ExportDtype,
  ExportFormat,
  ExportRequest,
  ExportRequestOf,
} from '@shared/contract/exports'

export interface FormatText {
  readonly format: ExportFormat
  readonly label: string
  readonly text: string
}

export const FORMATS: readonly FormatText[] = [
  {
    format: 'safetensors',
    label: 'Merged model',
    text: 'A Hugging Face folder with weights, config and tokenizer, for Transformers, vLLM and converters.',
  },
  {
    format: 'adapter',
    label: 'LoRA adapter',
    text: 'The trained low-rank matrices alone, as PEFT saves them. They need the base model.',
  },
  {
    format: 'gguf',
    label: 'GGUF file',
    text: 'The merged model as one file with tokenizer and chat template, for llama.cpp, Ollama and LM Studio.',
  },
  {
    format: 'gguf-adapter',
    label: 'LoRA adapter as GGUF',
    text: 'The same matrices for llama.cpp, beside a GGUF file of the base model: small, and switched on and off as it runs.',
  },
  {
    format: 'pairs',
    label: 'Preference pairs',
    text: 'JSON Lines: prompt, chosen, rejected. Continuations of one state with different rewards.',
  },
  {
    format: 'unpaired',
    label: 'Labelled completions',
    text: 'JSON Lines: prompt, completion, label. Every continuation, correct or not.',
  },
  {
    format: 'stepwise',
    label: 'Valued steps',
    text: 'JSON Lines: prompt, completions, labels, values. One row per trajectory, for process reward models.',
  },
  {
    format: 'trl',
    label: 'Training in TRL',
    text: 'A folder with the preference pairs, a script, the run’s settings and pinned versions: python train.py trains with DPO.',
  },
  {
    format: 'cluster',
    label: 'Continue on a cluster',
    text: 'A folder for TRL and verl with what the run found, its data and its reward as Python; for Ray, SkyPilot or any machine with a card.',
  },
  {
    format: 'tensorboard',
    label: 'TensorBoard',
    text: 'A folder with an event file of all metrics and accuracies: tensorboard --logdir shows the curves.',
  },
  {
    format: 'collection',
    label: 'Collection',
    text: 'A folder with every trajectory, its values with intervals, and pairs, as compressed JSON Lines in checksummed shards.',
  },
  {
    format: 'bundle',
    label: 'Run bundle',
    text: 'The run as one file: plan, metrics, evaluations, trajectories. Another installation opens it read-only.',
  },
]

/** True for formats that contain a checkpoint's weights in a chosen precision. */
export const hasWeights = (format: ExportFormat): boolean =>
  format === 'safetensors' || format === 'adapter' || format === 'gguf' || format === 'gguf-adapter'

export const dtypesOf = (format: ExportFormat): readonly ExportDtype[] =>
  format === 'gguf' ? ['F32', 'F16', 'BF16', 'Q8_0'] : ['F32', 'F16', 'BF16']

/** All choices of the form; each format uses some of them. */
export interface Choices {
  readonly format: ExportFormat
  /** Null: the last. */
  readonly checkpoint: number | null
  readonly dtype: ExportDtype
  readonly states: ExportRequestOf<'pairs'>['states']
  readonly perState: number
  readonly source: ExportRequestOf<'pairs'>['source']
}

export const INITIAL: Choices = {
  format: 'safetensors',
  checkpoint: null,
  dtype: 'BF16',
  states: 'critical',
  perState: 4,
  source: 'both',
}

/** The iteration that is exported; null where there is no checkpoint. */
export const checkpointOf = ({ checkpoint }: Choices, checkpoints: readonly ExportCheckpoint[]): number | null =>
  checkpoints.find(({ iteration }) => iteration === checkpoint)?.iteration ?? checkpoints.at(-1)?.iteration ?? null

/** The request; null while something is missing. */
export function requestOf(choices: Choices, checkpoints: readonly ExportCheckpoint[]): ExportRequest | null {
  const { format, dtype, states, perState, source } = choices
  switch (format) {
    case 'safetensors':
    case 'adapter':
    case 'gguf-adapter': {
      const checkpoint = checkpointOf(choices, checkpoints)
      return checkpoint === null ? null : { format, checkpoint, dtype: dtype === 'Q8_0' ? 'BF16' : dtype }
    }
    case 'gguf': {
      const checkpoint = checkpointOf(choices, checkpoints)
      return checkpoint === null ? null : { format, checkpoint, dtype }
    }
    case 'pairs':
    case 'trl':
    case 'cluster':
      return { format, states, perState, source }
    case 'unpaired':
      return { format, states }
    default:
      return { format }
  }
}

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'run'

/** The suggested file or folder name. */
export function suggestedName(run: string, request: ExportRequest): string {
  switch (request.format) {
    case 'safetensors':
      return `${slug(run)}-${request.checkpoint}-${request.dtype.toLowerCase()}`
    case 'adapter':
      return `${slug(run)}-${request.checkpoint}-adapter`
    case 'gguf':
      return `${slug(run)}-${request.checkpoint}-${request.dtype.toLowerCase()}.gguf`
    case 'trl':
      return `${slug(run)}-trl`
    case 'cluster':
      return `${slug(run)}-cluster`
    case 'collection':
      return `${slug(run)}-collection`
    case 'tensorboard':
      return `${slug(run)}-tensorboard`
    case 'gguf-adapter':
      return `${slug(run)}-${request.checkpoint}-adapter.gguf`
    case 'bundle':
      return `${slug(run)}.gpo`
    default:
      return `${slug(run)}-${request.format}.jsonl`
  }
}
