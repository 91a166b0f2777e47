/** A part of a completion that may be its answer. */
export interface Piece {
  readonly text: string
  /** Its position in the completion, including markers. */
  readonly start: number
  readonly end: number
  /** It was inside a closed marker, so more text could not have changed it. */
  readonly isComplete: boolean
}
