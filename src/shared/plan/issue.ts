/** `error`: the run cannot start, or would learn nothing. `warning`: probably a mistake. `hint`: worth knowing. */
export type IssueSeverity = 'error' | 'warning' | 'hint'

export interface PlanIssue {
  /** The setting it belongs to, as in `--set`. */
  readonly path: string
  readonly severity: IssueSeverity
  /** The thing, the value and the cure. */
  readonly message: string
}

export const issue = (severity: IssueSeverity, path: string, message: string): PlanIssue => ({
  path,
  severity,
  message,
})
