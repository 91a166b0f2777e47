/** One change of the database's layout. A released migration is never edited; a later change gets a new number. */
export interface Migration {
  /** `user_version` of a database that has it; 1, 2, 3 … without gaps. */
  readonly version: number
  readonly sql: string
}
