/** Something that keeps a study from being started. */
export interface StudyProblem {
  /** Where in the document: "arms.guided.changes.gpo.criticalStep", "measure.iteration". */
  readonly at: string
  /** The thing, the value and the cure. */
  readonly message: string
}
