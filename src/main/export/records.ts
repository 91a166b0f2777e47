/**
 * Makes training records from a run's trajectories, in the layouts that trainers read (method.md, section 4). Pure. A state is the prompt with
 * the steps before it; its continuations are the samples from it.
 */
import type { ExportRequestOf } from '@shared/contract/exports'
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import type { VerdictStatus } from '@shared/schemas/verifier'

export interface PairRecord {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}

export interface UnpairedRecord {
  readonly prompt: string
  readonly completion: string
  readonly label: boolean
}

export interface StepwiseRecord {
  readonly prompt: string
  readonly completions: readonly string[]
  /** Whether any continuation after the step was correct. */
  readonly labels: readonly boolean[]
  /** V of the state after each step: the share of correct continuations. */
  readonly values: readonly number[]
}

export type StateChoice = ExportRequestOf<'pairs'>['states']

/** A state and its samples. */
interface Sampled {
  readonly prompt: string
  readonly completions: readonly Completion[]
}

interface Completion {
  readonly text: string
  readonly reward: number
  readonly status: VerdictStatus
}

const statePrompt = ({ prompt, steps }: TrajectoryRecord, state: number): string =>
  prompt +
  steps
    .slice(0, state)
    .map(({ text }) => text)
    .join('')

function sampledAt(trajectory: TrajectoryRecord, state: number): Sampled {
  const isWhole = (one: ContinuationRecord) => one.state === state && !one.unfinished
  const completions = trajectory.continuations.filter(isWhole)
  return { prompt: statePrompt(trajectory, state), completions }
}

/** The states of a GPO trajectory from which records are made. */
function statesOf({ critical, continuations }: TrajectoryRecord, choice: StateChoice): number[] {
  if (choice === 'critical') return critical === null ? [] : [critical.step]
  return [...new Set(continuations.map(({ state }) => state))].sort((a, b) => a - b)
}

/**
 * The states of one iteration's trajectories with their samples. With GPO these are the states of each trajectory; without it, each prompt is a
 * state whose samples are all trajectories of its row.
 */
export function sampledStates(trajectories: readonly TrajectoryRecord[], choice: StateChoice): Sampled[] {
  const byPrompt = new Map<string, Completion[]>()
  const sampled: Sampled[] = []
  for (const trajectory of trajectories) {
    if (trajectory.steps.length > 0)
      for (const state of statesOf(trajectory, choice)) sampled.push(sampledAt(trajectory, state))
    else {
      const key = `${trajectory.row} ${trajectory.prompt}`
      const completions = byPrompt.get(key) ?? []
      if (completions.length === 0) {
        byPrompt.set(key, completions)
        sampled.push({ prompt: trajectory.prompt, completions })
      }
      completions.push(trajectory)
    }
  }
  return sampled
}

/** Each text once; empty texts are left out, because they cannot be trained on. */
const distinct = (completions: readonly Completion[]): Completion[] => {
  const written = completions.filter(({ text }) => text.trim() !== '')
  return [...new Map(written.map((one) => [one.text, one])).values()]
}

/**
 * Pairs the best with the worst, the second best with the second worst, and so on while their rewards differ. Each completion is in one pair;
 * equal texts count once.
 */
export function pairsOf({ prompt, completions }: Sampled, perState: number): PairRecord[] {
  const ranked = distinct(completions).sort((a, b) => b.reward - a.reward)
  const pairs: PairRecord[] = []
  for (let best = 0, worst = ranked.length - 1; best < worst && pairs.length < perState; best++, worst--) {
    const [chosen, rejected] = [ranked[best]!, ranked[worst]!]
    if (chosen.reward <= rejected.reward) break
    pairs.push({ prompt, chosen: chosen.text, rejected: rejected.text })
  }
  return pairs
}

/** Completions judged correct are desirable. */
export const unpairedOf = ({ prompt, completions }: Sampled): UnpairedRecord[] =>
  distinct(completions).map(({ text, status }) => ({ prompt, completion: text, label: status === 'correct' }))

/** A record with step values; null for a trajectory without a value for each of its states. */
export function stepwiseOf({ prompt, steps, states }: TrajectoryRecord): StepwiseRecord | null {
  if (steps.length === 0 || states.length !== steps.length + 1) return null
  const values = states.slice(1).flatMap(({ value }) => value ?? [])
  if (values.length < steps.length) return null // a search that did not visit every state
  return { prompt, completions: steps.map(({ text }) => text), labels: values.map((value) => value > 0), values }
}
