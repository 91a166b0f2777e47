/**
 * The shards of a collection: for each iteration, its trajectories and the pairs that they give, as compressed JSON Lines. Pure, and a function of the
 * records alone, so that an interrupted collection that goes on has the bytes of an uninterrupted one.
 */
import { gzipSync } from 'node:zlib'
import { valueInterval } from '@shared/interval'
import { advantagesOf } from '@shared/method/critical-step'
import type { StoredTrajectory } from '@shared/schemas/run'
import { pairsOf, sampledStates } from '../records'

/** Most pairs taken from one state. */
const PER_STATE = 4

export interface Shard {
  readonly iteration: number
  readonly trajectories: number
  readonly continuations: number
  readonly pairs: number
  /** By name. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}

/** A trajectory as it is written: values with their 90 % intervals, advantages of the steps, and no ids of this machine's database. */
function lineOf({ id: _, states, ...trajectory }: StoredTrajectory): object {
  return {
    ...trajectory,
    states: states.map((state) => ({ ...state, interval: valueInterval(state) })),
    advantages: advantagesOf(states),
  }
}

const compressed = (rows: readonly object[]): Uint8Array =>
  gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

const numbered = (iteration: number): string => String(iteration).padStart(6, '0')

/** The names of an iteration's files. */
export const shardNames = (iteration: number): readonly [trajectories: string, pairs: string] => [
  `trajectories-${numbered(iteration)}.jsonl.gz`,
  `pairs-${numbered(iteration)}.jsonl.gz`,
]

/** @param trajectories all of one iteration */
export function shardOf(iteration: number, trajectories: readonly StoredTrajectory[]): Shard {
  const pairs = sampledStates(trajectories, 'all').flatMap((sampled) => pairsOf(sampled, PER_STATE))
  const [ofTrajectories, ofPairs] = shardNames(iteration)
  return {
    iteration,
    trajectories: trajectories.length,
    continuations: trajectories.reduce((sum, { continuations }) => sum + continuations.length, 0),
    pairs: pairs.length,
    files: [
      { name: ofTrajectories, bytes: compressed(trajectories.map(lineOf)) },
      { name: ofPairs, bytes: compressed(pairs) },
    ],
  }
}
