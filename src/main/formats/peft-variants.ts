/** What LoRA of PEFT can be besides what is computed here: refused by its name, whether it is known or not. */
import { GpoError } from '@shared/errors'
import { describe, type Json } from './config-json'

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  !(typeof value === 'object' && Object.keys(value as object).length === 0)

const UNSUPPORTED: Readonly<Record<string, string>> = {
  use_dora: 'DoRA scales the columns of the base',
  use_qalora: 'QALoRA pools the inputs of adapters',
  use_bdlora: 'BD-LoRA has block-diagonal adapters',
  velora_config: 'VeLoRA compresses the activations kept for the backward pass',
  monteclora_config: 'MonteCLoRA samples its adapters',
  kasa_config: 'KaSA changes the base by a decomposition',
  arrow_config: 'Arrow routes between several adapters',
  alora_invocation_tokens: 'activated LoRA (aLoRA), which is switched on by a sequence of tokens',
  megatron_config: "adapters on Megatron's layers",
  lora_bias: 'adapters with their own bias',
  modules_to_save: 'whole modules trained beside the adapters',
  trainable_token_indices: 'embeddings of single tokens trained beside the adapters',
  rank_pattern: 'a different rank for some modules',
  alpha_pattern: 'a different scale for some modules',
  layers_to_transform: 'adapters in some layers only',
  layer_replication: 'layers that are used several times',
  exclude_modules: 'modules excluded by name',
  target_parameters: 'adapters on parameters that are not projections',
  fan_in_fan_out: 'transposed weights',
}

/** Keys that say nothing of what is computed, or that are read elsewhere. */
const UNDERSTOOD = new Set([
  ...[
    'peft_type',
    'task_type',
    'base_model_name_or_path',
    'revision',
    'inference_mode',
    'auto_mapping',
    'peft_version',
  ],
  ...['r', 'lora_alpha', 'lora_dropout', 'use_rslora', 'target_modules', 'bias', 'init_lora_weights'],
  // Keys on the initialisation and training of adapters, and options of refused keys.
  ...['eva_config', 'corda_config', 'loftq_config', 'lora_ga_config', 'runtime_config', 'megatron_core'],
  ...['layers_pattern', 'qalora_group_size', 'ensure_weight_tying'],
])

/** Initialisations that do not change the base. All others do. */
const KEEPS_BASE = ['gaussian', 'eva', 'orthogonal']

const CURE = 'merge the adapter into its base with PEFT (merge_and_unload) and start from the merged model'

function refuseKeys(file: string, json: Json): void {
  for (const [key, value] of Object.entries(json)) {
    if (!isSet(value) || UNDERSTOOD.has(key)) continue
    const what = UNSUPPORTED[key] ?? 'a setting that this program does not know'
    throw new GpoError('model', `${file}: "${key}" is ${describe(value)}: ${what}, which is not supported; ${CURE}`)
  }
}

function refuseInitial(file: string, initial: unknown): void {
  if (typeof initial !== 'string' || KEEPS_BASE.includes(initial.toLowerCase())) return
  throw new GpoError('model', `${file}: "init_lora_weights" is ${describe(initial)}, which changes the base; ${CURE}`)
}

/** @throws GpoError('model') naming the key and what it means */
export function refuseVariants(file: string, json: Json): void {
  const type = json['peft_type']
  if (type !== 'LORA') throw new GpoError('model', `${file}: "peft_type" is ${describe(type)}; only LORA is supported`)
  refuseKeys(file, json)
  const bias = json['bias'] ?? 'none'
  if (bias !== 'none')
    throw new GpoError('model', `${file}: "bias" is ${describe(bias)}: trained biases are not supported; ${CURE}`)
  refuseInitial(file, json['init_lora_weights'])
}
