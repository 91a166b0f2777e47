/** One change of the database's layout. What has been released is never edited; a later change is a later number. */
export interface Migration {
  /** `user_version` of a database that has it; 1, 2, 3 … without gaps. */
  readonly version: number
  readonly sql: string
}
