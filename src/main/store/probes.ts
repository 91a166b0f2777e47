/** The prompts that a run follows, and its answers to them by iteration. */
import type { ProbeRecord, ProbesEvent } from '@shared/schemas/events'
import type { FollowedPrompt } from '@shared/schemas/run'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import { all, change, type Store } from './query'
import { runKey } from './runs'

/** An answer replaces an older one of the same iteration. */
export function insertProbes(store: Store, run: string, { iteration, probes }: Omit<ProbesEvent, 'type'>): void {
  const key = runKey(store, run)
  for (const { row, prompt, reference, text, tokens, status, extracted } of probes) {
    const followed = `INSERT INTO probe_prompts (run, row, prompt, reference) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET prompt = excluded.prompt, reference = excluded.reference
      WHERE prompt <> excluded.prompt OR reference <> excluded.reference`
    change(store, followed, key, row, prompt, reference)
    const answer = `INSERT OR REPLACE INTO probe_answers (run, row, iteration, text, tokens, status, extracted)
      VALUES (?, ?, ?, ?, ?, ?, ?)`
    change(store, answer, key, row, iteration, text, tokens, status, extracted)
  }
}

const isStatus = (status: string): status is VerdictStatus => VERDICT_STATUSES.some((one) => one === status)

/** The prompts with the verdict on each of their answers, by row and iteration. */
export function followedPrompts(store: Store, run: string): FollowedPrompt[] {
  const key = runKey(store, run)
  const prompts = all<Pick<ProbeRecord, 'row' | 'prompt' | 'reference'>>(
    store,
    'SELECT row, prompt, reference FROM probe_prompts WHERE run = ? ORDER BY row',
    key,
  )
  const verdicts = all<{ row: number; iteration: number; status: string }>(
    store,
    'SELECT row, iteration, status FROM probe_answers WHERE run = ? ORDER BY iteration',
    key,
  )
  return prompts.map((prompt) => ({
    ...prompt,
    verdicts: verdicts.flatMap(({ row, iteration, status }) =>
      row === prompt.row && isStatus(status) ? [{ iteration, status }] : [],
    ),
  }))
}

/** The answers of an iteration, by row; those with an unknown verdict are left out. */
export function probesOf(store: Store, run: string, iteration: number): ProbeRecord[] {
  const sql = `SELECT row, prompt, reference, text, tokens, status, extracted
    FROM probe_answers JOIN probe_prompts USING (run, row) WHERE run = ? AND iteration = ? ORDER BY row`
  return all<ProbeRecord>(store, sql, runKey(store, run), iteration).filter(({ status }) => isStatus(status))
}

/** Every iteration that has answers, ascending. */
export const probeIterations = (store: Store, run: string): number[] =>
  all<{ iteration: number }>(
    store,
    'SELECT DISTINCT iteration FROM probe_answers WHERE run = ? ORDER BY iteration',
    runKey(store, run),
  ).map(({ iteration }) => iteration)
