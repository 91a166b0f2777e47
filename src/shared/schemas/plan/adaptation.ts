/** Which parameters are trained: all of them, or adapters beside a frozen base. */
import { z } from 'zod'
import { positiveInt, settingIn } from './setting'

const adapted = settingIn('Model')

export const LORA_TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const

/** 4, 2 and about 1 byte a weight. */
const BASE_PRECISIONS = ['float32', 'float16', 'int8'] as const

const lora = z.strictObject({
  kind: z.literal('lora'),
  from: adapted(z.string().min(1).optional(), {
    label: 'Begin with an adapter',
    aliases: ['adapter_name_or_path', 'resume_adapter', 'peft_model_id', 'adapter'],
    what: 'Folder of an adapter in PEFT’s layout to train further; its rank, scale and projections are kept. The base with this adapter is the reference.',
    advice: 'Add its folder on the page Models first. Empty: a new adapter, which changes nothing at the start.',
  }),
  r: adapted(positiveInt(1024).default(16), {
    label: 'Rank',
    symbol: 'r',
    isSimple: true,
    aliases: ['lora_r', 'lora_rank', 'rank'],
    what: 'Width of the adapters: how much a projection can change.',
    advice: '8 to 64. More for new skills and much data; reinforcement learning often does well with 8 to 16.',
  }),
  alpha: adapted(z.number().gt(0).max(4096).default(32), {
    label: 'Scale',
    symbol: 'α',
    aliases: ['lora_alpha'],
    what: 'The adapters’ product is multiplied by α / r.',
    advice: 'Twice the rank is usual. If it changes together with the rank, the learning rate can stay.',
  }),
  rslora: adapted(z.boolean().default(false), {
    label: 'Scale by the root of the rank',
    aliases: ['use_rslora', 'rslora', 'rank-stabilized'],
    what: 'The adapters’ product is multiplied by α / √r instead of α / r, so that wide adapters train as fast as narrow ones.',
    advice: 'On for ranks of 64 and more; then lower α to about its square root.',
  }),
  dropout: adapted(z.number().min(0).lt(1).default(0), {
    label: 'Dropout of the adapters',
    aliases: ['lora_dropout', 'dropout'],
    what: 'Fraction of each adapter’s input zeroed during updates. Sampling, the reference and old log-probabilities do not use it, so ratios against them are not exactly 1 at the start.',
    advice: '0 for reinforcement learning and preferences; 0.05 for SFT on few rows.',
  }),
  targets: adapted(
    z
      .array(z.enum(LORA_TARGETS))
      .min(1)
      .default([...LORA_TARGETS]),
    {
      label: 'Projections with adapters',
      aliases: ['target_modules', 'lora_target', 'lora_target_modules'],
      what: 'The matrices of each layer that get an adapter: attention (q, k, v, o) and feed-forward (gate, up, down).',
      advice: 'All seven give the best results. Only q and v saves memory and time.',
    },
  ),
  base: adapted(z.enum(BASE_PRECISIONS).default('float32'), {
    label: 'Precision of the frozen base',
    aliases: ['load_in_8bit', 'load_in_4bit', 'torch_dtype', 'quantization', 'int8', 'float16', 'half precision'],
    what: 'Bits per weight of the frozen base in memory. Weights are widened to 32 bits only while they are multiplied; adapters, optimiser and activations always have 32 bits. With 8 bits, each row of a matrix has its own scale.',
    advice:
      '16 bits halve the base, mostly without loss; 8 bits halve it again and round it a little. Both make passes slower: use 32 bits if memory allows.',
    options: { float32: '32 bits', float16: '16 bits', int8: '8 bits' },
  }),
})

export const adaptationSchema = adapted(
  z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('full') }), lora]),
  {
    label: 'Adaptation',
    isSimple: true,
    aliases: ['use_peft', 'finetuning_type', 'peft', 'lora', 'full fine-tuning'],
    what: 'Full trains every parameter. LoRA trains small matrices beside the frozen ones: far less memory for gradients and optimiser.',
    advice: 'LoRA for models above a few hundred million parameters, or when memory is short. Full for small models.',
    options: { full: 'Full', lora: 'LoRA' },
  },
)
export type AdaptationConfig = z.infer<typeof adaptationSchema>
