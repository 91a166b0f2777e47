/** The number that people see of a row: from 1, as a file's lines are counted. Records, events and JSON output count from 0. */
export const rowNumber = (row: number): number => row + 1
