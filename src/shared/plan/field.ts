/** What a form says of a setting. Types, ranges and defaults are the schema's: see leaves. */

export type PlanSection = 'model' | 'data' | 'method' | 'budget'

export interface PlanField {
  /** As `--set` takes it. */
  readonly path: string
  /** The kinds it is described for; absent: all. Two kinds may use one name for different things. */
  readonly kinds?: readonly string[]
  readonly section: PlanSection
  readonly group: string
  readonly label: string
  /** As papers write it. */
  readonly symbol?: string
  readonly unit?: string
  /** Shown in the simple form too. */
  readonly isSimple?: boolean
  /** Names that other tools give it. */
  readonly aliases: readonly string[]
  readonly what: string
  /** What to try, and when. */
  readonly advice: string
  /** Words for the values of a choice. */
  readonly options?: Readonly<Record<string, string>>
}
