/** A part of a completion that may be its answer. */
export interface Piece {
  readonly text: string
  /** Where it stands in the completion, markers included. */
  readonly start: number
  readonly end: number
  /** It stood in an explicit marker that was closed, so more text could not have changed it. */
  readonly isComplete: boolean
}
