/** Which of two continuations a person finds better, and how that agrees with what the run measured. */
import type { BlindAgreement, BlindChoice, BlindPair, BlindReveal } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import type { StoredTrajectory } from '@shared/schemas/run'
import { placeOf } from './hand-made'
import { all, change, first, type Store } from './query'
import { runKey } from './runs'
import { getTrajectory } from './trajectories'

/** Trajectories that are tried for a pair. */
const TRIES = 40

type Random = () => number

const pick = <T>(values: readonly T[], random: Random): T | undefined => values[Math.floor(random() * values.length)]

/** The whole answer of which a continuation is the end. */
function answerOf({ steps, continuations }: StoredTrajectory, index: number): string {
  const { state, text } = continuations[index]!
  const beginning = steps.slice(0, state).map((step) => step.text)
  return beginning.join('') + text
}

/** Two continuations that estimated the values of two states, where these values differ and the answers too. */
function pairOf(trajectory: StoredTrajectory, random: Random): readonly [number, number] | null {
  const { continuations, states } = trajectory
  const whole = continuations.flatMap((one, i) => (one.purpose === 'value' && !one.unfinished ? [i] : []))
  const left = pick(whole, random)
  if (left === undefined) return null
  const valueAt = (i: number) => states[continuations[i]!.state]?.value ?? null
  const others = whole.filter(
    (i) => valueAt(i) !== valueAt(left) && answerOf(trajectory, i) !== answerOf(trajectory, left),
  )
  const right = pick(others, random)
  return right === undefined ? null : [left, right]
}

/** @param random numbers in [0, 1) */
export function blindPair(store: Store, run: string, random: Random = Math.random): BlindPair | null {
  const ids = all<{ id: number }>(
    store,
    'SELECT id FROM trajectories WHERE run = ? AND critical_step IS NOT NULL',
    runKey(store, run),
  )
  for (let i = 0; i < TRIES && ids.length > 0; i++) {
    const trajectory = getTrajectory(store, pick(ids, random)!.id)
    const pair = pairOf(trajectory, random)
    if (!pair) continue
    const [left, right] = pair
    const { id, prompt } = trajectory
    const [leftText, rightText] = [answerOf(trajectory, left), answerOf(trajectory, right)]
    return { trajectory: id, prompt, left, right, leftText, rightText }
  }
  return null
}

interface Label {
  readonly left: number
  readonly right: number
  readonly chosen: BlindChoice
}

/** @throws {GpoError} 'usage' for continuations that the trajectory does not have, or whose values are not known */
export function insertBlindLabel(
  store: Store,
  trajectory: number,
  { left, right, chosen }: Label,
  now = Date.now(),
): BlindReveal {
  const { continuations, states } = getTrajectory(store, trajectory)
  const [a, b] = [continuations[left], continuations[right]]
  const [leftValue, rightValue] = [a, b].map((one) => (one ? (states[one.state]?.value ?? null) : null))
  if (!a || !b || leftValue == null || rightValue == null)
    throw new GpoError('usage', 'These two continuations cannot be judged: ask for another pair.')
  const { run, iteration, index } = placeOf(store, trajectory)
  change(
    store,
    `INSERT INTO blind_labels (run, iteration, item, left_continuation, right_continuation, left_value, right_value, left_reward, right_reward,
       chosen, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[runKey(store, run), iteration, index, left, right, leftValue, rightValue, a.reward, b.reward, chosen, now],
  )
  return { leftValue, rightValue, leftStatus: a.status, rightStatus: b.status }
}

export function blindAgreement(store: Store, run: string): BlindAgreement {
  const higher = (name: string) =>
    `CASE chosen WHEN 'left' THEN left_${name} > right_${name} ELSE right_${name} > left_${name} END`
  const decided = (name: string) => `chosen <> 'neither' AND left_${name} <> right_${name}`
  const sums = first<Record<'judged' | 'ofValue' | 'byValue' | 'ofReward' | 'byReward', number>>(
    store,
    `SELECT count(*) AS judged,
       coalesce(sum(${decided('value')}), 0) AS ofValue, coalesce(sum(${decided('value')} AND ${higher('value')}), 0) AS byValue,
       coalesce(sum(${decided('reward')}), 0) AS ofReward, coalesce(sum(${decided('reward')} AND ${higher('reward')}), 0) AS byReward
       FROM blind_labels WHERE run = ?`,
    runKey(store, run),
  )!
  return {
    judged: sums.judged,
    value: { of: sums.ofValue, agreed: sums.byValue },
    verdict: { of: sums.ofReward, agreed: sums.byReward },
  }
}
