/** What an iteration was made of and what it took: lengths, tokens, time, memory. */
import type { Phase } from '../schemas/events'
import type { SharedChart } from './charts'
import { type MetricOf, UNIT_RANGE } from './metric'

const phase = (label: string) => ({ chart: 'time', label, unit: 'seconds', better: 'lower' }) as const

/** A phase too short for the chart. */
const shortPhase = (title: string, hint: string) =>
  ({ group: 'system', title, label: 'seconds', hint, unit: 'seconds', better: 'lower', isHidden: true }) as const

const TIMES = {
  'time/rollouts': phase('rollouts'),
  'time/segment': shortPhase('Time to segment', 'Seconds of cutting trajectories into steps.'),
  'time/values': phase('values'),
  'time/select': shortPhase('Time to select', 'Seconds of selecting critical steps.'),
  'time/reset': phase('reset'),
  'time/update': phase('update'),
  'time/load': shortPhase('Time to load', 'Seconds of loading the model.'),
  'time/evaluation': shortPhase('Time to evaluate', 'Seconds of an evaluation.'),
  'time/checkpoint': shortPhase('Time to save', 'Seconds of writing a checkpoint.'),
} as const satisfies Readonly<Record<`time/${Phase}`, MetricOf<SharedChart>>>

export const SYSTEM_METRICS = {
  'completions/mean_length': {
    group: 'lengths',
    title: 'Length of answers',
    label: 'tokens',
    hint: 'Mean tokens of the rollouts from the prompt.',
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
    hint: 'Rollouts from the prompt that ended by themselves, before the longest completion.',
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
    hint: 'Per iteration, without prompts and kept prefixes, each counted once.',
    unit: 'tokens',
  },
  epoch: {
    group: 'lengths',
    title: 'Passes over the data',
    label: 'passes',
    hint: 'Prompts or rows used since the run began, over the rows there are.',
    unit: 'number',
    isExact: true,
    isHidden: true,
  },

  'system/tokens_per_second': {
    group: 'system',
    title: 'Tokens per second',
    label: 'tokens/s',
    hint: 'Tokens sampled and trained on, over the time of the iteration.',
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
