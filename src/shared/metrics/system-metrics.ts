/** Metrics of an iteration's size and cost: lengths, tokens, time, memory. */
import type { Phase } from '../schemas/events'
import type { SharedChart } from './charts'
import { type MetricOf, UNIT_RANGE } from './metric'

const phase = (label: string) => ({ chart: 'time', label, unit: 'seconds', better: 'lower' }) as const

/** A phase too short for the chart. */
const shortPhase = (title: string, hint: string) =>
  ({ group: 'system', title, label: 'seconds', hint, unit: 'seconds', better: 'lower', isHidden: true }) as const

const TIMES = {
  'time/rollouts': phase('rollouts'),
  'time/segment': shortPhase('Time to segment', 'Seconds spent cutting trajectories into steps.'),
  'time/values': phase('values'),
  'time/select': shortPhase('Time to select', 'Seconds spent selecting critical steps.'),
  'time/reset': phase('reset'),
  'time/update': phase('update'),
  'time/load': shortPhase('Time to load', 'Seconds spent loading the model.'),
  'time/evaluation': shortPhase('Time to evaluate', 'Seconds an evaluation takes.'),
  'time/checkpoint': shortPhase('Time to save', 'Seconds spent writing a checkpoint.'),
} as const satisfies Readonly<Record<`time/${Phase}`, MetricOf<SharedChart>>>

export const SYSTEM_METRICS = {
  'completions/mean_length': {
    group: 'lengths',
    title: 'Length of answers',
    label: 'tokens',
    hint: 'Mean number of tokens in the rollouts from the prompt.',
    unit: 'number',
  },
  'completions/clipped_ratio': {
    chart: 'unreadable',
    label: 'truncated',
    unit: 'share',
    range: UNIT_RANGE,
    fitsAxis: true,
    better: 'lower',
  },
  'completions/unparseable_ratio': {
    chart: 'unreadable',
    label: 'unparseable',
    unit: 'share',
    range: UNIT_RANGE,
    fitsAxis: true,
    better: 'lower',
  },
  'val/num_eos_tokens': {
    group: 'lengths',
    title: 'Finished answers',
    label: 'answers',
    hint: 'Share of rollouts from the prompt that ended before the length limit.',
    unit: 'count',
    better: 'higher',
    isHidden: true,
  },
  'gpo/steps_per_trajectory': {
    group: 'lengths',
    title: 'Steps per trajectory',
    label: 'steps',
    hint: 'Mean number of reasoning steps the segmentation found.',
    unit: 'number',
  },
  num_tokens: {
    group: 'lengths',
    title: 'Tokens trained on',
    label: 'tokens',
    hint: 'Per iteration, without prompts and reused prefixes; each token counts once.',
    unit: 'tokens',
  },
  epoch: {
    group: 'lengths',
    title: 'Passes over the data',
    label: 'passes',
    hint: 'Prompts or rows used since the start of the run, divided by the number of rows.',
    unit: 'number',
    isExact: true,
    isHidden: true,
  },

  'system/tokens_per_second': {
    group: 'system',
    title: 'Tokens per second',
    label: 'tokens/s',
    hint: 'Tokens sampled and trained on, divided by the time of the iteration.',
    unit: 'tokens',
    better: 'higher',
  },
  step_time: { chart: 'time', label: 'all', unit: 'seconds', better: 'lower' },
  ...TIMES,
  'system/rss_bytes': {
    group: 'system',
    title: 'Memory of the trainer',
    label: 'resident',
    hint: 'Resident memory of the process at the end of each iteration.',
    unit: 'bytes',
    better: 'lower',
  },
} as const satisfies Readonly<Record<string, MetricOf<SharedChart>>>
