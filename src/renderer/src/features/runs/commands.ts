/** The actions on runs in their table. */
export interface RunCommands {
  open(id: string): void
  explore(id: string): void
  /** An experiment that compares the run's plan with guidance and without. */
  askGuidance(id: string): void
  /** A new plan with the run's settings. */
  clone(id: string): void
  /** The same plan with the next seed. */
  repeat(id: string): void
  /** Its newest checkpoint beside its base, on any data. */
  evaluate(id: string): void
  exportRun(id: string): void
  showFolder(id: string): void
  compare(ids: readonly string[]): void
  startRename(id: string): void
  /** Null: keep the old name. */
  endRename(id: string, name: string | null): void
  openNotes(id: string): void
  archive(ids: readonly string[], isArchived: boolean): void
  askRemove(ids: readonly string[]): void
  /** Starts or resumes a run, or adds it to the queue. */
  resume(id: string): void
  leaveQueue(id: string): void
  openMenu(id: string, at: { readonly x: number; readonly y: number }): void
}
