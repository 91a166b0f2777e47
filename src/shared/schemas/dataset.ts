/** A row as the trainer sees it: what to ask, and what the answer is compared with. */
export interface Example {
  /** Row number in the file, from 0. */
  readonly row: number
  readonly prompt: string
  /** Reference answer for the verifier; empty where the layout has none. */
  readonly reference: string
  /** A completion to imitate (SFT), where the layout has one. */
  readonly completion?: string
}

export const RECORD_KINDS = ['verifiable', 'preference', 'unpaired', 'completion'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]
