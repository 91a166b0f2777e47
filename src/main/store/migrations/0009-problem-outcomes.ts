import type { Migration } from './migration'

/** Which rows an evaluation found right, as in shared/schemas/outcomes.ts; null for evaluations of earlier versions. */
export const problemOutcomes: Migration = {
  version: 9,
  sql: `
    ALTER TABLE evaluations ADD COLUMN problem_rows TEXT;
    ALTER TABLE evaluations ADD COLUMN problem_right TEXT;`,
}
